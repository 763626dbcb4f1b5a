package licensing

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The ways in which people write a day, matched on a text without marks: "3/7/2026", "03-07-2026", "3.7.2026", "03072026",
// "3 tháng 7 2026", "ngày 3 tháng 7 năm 2026", the English of our own pages "3 July 2026", and ISO 8601, which date pickers
// send. Day comes before month, always: nobody here writes it the other way round, and to guess would be to change a date.
var (
	dayOfISO   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	dayInSigns = regexp.MustCompile(`^(\d{1,2}) ?[ ./-] ?(\d{1,2}) ?[ ./-] ?(\d{4}|\d{2})$`)
	daySolid   = regexp.MustCompile(`^(\d{2})(\d{2})(\d{4})$`)
	dayInWords = regexp.MustCompile(`^(?:ngay )?(?:mung |mong )?(\d{1,2}) ?,? ?thang ?(\d{1,2}) ?,?(?: ?nam)? ?(\d{4}|\d{2})$`)
	dayEnglish = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9}),? (\d{4})$`)

	monthOfISO   = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	monthInSigns = regexp.MustCompile(`^(\d{1,2}) ?[ ./-] ?(\d{4})$`)
	monthInWords = regexp.MustCompile(`^thang ?(\d{1,2}) ?,?(?: ?nam)? ?(\d{4})$`)
	yearAlone    = regexp.MustCompile(`^(?:nam ?)?(\d{4})$`)
)

// Years between which a typed day lies: the oldest driver was born after the first, and no licence is valid beyond the last.
const firstYear, lastYear = 1900, 2200

// ReadDate reads a day as people type it. A year of two digits is the one nearest to near, so that 3/7/26 on a certificate just
// signed is 2026; where near is zero, nothing says which century is meant and all four digits are asked for.
func ReadDate(s string, near Date) (Date, FieldErrors) {
	d, short := readDate(s)
	if short && near.IsZero() {
		return Date{}, fault("date", "error_date_year", nil)
	}
	if short {
		d.Year += (near.Year - d.Year + 50) / 100 * 100
	}
	if !d.real() {
		return Date{}, fault("date", "error_date", nil)
	}
	return d, nil
}

// readDate takes a text apart; short says that the year has two digits. A text that is no day gives one that no calendar has.
func readDate(s string) (d Date, short bool) {
	s = SearchKey(s)
	if m := dayOfISO.FindStringSubmatch(s); m != nil {
		return Date{number(m[1]), time.Month(number(m[2])), number(m[3])}, false
	}
	for _, form := range []*regexp.Regexp{dayInSigns, daySolid, dayInWords} {
		if m := form.FindStringSubmatch(s); m != nil {
			return Date{number(m[3]), time.Month(number(m[2])), number(m[1])}, len(m[3]) == 2
		}
	}
	if m := dayEnglish.FindStringSubmatch(s); m != nil {
		return Date{number(m[3]), englishMonth(m[2]), number(m[1])}, false
	}
	return Date{}, false
}

// englishMonth knows july and jul; any other word is no month.
func englishMonth(s string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); s == name || s == name[:3] {
			return m
		}
	}
	return 0
}

// number of at most four digits that an expression has matched.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// real says that the calendar has the day, within the years that we read.
func (d Date) real() bool { return d.Year >= firstYear && d.Year <= lastYear && DateOf(d.Time()) == d }
