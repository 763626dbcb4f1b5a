package licensing

import (
	"regexp"
	"slices"
	"strings"

	"giahan/identity"
)

// ReadCertificateCode reads on the day today what a QR code on a health certificate says. No format of it is published (domain.md 3), and
// clinics print different ones; so each piece is known by its own shape, and what has no shape of ours is left out: the certificate's
// number, a personal number that nothing labels as another's, a class, and of several dates the latest that has come, which is that of signing: the earlier ones are of
// birth and of issue, a later one would be the day on which it ends. The code of an identity card, which may lie on the sheet, says nothing
// of the certificate.
func (r *Rules) ReadCertificateCode(text string, today Date) Certificate {
	var c Certificate
	if codeOfCard.MatchString(text) {
		return c
	}
	classes := r.ClassNames()
	if m := codeNumber.FindString(strings.ToUpper(text)); m != "" {
		c.Number = NormalizeHealthNumber(m)
	}
	for _, piece := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("|;\n\r\t", r) }) {
		label, value, labelled := strings.Cut(piece, ":")
		if !labelled {
			label, value = "", piece
		}
		c.read(strings.ToLower(label), strings.TrimSpace(value), classes, today)
	}
	return c
}

// codeNumber finds a certificate's number inside other text.
var codeNumber = regexp.MustCompile(`\d{1,6}/GKSKLX/\d{4,6}/\d{2}\b`)

// codeOfCard is the code on a citizen's identity card: its number, the old one or nothing, and more.
var codeOfCard = regexp.MustCompile(`^\s*\d{12}\|(\d{9})?\|`)

func (c *Certificate) read(label, piece string, classes []Class, today Date) {
	if codePersonal.MatchString(piece) {
		// A clinic prints look-up codes and its doctors' numbers too.
		if n, err := identity.ParsePersonalNumber(piece); err == nil && (label == "" || codePerson.MatchString(label)) {
			c.PersonalNumber = n
		}
		return
	}
	if d := codeDate(piece); !d.IsZero() {
		if d.After(c.SignedOn) && !d.After(today) {
			c.SignedOn = d
		}
		return
	}
	class := Class(strings.ToUpper(strings.TrimPrefix(strings.ToLower(piece), "hạng ")))
	if slices.Contains(classes, class) {
		c.Class = class
	}
}

var (
	codePersonal = regexp.MustCompile(`^\d{12}$`)
	codePerson   = regexp.MustCompile(`cccd|cmnd|căn cước|định danh`) // what the person's own number is called
)

// codeDate reads 16/11/2026, 16112026 and 2026-11-16; zero where it is no date.
func codeDate(s string) Date {
	if m := codeDayFirst.FindStringSubmatch(s); m != nil {
		s = m[3] + "-" + m[2] + "-" + m[1]
	}
	d, err := ParseDate(s)
	if err != nil {
		return Date{}
	}
	return d
}

var codeDayFirst = regexp.MustCompile(`^(\d{2})[/.-]?(\d{2})[/.-]?(\d{4})$`)

// WithCode is a certificate as the code on its picture tells it, and for the rest as it was typed; ok is false where the code tells nothing.
func (r *Rules) WithCode(h Health, code string, today Date) (told Certificate, ok bool) {
	told = r.ReadCertificateCode(code, today)
	if told == (Certificate{}) {
		return told, false
	}
	if told.Number == "" {
		told.Number = h.Number
	}
	if told.SignedOn.IsZero() {
		told.SignedOn = h.SignedOn
	}
	if told.Class == "" {
		told.Class = h.Class
	}
	return told, true
}

// CodeDoubts are where the code on a certificate says something else than what was typed: for the person to look again, and for the officer.
// Nothing stops at them, for a clinic may print its code wrongly; what the rules forbid stops by itself.
func (r *Rules) CodeDoubts(h Health, code string, today Date) []Doubt {
	c, ok := r.WithCode(h, code, today)
	if !ok {
		return nil
	}
	var out []Doubt
	if c.Number != h.Number {
		out = append(out, Doubt{"code_number", map[string]any{"read": c.Number, "typed": h.Number}})
	}
	if c.SignedOn != h.SignedOn {
		out = append(out, Doubt{"code_date", map[string]any{"read": c.SignedOn, "typed": h.SignedOn}})
	}
	if c.Class != h.Class {
		out = append(out, Doubt{"code_class", map[string]any{"read": string(c.Class), "typed": string(h.Class)}})
	}
	return out
}
