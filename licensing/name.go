package licensing

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

const maxName = 100 // characters

// sameMarks unifies what keyboards write for one mark: the apostrophe of H'Hen, and the D with stroke, for which old files
// have the Icelandic or the African letter of the same look.
var sameMarks = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "ʻ", "'", "`", "'", "´", "'", "′", "'", "Ð", "Đ", "ð", "đ", "Ɖ", "Đ", "ɖ", "đ")

// NormalizeName is a name as we store it: NFC, single spaces, one apostrophe, one hyphen. Tone marks stay where the person has
// them: a name is spelled as its bearer's papers spell it (words.md 1.9).
func NormalizeName(s string) string { return tidy(sameMarks.Replace(tidy(s))) }

// ReadName reads a person's full name. It has letters of Vietnamese or of another people of the country and no digits or signs
// (Civil Code 2015 Art. 26.3); apostrophe, hyphen and dot stand in names of the register (H'Hen, Y-Bláo) and in those of
// foreigners.
func ReadName(s string) (string, FieldErrors) {
	name := NormalizeName(s)
	if name == "" {
		return "", fault("full_name", "error_empty", nil)
	}
	if utf8.RuneCountInString(name) > maxName {
		return "", fault("full_name", "error_too_long", map[string]any{"max": maxName})
	}
	afterLetter, letters := false, false
	for _, r := range name {
		switch {
		case unicode.Is(unicode.Latin, r):
			afterLetter, letters = true, true
		case unicode.Is(unicode.Mn, r) && afterLetter: // letters that Unicode has only in parts
		case strings.ContainsRune(" '-.", r):
			afterLetter = false
		default:
			return "", fault("full_name", "error_name", map[string]any{"char": string(r)})
		}
	}
	if !letters {
		return "", fault("full_name", "error_name", map[string]any{"char": name})
	}
	return name, nil
}

// SameName compares two names as people mean them: case, spaces, kind of apostrophe and place of the tone mark aside. Đ is not D.
func SameName(a, b string) bool { return nameKey(a) == nameKey(b) }

// SearchKey is the form in which texts are searched: as for SameName, and without marks and apostrophes, đ as d. Who types
// "tran thi hoa" finds Trần Thị Hòa, and who types H'Hen, H’Hen or HHen finds H'Hen.
func SearchKey(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 'đ': // does not decompose
			return 'd'
		case r == '\'', unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, norm.NFD.String(nameKey(s)))
	return tidy(s)
}

// The five tone marks as they stand in a decomposed text: grave, acute, hook above, tilde, dot below.
const tones = "\u0300\u0301\u0309\u0303\u0323"

const vowels = "aeiouy"

// nameKey puts the tone mark behind the vowels that carry it: hòa and hoà, thúy and thuý are one. The same register spells both
// ways, because the place of the mark was taught differently over the years (domain.md 7).
func nameKey(s string) string {
	var (
		out, tone []rune
		inVowels  bool
	)
	for _, r := range norm.NFD.String(strings.ToLower(NormalizeName(s))) {
		switch {
		case strings.ContainsRune(tones, r):
			tone = append(tone, r)
		case unicode.Is(unicode.Mn, r):
			out = append(out, r)
		default:
			v := strings.ContainsRune(vowels, r)
			if !v || !inVowels {
				out, tone = append(out, tone...), nil
			}
			out, inVowels = append(out, r), v
		}
	}
	return norm.NFC.String(string(append(out, tone...)))
}

// ByGivenName gives an order of names as lists of people have it here: by the given name, which is the last word, then by the
// whole name, in the Vietnamese alphabet. The function that it gives serves one sort and not two at the same time.
func ByGivenName() func(a, b string) int {
	order := collate.New(language.Vietnamese)
	return func(a, b string) int {
		a, b = nameKey(a), nameKey(b)
		if c := order.CompareString(lastWord(a), lastWord(b)); c != 0 {
			return c
		}
		return order.CompareString(a, b)
	}
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }
