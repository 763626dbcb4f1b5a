package licensing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Widths of the counter at the end of a dossier code: provinces write four digits, the Ministry of Public Security six.
const (
	CodeWidth    = 4
	MaxCodeWidth = 6
)

// maxCodeNumber is the last case of an office and day that a code of any agency can count.
const maxCodeNumber = 999_999

// codePattern is a dossier code of any agency, officePattern the office in front of it (domain.md 4.5).
var (
	codePattern   = regexp.MustCompile(`^([A-Z0-9]+(?:\.[A-Z0-9]+)*)-(\d{2})(\d{2})(\d{2})-(\d{4,6})$`)
	officePattern = regexp.MustCompile(`^[A-Z0-9]+(\.[A-Z0-9]+)*$`)
)

// ErrNoCodesLeft says that an office has had a million cases in a day, or that its code is none.
var ErrNoCodesLeft = errors.New("no dossier code for this case")

// Code is a dossier code taken apart: H27.12-261123-0042.
type Code struct {
	Office string
	On     Date   // day of submission
	Number string // counter of the office and day, with its zeros
}

// NewCode is the dossier code of the n-th case of an office on a day. The counter has width digits, and more where a day has more
// cases than they count: the 10,000th case of four digits is 10000, which is still a code. Beyond six digits no agency could
// read it, and there is none.
func NewCode(office string, on Date, n, width int) (string, error) {
	if n < 1 || n > maxCodeNumber || !IsOffice(office) {
		return "", ErrNoCodesLeft
	}
	return Code{Office: office, On: on, Number: fmt.Sprintf("%0*d", min(max(width, CodeWidth), MaxCodeWidth), n)}.String(), nil
}

func (c Code) String() string {
	return fmt.Sprintf("%s-%02d%02d%02d-%s", c.Office, c.On.Year%100, c.On.Month, c.On.Day, c.Number)
}

// ReadCode reads a dossier code as people type it: in small letters, with spaces between its parts.
func ReadCode(s string) (Code, FieldErrors) {
	m := codePattern.FindStringSubmatch(strings.ToUpper(strings.ReplaceAll(tidy(s), " ", "")))
	if m == nil {
		return Code{}, fault("code", "error_code", nil)
	}
	on := Date{2000 + number(m[2]), time.Month(number(m[3])), number(m[4])}
	if !on.real() {
		return Code{}, fault("code", "error_code", nil)
	}
	return Code{Office: m[1], On: on, Number: m[5]}, nil
}

// IsCode says whether s is a dossier code as we write it.
func IsCode(s string) bool {
	c, errs := ReadCode(s)
	return errs == nil && c.String() == s
}

// IsOffice says whether s is the code of an office, which stands in front of its dossier codes.
func IsOffice(s string) bool { return officePattern.MatchString(s) }

// Tail is the last four characters of a code, which is all that messages may carry.
func Tail(code string) string { return code[max(0, len(code)-4):] }
