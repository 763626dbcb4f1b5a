package licensing_test

import (
	"slices"
	"strings"
	"testing"

	"giahan/licensing"
)

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Trần Thị Hòa", "TRẦN  THỊ HÒA ", true}, {"Trần Thị Hòa", "Trần Thị Hòa", true}, {"Trần Thị Hòa", "Trần Thị Hoà", true},
		{"Lê Thanh Thúy", "Lê Thanh Thuý", true}, {"Phú Quý", "Phú Quý", true}, {"Khoẻ", "KHỎE", true}, {"Huỳnh Thuỷ", "Huỳnh Thủy", true},
		{"H'Hen Niê", "H’Hen Niê", true}, {"Y-Bláo", "Y‑Bláo", true}, {"Ðức", "Đức", true}, {"\u200bLan", "Lan", true}, {"Ｌａｎ", "Lan", true},
		{"Lê Thị Lan", "Lê Thị Len", false}, {"Đức", "Duc", false}, {"Đức", "Dức", false}, {"Hòa", "Hỏa", false}, {"Hòa", "Hoa", false},
		{"Quý", "Quỳ", false}, {"Thúy", "Thùy", false}, {"Trân", "Trần", false}, {"Án", "Ấn", false}, {"Hoa Lan", "Hoalan", false},
		{"Muà Á", "Mùa Á", true}, {"Ý An", "Y Án", false},
	} {
		if licensing.SameName(c.a, c.b) != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.want)
		}
	}
}

func TestSearchKey(t *testing.T) {
	for in, want := range map[string]string{"Trần Thị Hoà": "tran thi hoa", "ĐẶNG  Văn Đức": "dang van duc", "H’Hen Niê": "hhen nie", "Quý": "quy",
		"Y-Bláo": "y-blao", "Nguyễn": "nguyen", "giấy phép lái xe": "giay phep lai xe", "Ước Ở Ữ": "uoc o u", " \u00a0": "", "\xff": ""} {
		if got := licensing.SearchKey(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestReadName(t *testing.T) {
	for in, want := range map[string]string{" Trần  Thị Hoà ": "Trần Thị Hoà", "H’Hen Niê": "H'Hen Niê", "Y–Bláo": "Y-Bláo", "Lan": "Lan", "Nguyễn Văn A.": "Nguyễn Văn A.",
		"John F. O`Neill": "John F. O'Neill", "K\u00a0Ơ\u0306": "K Ơ\u0306", "Ðức": "Đức", strings.Repeat("ấ", 100): strings.Repeat("ấ", 100)} {
		if got, errs := licensing.ReadName(in); errs != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, errs, want)
		}
	}
	for in, want := range map[string]string{"": "full_name:error_empty", " \u200b": "full_name:error_empty", "Lan 2": "full_name:error_name", "Lan@": "full_name:error_name", "Lan, An": "full_name:error_name",
		"'-.": "full_name:error_name", "\u0301Lan": "full_name:error_name", "Лан": "full_name:error_name", "李": "full_name:error_name", "Lan\U0001f600": "full_name:error_name", "Lan_An": "full_name:error_name",
		strings.Repeat("a", 101): "full_name:error_too_long"} {
		if got, errs := licensing.ReadName(in); got != "" || fields(errs) != want {
			t.Errorf("%q: %q %v, want %s", in, got, errs, want)
		}
	}
}

// Lists of people are by the given name, in the order of the alphabet: a ă â … d đ … and of the tones: none, grave, hook, tilde,
// acute, dot.
func TestByGivenName(t *testing.T) {
	want := []string{"Lê Văn An", "Trần An", "Lê Ấn", "Nguyễn Dũng", "Nguyễn Đức", "Lê Thị Hoa", "Lê Thị Hoà", "Trần Thị Hòa", "Bùi Hỏa", "Bùi Hõa", "Bùi Hóa", "Bùi Họa", "Đỗ Ổn", "Phan Ơn", "Lan Ưu"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, licensing.ByGivenName())
	if !slices.Equal(got, want) {
		t.Errorf("sorted as %v", got)
	}
}

func FuzzReadName(f *testing.F) {
	for _, s := range []string{"Trần Thị Hoà", "H’Hen Niê", "Y-Bláo", "", "'", "Ơ\u0306", "\u0301a", "Lan 2", "ÐÐ", "a\u0323\u0302\u0301", "İ", "\xff", "Ｌ\u3000ａ", "ạ\u0301o\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := licensing.NormalizeName(s)
		if twice := licensing.NormalizeName(once); twice != once {
			t.Errorf("%q: normalised to %q, then to %q", s, once, twice)
		}
		if key := licensing.SearchKey(s); licensing.SearchKey(key) != key || licensing.SearchKey(once) != key {
			t.Errorf("%q: search key %q, of that %q, of the normal form %q", s, key, licensing.SearchKey(key), licensing.SearchKey(once))
		}
		if !licensing.SameName(s, once) || !licensing.SameName(once, strings.ToLower(once)) {
			t.Errorf("%q is not the same name as its normal form %q", s, once)
		}
		name, errs := licensing.ReadName(s)
		if (errs == nil) == (name == "") {
			t.Errorf("%q: %q beside %v", s, name, errs)
		}
		if again, errs := licensing.ReadName(name); name != "" && (errs != nil || again != name || name != once) {
			t.Errorf("%q: read as %q, that as %q %v", s, name, again, errs)
		}
		if order := licensing.ByGivenName(); order(s, once) != 0 || order(s, "Lan") != -order("Lan", s) {
			t.Errorf("%q: no order", s)
		}
	})
}
