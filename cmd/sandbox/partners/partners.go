// Package partners runs every simulated partner behind one address, each under a path of its own, with a console to switch
// them off and on. The sandbox and the browser journeys use it.
package partners

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"giahan/cmd/sandbox/people"
	"giahan/integrations/health/healthsim"
	"giahan/integrations/partnersim"
	"giahan/integrations/payment/paymentsim"
	"giahan/integrations/portal/portalsim"
	"giahan/integrations/portal/syncsim"
	"giahan/integrations/post/postsim"
	"giahan/integrations/printing/printingsim"
	"giahan/integrations/register/registersim"
	"giahan/licensing"
)

// Options of the simulated world.
type Options struct {
	Origin     string            // where all of it is served: http://localhost:8090
	PublicURL  string            // residents' site; callbacks go to its /hooks
	OfficerURL string            // officers' site
	Dir        string            // ledgers and signing keys
	Secrets    map[string]string // by partner: portal, staff, register, health, payment, printing, post, sync
	Today      licensing.Date    // licences of the sample people are relative to this day
	PrintDelay time.Duration     // from order to printed; 0: only by hand
	PostEvery  time.Duration     // between two steps of a parcel; 0: only by hand
}

// Names of the partners: path, key of the secret, and part of the environment variables.
var Names = []string{"portal", "staff", "register", "health", "payment", "printing", "post", "sync"}

// Merchant is our number at the simulated payment house.
const Merchant = "GIAHAN-HT"

// World is every partner.
type World struct {
	Portal, Staff *portalsim.Sim
	Register      *registersim.Sim
	Health        *healthsim.Sim
	Payment       *paymentsim.Sim
	Printing      *printingsim.Sim
	Post          *postsim.Sim
	Sync          *syncsim.Sim
	opts          Options
	mux           *http.ServeMux
}

// New opens every partner.
func New(o Options) (*World, error) {
	w := &World{opts: o, mux: http.NewServeMux()}
	base := func(name string) partnersim.Options {
		p := partnersim.Options{Secret: []byte(o.Secrets[name]), Dir: o.Dir}
		if name == "payment" || name == "printing" || name == "post" {
			p.CallbackURL = o.PublicURL + "/hooks/" + name
		}
		return p
	}
	var errs [8]error
	w.Portal, errs[0] = portalsim.New(w.realm(portalsim.Residents, "portal", o.PublicURL, residents(o.Today)))
	w.Staff, errs[1] = portalsim.New(w.realm(portalsim.Staff, "staff", o.OfficerURL, staff()))
	w.Register, errs[2] = registersim.New(registersim.Options{Options: base("register"), People: register(o.Today)})
	w.Payment, errs[3] = paymentsim.New(paymentsim.Options{Options: base("payment"), Merchant: Merchant})
	w.Printing, errs[4] = printingsim.New(printingsim.Options{Options: base("printing"), Delay: o.PrintDelay})
	w.Post, errs[5] = postsim.New(postsim.Options{Options: base("post"), Every: o.PostEvery})
	w.Sync, errs[6] = syncsim.New(syncsim.Options{Options: base("sync")})
	w.Health, errs[7] = healthsim.New(healthsim.Options{Options: base("health"), People: certificates(o.Today)})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("partners: %w", err)
	}
	for name, h := range map[string]http.Handler{"portal": w.Portal, "staff": w.Staff, "register": w.Register, "health": w.Health, "payment": w.Payment,
		"printing": w.Printing, "post": w.Post, "sync": w.Sync} {
		w.mux.Handle("/"+name+"/", http.StripPrefix("/"+name, h))
	}
	w.mux.HandleFunc("GET /{$}", w.console)
	w.mux.HandleFunc("POST /console", w.act)
	return w, nil
}

func (w *World) realm(realm portalsim.Realm, name, site string, people []portalsim.Person) portalsim.Options {
	return portalsim.Options{Issuer: w.opts.Origin + "/" + name, Realm: realm, People: people, Dir: w.opts.Dir,
		Client: portalsim.Client{ID: "giahan", Secret: w.opts.Secrets[name], RedirectURIs: []string{site + "/sign-in/callback"},
			LogoutURIs: []string{site + "/signed-out/portal"}, BackChannel: site + "/hooks/signed-out"}}
}

