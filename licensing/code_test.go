package licensing_test

import (
	"errors"
	"strings"
	"testing"

	"giahan/licensing"
)

func TestNewCode(t *testing.T) {
	for _, c := range []struct {
		office   string
		n, width int
		want     string
	}{
		{"H27.12", 1, 4, "H27.12-261123-0001"}, {"H27.12", 42, 4, "H27.12-261123-0042"}, {"H27.12", 9_999, 4, "H27.12-261123-9999"},
		// the counter grows rather than to begin again; what no agency could read is no code
		{"H27.12", 10_000, 4, "H27.12-261123-10000"}, {"H27.12", 999_999, 4, "H27.12-261123-999999"}, {"H27.12", 1_000_000, 4, ""}, {"H27.12", 1_000_000, 6, ""},
		{"H27.12", 42, 5, "H27.12-261123-00042"}, {"G01.899.909", 42, 6, "G01.899.909-261123-000042"}, {"H27.12", 42, 0, "H27.12-261123-0042"}, {"H27.12", 42, 9, "H27.12-261123-000042"},
		{"000.00.12.H62", 4, 4, "000.00.12.H62-261123-0004"}, {"H27.12", 0, 4, ""}, {"H27.12", -1, 4, ""}, {"", 1, 4, ""}, {"h27", 1, 4, ""}, {"H27-12", 1, 4, ""}, {"H27.", 1, 4, ""},
	} {
		code, err := licensing.NewCode(c.office, today, c.n, c.width)
		if code != c.want || errors.Is(err, licensing.ErrNoCodesLeft) != (c.want == "") || c.want != "" && !licensing.IsCode(code) {
			t.Errorf("case %d of %s in %d digits: %q, %v", c.n, c.office, c.width, code, err)
		}
	}
}

func TestReadCode(t *testing.T) {
	want := licensing.Code{Office: "H27.12", On: today, Number: "0042"}
	for _, s := range []string{"H27.12-261123-0042", " h27.12 - 261123 - 0042\n", "H27.12–261123–0042", "Ｈ27.12-261123-0042"} {
		if c, errs := licensing.ReadCode(s); errs != nil || c != want {
			t.Errorf("%q: %v %v", s, c, errs)
		}
	}
	for s, is := range map[string]bool{"000.00.12.H62-201105-0004": true, "G01.899.909-260916-890028": true, "H27-261123-0001": true, "": false, "h27-261123-0001": false, "H27..1-261123-0001": false, "H27-26112-0001": false,
		"H27-261123-001": false, "H27-261123-0000001": false, "H27-261123-0001\n": false, " H27-261123-0001": false, "H27-261323-0001": false, "H27-260229-0001": false, "H27-280229-0001": true, ".H27-261123-0001": false} {
		if licensing.IsCode(s) != is {
			t.Errorf("IsCode(%q) = %v", s, !is)
		}
	}
	if c, errs := licensing.ReadCode("0042"); c != (licensing.Code{}) || fields(errs) != "code:error_code" {
		t.Errorf("four digits: %v %v", c, errs)
	}
	if licensing.Tail("H27.12-261123-0042") != "0042" || licensing.Tail("42") != "42" || licensing.Tail("") != "" {
		t.Error("Tail")
	}
}

func FuzzReadCode(f *testing.F) {
	for _, s := range []string{"H27.12-261123-0042", "h27.12 261123 0042", "000.00.12.H62-201105-0004", "", "-", "H27-261123-0001\n", "Ｈ27-261123-0001", "ß-261123-0001", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, errs := licensing.ReadCode(s)
		if (errs == nil) == (c == licensing.Code{}) {
			t.Errorf("%q: %v beside %v", s, c, errs)
		}
		if licensing.IsCode(s) && (errs != nil || c.String() != s) {
			t.Errorf("%q is a code and is read as %v %v", s, c, errs)
		}
		if errs != nil {
			return
		}
		code := c.String()
		if again, errs := licensing.ReadCode(code); errs != nil || again != c || !licensing.IsCode(code) || !licensing.IsOffice(c.Office) {
			t.Errorf("%q became %v, and that %v %v", s, c, again, errs)
		}
		if strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != "" || len(licensing.Tail(code)) != 4 {
			t.Errorf("%q passes for a code", code)
		}
	})
}
