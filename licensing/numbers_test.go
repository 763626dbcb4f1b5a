package licensing_test

import (
	"strings"
	"testing"

	"giahan/identity"
	"giahan/licensing"
)

func TestReadMobile(t *testing.T) {
	for in, want := range map[string]string{"0912345678": "+84912345678", "0912 345 678": "+84912345678", "84912345678": "+84912345678", "+84 912-345-678": "+84912345678", "(091) 234.5678": "+84912345678",
		"0912\u00a0345\u00a0678": "+84912345678", "0912345678\n": "+84912345678", "０９１２３４５６７８": "+84912345678", "+84 (0) 912 345 678": "+84912345678", "0084912345678": "+84912345678", "0912–345–678": "+84912345678",
		"\u202a0912345678\u202c": "+84912345678", "0325123456": "+84325123456", "0861234567": "+84861234567", "0559123456": "+84559123456", "0991234567": "+84991234567", "0841234567": "+84841234567"} {
		if got, errs := licensing.ReadMobile(in); errs != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, errs, want)
		}
	}
	for in, want := range map[string]string{"": "error_phone_empty", " - ": "error_phone_empty", "02393856789": "error_phone_landline", "(0239) 385 6789": "error_phone_landline", "024 3825 6789": "error_phone_landline", "+84 239 385 6789": "error_phone_landline",
		"0239385678": "error_phone", "023938567890": "error_phone", "091234567": "error_phone", "09123456789": "error_phone", "0312345678": "error_phone", "0712345678": "error_phone", "0801234567": "error_phone", "0541234567": "error_phone",
		"912345678": "error_phone", "+1 912 345 678": "error_phone", "abc": "error_phone", "0912345678x": "error_phone", "++84912345678": "error_phone", "+84+84912345678": "error_phone", "٠٩١٢٣٤٥٦٧٨": "error_phone", "1900 1234": "error_phone"} {
		if got, errs := licensing.ReadMobile(in); got != "" || fields(errs) != "phone:"+want {
			t.Errorf("%q: %q %v, want %s", in, got, errs, want)
		}
	}
}

func FuzzReadMobile(f *testing.F) {
	for _, s := range []string{"0912345678", "84912345678", "+84 912-345-678", "+84 (0) 912345678", "0239 385 6789", "", "+", "0", "84", "+84+84912345678", "٠٩١٢٣٤٥٦٧٨", "０９１２345678", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e164, errs := licensing.ReadMobile(s)
		if (errs == nil) == (e164 == "") {
			t.Errorf("%q: %q beside %v", s, e164, errs)
		}
		if errs != nil {
			return
		}
		if again, errs := licensing.ReadMobile(e164); errs != nil || again != e164 || len(e164) != 12 || strings.Trim(e164[1:], "0123456789") != "" {
			t.Errorf("%q: %q, then %q %v", s, e164, again, errs)
		}
	})
}

func TestReadHealthNumber(t *testing.T) {
	const want = "00001/GKSKLX/42001/26"
	for _, s := range []string{want, " 00001 / gksklx/42001/26\n", "00001-GKSKLX-42001-26", "00001 gksklx 42001 26", "00001GKSKLX42001/26", "00001–GKSKLX–42001–26", "００００１／ＧＫＳＫＬＸ／４２００１／２６", "00001.GKSKLX.42001.26", `00001\GKSKLX\42001\26`, "00001//GKSKLX/42001/26"} {
		if n, errs := licensing.ReadHealthNumber(s); errs != nil || n.String() != want || n != (licensing.HealthNumber{Running: "00001", Facility: "42001", Year: 26}) || licensing.NormalizeHealthNumber(s) != want {
			t.Errorf("%q: %v %v", s, n, errs)
		}
	}
	for _, s := range []string{"1/GKSKLX/1234/05", "123456/GKSKLX/123456/00"} {
		if n, errs := licensing.ReadHealthNumber(s); errs != nil || n.String() != s {
			t.Errorf("%q: %v %v", s, n, errs)
		}
	}
	for s, want := range map[string]string{"": "error_health_number_empty", " \u00a0": "error_health_number_empty", "00001": "error_health_number", "0000001/GKSKLX/42001/26": "error_health_number", "/GKSKLX/42001/26": "error_health_number",
		"00001/GKSKLX/123/26": "error_health_number", "00001/GKSKLX/1234567/26": "error_health_number", "00001/GKSKLX/42001/2026": "error_health_number", "00001/GKSKLX/4200126": "error_health_number", "00001/GKSK/42001/26": "error_health_number",
		"x00001/GKSKLX/42001/26": "error_health_number", "00001/GKSKLX/42001/26x": "error_health_number", "٠/GKSKLX/42001/26": "error_health_number"} {
		if n, errs := licensing.ReadHealthNumber(s); n != (licensing.HealthNumber{}) || fields(errs) != "number:"+want {
			t.Errorf("%q: %v %v", s, n, errs)
		}
	}
	if got := licensing.NormalizeHealthNumber("  giấy \u00a0số 1 "); got != "giấy số 1" {
		t.Errorf("what is no number became %q", got)
	}
}

