package resident

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/web/text"
)

// reach brings a paid case into a state by the shortest way of the state machine, each step by somebody who may.
func (h *house) reach(r identity.Resident, to licensing.State, change ...func(*licensing.Application)) licensing.ApplicationID {
	h.t.Helper()
	id := lt.Paid(h.t, h.pool, r, change...).ID
	staff := map[identity.Role]identity.Actor{identity.RoleResident: r.Actor(), identity.RoleSystem: identity.System}
	for _, t := range way(licensing.Submitted, to) {
		actor, ok := staff[t.Who[0]]
		if !ok {
			actor = lt.Officer(h.t, h.pool, t.Who[0]).Actor()
			staff[t.Who[0]] = actor
		}
		h.clock.Add(40 * time.Minute)
		reason := ""
		if t.Event == licensing.Refuse || t.Event == licensing.RefuseIntake {
			reason = "test_needed"
		}
		e := h.step(id, casework.Step{Actor: actor, Event: t.Event, Reason: reason}, func(a *licensing.Application) {
			if t.Event == licensing.Return {
				a.ReplyBy = lt.Today.AddDays(11)
			}
		})
		h.after(id, e)
	}
	return id
}

// parcels numbers them, for the post gives each a number of its own.
var parcels atomic.Int64

// after writes what the use case of the event writes beside the move.
func (h *house) after(id licensing.ApplicationID, e licensing.Entry) {
	h.t.Helper()
	ctx := h.t.(*testing.T).Context()
	lt.In(h.t, h.pool, func(tx pgx.Tx) error {
		switch e.Event {
		case licensing.Return:
			return store.AddReturnedItem(ctx, tx, id, licensing.ReturnedItem{Round: e.Seq, Item: licensing.ItemHealth, Reason: "unreadable", Note: "Không đọc được ngày ký."})
		case licensing.HandToPost:
			return store.SaveParcel(ctx, tx, store.Parcel{Application: id, Tracking: fmt.Sprintf("EH%09dVN", parcels.Add(1)), Status: licensing.ParcelInTransit, UpdatedAt: e.At})
		}
		return nil
	})
}

// way is the shortest chain of transitions between two states.
func way(from, to licensing.State) []licensing.Transition {
	type node struct {
		state licensing.State
		path  []licensing.Transition
	}
	seen := map[licensing.State]bool{}
	for queue := []node{{from, nil}}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		if n.state == to {
			return n.path
		}
		for _, t := range licensing.Transitions {
			if t.From == n.state && !seen[t.To] {
				seen[t.To] = true
				queue = append(queue, node{t.To, append(append([]licensing.Transition{}, n.path...), t)})
			}
		}
	}
	return nil
}

