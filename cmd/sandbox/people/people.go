// Package people is the cast of the sandbox: residents and staff, all invented, with their licences. The simulators and
// the seed take them from here, so that the portal, the register and the desk speak of the same persons.
//
// Dates of licences are relative to the day of seeding, so that a licence that "ends in a month" does so whenever the
// sandbox is first started. Personal numbers follow PPP G YY RRRRRR (domain.md 4.1) and licence numbers PP G YY NNNNNNN
// (domain.md 2.10): the year in a licence number is that of the test, which stays while the card is renewed.
package people

import (
	"giahan/identity"
	"giahan/licensing"
)

// Office is the code of the sandbox's only office, the prefix of its dossier codes.
const Office = "H27.12"

// Account is the kind of account at the national portal (LoaiTaiKhoan, domain.md 4.3).
type Account int

// The kinds of account.
const (
	Citizen      Account = 1
	Organisation Account = 2
)

// Resident is a person as the national portal knows them, with what the register holds on them.
type Resident struct {
	Key            string // subject of the portal's tokens; also what the sandbox calls them
	FullName       string
	PersonalNumber identity.PersonalNumber // empty for an organisation
	BirthDate      string                  // ISO 8601, may be partial
	Sex            identity.Sex
	Address        string
	Phone          string
	Level          identity.Level
	Account        Account
	TaxCode        string // of an organisation
	About          string // what this person shows, Vietnamese
	AboutEnglish   string
	Licences       []licensing.Licence
}

// Officer is a member of staff as the staff realm knows them.
type Officer struct {
	Key            string
	FullName       string
	PersonalNumber identity.PersonalNumber
	BirthDate      string
	Sex            identity.Sex
	Roles          []identity.Role // the first is the one that they come in with
	Area           []string        // codes of communes; empty: the whole office
	Title          string          // Vietnamese
}

// Staff are the officers of the one office.
func Staff() []Officer {
	return []Officer{
		officer("intake", "Đặng Thị Thu", "042191007342", "1991-03-17", "Cán bộ tiếp nhận", identity.RoleIntake),
		officer("examiner1", "Nguyễn Minh Đức", "042085010936", "1985-09-02", "Cán bộ thẩm định", identity.RoleExaminer),
		officer("examiner2", "Lê Thu Hà", "040188004571", "1988-12-24", "Cán bộ thẩm định", identity.RoleExaminer),
		officer("approver", "Phạm Văn Hải", "042074002218", "1974-05-30", "Lãnh đạo phê duyệt", identity.RoleApprover),
		officer("supervisor", "Trần Quốc Việt", "042070006627", "1970-01-11", "Giám sát", identity.RoleSupervisor),
		officer("deputy", "Võ Thị Minh Nguyệt", "042179009154", "1979-04-06", "Phó phòng: thẩm định và phê duyệt", identity.RoleExaminer, identity.RoleApprover),
		officer("helper", "Nguyễn Thị Hiền", "042187005510", "1987-10-19", "Cán bộ hỗ trợ, Xã Thiên Cầm", identity.RoleHelper).of(ThienCam),
		officer("auditor", "Bùi Đức Thành", "042077003046", "1977-02-27", "Thanh tra", identity.RoleAuditor),
		officer("admin", "Hoàng Anh Tú", "042090008261", "1990-06-13", "Quản trị tài khoản", identity.RoleAdministrator),
	}
}

// ThienCam is the code of Xã Thiên Cầm, where hoa lives and the helper works.
const ThienCam = "18676"

// officer of the whole office; the sex follows from the personal number.
func officer(key, name string, number identity.PersonalNumber, birth, title string, roles ...identity.Role) Officer {
	return Officer{Key: key, FullName: name, PersonalNumber: number, BirthDate: birth, Sex: number.Sex(), Roles: roles, Title: title}
}

func (o Officer) of(area ...string) Officer {
	o.Area = area
	return o
}

// Residents are the cast, with licences as they stand on that day. The first seven each show one case; the others are
// clean and fill a queue.
func Residents(today licensing.Date) []Resident {
	cast := append(special(today), clean(today)...)
	for i, r := range cast {
		for j := range r.Licences {
			l := &cast[i].Licences[j]
			if l.HolderName == "" {
				l.HolderName = r.FullName
			}
			l.HolderBirth = r.BirthDate
		}
	}
	return cast
}

// ByKey finds a resident.
func ByKey(today licensing.Date, key string) (Resident, bool) {
	for _, r := range Residents(today) {
		if r.Key == key {
			return r, true
		}
	}
	return Resident{}, false
}

// Register is what the national register holds, by personal number.
func Register(today licensing.Date) map[identity.PersonalNumber][]licensing.Licence {
	m := map[identity.PersonalNumber][]licensing.Licence{}
	for _, r := range Residents(today) {
		if len(r.Licences) > 0 {
			m[r.PersonalNumber] = r.Licences
		}
	}
	return m
}
