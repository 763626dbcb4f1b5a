package people

import (
	"fmt"

	"giahan/identity"
	"giahan/licensing"
)

// clinic of every certificate of the cast.
const (
	clinic     = "Bệnh viện đa khoa tỉnh Hà Tĩnh"
	clinicCode = "42021"
)

// Certificates is what clinics have sent to the health register, by personal number: one that serves, one that is too old and one for
// another class. Of all others nothing is known, and they photograph the paper.
func Certificates(today licensing.Date) map[identity.PersonalNumber][]licensing.Certificate {
	out := map[identity.PersonalNumber][]licensing.Certificate{}
	for i, c := range []struct {
		key    string
		class  licensing.Class
		signed licensing.Date
	}{{"giang", "B", today.AddDays(-9)}, {"son", "D2", today.AddMonths(-13)}, {"linh", "A1", today.AddDays(-20)}} {
		r, ok := ByKey(today, c.key)
		if !ok {
			panic(c.key) // a slip in this file, which the test meets
		}
		out[r.PersonalNumber] = []licensing.Certificate{{Number: fmt.Sprintf("%05d/GKSKLX/%s/%02d", 2610+i, clinicCode, c.signed.Year%100), SignedOn: c.signed,
			Class: c.class, PersonalNumber: r.PersonalNumber, FullName: r.FullName, BirthDate: r.BirthDate, Facility: clinic}}
	}
	return out
}
