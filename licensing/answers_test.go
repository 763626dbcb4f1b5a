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
		if got := fields(rules.Embedded().CheckHealth(c.number, day(c.signed), today, today)); got != c.want {
			t.Errorf("%q signed %s: %q, want %q", c.number, c.signed, got, c.want)
		}
	}
	if got := rules.Embedded().CheckHealth(number, day("2027-02-28"), day("2028-02-29"), day("2028-02-29")); fields(got) != "signed_on:error_too_old" {
		t.Errorf("29 February a year later: %v", got)
	}
	if got := rules.Embedded().CheckHealth(number, day("2028-02-29"), day("2029-02-28"), day("2029-02-28")); got != nil {
		t.Errorf("signed on 29 February: %v", got)
	}
	// A case of 23 November that is corrected on 10 December: the day of submission counts.
	submitted, later := day("2026-11-23"), day("2026-12-10")
	for signed, want := range map[string]string{"2025-11-23": "", "2025-11-22": "signed_on:error_too_old", "2026-12-09": "", "2026-12-10": "", "2026-12-11": "signed_on:error_health_date_future"} {
		if got := fields(rules.Embedded().CheckHealth(number, day(signed), submitted, later)); got != want {
			t.Errorf("corrected with one signed %s: %q, want %q", signed, got, want)
		}
	}
	// The rule of the day of signing: six months until 2024, twelve since.
	for signed, want := range map[string]string{"2024-12-31": "signed_on:error_too_old", "2025-01-01": ""} {
		if got := fields(rules.Embedded().CheckHealth(number, day(signed), day("2025-07-01"), day("2025-07-01"))); got != want {
			t.Errorf("signed %s: %q, want %q", signed, got, want)
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
		{func(c *licensing.Contact) { c.Phone = "0912345678" }, "phone:error_phone"}, // read, but not yet E.164
		{func(c *licensing.Contact) { c.Phone = "0239 385 6789" }, "phone:error_phone_landline"},
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
