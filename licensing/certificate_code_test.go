package licensing_test

import (
	"fmt"
	"testing"

	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/rules"
)

// Each piece of a code is known by its shape, in whatever order and form it stands.
func TestReadCertificateCode(t *testing.T) {
	whole := "00418/GKSKLX/42021/26 042176003218 2026-11-16 B"
	for text, want := range map[string]string{
		"00418/GKSKLX/42021/26|042176003218|Trần Thị Hòa|12081976|B|16112026":                               whole,
		"Số: 00418/GKSKLX/42021/26\nCCCD: 042176003218\nNgày sinh: 12/08/1976\nNgày ký: 16/11/2026\nHạng B": whole,
		"16-11-2026;b;042176003218;00418/gksklx/42021/26;2027-11-16":                                        whole, // the last day is in the future
		"https://kham.example/tra-cuu?so=00418/GKSKLX/42021/26":                                             "00418/GKSKLX/42021/26   ",
		"042176003218|184123456|Trần Thị Hòa|12081976|Nữ|thôn 3, xã Mẫu|25042021":                           "   ", // an identity card's
		"042176003218||Trần Thị Hòa|12081976|Nữ|thôn 3, xã Mẫu|25042021":                                    "   ",
		"Mã tra cứu: 202611160012\nSố: 00418/GKSKLX/42021/26":                                               "00418/GKSKLX/42021/26   ",
		"Bác sĩ: 042090009999\nSố định danh: 042176003218":                                                  " 042176003218  ",
		"12/08/1976":  "  1976-08-12 ",
		"31/02/2026":  "   ",
		"17/11/2026":  "   ",
		"04217600321": "   ",
		"hello|X|B3|": "   ",
		"":            "   ",
	} {
		c := rules.Embedded().ReadCertificateCode(text, licensing.Date{Year: 2026, Month: 11, Day: 16})
		if got := fmt.Sprintf("%s %s %s %s", c.Number, c.PersonalNumber.Reveal(), c.SignedOn, c.Class); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Every class of the book can stand on a code.
func TestCodesKnowEveryClass(t *testing.T) {
	for _, class := range rules.Embedded().ClassNames() {
		if c := rules.Embedded().ReadCertificateCode(string(class), licensingtest.Today); c.Class != class {
			t.Errorf("%s is read as %q", class, c.Class)
		}
	}
}

func TestCodeDoubts(t *testing.T) {
	typed := licensing.Health{Number: "00418/GKSKLX/42021/26", SignedOn: licensingtest.Today.AddDays(-7), Class: "B"}
	for text, want := range map[string]string{
		"": "", "a page of a clinic": "", "00418/GKSKLX/42021/26|16112026|B": "", "00419/GKSKLX/42021/26": "code_number", "15112026|C1": "code_date code_class ",
	} {
		got := ""
		for _, d := range rules.Embedded().CodeDoubts(typed, text, licensingtest.Today) {
			got += d.Key + " "
		}
		if got != want && got != want+" " {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func FuzzCertificateCode(f *testing.F) {
	f.Add("00418/GKSKLX/42021/26|042176003218|Trần Thị Hòa|12081976|B|16112026")
	f.Add("Ngày ký: 31/02/2026\nhạng \xff;;|")
	f.Fuzz(func(t *testing.T, text string) {
		c := rules.Embedded().ReadCertificateCode(text, licensingtest.Today)
		if c.SignedOn.After(licensingtest.Today) || c.Number != "" && c.Number != licensing.NormalizeHealthNumber(c.Number) || len(c.PersonalNumber.Reveal()) != 0 && len(c.PersonalNumber.Reveal()) != 12 {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
