package licensing

import (
	"fmt"
	"regexp"
)

// codePattern is a dossier code of any agency (domain.md 4.5).
var codePattern = regexp.MustCompile(`^[A-Z0-9]+(\.[A-Z0-9]+)*-\d{6}-\d{4,6}$`)

// NewCode is the dossier code of the n-th case of an office on a day: H27.12-261123-0042.
func NewCode(office string, on Date, n int) string {
	return fmt.Sprintf("%s-%02d%02d%02d-%04d", office, on.Year%100, on.Month, on.Day, n)
}

// IsCode says whether s has the form of a dossier code.
func IsCode(s string) bool { return codePattern.MatchString(s) }

// Tail is the last four characters of a code, which is all that messages may carry.
func Tail(code string) string { return code[max(0, len(code)-4):] }
