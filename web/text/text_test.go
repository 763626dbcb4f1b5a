package text

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"giahan/licensing"
)

func TestBothLanguagesSayTheSame(t *testing.T) {
	vi, en := For(VI), For(EN)
	for _, pair := range [][2]*Printer{{vi, en}, {en, vi}} {
		for _, key := range pair[0].Keys() {
			if !pair[1].Has(key) {
				t.Errorf("%s is in %s but not in %s", key, pair[0].Lang, pair[1].Lang)
			}
		}
	}
	for _, key := range vi.Keys() {
		a, b := map[string]bool{}, map[string]bool{}
		vi.messages[key].names(a)
		en.messages[key].names(b)
		if en.Has(key) && !maps.Equal(a, b) {
			t.Errorf("%s: placeholders %v and %v", key, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
		}
	}
}

// Words of the left column of words.md 1.7 and 1.3 to 1.13 that no resident reads; officers' tables may use terms.
var forbidden = regexp.MustCompile(`(?i)kê khai|tải lên|tải xuống|đính kèm|truy cập|thao tác|định dạng|phiên làm việc|thành phần hồ sơ|còn hiệu lực|` +
	`thực hiện nghĩa vụ tài chính|hoàn phí|thời gian giải quyết|thẩm quyền|\blink\b|hợp lệ|quý khách|quý công dân|anh/chị|` +
	`hệ thống|nhấp|\bclick\b|\btap\b|vui lòng|GPLX|CSGT|UBND|TTHC|GKSK\b|BPTN|DVC|VNĐ|₫|` +
	`khoẻ|hoá(?:[^tncm]|$)|xoá(?:[^y]|$)|loá(?:[^n]|$)|nhoè|thuỷ|Uỷ|!`)

func TestWordsOfVietnamese(t *testing.T) {
	p := For(VI)
	for _, key := range p.Keys() {
		if strings.HasPrefix(key, "officer.") || strings.HasPrefix(key, "desk.") || strings.HasSuffix(key, ".officer") {
			continue
		}
		if m := forbidden.FindString(p.T(key)); m != "" {
			t.Errorf("%s says %q: words.md 1", key, m)
		}
	}
}

// Every key that a page names literally is in the catalogue: a typing error would show as [key] to a person.
func TestEveryKeyInThePagesExists(t *testing.T) {
	used := regexp.MustCompile(`\.T\("([a-z0-9_.]+)"[,)]`)
	for _, pattern := range []string{"../*/*.go", "../*/*.templ", "../*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range used.FindAllStringSubmatch(string(b), -1) {
				if !strings.HasSuffix(file, "_test.go") && !For(VI).Has(m[1]) {
					t.Errorf("%s uses %s, which no catalogue has", file, m[1])
				}
			}
		}
	}
}