func FuzzReadHealthNumber(f *testing.F) {
	for _, s := range []string{"00001/GKSKLX/42001/26", " 00001 - gksklx / 42001 . 26 ", "00001gksklx42001/26", "", "\u00a0", "1/GKſKLX/4200/00", "ß/\xff", "0\xc2 \x85", "１/GKSKLX/1234/26"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := licensing.NormalizeHealthNumber(s)
		if twice := licensing.NormalizeHealthNumber(once); twice != once {
			t.Errorf("%q: %q, then %q", s, once, twice)
		}
		n, errs := licensing.ReadHealthNumber(s)
		if (errs == nil) == (n == licensing.HealthNumber{}) {
			t.Errorf("%q: %v beside %v", s, n, errs)
		}
		if again, errs2 := licensing.ReadHealthNumber(n.String()); errs == nil && (errs2 != nil || again != n || once != n.String()) {
			t.Errorf("%q became %v, and that %v %v", s, n, again, errs2)
		}
	})
}

func TestReadPersonalNumber(t *testing.T) {
	for _, s := range []string{"042176003218", "042 176 003 218", "042.176.003.218", "042-176-003-218", " ０４２176003218\n", "042\u200b176003218"} {
		if n, errs := licensing.ReadPersonalNumber(s); errs != nil || n != "042176003218" {
			t.Errorf("%q: %q %v", s, n, errs)
		}
	}
	for _, s := range []string{"", "04217600321", "0421760032189", "04217600321x", "٠٤٢١٧٦٠٠٣٢١٨", "183456789", "042/176/003/218", "\xff"} {
		if n, errs := licensing.ReadPersonalNumber(s); n != "" || fields(errs) != "personal_number:error_personal_number" {
			t.Errorf("%q: %q %v", s, n, errs)
		}
	}
}

func FuzzReadPersonalNumber(f *testing.F) {
	for _, s := range []string{"042176003218", "042 176 003 218", "０４２.176.003-218", "", "999999999999", "\xff", "٠٤٢١٧٦٠٠٣٢١٨"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, errs := licensing.ReadPersonalNumber(s)
		if (errs == nil) == (n == "") {
			t.Errorf("%q: %q beside %v", s, n, errs)
		}
		licensing.Applicant{PersonalNumber: identity.PersonalNumber(s), BirthDate: s, Sex: s}.Doubts()
		if errs != nil {
			return
		}
		if again, errs := licensing.ReadPersonalNumber(string(n)); errs != nil || again != n || len(n) != 12 {
			t.Errorf("%q: %q, then %q %v", s, n, again, errs)
		}
		if again, errs := licensing.ReadPersonalNumber(n.Grouped()); errs != nil || again != n {
			t.Errorf("%q: grouped %q is read as %q %v", s, n.Grouped(), again, errs)
		}
		if y := n.BirthYear(); y < 1900 || y > 2399 || n.Sex() != identity.Male && n.Sex() != identity.Female {
			t.Errorf("%q: born %d, %s", s, y, n.Sex())
		}
	})
}

func TestReadLicenceNumber(t *testing.T) {
	for _, c := range []struct {
		in   string
		card licensing.Card
		want string
	}{
		{"421160045213", licensing.CardPlastic, "421160045213"}, {"42 1 16 0045213", licensing.CardPlastic, "421160045213"}, {"４２1160045213", licensing.CardPlastic, "421160045213"}, {"994160045213", licensing.CardPlastic, "994160045213"},
		{"ab123456", licensing.CardPaper, "AB123456"}, {" A 123456 ", licensing.CardPaper, "A 123456"}, {"Đ.12345/ht", licensing.CardPaper, "Đ.12345/HT"}, {"421160045213", licensing.CardPaper, "421160045213"},
	} {
		if got, errs := licensing.ReadLicenceNumber(c.in, c.card); errs != nil || got != c.want {
			t.Errorf("%q on %s: %q %v", c.in, c.card, got, errs)
		}
	}
	for _, c := range []struct {
		in   string
		card licensing.Card
		want string
	}{
		{"", licensing.CardPlastic, "error_licence_number"}, {"AB123456", licensing.CardPlastic, "error_licence_number"}, {"42116004521", licensing.CardPlastic, "error_licence_number"}, {"4211600452134", licensing.CardPlastic, "error_licence_number"}, {"42116004521O", licensing.CardPlastic, "error_licence_number"},
		{"٤٢١١٦٠٠٤٥٢١٣", licensing.CardPlastic, "error_licence_number"}, {"421160045213", "", ""}, {"AB123456", "", "error_licence_number"},
		{"", licensing.CardPaper, "error_licence_number_paper"}, {"AB", licensing.CardPaper, "error_licence_number_paper"}, {"AB<123>", licensing.CardPaper, "error_licence_number_paper"}, {strings.Repeat("1", 21), licensing.CardPaper, "error_licence_number_paper"},
	} {
		got, errs := licensing.ReadLicenceNumber(c.in, c.card)
		if want := strings.TrimSuffix("licence_number:"+c.want, "licence_number:"); fields(errs) != want || (got == "") != (want != "") {
			t.Errorf("%q on %q: %q %v, want %s", c.in, c.card, got, errs, want)
		}
	}
}

