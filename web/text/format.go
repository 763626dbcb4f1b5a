package text

import (
	"strconv"
	"strings"
	"time"

	"giahan/licensing"
)

// space that never ends a line: between a number and its unit (words.md 1.11).
const nbsp = "\u00a0"

var weekdays = map[Lang][7]string{
	VI: {"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"},
	EN: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// Date writes a day: 05/03/2027, in English 5 March 2027. The zero date is empty.
func (p *Printer) Date(d licensing.Date) string {
	switch {
	case d.IsZero():
		return ""
	case p.Lang == EN:
		return strconv.Itoa(d.Day) + nbsp + d.Month.String() + " " + strconv.Itoa(d.Year)
	}
	return d.Time().Format("02/01/2006")
}

// Weekday is thứ Sáu, Friday; never at the start of a sentence in Vietnamese without care for its small letter.
func (p *Printer) Weekday(d licensing.Date) string { return weekdays[p.Lang][d.Time().Weekday()] }

// DayDate is the form for a day on which somebody must act: thứ Sáu, 27/11/2026 (words.md 1.12).
func (p *Printer) DayDate(d licensing.Date) string {
	switch {
	case d.IsZero():
		return ""
	case p.Lang == EN:
		return p.Weekday(d) + " " + p.Date(d)
	}
	return strings.ReplaceAll(p.Weekday(d), " ", nbsp) + ", " + p.Date(d)
}

// ShortDay is a day of this year in narrow places: 16/11, in English 16 Nov.
func (p *Printer) ShortDay(d licensing.Date) string {
	if p.Lang == EN {
		return d.Time().Format("2" + nbsp + "Jan")
	}
	return d.Time().Format("02/01")
}

// Time is 14:30, in civil time of the country.
func (p *Printer) Time(t time.Time) string {
	h, m, _ := t.In(licensing.Zone).Clock()
	return strconv.Itoa(h) + ":" + twoDigits(m)
}

// Moment is a time in a history: 9:20, thứ Hai 16/11/2026.
func (p *Printer) Moment(t time.Time) string {
	d := licensing.DateOf(t)
	if p.Lang == EN {
		return p.Time(t) + ", " + p.Weekday(d) + " " + p.Date(d)
	}
	return p.Time(t) + ", " + strings.ReplaceAll(p.Weekday(d), " ", nbsp) + " " + p.Date(d)
}

// Stamp is a moment in digits alone, the same in every language: for what is burnt into a picture.
func Stamp(t time.Time) string { return t.In(licensing.Zone).Format("02/01/2006 15:04") }

// HalfDay names the half of the working day in which t lies: trưa until noon, else cuối ngày.
func (p *Printer) HalfDay(t time.Time) string {
	h, m, _ := t.In(licensing.Zone).Clock()
	if h < 12 || h == 12 && m == 0 {
		return p.T("format.noon")
	}
	return p.T("format.end_of_day")
}

// Due is a promised half day: cuối ngày thứ Sáu, 27/11/2026.
func (p *Printer) Due(t time.Time) string {
	return p.HalfDay(t) + " " + p.DayDate(licensing.DateOf(t))
}

// Birth writes a date of birth that may be partial ("1956", "1956-03"; older people).
func (p *Printer) Birth(iso string) string {
	born, err := licensing.ParsePartialDate(iso)
	switch {
	case err != nil || born.IsZero():
		return iso
	case born.Full():
		return p.Date(licensing.Date(born))
	case born.Month != 0:
		return twoDigits(int(born.Month)) + "/" + strconv.Itoa(born.Year)
	}
	return strconv.Itoa(born.Year)
}

// Number groups thousands: 1.250, in English 1,250.
func (p *Printer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	sep := "."
	if p.Lang == EN {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// WorkingDays writes half working days as people count them: 5, or 3,5.
func (p *Printer) WorkingDays(halves int) string {
	days := p.Number(int64(halves / 2))
	switch {
	case halves%2 == 0:
		return days
	case p.Lang == EN:
		return days + ".5"
	}
	return days + ",5"
}

// Money is 115.000 đồng, in English 115,000 VND; the parts never separate.
func (p *Printer) Money(v licensing.VND) string {
	unit := "đồng"
	if p.Lang == EN {
		unit = "VND"
	}
	return p.Number(int64(v)) + nbsp + unit
}

// Megabytes is a size as people know it: 15 MB.
func (p *Printer) Megabytes(n int64) string {
	return strconv.FormatInt((n+1<<19)>>20, 10) + nbsp + "MB"
}

// PersonalNumber groups 12 digits by threes; other texts stay as they are.
func PersonalNumber(s string) string {
	if len(s) != 12 {
		return s
	}
	return s[0:3] + nbsp + s[3:6] + nbsp + s[6:9] + nbsp + s[9:12]
}

// Phone groups a number: 0912 345 678, 0239 300 0000; other texts stay as they are.
func Phone(s string) string {
	digits := strings.NewReplacer(" ", "", ".", "", "-", "", nbsp, "").Replace(s)
	if strings.Trim(digits, "0123456789") != "" {
		return s
	}
	switch len(digits) {
	case 10, 11:
		return digits[0:4] + nbsp + digits[4:7] + nbsp + digits[7:]
	}
	return s
}

// List joins with commas and a last "và" ("and").
func (p *Printer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return p.T("format.list", Args{"first": strings.Join(items[:last], ", "), "last": items[last]})
}

// Class says what a class allows on that day, in the plain words of the rule book: "ô tô chở đến 8 người …". Empty where the book
// has no such class.
func (p *Printer) Class(book *licensing.Rules, scheme licensing.Scheme, class licensing.Class, day licensing.Date) string {
	row, _ := book.ClassOn(scheme, class, day)
	return keepTogether(p.Words(row.Allows))
}

// laws are words inside the names of laws, which the rule book writes in English; kinds of text have their own letters here.
var laws = strings.NewReplacer("TTLT ", "Thông tư liên tịch ", "TT ", "Thông tư ", " Art. ", " Điều ", "Law ", "Luật ", "Labour Code", "Bộ luật Lao động", "Resolution", "Nghị quyết", "QD", "QĐ", "ND", "NĐ",
	"annex", "phụ lục", "notice of the year", "thông báo hằng năm", " of ", " ngày ", "practice", "thực tiễn", "our proposal", "đề xuất của dịch vụ")

// Law writes the source of a rule.
func (p *Printer) Law(source string) string {
	if p.Lang == EN {
		return source
	}
	return laws.Replace(source)
}

// Words picks the language of a text that belongs to a rule.
func (p *Printer) Words(w licensing.Words) string {
	if p.Lang == EN {
		return w.EN
	}
	return w.VI
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
