package portalsim

import (
	"strconv"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// Person is somebody who can sign in. All of them are invented.
type Person struct {
	Key            string // the subject of their tokens
	Name           string // HoVaTen, or the officer's name
	About          string // one line of the login page: what this person shows
	PersonalNumber string
	BirthDate      string // ISO 8601, may be partial
	Sex            string // "M", "F" or empty
	Address, Phone string
	Level          int    // assurance, 1 or 2; officers have 2
	Organisation   string // name of the organisation whose account this is; empty for a citizen's
	TaxCode        string
}

// Level is the acr of an assurance level.
func Level(n int) string { return "urn:giahan:loa:" + strconv.Itoa(n) }

var claimNames = []string{"sub", "name", "TechID", "HoVaTen", "SoDinhDanh", "NgaySinh", "GioiTinh", "LoaiTaiKhoan", "DiaChi",
	"SoDienThoai", "TenDoanhNghiep", "MaSoThue", "loAs", "acr", "amr", "auth_time"}

func (p Person) amr() []string {
	if p.Level < 2 {
		return []string{"pwd"}
	}
	return []string{"pwd", "otp"}
}

// fill puts the person's claims in; a claim without a value is left out, as the portal does.
func (p Person) fill(u *oidc.UserInfo, realm Realm) {
	u.Subject = p.Key
	claims := map[string]string{"SoDinhDanh": p.PersonalNumber}
	if realm == Staff {
		u.Name = p.Name
	} else {
		p.portalClaims(claims)
	}
	for name, value := range claims {
		if value != "" {
			u.AppendClaims(name, value)
		}
	}
}

func (p Person) portalClaims(c map[string]string) {
	c["TechID"] = "tech-" + p.Key
	c["LoaiTaiKhoan"] = "1"
	c["HoVaTen"] = p.Name
	c["NgaySinh"] = strings.ReplaceAll(p.BirthDate, "-", "")
	c["GioiTinh"] = map[string]string{"M": "1", "F": "2"}[p.Sex]
	c["DiaChi"] = p.Address
	c["SoDienThoai"] = p.Phone
	c["loAs"] = strconv.Itoa(p.Level)
	if p.Organisation != "" {
		c["LoaiTaiKhoan"], c["TenDoanhNghiep"], c["MaSoThue"] = "2", p.Organisation, p.TaxCode
	}
}
