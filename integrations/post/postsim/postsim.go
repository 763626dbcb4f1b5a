// Package postsim simulates the post: it takes parcels, gives them tracking numbers, carries them step by step and tells the
// service of each step. One case sends one parcel, whatever keys it is sent under.
package postsim

import (
	"fmt"
	"net/http"
	"sort"
	"sync"
	"time"

	"giahan/integrations/partnersim"
)

// Options of the post.
type Options struct {
	partnersim.Options
	Every time.Duration // time between two steps of a parcel; 0: only Advance carries
}

// Parcel is one parcel in the post's ledger; the recipient's address is checked and not kept.
type Parcel struct {
	Tracking string    `json:"tracking"`
	Case     string    `json:"case"`
	Status   string    `json:"status"`
	At       time.Time `json:"at"`
	Steps    []string  `json:"steps"`
}

// road is the way of a parcel that finds its recipient at home, and what follows a vain try or precedes another.
var road = map[string]string{"handed_over": "in_transit", "in_transit": "out_for_delivery", "out_for_delivery": "delivered", "failed": "out_for_delivery"}

type state struct {
	Parcels map[string]*Parcel `json:"parcels"` // by tracking number
	Cases   map[string]string  `json:"cases"`   // case -> tracking number
	Serial  int                `json:"serial"`
}

// Sim is a running post.
type Sim struct {
	*partnersim.Desk[state]
	mux  *http.ServeMux
	stop chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// New opens the post; parcels on their way before a restart go on.
func New(o Options) (*Sim, error) {
	d, err := partnersim.NewDesk(o.Options, "post", state{Parcels: map[string]*Parcel{}, Cases: map[string]string{}})
	if err != nil {
		return nil, err
	}
	s := &Sim{Desk: d, mux: http.NewServeMux(), stop: make(chan struct{})}
	s.mux.HandleFunc("POST /parcels", d.Write(s.accept))
	s.mux.HandleFunc("GET /parcels/{tracking}", d.Read(where))
	if o.Every > 0 {
		s.done.Add(1)
		go s.carry(o.Every)
	}
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the post.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close stops the postmen.
func (s *Sim) Close() {
	s.once.Do(func() { close(s.stop) })
	s.done.Wait()
	s.Desk.Close()
}

func (s *Sim) carry(every time.Duration) {
	defer s.done.Done()
	tick := time.NewTicker(max(every/4, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			if !s.IsOff() {
				_, _ = s.advance(s.Now().Add(-every))
			}
		}
	}
}

// Advance carries every parcel one step and says how many moved.
func (s *Sim) Advance() (int, error) { return s.advance(s.Now()) }

func (s *Sim) advance(restedSince time.Time) (n int, err error) {
	var news []any
	err = s.Change(func(st *state) {
		for _, p := range sorted(st) {
			next, ok := road[p.Status]
			if !ok || p.At.After(restedSince) {
				continue
			}
			news = append(news, s.step(p, next))
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

func (s *Sim) step(p *Parcel, status string) any {
	p.Status, p.At = status, s.Now()
	p.Steps = append(p.Steps, status)
	return told(p)
}

// Set puts one parcel into a state of the caller's choice: "failed" (tried in vain) or "returned" among them.
func (s *Sim) Set(tracking, status string) error {
	var news any
	err := s.Change(func(st *state) {
		if p := st.Parcels[tracking]; p != nil {
			news = s.step(p, status)
		}
	})
	if err == nil && news != nil {
		s.News.Tell(news)
	}
	return err
}

// Parcel is the ledger's entry of a case.
func (s *Sim) Parcel(caseCode string) (p Parcel, ok bool) {
	s.See(func(st *state) {
		if q := st.Parcels[st.Cases[caseCode]]; q != nil {
			p, ok = *q, true
			p.Steps = append([]string(nil), q.Steps...)
		}
	})
	return p, ok
}

// Parcels is how many were ever taken.
func (s *Sim) Parcels() (n int) {
	s.See(func(st *state) { n = len(st.Parcels) })
	return n
}

// Status is what the console shows.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	s.See(func(st *state) {
		at := map[string]string{}
		for c, t := range st.Cases {
			at[c] = t + " " + st.Parcels[t].Status
		}
		m["parcels"], m["cases"] = len(st.Parcels), at
	})
	return m
}

func sorted(st *state) []*Parcel {
	list := make([]*Parcel, 0, len(st.Parcels))
	for _, p := range st.Parcels {
		list = append(list, p)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Tracking < list[j].Tracking })
	return list
}

func told(p *Parcel) map[string]any {
	return map[string]any{"tracking": p.Tracking, "status": p.Status, "at": p.At}
}

// S10 is the UPU S10 tracking number of a serial: two letters, eight digits, the check digit, VN (domain.md 6).
func S10(serial int) string {
	digits := fmt.Sprintf("%08d", serial%100_000_000)
	sum := 0
	for i, w := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(digits[i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("EH%s%dVN", digits, check)
}

func (s *Sim) accept(st *state, a partnersim.Ask) (int, any) {
	var in struct {
		Case      string `json:"case"`
		Recipient string `json:"recipient"`
		Phone     string `json:"phone"`
		Street    string `json:"street"`
		Commune   string `json:"commune"`
		Serial    string `json:"serial"`
	}
	if !a.Into(&in) || in.Case == "" || in.Recipient == "" || in.Commune == "" || in.Serial == "" {
		return http.StatusUnprocessableEntity, partnersim.Refusal{Code: "parcel"}
	}
	if _, ok := st.Cases[in.Case]; ok {
		return http.StatusConflict, partnersim.Refusal{Code: "already_sent"}
	}
	st.Serial++
	p := &Parcel{Tracking: S10(47_312_481 + st.Serial), Case: in.Case}
	s.step(p, "handed_over")
	st.Parcels[p.Tracking], st.Cases[in.Case] = p, p.Tracking
	return http.StatusCreated, told(p)
}

func where(st *state, a partnersim.Ask) (int, any) {
	p := st.Parcels[a.PathValue("tracking")]
	if p == nil {
		return http.StatusNotFound, partnersim.Refusal{Code: "unknown_parcel"}
	}
	return http.StatusOK, told(p)
}
