// Package printingsim simulates the print house: it takes orders for cards, keeps them in a queue, prints after a while or on
// command, numbers the blanks and tells the service. One case gets one card, whatever keys it is ordered under.
package printingsim

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"net/http"
	"sort"
	"sync"
	"time"

	"giahan/integrations/partnersim"
)

// Options of the print house.
type Options struct {
	partnersim.Options
	Delay time.Duration // from order to printed; 0: only PrintAll prints
}

// Order is one card in the house's ledger. The portrait is looked at and thrown away.
type Order struct {
	Case     string    `json:"case"`
	Number   string    `json:"number"`
	Classes  []string  `json:"classes"`
	Width    int       `json:"width"` // of the portrait, pixels
	Height   int       `json:"height"`
	Status   string    `json:"status"` // queued, printed, rejected
	Serial   string    `json:"serial"`
	Ordered  time.Time `json:"ordered"`
	At       time.Time `json:"at"`
	Requests int       `json:"requests"` // how often it was ordered under a new key
}

type state struct {
	Orders map[string]*Order `json:"orders"`
	Serial int               `json:"serial"`
}

// Sim is a running print house.
type Sim struct {
	*partnersim.Desk[state]
	mux  *http.ServeMux
	stop chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// New opens the print house; what was queued before a restart goes on.
func New(o Options) (*Sim, error) {
	d, err := partnersim.NewDesk(o.Options, "printing", state{Orders: map[string]*Order{}})
	if err != nil {
		return nil, err
	}
	s := &Sim{Desk: d, mux: http.NewServeMux(), stop: make(chan struct{})}
	s.mux.HandleFunc("POST /orders", d.Write(s.order))
	s.mux.HandleFunc("GET /orders/{case}", d.Read(status))
	if o.Delay > 0 {
		s.done.Add(1)
		go s.work(o.Delay)
	}
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the print house.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close stops the machines.
func (s *Sim) Close() {
	s.once.Do(func() { close(s.stop) })
	s.done.Wait()
	s.Desk.Close()
}

func (s *Sim) work(delay time.Duration) {
	defer s.done.Done()
	tick := time.NewTicker(max(delay/4, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			if !s.IsOff() {
				_, _ = s.print(s.Now().Add(-delay))
			}
		}
	}
}

// PrintAll prints what is queued and says how many cards that were.
func (s *Sim) PrintAll() (int, error) { return s.print(s.Now()) }

func (s *Sim) print(orderedUntil time.Time) (n int, err error) {
	var news []any
	err = s.Change(func(st *state) {
		for _, code := range codes(st) {
			o := st.Orders[code]
			if o.Status != "queued" || o.Ordered.After(orderedUntil) {
				continue
			}
			st.Serial++
			o.Status, o.Serial, o.At = "printed", fmt.Sprintf("AB%07d", st.Serial), s.Now()
			news = append(news, told(o))
		}
	})
	if err != nil {
		return 0, err
	}
	for _, v := range news {
		s.News.Tell(v)
	}
	return len(news), nil
}

// Reject gives a queued order back, as when the portrait is not fit for printing.
func (s *Sim) Reject(caseCode string) error {
	var news any
	err := s.Change(func(st *state) {
		if o := st.Orders[caseCode]; o != nil && o.Status == "queued" {
			o.Status, o.At = "rejected", s.Now()
			news = told(o)
		}
	})
	if err == nil && news != nil {
		s.News.Tell(news)
	}
	return err
}

// Order is the house's ledger entry of a case.
func (s *Sim) Order(caseCode string) (o Order, ok bool) {
	s.See(func(st *state) {
		if p := st.Orders[caseCode]; p != nil {
			o, ok = *p, true
		}
	})
	return o, ok
}

// Cards is how many cards were ever printed.
func (s *Sim) Cards() (n int) {
	s.See(func(st *state) { n = st.Serial })
	return n
}

// Status is what the console shows.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	s.See(func(st *state) {
		count := map[string]int{}
		for _, o := range st.Orders {
			count[o.Status]++
		}
		m["queued"], m["printed"], m["rejected"], m["cases"] = count["queued"], count["printed"], count["rejected"], codes(st)
	})
	return m
}

func codes(st *state) []string {
	list := make([]string, 0, len(st.Orders))
	for c := range st.Orders {
		list = append(list, c)
	}
	sort.Strings(list)
	return list
}

func told(o *Order) map[string]any {
	return map[string]any{"case": o.Case, "status": o.Status, "serial": o.Serial, "at": o.At}
}

func (s *Sim) order(st *state, a partnersim.Ask) (int, any) {
	var in struct {
		Case      string `json:"case"`
		Number    string `json:"number"`
		FullName  string `json:"full_name"`
		BirthDate string `json:"birth_date"`
		Sex       string `json:"sex"`
		Address   string `json:"address"`
		IssuedOn  string `json:"issued_on"`
		Office    string `json:"office"`
		Classes   []struct {
			Class       string `json:"class"`
			PassedOn    string `json:"passed_on"`
			Expires     string `json:"expires"`
			Restriction string `json:"restriction"`
		} `json:"classes"`
		Portrait []byte `json:"portrait_jpeg"`
	}
	if !a.Into(&in) || in.Case == "" || in.Number == "" || in.FullName == "" || in.IssuedOn == "" || len(in.Classes) == 0 {
		return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "order"}
	}
	if o := st.Orders[in.Case]; o != nil {
		o.Requests++
		return http.StatusConflict, partnersim.Refusal{Code: "already_ordered"}
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(in.Portrait))
	if err != nil || size.Width < 300 || size.Height < 300 {
		return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "portrait"}
	}
	o := &Order{Case: in.Case, Number: in.Number, Width: size.Width, Height: size.Height, Status: "queued", Ordered: s.Now(), At: s.Now(), Requests: 1}
	for _, c := range in.Classes {
		o.Classes = append(o.Classes, c.Class)
	}
	st.Orders[in.Case] = o
	return http.StatusAccepted, map[string]string{"case": o.Case, "status": o.Status}
}

func status(st *state, a partnersim.Ask) (int, any) {
	o := st.Orders[a.PathValue("case")]
	if o == nil {
		return http.StatusNotFound, partnersim.Refusal{Code: "unknown_order"}
	}
	return http.StatusOK, told(o)
}