// gallery is every page in every state worth looking at.
func gallery(h *house) map[string]answer {
	t := h.t
	out := map[string]answer{}
	h.signIn()
	out["home-none"] = h.get("/home")
	h.register.down = true
	out["home-down"] = h.get("/home")
	h.register.down = false
	h.signIn(lt.Licence(func(l *licensing.Licence) {
		l.Classes = append(l.Classes, licensing.HeldClass{Class: "A1", PassedOn: licensing.Date{Year: 2002, Month: 10, Day: 7}})
	}), lt.Licence(func(l *licensing.Licence) {
		l.Number, l.OpenViolation, l.HolderName = "420160052096", true, "Trần Thị Hoà Bình"
	}))
	out["home"], out["check"], out["check-name"] = h.get("/home"), h.get("/check/0"), h.get("/check/1")
	out["check-missing"], out["check-fault"] = h.get("/check/1"), h.post("/check/0")
	a := h.post("/check/0", "ground", "expiring").Location
	out["home-draft"], out["check-open"], out["tasks"] = h.get("/home"), h.get("/check/0"), h.get(a)
	out["class"], out["contact"], out["health"], out["portrait"] = h.get(a+"/class"), h.get(a+"/contact"), h.get(a+"/health"), h.get(a+"/portrait")
	h.clinics.known = []licensing.Certificate{{Number: "00418/GKSKLX/42021/26", SignedOn: lt.Today.AddDays(-7), Class: "B", PersonalNumber: h.who.PersonalNumber,
		FullName: h.who.FullName, BirthDate: h.who.BirthDate, Facility: "Bệnh viện Mẫu"}}
	out["health-known"] = h.get(a + "/health")
	h.post(a+"/health/certificate", "version", "1", "number", "00418/GKSKLX/42021/26")
	out["health-used"], out["tasks-health-used"], out["health-other"] = h.get(a+"/health"), h.get(a), h.get(a+"/health?paper=1")
	h.clinics.known[0].Unfit = true
	out["health-gone"] = h.post(a+"/health/certificate", "version", "2", "number", "00418/GKSKLX/42021/26")
	h.clinics.known, h.clinics.down = nil, true
	out["contact-fault"] = h.post(a+"/contact", "version", "1", "phone", "0912", "delivery", "post", "street", "")
	out["portrait-fault"] = h.upload(a+"/portrait", nil, "csrf", token)
	out["health-kept"] = h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", "1", "number", "so 3", "class", "B2", "signed_on", "31/02/2026")
	h.clinics.down = false
	h.upload(a+"/portrait", picture(t, paperWhite), "csrf", token)
	out["portrait-advice"] = h.get(a + "/portrait")
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token)
	out["portrait-sent"] = h.get(a + "/portrait")
	r := h.signIn(lt.Licence())
	draft := lt.Draft(t, h.pool, r)
	a = "/applications/" + draft.ID.String()
	h.upload(a+"/health", picture(t, black), "csrf", token, "version", h.version(draft.ID), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026")
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token)
	out["health-advice"], out["tasks-ready"], out["answers"] = h.get(a+"/health"), h.get(a), h.get(a+"/answers")
	out["answers-fault"] = h.post(a+"/submit", "version", h.version(draft.ID))
	out["answers-outdated"] = h.post(a+"/submit", "version", "1", "declared", "1")
	h.post(a+"/submit", "version", h.version(draft.ID), "declared", "1")
	out["received"], out["case-payment_due"], out["home-payment_due"] = h.get(a+"/received"), h.get(a), h.get("/home")
	out["withdraw-unpaid"] = h.get(a + "/withdraw")
	h.post(a + "/pay")
	out["paid-waiting"], out["case-payment_pending"] = h.get(a+"/paid"), h.get(a)
	h.settle(draft.ID, store.PaymentFailed, licensing.FailPayment)
	out["paid-failed"], out["case-payment_failed"] = h.get(a+"/paid"), h.get(a)
	h.clock.Add(time.Minute)
	h.post(a + "/pay")
	h.settle(draft.ID, store.PaymentPaid, licensing.ConfirmPayment)
	out["paid"], out["received-paid"] = h.get(a+"/paid"), h.get(a+"/received")
	h.states(out)
	return out
}

