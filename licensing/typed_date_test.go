package licensing_test

import (
	"testing"
	"time"

	"giahan/licensing"
)

func TestReadDate(t *testing.T) {
	want := day("2026-07-03")
	for _, s := range []string{"3/7/2026", "03-07-2026", "3.7.2026", "3 7 2026", "3. 7. 2026", " 3 / 7 / 2026 ", "03072026", "2026-07-03", "2026-7-3", "3 tháng 7 2026", "3 tháng 7 năm 2026",
		"ngày 3 tháng 7 năm 2026", "Ngày 03 Tháng 07, 2026", "NGÀY 3 THÁNG 7 NĂM 2026", "3 thang 7 nam 2026", "ngay 3 thang 7, nam 2026", "mùng 3 tháng 7 năm 2026", "3tháng7năm2026",
		"３/７/２０２６", "３\u3000tháng\u00a07 2026", "3–7–2026", "3 July 2026", "3 jul 2026", "3rd July, 2026", "\u200e3/7/2026", "3/7/2026\n"} {
		if d, errs := licensing.ReadDate(s, licensing.Date{}); errs != nil || d != want {
			t.Errorf("%q: %v %v", s, d, errs)
		}
	}
	for _, s := range []string{"", " ", "7/2026", "2026", "29/2/2027", "0/1/2026", "1/0/2026", "1/13/2026", "7/31/2026", "1/1/1899", "1/1/2201", "32/1/2026", "x3/7/2026", "3/7/2026x", "٣/٧/2026", "3/7",
		"3/7/226", "3/7/20266", "372026", "20260703", "-3/7/2026", "July 3 2026", "3 abc 2026", "3 ju 2026", "3//2026", "/7/2026", "3 tháng 7", "ngày tháng năm", "\xff", "9999999999999999999999/1/2026"} {
		if d, errs := licensing.ReadDate(s, today); !d.IsZero() || fields(errs) != "date:error_date" {
			t.Errorf("%q became %v %v", s, d, errs)
		}
	}
}

// A year of two digits is the nearest one: a certificate is of this decade, and a birth date asks for all digits.
func TestReadDateOfTwoDigits(t *testing.T) {
	for _, c := range []struct{ in, near, want string }{
		{"3/7/26", "2026-11-23", "2026-07-03"}, {"24/11/26", "2026-11-23", "2026-11-24"}, {"3-7-25", "2026-11-23", "2025-07-03"}, {"3 thang 7 nam 27", "2026-11-23", "2027-07-03"},
		{"1/1/99", "2026-11-23", "1999-01-01"}, {"1/1/77", "2026-11-23", "1977-01-01"}, {"1/1/76", "2026-11-23", "2076-01-01"}, {"31/12/99", "2099-06-01", "2099-12-31"}, {"1/1/00", "2099-06-01", "2100-01-01"},
		{"3/7/66", "1970-01-01", "1966-07-03"}, {"29/2/28", "2026-11-23", "2028-02-29"}, {"29/2/27", "2026-11-23", ""},
	} {
		if d, _ := licensing.ReadDate(c.in, day(c.near)); d != day(c.want) {
			t.Errorf("%s near %s: %v, want %s", c.in, c.near, d, c.want)
		}
	}
	if d, errs := licensing.ReadDate("3/7/26", licensing.Date{}); !d.IsZero() || fields(errs) != "date:error_date_year" {
		t.Errorf("without a day beside it: %v %v", d, errs)
	}
}

func FuzzReadDate(f *testing.F) {
	for _, s := range []string{"3/7/2026", "3/7/26", "03072026", "2026-07-03", "ngày 3 tháng 7 năm 2026", "3 thang 7 26", "３/７/２０２６", "3 July 2026", "31/2/2026", "0/0/0000", "3thang72026", "", "\xff/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, near := range []licensing.Date{{}, today} {
			d, errs := licensing.ReadDate(s, near)
			if (errs == nil) == d.IsZero() {
				t.Errorf("%q: %v beside %v", s, d, errs)
			}
			if errs != nil {
				continue
			}
			if again, errs := licensing.ReadDate(d.String(), near); errs != nil || again != d {
				t.Errorf("%q became %v, and that %v %v", s, d, again, errs)
			}
			if p, err := licensing.ParseDate(d.String()); err != nil || p != d {
				t.Errorf("%q became %v, whose ISO form is not read", s, d)
			}
		}
	})
}

