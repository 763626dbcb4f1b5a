package licensing

import (
	"fmt"
	"regexp"
	"strings"
)

// HealthNumber is the number of a driver's health certificate, 00001/GKSKLX/34001/24 (domain.md 3).
type HealthNumber struct {
	Running  string // as on the paper: its zeros are part of it
	Facility string // code of the clinic
	Year     int    // the last two digits
}

// healthNumber lets a space, a hyphen or a dot stand for the slash, which is hard to find on a phone.
var healthNumber = regexp.MustCompile(`^(\d{1,6})[ /\\.-]*GKSKLX[ /\\.-]*(\d{4,6})[ /\\.-]+(\d{2})$`)

// ReadHealthNumber reads the number as people copy it.
func ReadHealthNumber(s string) (HealthNumber, FieldErrors) {
	s = strings.ToUpper(tidy(s))
	if s == "" {
		return HealthNumber{}, fault("number", "error_health_number_empty", nil)
	}
	m := healthNumber.FindStringSubmatch(s)
	if m == nil {
		return HealthNumber{}, fault("number", "error_health_number", nil)
	}
	return HealthNumber{Running: m[1], Facility: m[2], Year: number(m[3])}, nil
}

func (n HealthNumber) String() string {
	return fmt.Sprintf("%s/GKSKLX/%s/%02d", n.Running, n.Facility, n.Year)
}

// NormalizeHealthNumber is the number as we store it; what is no number stays, for the person to correct.
func NormalizeHealthNumber(s string) string {
	if n, errs := ReadHealthNumber(s); errs == nil {
		return n.String()
	}
	return tidy(s)
}

// Doubts of a certificate: the year in its number is that of its signing.
func (h Health) Doubts() []Doubt {
	n, errs := ReadHealthNumber(h.Number)
	if errs != nil || h.SignedOn.IsZero() || n.Year == h.SignedOn.Year%100 {
		return nil
	}
	return []Doubt{{"health_year", map[string]any{"year": fmt.Sprintf("%02d", n.Year)}}}
}
