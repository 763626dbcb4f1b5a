// Package paymentsim simulates the payment house: a page of a made-up bank to which the browser is sent, a signed callback
// to the service, and the answer that the service asks for. An order is paid once, however often it is pressed.
package paymentsim

import (
	"fmt"
	"net/http"
	"time"

	"giahan/integrations/partnersim"
)

// Options of the payment house.
type Options struct {
	partnersim.Options
	Merchant string // the only one that the house knows
}

// Order is one order in the house's ledger.
type Order struct {
	ID        string    `json:"order"`
	Asked     int64     `json:"asked"`  // đồng, as the signed parameters say
	Amount    int64     `json:"amount"` // đồng that were paid
	Desc      string    `json:"desc"`
	Status    string    `json:"status"` // pending, paid, failed
	Reference string    `json:"reference"`
	At        time.Time `json:"at"`
	Payments  int       `json:"payments"` // how often money was taken; more than one is a fault
}

type state struct {
	Orders map[string]*Order `json:"orders"`
	Serial int               `json:"serial"`
}

// Sim is a running payment house.
type Sim struct {
	*partnersim.Desk[state]
	opts Options
	mux  *http.ServeMux
}

// New opens the payment house.
func New(o Options) (*Sim, error) {
	d, err := partnersim.NewDesk(o.Options, "payment", state{Orders: map[string]*Order{}})
	if err != nil {
		return nil, err
	}
	s := &Sim{d, o, http.NewServeMux()}
	s.mux.HandleFunc("GET /orders/{order}", d.Read(status))
	s.mux.HandleFunc("GET /pay", s.show)
	s.mux.HandleFunc("POST /pay", s.press)
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the payment house.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Order is the ledger's entry.
func (s *Sim) Order(id string) (o Order, ok bool) {
	s.See(func(st *state) {
		if p := st.Orders[id]; p != nil {
			o, ok = *p, true
		}
	})
	return o, ok
}

// Taken is all the money that the house has taken, đồng, and in how many payments.
func (s *Sim) Taken() (amount int64, payments int) {
	s.See(func(st *state) {
		for _, o := range st.Orders {
			if o.Status == "paid" {
				amount += o.Amount
			}
			payments += o.Payments
		}
	})
	return amount, payments
}

// Status is what the console shows.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	m["taken"], m["payments"] = s.Taken()
	s.See(func(st *state) { m["orders"] = len(st.Orders) })
	return m
}

func status(st *state, a partnersim.Ask) (int, any) {
	o := st.Orders[a.PathValue("order")]
	if o == nil {
		return http.StatusNotFound, partnersim.Refusal{Code: "unknown_order"}
	}
	return http.StatusOK, told(o)
}

func told(o *Order) map[string]any {
	return map[string]any{"order": o.ID, "status": o.Status, "amount": o.Amount, "currency": "VND", "reference": o.Reference, "at": o.At}
}

// Settle pays or refuses an order as its page does: "pay", "pay_silently", "pay_wrong_amount" or "refuse". It says what the
// order is afterwards; a paid order stays as it is.
func (s *Sim) Settle(id, how string) (o Order, err error) {
	var news any
	err = s.Change(func(st *state) {
		p := st.Orders[id]
		if p == nil {
			return
		}
		if p.Status != "paid" && s.settle(st, p, how) {
			news = told(p)
		}
		o = *p
	})
	if err != nil {
		return Order{}, err
	}
	if o.ID == "" {
		return Order{}, fmt.Errorf("no order %q", id)
	}
	if news != nil {
		s.News.Tell(news)
	}
	return o, nil
}

func (s *Sim) settle(st *state, p *Order, how string) bool {
	switch how {
	case "refuse":
		p.Status, p.At = "failed", s.Now()
		return true
	case "pay", "pay_silently":
		p.Amount = p.Asked
	case "pay_wrong_amount":
		p.Amount = max(p.Asked-15_000, 1)
	default:
		return false
	}
	st.Serial++
	p.Status, p.At, p.Reference = "paid", s.Now(), fmt.Sprintf("SL%010d", st.Serial)
	p.Payments++
	return true
}