// ServeHTTP answers for all of them.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

// Close stops what runs in the background.
func (w *World) Close() {
	w.Register.Close()
	w.Payment.Close()
	w.Sync.Close()
	w.Printing.Close()
	w.Post.Close()
}

// Env is the part of the service's environment that points to these partners.
func (w *World) Env() map[string]string {
	env := map[string]string{"GIAHAN_PAYMENT_MERCHANT": Merchant}
	for _, realm := range []struct{ name, path string }{{"PORTAL", "portal"}, {"STAFF", "staff"}} {
		env["GIAHAN_"+realm.name+"_ISSUER"] = w.opts.Origin + "/" + realm.path
		env["GIAHAN_"+realm.name+"_CLIENT_ID"] = "giahan"
		env["GIAHAN_"+realm.name+"_CLIENT_SECRET"] = w.opts.Secrets[realm.path]
	}
	for _, p := range []struct{ name, path string }{{"REGISTER", "register"}, {"HEALTH", "health"}, {"PAYMENT", "payment"}, {"PRINTING", "printing"}, {"POST", "post"}, {"SYNC", "sync"}} {
		env["GIAHAN_"+p.name+"_URL"] = w.opts.Origin + "/" + p.path
		env["GIAHAN_"+p.name+"_SECRET"] = w.opts.Secrets[p.path]
	}
	return env
}

func residents(today licensing.Date) (out []portalsim.Person) {
	for _, r := range people.Residents(today) {
		p := portalsim.Person{Key: r.Key, Name: r.FullName, About: r.About, PersonalNumber: r.PersonalNumber.Reveal(), BirthDate: r.BirthDate,
			Sex: string(r.Sex), Address: r.Address, Phone: r.Phone, Level: int(r.Level)}
		if r.Account == people.Organisation {
			p.Organisation, p.TaxCode = r.FullName, r.TaxCode
		}
		out = append(out, p)
	}
	return out
}

func staff() (out []portalsim.Person) {
	for _, o := range people.Staff() {
		out = append(out, portalsim.Person{Key: o.Key, Name: o.FullName, About: o.Title, PersonalNumber: o.PersonalNumber.Reveal(),
			BirthDate: o.BirthDate, Sex: string(o.Sex), Level: 2})
	}
	return out
}

func register(today licensing.Date) map[string][]registersim.Licence {
	out := map[string][]registersim.Licence{}
	for number, licences := range people.Register(today) {
		for _, l := range licences {
			r := registersim.Licence{Number: l.Number, Card: string(l.Card), Issuer: l.Issuer, IssuedOn: l.IssuedOn.String(), HolderName: l.HolderName,
				HolderBirth: l.HolderBirth, HolderAddress: l.HolderAddress, Points: l.Points, OpenViolation: l.OpenViolation, Serial: l.Serial}
			for _, c := range l.Classes {
				r.Classes = append(r.Classes, registersim.Class{Class: string(c.Class), PassedOn: c.PassedOn.String(), Expires: c.Expires.String()})
			}
			out[number.Reveal()] = append(out[number.Reveal()], r)
		}
	}
	return out
}

func certificates(today licensing.Date) map[string][]healthsim.Certificate {
	out := map[string][]healthsim.Certificate{}
	for number, list := range people.Certificates(today) {
		for _, c := range list {
			conclusion := "fit"
			if c.Unfit {
				conclusion = "unfit"
			}
			out[number.Reveal()] = append(out[number.Reveal()], healthsim.Certificate{Number: c.Number, Facility: c.Facility, SignedOn: c.SignedOn.String(),
				Class: string(c.Class), Conclusion: conclusion, PersonalNumber: c.PersonalNumber.Reveal(), FullName: c.FullName, BirthDate: c.BirthDate})
		}
	}
	return out
}
