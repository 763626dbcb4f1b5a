package guide

import (
	"strings"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// topic is a question that people ask often: its answer, the rules that it comes from, and where to go on.
type topic struct {
	Key  string
	Rows []page.Row
	Refs []licensing.RuleRef
	Next licensing.Inquiry // whose question goes on from here
}

func (t *topic) add(title, sentence string, rules ...licensing.Rule) {
	t.Rows = append(t.Rows, page.Row{Icon: "check", Title: title, Text: sentence})
	for _, r := range rules {
		if r.ID != "" {
			t.Refs = append(t.Refs, r.Ref())
		}
	}
}

// topics are all of them, in the order in which the search prefers them.
func (v view) topics() []topic {
	return []topic{v.aboutFee(), v.aboutTime(), v.aboutHealth(), v.aboutOverdue(), v.aboutClasses(), v.aboutPaper(), v.aboutAccount(), v.aboutOffice()}
}

func (v view) aboutFee() topic {
	t := topic{Key: "fee"}
	online, counter := v.book.FeeOn(licensing.Online, v.day), v.book.FeeOn(licensing.Counter, v.day)
	t.add(v.T("guide.fee_online"), v.P().Money(online.Amount), online.Rule)
	t.add(v.T("guide.fee_counter"), v.P().Money(counter.Amount), counter.Rule)
	return t
}

func (v view) aboutTime() topic {
	t := topic{Key: "time"}
	for _, p := range licensing.Procedures {
		limit := v.book.LimitOn(licensing.StepDecide, p, v.day)
		t.add(v.T("guide.procedure."+string(p)), v.T("start.working_days", text.Args{"n": v.P().WorkingDays(limit.HalfDays)}), limit.Rule)
	}
	return t
}

// aboutHealth says for how long a certificate counts, and who needs none: those whose class the documents of an exchange leave out.
func (v view) aboutHealth() topic {
	t := topic{Key: "health", Next: licensing.Inquiry{Need: licensing.NeedExpiring}}
	row := v.book.HealthOn(v.day)
	t.add(v.T("guide.topic.health_months"), v.T("guide.topic.health_months_text", text.Args{"months": row.Months}), row.Rule)
	for _, d := range v.book.Documents {
		if d.Procedure != licensing.Exchange || d.Document != licensing.DocHealth || !d.Covers(v.day) || len(d.Exempt) == 0 {
			continue
		}
		var names []string
		for _, c := range d.Exempt {
			names = append(names, string(c))
		}
		t.add(v.T("guide.topic.health_exempt"), v.T("guide.topic.health_exempt_text", text.Args{"classes": v.P().List(names)}), d.Rule)
	}
	return t
}

func (v view) aboutOverdue() topic {
	t := topic{Key: "overdue", Next: licensing.Inquiry{Need: licensing.NeedExpiring}}
	for _, s := range licensing.Standings[1:] {
		test, row := v.book.TestFor(s.Ends(v.day), v.day)
		sentence := v.T("guide.topic.no_test")
		if test != licensing.NoTest {
			sentence = v.T("guide.topic.test", text.Args{"test": v.T("test." + test)})
		}
		t.add(v.standingWord(s), sentence, row.Rule)
	}
	return t
}

func (v view) aboutClasses() topic {
	t := topic{Key: "classes", Next: licensing.Inquiry{Need: licensing.NeedExpiring, Holding: licensing.HoldsOld}}
	for _, c := range v.book.ClassesFor(t.Next, v.day) {
		m, ok := v.book.MappingOn(c, v.day)
		if !ok {
			continue
		}
		q := t.Next
		q.Class = c
		sentence := v.T("guide.topic.no_class")
		if len(m.New) > 0 {
			var names []string
			for _, n := range m.New {
				names = append(names, string(n))
			}
			sentence = v.T("guide.topic.becomes", text.Args{"classes": strings.Join(names, ", ")})
		}
		t.add(v.allows(q), sentence, m.Rule)
	}
	return t
}

func (v view) aboutPaper() topic {
	t := topic{Key: "paper", Next: licensing.Inquiry{Need: licensing.NeedExpiring, Holding: licensing.HoldsPaper}}
	row, _ := v.book.ProcedureOn(licensing.Exchange, v.day)
	for _, x := range row.Excludes {
		t.add(v.T("requirement.handled_online.missing_"+string(x)), v.T("next.counter"), row.Rule)
	}
	return t
}

func (v view) aboutAccount() topic {
	t := topic{Key: "account"}
	row := v.book.LevelOn(v.day)
	level := text.Args{"level": row.Level}
	t.add(v.T("requirement.identity_level.missing", level), v.T("next.raise_level", level), row.Rule)
	return t
}

func (v view) aboutOffice() topic {
	t := topic{Key: "office"}
	row := v.book.AuthorityOn(v.day)
	t.add(v.T("guide.topic.office_where"), v.T("guide.office", officeArgs(v.Base)))
	t.add(v.T("guide.topic.office_who"), v.P().Words(row.Name), row.Rule)
	return t
}

// topicView is a topic as a page.
type topicView struct {
	view
	topic
}

func (p topicView) heading() string { return p.T("guide.topic." + p.Key) }

func (v view) topicHint(t topic) string {
	return v.T("guide.topic_hint."+t.Key, text.Args{"date": licensing.NewSchemeFrom})
}

func (v view) topicRow(t topic) page.Row {
	return page.Row{Title: v.T("guide.topic." + t.Key), Text: v.topicHint(t), Href: "/guide/questions/" + t.Key}
}

func (h *Handler) topic(c fiber.Ctx) error {
	v := h.view(c, "/guide/questions/"+c.Params("key"))
	v.Back = "/guide"
	for _, t := range v.topics() {
		if t.Key == c.Params("key") {
			p := topicView{view: v, topic: t}
			p.Title = p.heading()
			return page.Render(c, fiber.StatusOK, topicPage(p))
		}
	}
	return licensing.ErrNotFound
}
