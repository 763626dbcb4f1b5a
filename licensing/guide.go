package licensing

// Way is what an advice comes to.
type Way string

// The ways. The catalogue has sentences for each: guide.way.<Way>.
const (
	WayOnline      Way = "online"      // here
	WayCounter     Way = "counter"     // at the counter; Advice.Why says why
	WayTest        Way = "test"        // a test first, then the counter
	WayEarly       Way = "early"       // it ends in years
	WayLifetime    Way = "lifetime"    // it never ends
	WayCertificate Way = "certificate" // the class is no class any more: there is only a certificate
)

// Ways is every way.
var Ways = []Way{WayOnline, WayCounter, WayTest, WayEarly, WayLifetime, WayCertificate}

// CardClass is a class that the new card may say.
type CardClass struct {
	NewClass
	Rule        ClassRule
	HealthGroup int // of health standards; 0 where no certificate is asked
}

// Advice is what the rule book says of an inquiry on a day: the decision on a request that somebody could make, and what people
// ask beside it. Decision.Trace names every row that had a part in it.
type Advice struct {
	Inquiry      Inquiry
	Way          Way
	Why          string // with WayCounter: what keeps it from being taken in online, an Exclusion or "procedure"
	Decision     Decision
	Procedure    ProcedureRule
	Authority    AuthorityRule
	Level        int         // of the national portal's account; 0 where it is not done online
	Window       int         // of an expiring licence: in so many months before its end it is taken; 0 where that says nothing
	Ends         Date        // with WayEarly: no licence of this kind ends before
	Cards        []CardClass // several: the person chooses between them
	HealthMonths int         // for how long a certificate counts that is signed today; 0 where none is asked
	OnlineFee    VND         // 0 where it is not done online
	CounterFee   VND
	Test         string // that is needed, TheoryTest or TheoryPracticeTest
	TestFees     []TestFeeRule
	Prevented    int // overdue for less than so many months because of illness or disaster: no test, with proof; 0: no such rule
}

// Advise makes a request of the inquiry and lets Decide answer it: no rule is known here. The inquiry must be settled.
func (r *Rules) Advise(q Inquiry, day Date) Advice {
	ask := r.request(q, day)
	a := Advice{Inquiry: q, Decision: r.Decide(ask)}
	a.Way, a.Why = wayOf(a.Decision)
	if a.Way == WayOnline {
		a.OnlineFee, a.Level = a.Decision.Fee, r.LevelOn(day).Level
	} else {
		ask.Channel = Counter
		a.Decision = r.Decide(ask)
	}
	a.Procedure, _ = r.ProcedureOn(ask.Procedure, day)
	a.Authority = r.AuthorityOn(day)
	counter := r.FeeOn(Counter, day)
	a.CounterFee = counter.Amount
	a.Decision.used(counter.Rule)
	if q.Need == NeedExpiring && (a.Way == WayOnline || a.Way == WayEarly) {
		row, _ := on(r.Windows, day, nil)
		a.Window, a.Ends = row.Months, ask.Licence.Expires()
	}
	if a.Decision.NeedsHealth {
		a.HealthMonths = r.HealthMonthsOn(day)
	}
	r.adviseCards(&a, ask)
	r.adviseTest(&a, ask)
	return a
}

// request is one that somebody with this inquiry could make: nothing stands against them but what they told.
func (r *Rules) request(q Inquiry, day Date) Request {
	ask := Request{Procedure: Exchange, Channel: Online, On: day, Applicant: Applicant{Level: r.LevelOn(day).Level, Foreigner: q.Foreigner}}
	held := HeldClass{Class: q.Class}
	switch q.Need {
	case NeedFirst:
		ask.Procedure, ask.Passed = FirstIssue, []HeldClass{held}
		return ask
	case NeedLost:
		ask.Procedure = Reissue
	case NeedDamaged:
		ask.Ground = Damaged
	case NeedChanged:
		ask.Ground = DataChanged
	default:
		ask.Ground = Expiring
	}
	if first, dated := r.firstEnd(q, day); dated {
		held.Expires = q.Standing.Ends(day)
		if held.Expires.Before(first) {
			held.Expires = first
		}
	}
	ask.Licence = Licence{Number: "-", Card: CardPlastic, IssuedOn: q.Issued(day), Classes: []HeldClass{held}}
	if q.Holding == HoldsPaper {
		ask.Licence.Card = CardPaper
	}
	return ask
}

// wayOf reads a decision on an online request: of what stands in the way, what comes first for the person.
func wayOf(d Decision) (w Way, why string) {
	missing := map[string]map[string]string{}
	for _, q := range d.Requirements {
		if q.Answer == NotMet {
			missing[q.Key] = q.Args
		}
	}
	if args := missing[ReqClass]; args["none"] != "" {
		return WayCertificate, ""
	}
	if args, ok := missing[ReqGround]; ok {
		if args["early"] != "" {
			return WayEarly, ""
		}
		return WayLifetime, ""
	}
	if _, ok := missing[ReqValid]; ok {
		return WayTest, ""
	}
	if args, ok := missing[ReqOnline]; ok || len(missing) > 0 {
		return WayCounter, args["why"]
	}
	return WayOnline, ""
}

// adviseCards is what the new card may say: one decision for each class between which the person chooses.
func (r *Rules) adviseCards(a *Advice, ask Request) {
	choices := r.Choices(ask.Licence, ask.Applicant, ask.On)
	if len(choices) == 0 {
		choices = []Class{""}
	}
	for _, c := range choices {
		ask.Choice = c
		for _, n := range r.Decide(ask).Classes {
			row, _ := r.ClassOn(SchemeOf(ask.On), n.Class, ask.On)
			card := CardClass{NewClass: n, Rule: row}
			if a.Decision.NeedsHealth {
				card.HealthGroup, _ = r.healthGroup([]NewClass{n}, ask.On)
			}
			a.Cards = append(a.Cards, card)
			a.Decision.used(row.Rule)
		}
	}
}

// adviseTest is the test that must be passed first, and its fees. A first licence comes after the whole test.
func (r *Rules) adviseTest(a *Advice, ask Request) {
	for _, q := range a.Decision.Requirements {
		if q.Key != ReqValid || q.Answer != NotMet {
			continue
		}
		a.Test = q.Args["test"]
		if q.Next == NextProve {
			_, row := r.TestFor(ask.Licence.Expires(), ask.On)
			a.Prevented = row.PreventedMonths
		}
	}
	if ask.Procedure == FirstIssue {
		a.Test = TheoryPracticeTest
	}
	if a.Test == NoTest {
		return
	}
	for _, fee := range r.TestFeesOn(r.vehicle(a.Inquiry, ask.On), ask.On) {
		if a.Test == TheoryPracticeTest || fee.Part == PartTheory {
			a.TestFees = append(a.TestFees, fee)
			a.Decision.used(fee.Rule)
		}
	}
}

// vehicle is on what a class is tested: motorcycles are what is licensed for life (as ExcludeMotorcycle has it).
func (r *Rules) vehicle(q Inquiry, day Date) string {
	if row, ok := r.ClassOn(q.Scheme(day), q.Class, q.Issued(day)); ok && row.Years == 0 {
		return VehicleMotorcycle
	}
	return VehicleCar
}