// states adds the page of each state that follows the payment.
func (h *house) states(out map[string]answer) {
	for n, s := range licensing.States {
		if s.State == licensing.Draft || s.State == licensing.PaymentDue || s.State == licensing.PaymentPending { // above
			continue
		}
		h.clock = lt.NewClock()
		h.handler.Now, h.handler.Renewal.Now = h.clock.Now, h.clock.Now
		r := h.signIn(lt.Licence())
		id := h.reach(r, s.State, func(a *licensing.Application) {
			if n%2 == 1 && s.State != licensing.InPost && s.State != licensing.ParcelCameBack {
				a.Contact = licensing.Contact{Phone: a.Contact.Phone, Delivery: licensing.Pickup}
			}
		})
		a := "/applications/" + id.String()
		out["case-"+string(s.State)], out["home-"+string(s.State)] = h.get(a), h.get("/home")
		if s.State == licensing.Returned {
			out["health-asked"] = h.get(a + "/health")
			h.upload(a+"/health", picture(h.t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026")
			out["case-returned-fixed"] = h.get(a)
		}
		if s.State == licensing.InReview {
			out["withdraw-used"] = h.get(a + "/withdraw")
			h.clock.Add(30 * 24 * time.Hour)
			out["case-late"] = h.get(a)
		}
	}
}

var (
	missingKey = regexp.MustCompile(`\[[a-z_]+\.[a-z0-9_.]+\]|\[[a-z_]+\]|\{[a-z_]+\}`)
	oneH1      = regexp.MustCompile(`<h1[ >]`)
	mainButton = regexp.MustCompile(`class="govuk-button"`)
	ids        = regexp.MustCompile(` id="([^"]+)"`)
	refs       = regexp.MustCompile(` (?:for|aria-labelledby)="([^"]+)"`)
	described  = regexp.MustCompile(` aria-describedby="([^"]+)"`)
	inputs     = regexp.MustCompile(`<(?:input|select|textarea)[^>]*>`)
	images     = regexp.MustCompile(`<img[^>]*>`)
	anchors    = regexp.MustCompile(`href="#([^"]+)"`)
)

// Every page, in both languages: no missing words, one h1, at most one main button, every input with its label, small enough
// for the first round trips of a weak network.
func TestEveryPage(t *testing.T) {
	for _, lang := range []text.Lang{text.VI, text.EN} {
		h := newHouse(t)
		h.lang = lang
		for name, got := range gallery(h) {
			t.Run(string(lang)+"/"+name, func(t *testing.T) { checkPageOf(t, lang, got) })
		}
	}
}

func checkPageOf(t *testing.T, lang text.Lang, got answer) {
	if got.Status >= 500 || got.Status == 303 || got.Status == 404 {
		t.Fatalf("status %d, leads to %q", got.Status, got.Location)
	}
	if m := missingKey.FindString(visible(got.Body)); m != "" {
		t.Errorf("missing words: %s", m)
	}
	if !strings.Contains(got.Body, `<html lang="`+string(lang)+`"`) {
		t.Error("no lang")
	}
	if n := len(oneH1.FindAllString(got.Body, -1)); n != 1 {
		t.Errorf("%d h1", n)
	}
	if n := len(mainButton.FindAllString(got.Body, -1)); n > 1 {
		t.Errorf("%d main buttons", n)
	}
	if got.Header.Get("Cache-Control") != "no-store" {
		t.Error("a page with personal data may be cached")
	}
	if s := compressed(got.Body); s > 14<<10 {
		t.Errorf("%d bytes compressed", s)
	}
	checkTies(t, got.Body)
}

// checkTies checks that ids are unique and that labels, hints, errors and links of the summary lead to one.
func checkTies(t *testing.T, body string) {
	has := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if has[m[1]] && m[1] != "face" {
			t.Errorf("id %s is there twice", m[1])
		}
		has[m[1]] = true
	}
	labelled := map[string]bool{}
	for _, m := range refs.FindAllStringSubmatch(body, -1) {
		labelled[m[1]] = true
		if !has[m[1]] {
			t.Errorf("a label leads to %s, which is not there", m[1])
		}
	}
	for _, m := range append(described.FindAllStringSubmatch(body, -1), anchors.FindAllStringSubmatch(body, -1)...) {
		for _, id := range strings.Fields(m[1]) {
			if !has[id] {
				t.Errorf("something leads to %s, which is not there", id)
			}
		}
	}
	for _, in := range inputs.FindAllString(body, -1) {
		m := ids.FindStringSubmatch(in)
		if !strings.Contains(in, `type="hidden"`) && (m == nil || !labelled[m[1]]) {
			t.Errorf("no label: %s", in)
		}
	}
	for _, img := range images.FindAllString(body, -1) {
		if !strings.Contains(img, ` alt="`) {
			t.Errorf("no alt: %s", img)
		}
	}
}

func compressed(s string) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.Len()
}