func FuzzReadLicenceNumber(f *testing.F) {
	for _, s := range []string{"421160045213", "42 1 16 0045213", "AB123456", "Đ 12345/HT", "", "ß1", "\xff1", "ŉ1", "１a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, card := range []licensing.Card{licensing.CardPlastic, licensing.CardPaper, ""} {
			n, errs := licensing.ReadLicenceNumber(s, card)
			if (errs == nil) == (n == "") {
				t.Errorf("%q on %q: %q beside %v", s, card, n, errs)
			}
			if again, errs2 := licensing.ReadLicenceNumber(n, card); errs == nil && (errs2 != nil || again != n) {
				t.Errorf("%q on %q: %q, then %q %v", s, card, n, again, errs2)
			}
			licensing.Licence{Number: s, Card: card}.Doubts(licensing.Applicant{BirthDate: s})
		}
	})
}

func doubts(ds []licensing.Doubt) string {
	var s []string
	for _, d := range ds {
		s = append(s, d.Key)
		for _, v := range d.Args {
			s = append(s, v.(string))
		}
	}
	return strings.Join(s, " ")
}

func TestDoubtsOfAPerson(t *testing.T) {
	for _, c := range []struct{ number, born, sex, want string }{
		{"042176003218", "1976-08-12", "F", ""}, {"042176003218", "1976-08", "F", ""}, {"042176003218", "1976", "F", ""}, {"042176003218", "", "", ""},
		{"042176003218", "1977-08-12", "F", "number_year 1976"}, {"042376003218", "1976-08-12", "F", "number_year 2076"}, {"042076003218", "1976-08-12", "F", "number_sex"}, {"042176003218", "1976-08-12", "M", "number_sex"},
		{"042206003218", "2006-08-12", "M", ""}, {"042306003218", "2006-08-12", "F", ""}, {"096081003218", "1981", "M", ""},
		{"000176003218", "1976", "F", "number_province 000"}, {"003176003218", "1976", "F", "number_province 003"}, {"097176003218", "1976", "F", "number_province 097"}, {"101176003218", "1976", "F", "number_province 101"},
		{"101076003218", "1975", "F", "number_province 101 number_year 1976 number_sex"}, {"4217600321", "1976", "F", "number_form"}, {"", "", "", "number_form"},
	} {
		if got := doubts(licensing.Applicant{PersonalNumber: identity.PersonalNumber(c.number), BirthDate: c.born, Sex: c.sex}.Doubts()); got != c.want {
			t.Errorf("%s, born %s, %s: %q, want %q", c.number, c.born, c.sex, got, c.want)
		}
	}
}

func TestDoubtsOfALicence(t *testing.T) {
	hoa := licensing.Applicant{BirthDate: "1976-08-12", Sex: "F"}
	for _, c := range []struct {
		number string
		card   licensing.Card
		holder licensing.Applicant
		want   string
	}{
		{"421160045213", licensing.CardPlastic, hoa, ""}, {"421020045213", licensing.CardPlastic, hoa, ""}, {"401160045213", licensing.CardPlastic, hoa, ""}, {"421160045213", licensing.CardPlastic, licensing.Applicant{}, ""},
		{"421160045213", licensing.CardPlastic, licensing.Applicant{BirthDate: "1976"}, ""},
		{"991160045213", licensing.CardPlastic, hoa, "licence_province 99"}, {"420160045213", licensing.CardPlastic, hoa, "licence_person 0"}, {"423160045213", licensing.CardPlastic, hoa, "licence_person 3"},
		{"421150045213", licensing.CardPlastic, hoa, "licence_year 15"}, {"994150045213", licensing.CardPlastic, hoa, "licence_province 99 licence_person 4 licence_year 15"},
		{"42116004521", licensing.CardPlastic, hoa, "licence_form"}, {"AB123456", licensing.CardPlastic, hoa, "licence_form"}, {"AB123456", licensing.CardPaper, hoa, ""}, {"", licensing.CardPaper, hoa, "licence_form"},
	} {
		l := licensing.Licence{Number: c.number, Card: c.card, Classes: []licensing.HeldClass{{Class: "B2", PassedOn: day("2016-12-01")}, {Class: "A1", PassedOn: day("2002-10-07")}}}
		if got := doubts(l.Doubts(c.holder)); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.number, c.card, got, c.want)
		}
	}
}

func TestDoubtsOfACertificate(t *testing.T) {
	for _, c := range []struct{ number, signed, want string }{
		{"00001/GKSKLX/42001/26", "2026-11-13", ""}, {"00001/GKSKLX/42001/25", "2026-11-13", "health_year 25"}, {"00001/GKSKLX/42001/05", "2026-11-13", "health_year 05"}, {"00001/GKSKLX/42001/26", "", ""}, {"", "2026-11-13", ""},
	} {
		if got := doubts(licensing.Health{Number: c.number, SignedOn: day(c.signed)}.Doubts()); got != c.want {
			t.Errorf("%s signed %s: %q, want %q", c.number, c.signed, got, c.want)
		}
	}
}