func TestReadPartialDate(t *testing.T) {
	for in, want := range map[string]string{"1956": "1956", "năm 1956": "1956", "nam1956": "1956", "3/1956": "1956-03", "03-1956": "1956-03", "3.1956": "1956-03", "tháng 3 năm 1956": "1956-03", "thang 3 1956": "1956-03", "1956-03": "1956-03",
		"15/3/1956": "1956-03-15", "1956-03-15": "1956-03-15", "15 tháng 3 năm 1956": "1956-03-15", "15031956": "1956-03-15", "１９５６": "1956", " 1956 ": "1956", "29/2/1956": "1956-02-29"} {
		if p, errs := licensing.ReadPartialDate(in); errs != nil || p.String() != want {
			t.Errorf("%q: %v %v, want %s", in, p, errs, want)
		}
	}
	for in, want := range map[string]string{"": "error_birth_date", "56": "error_birth_date", "1899": "error_birth_date", "2201": "error_birth_date", "0/1956": "error_birth_date", "13/1956": "error_birth_date", "29/2/1957": "error_birth_date",
		"1956-00": "error_birth_date", "1956-3-0": "error_birth_date", "0/0/1956": "error_birth_date", "19567": "error_birth_date", "x": "error_birth_date", "15/3/56": "error_date_year"} {
		if p, errs := licensing.ReadPartialDate(in); !p.IsZero() || fields(errs) != "birth_date:"+want {
			t.Errorf("%q: %v %v, want %s", in, p, errs, want)
		}
	}
}

func TestParsePartialDate(t *testing.T) {
	for _, s := range []string{"", "1956", "1956-03", "1956-03-15"} {
		if p, err := licensing.ParsePartialDate(s); err != nil || p.String() != s {
			t.Errorf("%q: %v %v", s, p, err)
		}
	}
	for _, s := range []string{"1956-3", "3/1956", "1956-13", "1956-02-30", "19560315", " 1956", "x"} {
		if p, err := licensing.ParsePartialDate(s); err == nil || !p.IsZero() {
			t.Errorf("%q became %v", s, p)
		}
	}
}

func TestAgeOn(t *testing.T) {
	for _, c := range []struct {
		born, on   string
		young, old int
	}{
		{"1976-08-12", "2026-08-11", 49, 49}, {"1976-08-12", "2026-08-12", 50, 50}, {"1976-08", "2026-08-01", 49, 50}, {"1976-08", "2026-08-30", 49, 50}, {"1976-08", "2026-08-31", 50, 50},
		{"1976-08", "2026-07-31", 49, 49}, {"1976", "2026-01-01", 49, 50}, {"1976", "2026-12-30", 49, 50}, {"1976", "2026-12-31", 50, 50}, {"1976", "2025-12-31", 49, 49},
		{"2008-02-29", "2026-02-27", 17, 17}, {"2008-02-29", "2026-02-28", 18, 18}, {"2008-02", "2026-02-28", 18, 18}, {"2030", "2026-01-01", -5, -4},
	} {
		p, err := licensing.ParsePartialDate(c.born)
		if young, old := p.AgeOn(day(c.on)); err != nil || young != c.young || old != c.old {
			t.Errorf("%s on %s: %d to %d, want %d to %d", c.born, c.on, young, old, c.young, c.old)
		}
	}
}

func FuzzReadPartialDate(f *testing.F) {
	for _, s := range []string{"1956", "3/1956", "1956-03", "15/3/1956", "tháng 3 năm 1956", "0/1956", "56", "", "31/4/1956", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, errs := licensing.ReadPartialDate(s)
		if (errs == nil) == p.IsZero() {
			t.Errorf("%q: %v beside %v", s, p, errs)
		}
		if parsed, err := licensing.ParsePartialDate(s); err == nil && parsed.String() != s || err != nil && !parsed.IsZero() {
			t.Errorf("%q parsed to %v %v", s, parsed, err)
		}
		if errs != nil {
			return
		}
		if again, err := licensing.ParsePartialDate(p.String()); err != nil || again != p {
			t.Errorf("%q became %v, and that %v %v", s, p, again, err)
		}
		if young, old := p.AgeOn(today); p.Earliest().After(p.Latest()) || young > old || old > young+1 || p.Earliest().IsZero() || p.Earliest().Month > time.December {
			t.Errorf("%q became %v, aged %d to %d", s, p, young, old)
		}
	})
}
