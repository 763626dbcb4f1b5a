package guide

import (
	"strings"

	"github.com/a-h/templ"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// answer is the page at the end of the questions.
type answer struct {
	view
	licensing.Advice
}

func newAnswer(v view, q licensing.Inquiry) answer {
	a := answer{view: v, Advice: v.book.Advise(q, v.day)}
	a.Title = a.heading()
	return a
}

// heading is the answer in one sentence.
func (a answer) heading() string {
	args := text.Args{"class": a.named(a.Inquiry), "test": a.testWord()}
	key := "guide.way." + string(a.Way)
	if own := key + "_" + string(a.Inquiry.Need); a.P().Has(own) {
		key = own
	}
	return a.T(key, args)
}

func (a answer) testWord() string {
	if a.Test == licensing.NoTest {
		return ""
	}
	return a.T("test." + a.Test)
}

// lead says for which licence the answer is.
func (a answer) lead() string {
	args := text.Args{"class": a.named(a.Inquiry), "allows": a.allows(a.Inquiry)}
	switch {
	case a.Inquiry.Need == licensing.NeedFirst:
		return a.T("guide.for_first", args)
	case a.Inquiry.Scheme(a.day) == licensing.SchemeOld:
		return a.T("guide.for_old", args) // the book's words begin with the class: two schemes use the same letters
	}
	return a.T("guide.for_new", args)
}

// asksForCard says that there is a card to apply for now.
func (a answer) asksForCard() bool {
	return a.Way == licensing.WayOnline || a.Way == licensing.WayCounter || a.Way == licensing.WayTest
}

func (a answer) facts() []page.Fact {
	fee, time := page.Fact{Label: a.T("start.fee"), Value: a.P().Money(a.Decision.Fee)}, a.T("start.time")
	if len(a.TestFees) > 0 { // the card's fee alone would promise too little, its days too much
		fee, time = page.Fact{Label: a.T("guide.total"), Value: a.P().Money(a.total())}, a.T("guide.time_after_test")
	}
	out := []page.Fact{fee, {Label: time, Value: a.T("start.working_days", text.Args{"n": a.P().WorkingDays(a.Decision.HalfDays)})}}
	if len(a.Cards) > 0 {
		out = append(out, page.Fact{Label: a.T("guide.card_lasts"), Value: a.lasts(a.Cards[0])})
	}
	return out
}

// total is what is paid in all where a test comes first: its parts and the card, at the counter.
func (a answer) total() licensing.VND {
	sum := a.CounterFee
	for _, f := range a.TestFees {
		sum += f.Amount
	}
	return sum
}

// lasts is for how long a class is valid.
func (a answer) lasts(c licensing.CardClass) string {
	if c.Rule.Years == 0 {
		return a.T("format.no_expiry")
	}
	return a.T("guide.years", text.Args{"n": c.Rule.Years})
}

// button begins, where it is done here.
func (a answer) button() page.Action {
	b := page.Action{Label: a.T("button.start"), Href: "/sign-in", Icon: "arrow"}
	if a.SignedIn != "" {
		b.Href = "/home"
	}
	return b
}

// under is the line below the button.
func (a answer) under() string {
	s := a.T("start.under", text.Args{"level": a.Level})
	if a.Window > 0 {
		s += " " + a.T("guide.window", text.Args{"months": a.Window})
	}
	return s
}

// turn is the one thing to do, where it is not done here: sentences, the last with address and telephone.
func (a answer) turn() []string {
	office := officeArgs(a.Base)
	var out []string
	if a.Why != "" {
		out = append(out, a.T("requirement.handled_online.missing_"+a.Why))
	}
	switch {
	case a.Way == licensing.WayTest:
		out = append(out, a.T("guide.go_test", text.Args{"test": a.testWord(), "office": a.Office.Name, "phone": a.Office.PhoneText()}))
		if a.Prevented > 0 {
			out = append(out, a.T("guide.prevented", text.Args{"months": a.Prevented}))
		}
	case a.Inquiry.Need == licensing.NeedFirst:
		out = append(out, a.T("guide.go_first", text.Args{"age": a.Cards[0].Rule.MinAge}))
	case a.Inquiry.Need == licensing.NeedLost:
		out = append(out, a.T("guide.go_lost"))
	default:
		out = append(out, a.T("next.counter"))
	}
	return append(out, a.T("guide.office", office))
}

// nothing says why there is no card to apply for, and what there is.
func (a answer) nothing() []string {
	switch a.Way {
	case licensing.WayLifetime:
		return []string{a.T("guide.lifetime")}
	case licensing.WayEarly:
		return []string{a.T("guide.early", text.Args{"since": licensing.NewSchemeFrom, "date": a.Ends, "months": a.Window})}
	}
	return []string{a.T("requirement.class_fits.missing_none", text.Args{"class": a.printed(a.Inquiry)}),
		a.T("guide.certificate_instead", text.Args{"names": a.P().List(a.certificateNames())}), a.T("next.counter"), a.T("guide.office", officeArgs(a.Base))}
}

// instead are the needs that can be met all the same.
func (a answer) instead() []page.Row {
	var out []page.Row
	if a.Way == licensing.WayCertificate {
		return nil
	}
	for _, need := range []licensing.Need{licensing.NeedDamaged, licensing.NeedChanged, licensing.NeedLost} {
		q := a.Inquiry
		q.Need = need
		out = append(out, page.Row{Title: a.needShort(need), Href: address(q)})
	}
	return out
}

var documentIcons = map[string]string{licensing.DocHealth: "health", licensing.DocPortrait: "person", licensing.DocTestResult: "check"}

// prepare are the documents, each with what to look for.
func (a answer) prepare() []page.Row {
	var out []page.Row
	for _, d := range a.Decision.Documents {
		icon := documentIcons[d.Key]
		if icon == "" {
			icon = "card"
		}
		row := page.Row{Icon: icon, Title: a.T("guide.document." + d.Key)}
		switch d.Key {
		case licensing.DocHealth:
			row.Text = a.T("guide.health", text.Args{"months": a.HealthMonths, "classes": a.groups()})
		default:
			row.Text = a.T("guide.document_" + a.place() + "." + d.Key)
		}
		out = append(out, row)
	}
	return out
}

// place is where it is done: documents are handed in differently.
func (a answer) place() string {
	if a.Way == licensing.WayOnline {
		return "online"
	}
	return "counter"
}

// groups names the classes of the new card with their groups of health standards: what to tell the doctor.
func (a answer) groups() string {
	var names []string
	for _, c := range a.Cards {
		names = append(names, a.T("guide.group", text.Args{"class": string(c.Class), "group": c.HealthGroup}))
	}
	return a.P().List(names)
}

// card is a class of the new card in words.
type card struct{ Title, Text, Printed string }

func (a answer) cards() []card {
	var out []card
	for _, c := range a.Cards {
		x := card{Title: a.T("guide.card", text.Args{"class": string(c.Class), "allows": a.P().Words(c.Rule.Allows)}), Text: a.T("guide.valid_life")}
		if c.Rule.Years > 0 {
			x.Text = a.T("guide.valid", text.Args{"time": a.lasts(c)})
		}
		if c.Restriction != nil {
			x.Printed = c.Restriction.Text
		}
		if age := c.Rule.MaxAge; age.Male > 0 {
			x.Text += " " + a.T("guide.max_age", text.Args{"male": age.Male, "female": age.Female})
		}
		out = append(out, x)
	}
	return out
}

// certificates are papers beside the card, each once: the keys tell tractors apart, the words do not.
func (a answer) certificates() string {
	names := a.certificateNames()
	if len(names) == 0 {
		return ""
	}
	return a.T("guide.certificates", text.Args{"names": a.P().List(names)})
}

func (a answer) certificateNames() []string {
	var names []string
	seen := map[string]bool{}
	for _, k := range a.Decision.Certificates {
		kind, _, _ := strings.Cut(k, "_")
		if name := a.T("guide.certificate." + kind); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// costs is what is paid, and where.
func (a answer) costs() []page.SummaryRow {
	var out []page.SummaryRow
	add := func(label string, v licensing.VND) {
		out = append(out, page.SummaryRow{Key: label, Value: a.P().Money(v)})
	}
	for _, f := range a.TestFees {
		add(a.T("guide.test_fee."+f.Part), f.Amount)
	}
	if a.OnlineFee > 0 {
		add(a.T("guide.fee_online"), a.OnlineFee)
	}
	add(a.T("guide.fee_counter"), a.CounterFee)
	if len(a.TestFees) > 0 {
		add(a.T("guide.total"), a.total())
	}
	return out
}

// times is how long it takes and who decides.
func (a answer) times() string {
	return a.T("guide.time", text.Args{"days": a.P().WorkingDays(a.Decision.HalfDays), "authority": a.P().Words(a.Authority.Name)})
}

// elsewhere is the same answer for the other kind of person.
func (a answer) elsewhere() page.Action {
	q := a.Inquiry
	q.Foreigner = !q.Foreigner
	key := "guide.for_foreigner"
	if a.Inquiry.Foreigner {
		key = "guide.for_citizen"
	}
	return page.Action{Label: a.T(key), Href: address(q)}
}

// law is what one table of the book gave to an answer.
type law struct {
	Topic   string
	Sources []string
}

// laws are the rules that an answer comes from, by topic, each with the days on which it holds.
func (v view) laws(refs []licensing.RuleRef) []law {
	var out []law
	at := map[string]int{}
	seen := map[string]bool{}
	for _, ref := range refs {
		table, _, _ := strings.Cut(ref.ID, ".")
		n, ok := at[table]
		if !ok {
			n = len(out)
			at[table] = n
			out = append(out, law{Topic: v.T("guide.law." + table)})
		}
		if s := v.source(ref); !seen[table+s] {
			seen[table+s] = true
			out[n].Sources = append(out[n].Sources, s)
		}
	}
	return out
}

func (v view) source(ref licensing.RuleRef) string {
	args := text.Args{"law": v.P().Law(ref.Source), "from": ref.From, "to": ref.To}
	if ref.To.IsZero() {
		return v.T("guide.since", args)
	}
	return v.T("guide.between", args)
}

func officeArgs(b page.Base) text.Args {
	return text.Args{"phone": b.Office.PhoneText(), "hours": b.Hours(), "office": b.Office.Name, "address": b.Office.Address}
}

// sheet is the answer on one page of paper for a notice board.
type sheet struct {
	answer
	opens string // address that the code opens
}

func (s sheet) where() string { return s.T("guide.where_" + s.place()) }

func (s sheet) asOf() string { return s.T("guide.as_of", text.Args{"date": s.day}) }

// sources are the laws of the sheet, each once, in the order of the trace.
func (s sheet) sources() string {
	var names []string
	seen := map[string]bool{}
	for _, ref := range s.Decision.Trace() {
		if strings.HasPrefix(ref.ID, "refusals.") {
			continue // nothing on the sheet comes from there
		}
		for one := range strings.SplitSeq(ref.Source, "; ") {
			if name := s.P().Law(one); !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, "; ")
}

// short is the address as people type it; a line may end after a stroke, so that no word is cut.
func (s sheet) short() templ.Component {
	_, rest, _ := strings.Cut(s.opens, "://")
	return templ.Raw(strings.ReplaceAll(templ.EscapeString(rest), "/", "/<wbr>"))
}
