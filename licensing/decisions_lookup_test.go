package licensing_test

import (
	"fmt"
	"strings"
	"time"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// lookUp asks the book for a fact that no person and no licence belong to.
func lookUp(what string, on licensing.Date) (answerOf, error) {
	book := rules.Embedded()
	for prefix, find := range map[string]func(*licensing.Rules, string, licensing.Date) (string, []licensing.Rule){
		"hạng cũ ": lookClass(licensing.SchemeOld), "hạng mới ": lookClass(licensing.SchemeNew), "đơn vị ": lookUnit, "lệ phí thi ": lookTestFees,
		"hạn giấy khám": lookHealth, "thời hạn ": lookLimit, "ngày": lookDay, "căn cứ từ chối ": lookRefusal,
	} {
		if rest, ok := strings.CutPrefix(what, prefix); ok {
			said, used := find(book, rest, on)
			a := answerOf{looked: said}
			for _, r := range used {
				a.trace = append(a.trace, r.Ref())
			}
			return a, nil
		}
	}
	return answerOf{}, fmt.Errorf("asks: unknown look-up %q", what)
}

func lookClass(s licensing.Scheme) func(*licensing.Rules, string, licensing.Date) (string, []licensing.Rule) {
	return func(book *licensing.Rules, class string, on licensing.Date) (string, []licensing.Rule) {
		c, ok := book.ClassOn(s, licensing.Class(class), on)
		if !ok {
			return "không có", nil
		}
		return classWords(c), []licensing.Rule{c.Rule}
	}
}

func lookUnit(book *licensing.Rules, code string, on licensing.Date) (string, []licensing.Rule) {
	u, ok := book.UnitOn(code, on)
	if !ok {
		return "không có", nil
	}
	return u.Name, []licensing.Rule{u.Rule}
}

func lookTestFees(book *licensing.Rules, vehicle string, on licensing.Date) (said string, used []licensing.Rule) {
	v := map[string]string{"ô tô": "car", "mô tô": "motorcycle"}[vehicle]
	var parts []string
	for _, f := range book.TestFeesOn(v, on) {
		part := inWords(partWords, f.Part)
		if v == "motorcycle" && f.Part == "course" {
			part = "thực hành" // a motorcycle's practice is the course alone
		}
		parts, used = append(parts, part+" "+dong(f.Amount)), append(used, f.Rule)
	}
	return strings.Join(parts, "; "), used
}

func lookHealth(book *licensing.Rules, _ string, signed licensing.Date) (string, []licensing.Rule) {
	h := book.HealthOn(signed)
	return fmt.Sprintf("%d tháng", h.Months), []licensing.Rule{h.Rule}
}

func lookLimit(book *licensing.Rules, step string, on licensing.Date) (string, []licensing.Rule) {
	k, ok := ofWords(stepWords, step)
	if !ok {
		return "không có", nil
	}
	l := book.LimitOn(k, licensing.Exchange, on)
	return fmt.Sprintf("%d nửa ngày", l.HalfDays), []licensing.Rule{l.Rule}
}

// lookDay is what kind of day it is. Most days have no row of the book.
func lookDay(book *licensing.Rules, _ string, on licensing.Date) (string, []licensing.Rule) {
	said := "làm việc"
	if !book.Calendar.Working(on) {
		said = "nghỉ"
	}
	if kind, ok := book.Calendar[on]; ok {
		said = inWords(dayWords, kind)
	} else if wd := on.Time().Weekday(); wd == time.Saturday || wd == time.Sunday {
		said += " cuối tuần"
	}
	var used []licensing.Rule
	for _, d := range book.Days {
		if d.From == on {
			used = append(used, d.Rule)
		}
	}
	return said, used
}

func lookRefusal(book *licensing.Rules, code string, on licensing.Date) (string, []licensing.Rule) {
	for _, r := range book.Refusals {
		if r.Code == code && r.Covers(on) {
			if r.Supply {
				return "chỉ để yêu cầu bổ sung", []licensing.Rule{r.Rule}
			}
			return "được từ chối", []licensing.Rule{r.Rule}
		}
	}
	return "không có", nil
}
