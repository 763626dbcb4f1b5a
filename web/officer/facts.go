package officer

import (
	"slices"
	"strings"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/page"
	"giahan/web/text"
)

// factKind says how a line of the facts is marked.
type factKind int

const (
	factPlain  factKind = iota // one value, nothing to compare
	factSame                   // declared and registered agree
	factDiffer                 // they do not
	factWarn                   // one value that asks for a second look
	factGood                   // one value that was checked
)

// fact is a line of the left pane.
type fact struct {
	Label    string
	Value    string // where Kind compares: as declared
	Register string
	Note     string
	Kind     factKind
}

// facts is a part of the left pane.
type facts struct {
	Title string
	Rows  []fact
}

func (r Review) facts() []facts {
	var out []facts
	for _, f := range []facts{
		{r.T("officer.facts.person"), r.personFacts()},
		{r.T("officer.facts.returned"), r.returnedFacts()},
		{r.T("officer.facts.licence"), r.licenceFacts()},
		{r.T("officer.facts.health"), r.healthFacts()},
		{r.T("officer.facts.new"), r.newFacts()},
		{r.T("officer.facts.delivery"), r.deliveryFacts()},
		{r.T("officer.facts.card"), r.cardFacts()},
		{r.T("officer.facts.time"), r.timeFacts()},
		{r.T("officer.facts.rules"), r.ruleFacts()},
		{r.T("officer.facts.trace"), r.traceFacts()},
	} {
		if len(f.Rows) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func (r Review) personFacts() []fact {
	var out []fact
	for _, d := range r.Differences {
		out = append(out, r.compared(d))
	}
	out = append(out, fact{Label: r.T("officer.fact.personal_number"), Value: text.PersonalNumber(r.Applicant.PersonalNumber.Reveal())})
	return append(out, r.doubtFacts(r.Applicant.Doubts())...)
}

// doubtFacts are lines to look at: what may be right although it looks odd.
func (r Review) doubtFacts(doubts []licensing.Doubt) []fact {
	var out []fact
	for _, d := range doubts {
		out = append(out, fact{Label: r.T("officer.fact.doubt"), Value: r.T("officer.doubt."+d.Key, d.Args), Kind: factWarn})
	}
	return out
}

func (r Review) compared(d desk.Difference) fact {
	f := fact{Label: r.T("officer.compare." + d.Field), Value: d.Declared, Register: d.Register, Kind: factSame}
	if d.Field == "birth_date" {
		f.Value, f.Register = r.P().Birth(d.Declared), r.P().Birth(d.Register)
	}
	if d.Declared == "" {
		f.Value = r.T("officer.fact.not_declared")
	}
	if d.Register == "" {
		f.Register = r.T("officer.fact.not_registered")
	}
	if !d.Same {
		f.Kind = factDiffer
		f.Note = r.T("officer.compare_note." + d.Field)
	}
	return f
}

func (r Review) licenceFacts() []fact {
	l := r.Licence
	out := append([]fact{{Label: r.T("officer.fact.number"), Value: l.Number, Note: l.Issuer}}, r.doubtFacts(l.Doubts(r.Applicant))...)
	out = append(out, fact{Label: r.T("officer.fact.issued"), Value: r.P().Date(l.IssuedOn), Note: r.T("officer.card." + string(l.Card))})
	for _, c := range l.Classes {
		out = append(out, fact{Label: r.T("officer.fact.class", text.Args{"class": string(c.Class)}), Value: r.validUntil(c.Expires),
			Note: r.T("officer.fact.passed", text.Args{"date": c.PassedOn})})
	}
	return append(out, r.conductFact())
}

// conductFact is points and violations in one line: both come from the same register, and both may stop a case.
func (r Review) conductFact() fact {
	f := fact{Label: r.T("officer.fact.conduct"), Value: r.T("officer.fact.conduct_good", text.Args{"n": r.Licence.Points}), Kind: factGood}
	if r.Licence.OpenViolation {
		f.Value, f.Kind = r.T("officer.fact.conduct_open", text.Args{"n": r.Licence.Points}), factWarn
	}
	if r.Licence.Points == 0 {
		f.Kind = factWarn
	}
	return f
}

func (r Review) validUntil(d licensing.Date) string {
	if d.IsZero() {
		return r.T("format.no_expiry")
	}
	return r.T("officer.fact.until", text.Args{"date": d})
}

func (r Review) newFacts() []fact {
	var out []fact
	for _, c := range r.Issue.Classes {
		f := fact{Label: r.T("officer.fact.exchange", text.Args{"from": string(c.From), "to": string(c.Class)}), Value: r.validUntil(c.Expires)}
		if c.Restriction != nil {
			f.Note = r.T("officer.fact.restriction", text.Args{"text": c.Restriction.Text, "code": c.Restriction.Code})
		}
		out = append(out, f)
	}
	return out
}

func (r Review) healthFacts() []fact {
	if r.Decision == nil || !r.Decision.NeedsHealth {
		return nil
	}
	number := fact{Label: r.T("officer.fact.health_number"), Value: r.Health.Number}
	if len(r.SamePaper) > 0 {
		number.Kind, number.Note = factWarn, r.T("officer.fact.same_paper", text.Args{"cases": r.P().List(r.SamePaper)})
	}
	return append([]fact{
		number,
		{Label: r.T("officer.fact.health_signed"), Value: r.P().Date(r.Health.SignedOn)},
		r.healthClass(), r.healthFrom(),
	}, r.doubtFacts(slices.Concat(r.Health.Doubts(), r.CodeDoubts))...)
}

// healthClass is the class that stands on the certificate; cases of before 2026-12 do not have it.
func (r Review) healthClass() fact {
	f := fact{Label: r.T("officer.fact.health_class"), Value: string(r.Health.Class)}
	if r.Health.Class == "" {
		f.Value = r.T("officer.fact.on_the_picture")
	}
	return f
}

// healthFrom says whether a clinic sent the certificate or the person typed it from a paper, which the officer compares.
func (r Review) healthFrom() fact {
	f := fact{Label: r.T("officer.fact.health_from"), Value: r.T("officer.fact.health_typed")}
	if c := r.Health.Register; c != nil {
		f.Value, f.Kind = r.T("officer.fact.health_told"), factGood
		f.Note = r.T("officer.fact.health_looked_up", text.Args{"facility": c.Facility, "when": r.P().Moment(r.Health.LookedUp)})
	}
	return f
}

func (r Review) returnedFacts() []fact {
	var out []fact
	for _, i := range r.Returned {
		f := fact{Label: r.T("item_title." + string(i.Item)), Value: r.T("return_reason." + i.Reason), Note: i.Note, Kind: factWarn}
		if i.FixedAt != nil {
			f.Kind = factGood
			if slices.ContainsFunc(r.pictures(), func(p picture) bool { return p.Item == i.Item && r.resent(p) }) {
				f.Kind = factPlain // sent again, but nobody has looked
			}
			f.Note = strings.TrimSpace(f.Note + " " + r.T("officer.fact.fixed", text.Args{"when": r.P().Moment(*i.FixedAt)}))
		}
		out = append(out, f)
	}
	return out
}

func (r Review) deliveryFacts() []fact {
	way := fact{Label: r.T("officer.fact.delivery"), Value: r.T("delivery." + string(r.Contact.Delivery))}
	if r.Contact.Delivery == licensing.ByPost {
		way.Note = r.Contact.Street + ", " + r.Commune
	}
	return []fact{way, {Label: r.T("officer.fact.phone"), Value: localPhone(r.Contact.Phone)}, r.feeFact()}
}

// localPhone is a stored number as people here dial it.
func localPhone(e164 string) string {
	if rest, ok := strings.CutPrefix(e164, "+84"); ok {
		e164 = "0" + rest
	}
	return text.Phone(e164)
}

func (r Review) feeFact() fact {
	f := fact{Label: r.T("officer.fact.fee"), Value: r.P().Money(r.Fee), Kind: factWarn, Note: r.T("officer.payment.none")}
	if r.Payment != nil {
		f.Note = r.T("officer.payment." + r.Payment.State)
	}
	if r.PaidAt != nil && (r.Payment == nil || r.Payment.State == "paid") {
		f.Kind, f.Note = factGood, r.T("officer.payment.paid_at", text.Args{"when": r.P().Moment(*r.PaidAt)})
	}
	return f
}

// cardFacts is the way of the card after approval.
func (r Review) cardFacts() []fact {
	if r.Print == nil {
		return nil
	}
	step := func(key, value string, done bool) fact {
		f := fact{Label: r.T("officer.fact." + key), Value: value, Kind: factGood}
		if !done {
			f.Value, f.Kind = r.T("officer.fact.not_yet"), factPlain
		}
		return f
	}
	p := r.Print
	var ordered, registered string
	if p.OrderedAt != nil {
		ordered = r.P().Moment(*p.OrderedAt)
	}
	if p.RegisteredAt != nil {
		registered = r.P().Moment(*p.RegisteredAt)
	}
	out := []fact{step("ordered", ordered, p.OrderedAt != nil), step("serial", p.Serial, p.Serial != ""), step("registered", registered, p.RegisteredAt != nil)}
	if r.Parcel != nil {
		tracking := r.Parcel.Tracking
		if tracking == "" {
			tracking = r.T("officer.fact.not_yet")
		}
		out = append(out, fact{Label: r.T("officer.fact.parcel"), Value: tracking, Note: r.T("officer.parcel." + string(r.Parcel.Status))})
	}
	return out
}

// ruleFacts is what the rules said on the day of submission, each with its source.
func (r Review) ruleFacts() []fact {
	if r.Decision == nil {
		return nil
	}
	var out []fact
	for _, q := range r.Decision.Requirements {
		title, sentence, _ := r.P().Requirement(q)
		f := fact{Label: title, Value: sentence, Note: r.source(licensing.RuleRef{ID: q.ID, Source: q.Rule, From: q.From, To: q.To}), Kind: factGood}
		if q.Answer != licensing.Met {
			f.Kind = factWarn
		}
		if strings.HasPrefix(q.Key, "certificate_") && q.Answer == licensing.Unknown {
			f.Kind, f.Value = factPlain, r.T("officer.fact.on_the_picture") // the certificate is what the officer looks at
		}
		if q.Key == licensing.ReqHealth && q.Answer == licensing.Unknown { // cases of before 2026-12
			f.Kind = factPlain
			f.Value = r.T("officer.fact.health_asked", text.Args{"months": q.Args["months"], "classes": q.Args["classes"]})
		}
		out = append(out, f)
	}
	return out
}

// factsMark is the tag over the facts.
func (r Review) factsMark() page.Mark {
	n := differing(r.Differences)
	if n == 0 {
		return page.Mark{Tone: page.Done, Icon: "check", Word: r.T("officer.facts.same")}
	}
	return page.Mark{Tone: page.Turn, Icon: "alert", Word: r.T("officer.facts.differs", text.Args{"n": n})}
}
