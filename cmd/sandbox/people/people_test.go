package people

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/rules"
)

// days on which the sandbox may be seeded, with the awkward ones among them.
var days = []licensing.Date{day("2026-11-23"), day("2026-12-31"), day("2027-01-31"), day("2028-02-29"), day("2029-10-15")}

func TestNumbersArePlausibleAndNobodySharesOne(t *testing.T) {
	seen := map[string]string{}
	once := func(kind, value, key string) {
		if other, ok := seen[kind+value]; ok {
			t.Errorf("%s and %s share %s %s", key, other, kind, value)
		}
		seen[kind+value] = key
	}
	for _, r := range Residents(days[0]) {
		once("key", r.Key, r.Key)
		once("phone", r.Phone, r.Key)
		if r.Account == Organisation {
			continue
		}
		once("number", string(r.PersonalNumber), r.Key)
		plausible(t, r.Key, r.PersonalNumber, r.BirthDate, r.Sex)
		if _, errs := licensing.ReadMobile(r.Phone); errs != nil {
			t.Errorf("%s: phone %s: %v", r.Key, r.Phone, errs)
		}
		for _, l := range r.Licences {
			once("licence", l.Number, r.Key)
			once("serial", l.Serial, r.Key)
		}
	}
	for _, o := range Staff() {
		once("key", o.Key, o.Key)
		once("number", string(o.PersonalNumber), o.Key)
		plausible(t, o.Key, o.PersonalNumber, o.BirthDate, o.Sex)
	}
}

// plausible checks the structure of domain.md 4.1: the fourth digit is 0 or 1 for men and women of the 20th century.
func plausible(t *testing.T, key string, n identity.PersonalNumber, birth string, sex identity.Sex) {
	t.Helper()
	g := map[identity.Sex]string{identity.Male: "0", identity.Female: "1"}[sex]
	if _, err := identity.ParsePersonalNumber(string(n)); err != nil || string(n[3]) != g || string(n[4:6]) != birth[2:4] || birth[:2] != "19" {
		t.Errorf("%s: %s does not fit %s, %s", key, n, birth, sex)
	}
}

var licenceNumber = regexp.MustCompile(`^42[01]\d{9}$`)

func TestLicencesArePlausible(t *testing.T) {
	for _, today := range days {
		for _, r := range Residents(today) {
			for _, l := range r.Licences {
				last := l.Classes[0]
				for _, c := range l.Classes {
					if c.PassedOn.After(l.IssuedOn) || !c.Lifetime() && !l.IssuedOn.Before(c.Expires) {
						t.Errorf("%s on %s: class %s passed %s, issued %s, ends %s", r.Key, today, c.Class, c.PassedOn, l.IssuedOn, c.Expires)
					}
					if c.PassedOn.After(last.PassedOn) {
						last = c
					}
				}
				if l.Scheme() != licensing.SchemeOld && today == days[0] {
					t.Errorf("%s: issued %s", r.Key, l.IssuedOn)
				}
				if !licenceNumber.MatchString(l.Number) || l.Number[2] != r.PersonalNumber[3] || l.Number[3:5] != fmt.Sprintf("%02d", last.PassedOn.Year%100) {
					t.Errorf("%s: licence number %s", r.Key, l.Number)
				}
				if l.HolderBirth != r.BirthDate || l.HolderName == "" || l.HolderAddress == "" {
					t.Errorf("%s: holder %+v", r.Key, l)
				}
			}
		}
	}
}

func TestAddressesNameACommuneOfToday(t *testing.T) {
	book := rules.Embedded()
	communes, province := book.CommunesOn(licensing.HomeProvince, days[0]), book.ProvinceName(days[0])
	for _, r := range Residents(days[0]) {
		if !slices.ContainsFunc(communes, func(c licensing.UnitRule) bool { return strings.Contains(r.Address, ", "+c.Name+", "+province) }) {
			t.Errorf("%s: %s", r.Key, r.Address)
		}
	}
}

// Each person shows what the brief promises, whenever the sandbox is seeded.
func TestEachPersonShowsTheirCase(t *testing.T) {
	missing := map[string][]string{
		"tuan": {licensing.ReqValid},
		"dung": {licensing.ReqViolation},
		"mai":  {licensing.ReqIdentity},
	}
	book := rules.Embedded()
	for _, today := range days {
		for _, r := range Residents(today) {
			if r.Account == Organisation {
				continue
			}
			ground := licensing.Expiring
			if r.Key == "lan" {
				ground = licensing.DataChanged
			}
			d := book.Decide(licensing.Request{Procedure: licensing.Exchange, Applicant: licensing.Applicant{BirthDate: r.BirthDate, Level: int(r.Level)},
				Licence: r.Licences[0], Ground: ground, On: today})
			var got []string
			for _, q := range d.Requirements {
				if q.Answer == licensing.NotMet {
					got = append(got, q.Key)
				}
			}
			if !slices.Equal(got, missing[r.Key]) {
				t.Errorf("%s on %s: not met %v, want %v", r.Key, today, got, missing[r.Key])
			}
			if d.NeedsHealth == (r.Key == "lan") {
				t.Errorf("%s: health certificate needed: %v", r.Key, d.NeedsHealth)
			}
		}
	}
}

func TestTheCastIsComplete(t *testing.T) {
	for _, key := range []string{"hoa", "binh", "lan", "tuan", "dung", "mai", "company"} {
		if _, ok := ByKey(days[0], key); !ok {
			t.Errorf("%s is missing", key)
		}
	}
	hoa, _ := ByKey(days[0], "hoa")
	if hoa.PersonalNumber != "042176003218" || hoa.Licences[0].Number != "421160045213" || hoa.Licences[0].Expires() != days[0].AddMonths(1) {
		t.Errorf("hoa: %+v", hoa)
	}
	if got := Register(days[0])["042190002875"]; len(got) != 1 || got[0].HolderName != "Lê Thị Len" {
		t.Errorf("register's name of lan: %+v", got)
	}
	roles := map[identity.Role]int{}
	for _, o := range Staff() {
		for _, r := range o.Roles {
			roles[r]++
		}
	}
	if len(roles) != len(identity.StaffRoles) || roles[identity.RoleExaminer] != 3 || roles[identity.RoleApprover] != 2 {
		t.Errorf("staff: %v", roles)
	}
}
