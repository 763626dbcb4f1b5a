// Package healthsim simulates the register of drivers' health certificates: what clinics have sent, searched by personal number.
package healthsim

import (
	"net/http"

	"giahan/integrations/partnersim"
)

// Options of the register; People are entered at the first start only, afterwards the ledger on disk rules.
type Options struct {
	partnersim.Options
	People map[string][]Certificate // by personal number
}

// Certificate is one on the wire and in the ledger; dates are ISO 8601.
type Certificate struct {
	Number         string `json:"number"`
	Facility       string `json:"facility"`
	SignedOn       string `json:"signed_on"`
	Class          string `json:"class"`
	Conclusion     string `json:"conclusion"` // "fit", "unfit" or "recheck"
	PersonalNumber string `json:"personal_number"`
	FullName       string `json:"full_name"`
	BirthDate      string `json:"birth_date"`
}

type state struct {
	People map[string][]Certificate `json:"people"`
}

// Sim is a running register.
type Sim struct {
	*partnersim.Desk[state]
	mux *http.ServeMux
}

// New opens the register.
func New(o Options) (*Sim, error) {
	empty := state{People: o.People}
	if empty.People == nil {
		empty.People = map[string][]Certificate{}
	}
	d, err := partnersim.NewDesk(o.Options, "health", empty)
	if err != nil {
		return nil, err
	}
	s := &Sim{d, http.NewServeMux()}
	s.mux.HandleFunc("POST /certificates/search", d.Read(search))
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the register.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Send is a clinic that sends what it has signed for a person, in the place of what there was of them.
func (s *Sim) Send(personalNumber string, c ...Certificate) error {
	return s.Change(func(st *state) { st.People[personalNumber] = c })
}

// Status is what the console shows.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	s.See(func(st *state) { m["people"] = len(st.People) })
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
		list = []Certificate{}
	}
	return http.StatusOK, map[string][]Certificate{"certificates": list}
}