func TestEveryDomainValueHasWords(t *testing.T) {
	p := For(VI)
	var keys []string
	for _, s := range licensing.States {
		keys = append(keys, "state."+string(s.State)+".resident", "state."+string(s.State)+".officer")
	}
	for item, reasons := range licensing.ReturnReasons {
		keys = append(keys, "item."+string(item), "item_title."+string(item))
		for _, r := range reasons {
			keys = append(keys, "return_reason."+r, "return_reason_text."+r)
		}
	}
	for _, r := range licensing.ReasonKeys {
		keys = append(keys, "refusal_reason."+r, "refusal_next."+r)
	}
	for _, n := range licensing.Nexts {
		keys = append(keys, "next."+string(n))
	}
	for _, x := range []licensing.Exclusion{licensing.ExcludePaper, licensing.ExcludeOverdue, licensing.ExcludeMotorcycle, licensing.ExcludeForeign} {
		keys = append(keys, "requirement.handled_online.missing_"+string(x))
	}
	for _, r := range licensing.RequirementKeys {
		keys = append(keys, "requirement."+r+".title", "requirement."+r+".met", "requirement."+r+".missing", "requirement."+r+".unknown")
	}
	for _, g := range []licensing.Ground{licensing.Expiring, licensing.Damaged, licensing.DataChanged} {
		keys = append(keys, "ground."+string(g))
	}
	keys = append(keys, "delivery."+string(licensing.ByPost), "delivery."+string(licensing.Pickup),
		"test."+licensing.TheoryTest, "test."+licensing.TheoryPracticeTest)
	for _, key := range keys {
		if !p.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}

func TestSentences(t *testing.T) {
	friday := licensing.Date{Year: 2026, Month: 11, Day: 27}
	at := time.Date(2026, 11, 16, 2, 20, 0, 0, time.UTC)
	vi, en := For(VI), For(EN)
	for _, c := range []struct{ got, want string }{
		{vi.Date(friday), "27/11/2026"},
		{en.Date(friday), "27 November 2026"},
		{vi.DayDate(friday), "thứ Sáu, 27/11/2026"},
		{en.DayDate(friday), "Friday 27 November 2026"},
		{vi.Moment(at), "9:20, thứ Hai 16/11/2026"},
		{vi.Due(at), "trưa thứ Hai, 16/11/2026"},
		{vi.Due(at.Add(8 * time.Hour)), "cuối ngày thứ Hai, 16/11/2026"},
		{vi.WorkingDays(10), "5"},
		{vi.WorkingDays(7), "3,5"},
		{en.WorkingDays(9), "4.5"},
		{vi.Law("Law 36/2024/QH15 Art. 57; QD 19/2025/QD-TTg; ND 61/2018/ND-CP"), "Luật 36/2024/QH15 Điều 57; QĐ 19/2025/QĐ-TTg; NĐ 61/2018/NĐ-CP"},
		{vi.Money(115000), "115.000 đồng"},
		{en.Money(115000), "115,000 VND"},
		{vi.Number(1250), "1.250"},
		{vi.Number(-7), "-7"},
		{PersonalNumber("042066012345"), "042 066 012 345"},
		{Phone("0912345678"), "0912 345 678"},
		{Phone("0239 300 0000"), "0239 300 0000"},
		{vi.Birth("1956"), "1956"},
		{vi.Birth("1956-03"), "03/1956"},
		{vi.Birth("1976-08-12"), "12/08/1976"},
		{vi.Megabytes(15 << 20), "15 MB"},
		{vi.List([]string{"a", "b", "c"}), "a, b và c"},
		{vi.T("error_summary", Args{"n": 2}), "Có 2 chỗ cần sửa"},
		{en.T("error_summary", Args{"n": 1}), "There is 1 thing to correct"},
		{en.T("error_summary", Args{"n": 2}), "There are 2 things to correct"},
		{en.T("page_returned.h1", Args{"n": 2}), "2 things to correct"},
		{vi.T("nothing.here"), "[nothing.here]"},
	} {
		if plain := strings.ReplaceAll(c.got, "\u00a0", " "); plain != c.want {
			t.Errorf("got %q, want %q", plain, c.want)
		}
	}
	if s := vi.T("error_summary", Args{"n": 2}); !strings.Contains(s, "2\u00a0chỗ") {
		t.Errorf("%q may break between number and unit", s)
	}
}

func TestRequirementSentences(t *testing.T) {
	p := For(VI)
	_, s, next := p.Requirement(licensing.Requirement{Key: licensing.ReqValid, Answer: licensing.NotMet, Next: licensing.NextPassTest, Args: map[string]string{"date": "2026-07-23", "days": "-123", "test": "theory"}})
	if s != "Có giá trị đến ngày 23/07/2026, nay đã quá hạn." || next != "Phải thi lại lý thuyết trước khi được cấp bằng." {
		t.Errorf("got %q, %q", s, next)
	}
	if _, s, _ = p.Requirement(licensing.Requirement{Key: licensing.ReqValid, Answer: licensing.Met, Args: map[string]string{"lifetime": "1"}}); s != "Không thời hạn." {
		t.Errorf("got %q", s)
	}
}

func TestFaultyCataloguesAreRefused(t *testing.T) {
	for name, data := range map[string]string{
		"not NFC":      "a = \"ho\u0302\"",
		"open brace":   `a = "x {n"`,
		"close brace":  `a = "x }"`,
		"bad name":     `a = "x {N}"`,
		"other plural": `a = "{n, select, a {b}}"`,
		"no other":     `a = "{n, plural, one {b}}"`,
		"a number":     `a = 1`,
		"twice":        "a.b = \"x\"\n[a]\nb = \"y\"",
	} {
		if _, err := load(fstest.MapFS{"vi/a.toml": {Data: []byte(data)}}, VI); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	two := fstest.MapFS{"vi/a.toml": {Data: []byte(`a = "x"`)}, "vi/b.toml": {Data: []byte(`a = "x"`)}}
	if _, err := load(two, VI); err == nil {
		t.Error("one key in two files: accepted")
	}
}
