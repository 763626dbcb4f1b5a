// Package registersim simulates the national register of driving licences: people with their licences, searched by personal
// number, and the entry of new licences. A recorded licence replaces the card of the same number and keeps the points.
package registersim

import (
	"net/http"

	"giahan/integrations/partnersim"
)

// Options of the register; People are entered at the first start only, afterwards the ledger on disk rules.
type Options struct {
	partnersim.Options
	People map[string][]Licence // by personal number
}

// Licence is a licence on the wire and in the ledger; dates are ISO 8601, an empty expiry is for life.
type Licence struct {
	Number        string  `json:"number"`
	Card          string  `json:"card"` // "plastic" or "paper"
	Issuer        string  `json:"issuer"`
	IssuedOn      string  `json:"issued_on"`
	HolderName    string  `json:"holder_name"`
	HolderBirth   string  `json:"holder_birth"`
	HolderAddress string  `json:"holder_address"`
	Classes       []Class `json:"classes"`
	Points        int     `json:"points"`
	OpenViolation bool    `json:"open_violation"`
	Serial        string  `json:"serial"`
}

// Class is one class on a card.
type Class struct {
	Class           string `json:"class"`
	PassedOn        string `json:"passed_on"`
	Expires         string `json:"expires"`
	RestrictionCode string `json:"restriction_code,omitempty"`
	RestrictionText string `json:"restriction_text,omitempty"`
}

type state struct {
	People   map[string][]Licence `json:"people"`
	Recorded map[string]int       `json:"recorded"` // by licence number and blank: how often it was truly done
}

// Sim is a running register.
type Sim struct {
	*partnersim.Desk[state]
	mux *http.ServeMux
}

// New opens the register.
func New(o Options) (*Sim, error) {
	empty := state{People: o.People, Recorded: map[string]int{}}
	if empty.People == nil {
		empty.People = map[string][]Licence{}
	}
	d, err := partnersim.NewDesk(o.Options, "register", empty)
	if err != nil {
		return nil, err
	}
	s := &Sim{d, http.NewServeMux()}
	s.mux.HandleFunc("POST /licences/search", d.Read(search))
	s.mux.HandleFunc("POST /licences/record", d.Write(record))
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the register.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Seed sets a person's licences, as when their record is corrected elsewhere.
func (s *Sim) Seed(personalNumber string, l ...Licence) error {
	return s.Change(func(st *state) { st.People[personalNumber] = l })
}

// Licences are what the register holds for a person.
func (s *Sim) Licences(personalNumber string) (l []Licence) {
	s.See(func(st *state) { l = append(l, st.People[personalNumber]...) })
	return l
}

// Recorded is how often the licence with this number and blank was entered; more than once is a fault of the service.
func (s *Sim) Recorded(number, serial string) (n int) {
	s.See(func(st *state) { n = st.Recorded[number+"/"+serial] })
	return n
}

// Status is what the console shows.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	s.See(func(st *state) { m["people"], m["recorded"] = len(st.People), len(st.Recorded) })
	return m
}

func search(st *state, a partnersim.Ask) (int, any) {
	var q struct {
		PersonalNumber string `json:"personal_number"`
	}
	if !a.Into(&q) || len(q.PersonalNumber) != 12 {
		return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "personal_number"}
	}
	list := st.People[q.PersonalNumber]
	if list == nil {
		list = []Licence{}
	}
	return http.StatusOK, map[string][]Licence{"licences": list}
}

func record(st *state, a partnersim.Ask) (int, any) {
	var e struct {
		PersonalNumber string `json:"personal_number"`
		Licence
	}
	if !a.Into(&e) || e.Number == "" || e.IssuedOn == "" || len(e.Classes) == 0 || e.Serial == "" {
		return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "entry"}
	}
	list := st.People[e.PersonalNumber]
	for i, old := range list {
		if old.Number != e.Number {
			continue
		}
		e.Card, e.Points, e.OpenViolation = "plastic", old.Points, old.OpenViolation
		list[i] = e.Licence
		st.Recorded[e.Number+"/"+e.Serial]++
		return http.StatusOK, map[string]string{"number": e.Number}
	}
	return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "no_such_licence"}
}
