package licensing_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

func fields(errs licensing.FieldErrors) string {
	var s []string
	for _, e := range errs {
		s = append(s, e.Field+":"+e.Key)
	}
	return strings.Join(s, " ")
}

func TestCheckHealth(t *testing.T) {
	const number = "00001/GKSKLX/42001/26"
	for _, c := range []struct{ number, signed, want string }{
		{number, "2026-11-23", ""}, {number, "2025-11-23", ""}, {number, "2025-11-22", "signed_on:error_too_old"},
		{number, "2026-11-24", "signed_on:error_health_date_future"}, {number, "", "signed_on:error_health_date_empty"},
		{"", "2026-11-23", "number:error_health_number_empty"}, {"1/GKSKLX/1234/26", "2026-11-23", ""}, {"123456/GKSKLX/123456/26", "2026-11-23", ""},
		{"1234567/GKSKLX/42001/26", "2026-11-23", "number:error_health_number"}, {"00001/GKSKLX/123/26", "2026-11-23", "number:error_health_number"},
		{"00001/GKSKLX/42001/2026", "2026-11-23", "number:error_health_number"}, {"00001/GKSK/42001/26", "2026-11-23", "number:error_health_number"},
		{number + "\n", "2026-11-23", "number:error_health_number"}, {"x", "", "number:error_health_number signed_on:error_health_date_empty"},
	} {
		if got := fields(rules.Embedded().CheckHealth(c.number, day(c.signed), today)); got != c.want {
			t.Errorf("%q signed %s: %q, want %q", c.number, c.signed, got, c.want)
		}
	}
	if got := rules.Embedded().CheckHealth(number, day("2027-02-28"), day("2028-02-29")); fields(got) != "signed_on:error_too_old" {
		t.Errorf("29 February a year later: %v", got)
	}
	if got := rules.Embedded().CheckHealth(number, day("2028-02-29"), day("2029-02-28")); got != nil {
		t.Errorf("signed on 29 February: %v", got)
	}
	if got := licensing.NormalizeHealthNumber(" 00001 / gksklx/42001/26\n"); got != number {
		t.Errorf("normalised to %q", got)
	}
}

