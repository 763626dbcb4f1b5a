package signin

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"giahan/identity"
)

// maxText is the longest name or address that is kept, in characters.
const maxText = 500

// Resident maps the portal's vocabulary (domain.md 4.3) to a resident; the ID is left to the store. Any field but the
// personal number may be missing. It answers identity.ErrOrganisation for an account of an organisation,
// identity.ErrLevelTooLow below level 2 and a Refused for values that cannot be.
func (c Claims) Resident() (identity.Resident, error) {
	for _, name := range []string{"LoaiTaiKhoan", "SoDinhDanh"} {
		if !c.agree(name) {
			return identity.Resident{}, refuse("userinfo_differs")
		}
	}
	switch c.field("LoaiTaiKhoan") {
	case "", "1":
	case "2":
		return identity.Resident{}, identity.ErrOrganisation
	default:
		return identity.Resident{}, refuse("account_kind")
	}
	level := c.level()
	if level < identity.LevelRequired {
		return identity.Resident{}, identity.ErrLevelTooLow
	}
	// Whoever vouches for somebody writes the number exactly: no spaces, no other digits than ASCII (C20).
	number, err := identity.ParsePersonalNumber(c.field("SoDinhDanh"))
	if err != nil || string(number) != c.field("SoDinhDanh") {
		return identity.Resident{}, refuse("personal_number")
	}
	birth, ok := birthDate(c.field("NgaySinh"), c.AuthTime)
	if !ok {
		return identity.Resident{}, refuse("birth_date")
	}
	name := clean(first(c.field("HoVaTen"), c.field("name")))
	if name == "" {
		return identity.Resident{}, refuse("name")
	}
	return identity.Resident{
		Issuer: c.Issuer, Subject: c.Subject, PersonalNumber: number, FullName: name, BirthDate: birth,
		Sex: sex(c.field("GioiTinh")), Address: clean(c.field("DiaChi")), Phone: clean(c.field("SoDienThoai")), Level: level,
	}, nil
}

// Staff is a member of staff as the staff realm vouches for them. Role and office are our own record.
type Staff struct {
	Issuer, Subject, FullName string
}

// secondFactors are the amr values that show more than a password (RFC 8176 2).
var secondFactors = []string{"mfa", "otp", "hwk", "swk", "sc"}

// Staff demands a second factor and maps the staff realm's claims.
func (c Claims) Staff() (Staff, error) {
	if !slices.ContainsFunc(c.amr, func(a string) bool { return slices.Contains(secondFactors, a) }) {
		return Staff{}, refuse("second_factor")
	}
	return Staff{Issuer: c.Issuer, Subject: c.Subject, FullName: clean(c.field("name"))}, nil
}

// field gives a member of the userinfo, else of the ID token.
func (c Claims) field(name string) string { return first(c.userinfo.loose(name), c.token.loose(name)) }

// agree says whether ID token and userinfo say the same, where both say something.
func (c Claims) agree(name string) bool {
	a, b := c.token.loose(name), c.userinfo.loose(name)
	return a == "" || b == "" || a == b
}

// level is the lowest that the portal states: acr speaks of this login, loAs of the account, and a strong account may have
// been entered by a weak login. Nothing stated is level 0.
func (c Claims) level() identity.Level {
	var lowest identity.Level
	for _, stated := range []identity.Level{acrLevel(c.acr), loAs(c.token), loAs(c.userinfo)} {
		if stated != unstated && (lowest == 0 || stated < lowest) {
			lowest = stated
			if lowest == 0 {
				return 0
			}
		}
	}
	return lowest
}

const unstated identity.Level = -1

// acrLevel reads "2", "loa2" and names that end so ("urn:vneid:loa2"). A stated acr that is none of these counts as 0.
func acrLevel(acr string) identity.Level {
	if acr == "" {
		return unstated
	}
	acr = strings.ToLower(acr)
	acr = acr[strings.LastIndexAny(acr, ":/")+1:]
	return digitLevel(strings.TrimPrefix(acr, "loa"))
}

// loAs reads the portal's own field: a number, a text or a list, of which the account's highest counts.
func loAs(o object) identity.Level {
	if !o.has("loAs") {
		return unstated
	}
	if list, _, ok := o.texts("loAs"); ok {
		highest := identity.Level(0)
		for _, l := range list {
			highest = max(highest, acrLevel(l))
		}
		return highest
	}
	if text := o.loose("loAs"); text != "" {
		return acrLevel(text)
	}
	if raw, _ := o.raw("loAs"); string(raw) == "null" {
		return unstated
	}
	return 0
}

func digitLevel(s string) identity.Level {
	if len(s) == 1 && s[0] >= '1' && s[0] <= '4' {
		return identity.Level(s[0] - '0')
	}
	return 0
}

// birthLayouts: how the portal and its like write a birth date, and how we do. Any part but the year may be unknown.
var birthLayouts = [][2]string{{"20060102", "2006-01-02"}, {"200601", "2006-01"}, {"2006", "2006"},
	{"02/01/2006", "2006-01-02"}, {"01/2006", "2006-01"}, {"2006-01-02", "2006-01-02"}, {"2006-01", "2006-01"}}

// birthDate gives ISO 8601, possibly partial.
func birthDate(s string, now time.Time) (string, bool) {
	if s == "" {
		return "", true
	}
	for _, layout := range birthLayouts {
		if born, err := time.Parse(layout[0], s); err == nil {
			return born.Format(layout[1]), born.Year() >= 1900 && !born.After(now)
		}
	}
	return "", false
}

func sex(s string) identity.Sex {
	switch strings.ToLower(norm.NFC.String(s)) {
	case "1", "m", "nam", "male":
		return identity.Male
	case "0", "2", "f", "nữ", "nu", "female":
		return identity.Female
	}
	return ""
}

// clean makes a text safe to show: NFC, no control or format characters (right-to-left overrides, zero-width), bounded.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	return string(runes[:min(len(runes), maxText)])
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
