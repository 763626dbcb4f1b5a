package licensing

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"giahan/identity"
)

// Doubt is something that may be wrong with a value and may well be right: a sex that was corrected, a birth registered abroad, a
// number from before the rule. It refuses nothing; an officer sees it and looks. Key is a word of the catalogue (officer.doubt).
type Doubt struct {
	Key  string
	Args map[string]any
}

// ReadPersonalNumber reads a personal number as people type it, in groups or in full-width digits.
func ReadPersonalNumber(s string) (identity.PersonalNumber, FieldErrors) {
	n, err := identity.ParsePersonalNumber(ungroup(s))
	if err != nil {
		return "", fault("personal_number", "error_personal_number", nil)
	}
	return n, nil
}

// Doubts compares the structure of the personal number with what the portal says of the person.
func (a Applicant) Doubts() []Doubt {
	n, err := identity.ParsePersonalNumber(a.PersonalNumber.Reveal())
	if err != nil {
		return []Doubt{{Key: "number_form"}}
	}
	var out []Doubt
	if code, name := n.Province(); name == "" {
		out = append(out, Doubt{"number_province", map[string]any{"code": code}})
	}
	if born, err := ParsePartialDate(a.BirthDate); err == nil && !born.IsZero() && born.Year != n.BirthYear() {
		out = append(out, Doubt{"number_year", map[string]any{"year": strconv.Itoa(n.BirthYear())}})
	}
	if a.Sex != "" && identity.Sex(a.Sex) != n.Sex() {
		out = append(out, Doubt{Key: "number_sex"})
	}
	return out
}

const maxPaperNumber = 20 // characters

// ReadLicenceNumber reads the number of a licence: twelve digits on plastic, and on paper whatever the issuing body wrote, mostly
// letters and digits (AB123456). No licence has a check digit, so nothing more can be refused (domain.md 2.10).
func ReadLicenceNumber(s string, card Card) (string, FieldErrors) {
	if card == CardPaper {
		return readPaperNumber(strings.ToUpper(tidy(s)))
	}
	if s = ungroup(s); len(s) != 12 || !digitsOnly(s) {
		return "", fault("licence_number", "error_licence_number", nil)
	}
	return s, nil
}

func readPaperNumber(s string) (string, FieldErrors) {
	strange := func(r rune) bool {
		return !unicode.Is(unicode.Latin, r) && (r < '0' || r > '9') && !strings.ContainsRune(" /.-", r)
	}
	if utf8.RuneCountInString(s) > maxPaperNumber || !strings.ContainsAny(s, "0123456789") || strings.ContainsFunc(s, strange) {
		return "", fault("licence_number", "error_licence_number_paper", nil)
	}
	return s, nil
}

// Doubts compares the structure of a plastic card's number, PP G YY NNNNNNN, with the holder and the tests passed. PP is the
// province in the codes of before 2025, G century and sex, YY the year of a test. Numbers that do not have it exist.
func (l Licence) Doubts(holder Applicant) []Doubt {
	n, errs := ReadLicenceNumber(l.Number, l.Card)
	if errs != nil {
		return []Doubt{{Key: "licence_form"}}
	}
	if l.Card == CardPaper {
		return nil
	}
	var out []Doubt
	if identity.Province("0"+n[:2]) == "" {
		out = append(out, Doubt{"licence_province", map[string]any{"code": n[:2]}})
	}
	century, sex := identity.CenturyAndSex(n[2])
	born, err := ParsePartialDate(holder.BirthDate)
	if err == nil && !born.IsZero() && born.Year/100*100 != century || holder.Sex != "" && identity.Sex(holder.Sex) != sex {
		out = append(out, Doubt{"licence_person", map[string]any{"digit": n[2:3]}})
	}
	for _, c := range l.Classes {
		if c.PassedOn.Year%100 == number(n[3:5]) {
			return out
		}
	}
	return append(out, Doubt{"licence_year", map[string]any{"year": n[3:5]}})
}