func TestNormalizePhone(t *testing.T) {
	for in, want := range map[string]string{"0912345678": "+84912345678", "0912 345 678": "+84912345678", "84912345678": "+84912345678", "+84 912-345-678": "+84912345678",
		"(091) 234.5678": "+84912345678", "0912\u00a0345\u00a0678": "+84912345678", "0325123456": "+84325123456", "0861234567": "+84861234567",
		"0243456789": "", "02393856789": "", "091234567": "", "09123456789": "", "0312345678": "", "0712345678": "", "0801234567": "", "+1 912 345 678": "",
		"": "", "abc": "", "0912345678x": "", "++84912345678": "", "0912345678\n": ""} {
		got, ok := licensing.NormalizePhone(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestContact(t *testing.T) {
	post := licensing.Contact{Phone: "+84912345678", Delivery: licensing.ByPost, Street: "Thôn Tân Phú", Commune: "18676"}
	for _, c := range []struct {
		change func(*licensing.Contact)
		want   string
	}{
		{func(*licensing.Contact) {}, ""},
		{func(c *licensing.Contact) { *c = licensing.Contact{Phone: c.Phone, Delivery: licensing.Pickup} }, ""},
		{func(c *licensing.Contact) { c.Phone = "" }, "phone:error_phone_empty"},
		{func(c *licensing.Contact) { c.Phone = "0912345678" }, "phone:error_phone"},
		{func(c *licensing.Contact) { c.Street = " \t" }, "street:error_street"},
		{func(c *licensing.Contact) { c.Commune = "" }, "commune:error_commune"},
		{func(c *licensing.Contact) { c.Commune = "00001" }, "commune:error_commune"},
		{func(c *licensing.Contact) { c.Delivery = "" }, "delivery:error_delivery"},
		{func(c *licensing.Contact) { *c = licensing.Contact{Delivery: licensing.ByPost} }, "phone:error_phone_empty commune:error_commune street:error_street"},
	} {
		x := post
		c.change(&x)
		if got := fields(rules.Embedded().CheckContact(x, today)); got != c.want {
			t.Errorf("%+v: %q, want %q", x, got, c.want)
		}
	}
}

func TestCodes(t *testing.T) {
	for n, want := range map[int]string{1: "H27.12-261123-0001", 42: "H27.12-261123-0042", 9999: "H27.12-261123-9999", 10000: "H27.12-261123-10000"} {
		code := licensing.NewCode("H27.12", today, n)
		if code != want || !licensing.IsCode(code) {
			t.Errorf("code %d is %s", n, code)
		}
	}
	for s, want := range map[string]bool{"000.00.12.H62-201105-0004": true, "G01.899.909-260916-890028": true, "H27-261123-0001": true, "": false, "h27-261123-0001": false,
		"H27..1-261123-0001": false, "H27-26112-0001": false, "H27-261123-001": false, "H27-261123-0000001": false, "H27-261123-0001\n": false, " H27-261123-0001": false} {
		if licensing.IsCode(s) != want {
			t.Errorf("IsCode(%q) = %v", s, !want)
		}
	}
	if licensing.Tail("H27.12-261123-0042") != "0042" || licensing.Tail("42") != "42" || licensing.Tail("") != "" {
		t.Error("Tail")
	}
}

func TestReasons(t *testing.T) {
	book := rules.Embedded()
	for _, r := range book.RefusalsOn(today) {
		if _, ok := book.RefusalOn(r.Reason, today); !ok || !regexp.MustCompile(`^R(0[1-9]|1[0-3])$`).MatchString(r.Code) {
			t.Errorf("%s %s", r.Code, r.Reason)
		}
	}
	for _, no := range []string{"", "R01", "photo", "unpaid"} { // a bad photo is sent back, an unpaid fee closes by itself
		if _, ok := book.RefusalOn(no, today); ok {
			t.Errorf("%q is a reason to refuse", no)
		}
	}
	for item := range licensing.ReturnReasons {
		if !slices.Contains(licensing.Items, item) {
			t.Errorf("%s is no item", item)
		}
	}
	if len(licensing.ReturnReasons) != len(licensing.Items) {
		t.Error("an item without reasons")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"", "2026-11-23", "2028-02-29", "2027-02-29", "0000-01-01", "9999-12-31", "2026-1-1", "23/11/2026", "2026-11-23T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := licensing.ParseDate(s)
		if err == nil && d.String() != s {
			t.Errorf("%q is read as %s", s, d)
		}
		if err != nil && !d.IsZero() {
			t.Errorf("%q: a date beside an error", s)
		}
	})
}

func FuzzNormalizePhone(f *testing.F) {
	for _, s := range []string{"0912345678", "84912345678", "+84 912-345-678", "", "+", "0", "84", "+84+84912345678", "٠٩١٢٣٤٥٦٧٨"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e164, ok := licensing.NormalizePhone(s)
		if again, ok2 := licensing.NormalizePhone(e164); ok && (!ok2 || again != e164 || len(e164) != 12 || strings.Trim(e164[1:], "0123456789") != "") {
			t.Errorf("%q: %q, then %q", s, e164, again)
		}
	})
}

func FuzzNormalizeHealthNumber(f *testing.F) {
	for _, s := range []string{"00001/GKSKLX/42001/26", " 00001 / gksklx / 42001 / 26 ", "", "\u00a0", "ſ", "ß/\xff", "0\xc2 \x85"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := licensing.NormalizeHealthNumber(s)
		if twice := licensing.NormalizeHealthNumber(once); twice != once {
			t.Errorf("%q: %q, then %q", s, once, twice)
		}
	})
}

func FuzzIsCode(f *testing.F) {
	for _, s := range []string{"H27.12-261123-0042", "000.00.12.H62-201105-0004", "", "-", "H27-261123-0001\n", "Ｈ27-261123-0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !licensing.IsCode(s) {
			return
		}
		if parts := strings.Split(s, "-"); len(parts) != 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != "" || len(licensing.Tail(s)) != 4 {
			t.Errorf("%q passes for a code", s)
		}
	})
}
