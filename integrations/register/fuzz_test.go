package register

import (
	"encoding/json"
	"testing"
)

// Whatever the register says, a licence that comes through has a number, a day of issue and a class.
func FuzzLicence(f *testing.F) {
	f.Add([]byte(`{"number":"421160045213","issued_on":"2016-12-23","classes":[{"class":"B2","passed_on":"2016-12-01","expires":"2026-12-23"}]}`))
	f.Add([]byte(`{"number":"1","issued_on":"0000-00-00","classes":[{}]}`))
	f.Add([]byte(`{"number":"1","issued_on":"2016-02-30","classes":[{"expires":"9999-99-99"}]}`))
	f.Add([]byte(`{"classes":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var w licence
		if json.Unmarshal(b, &w) != nil {
			return
		}
		l, err := w.licence()
		if err == nil && (l.Number == "" || l.IssuedOn.IsZero() || len(l.Classes) == 0) {
			t.Errorf("%s became %+v", b, l)
		}
		for i, c := range l.Classes {
			if err == nil && c.Lifetime() != (w.Classes[i].Expires == "") {
				t.Errorf("%s: expiry %q became %v", b, w.Classes[i].Expires, c.Expires)
			}
		}
	})
}
