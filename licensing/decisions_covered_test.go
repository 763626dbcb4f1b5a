package licensing_test

import (
	"slices"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// sectionZero is every day of domain.md section 0 on which the book changes, the beginning of 2009 left out: no case is so old.
// Days on which nothing changes that the book knows (e-papers, personal data, theory papers) are not here.
var sectionZero = map[string]string{
	"2015-10-10": "TTLT 24/2015: health certificate", "2017-06-01": "TT 12/2017", "2019-12-01": "TT 38/2019: form", "2021-02-15": "TT 01/2021: refusals",
	"2023-05-01": "the province begins online", "2023-08-01": "TT 37/2023: fees", "2023-12-01": "TT 63/2023: online fee", "2024-06-01": "TT 05/2024: dossier",
	"2025-01-01": "Law 36/2024: classes, overdue, certificate", "2025-03-01": "TT 12/2025: the police", "2025-07-01": "QD 19/2025: provinces",
	"2026-01-01": "TT 154/2025: fees", "2026-04-30": "NQ 30/2026: Đồng Nai", "2026-07-01": "TT 108/2026: times, simulation", "2026-07-20": "QD 29/2026: VNeID only",
}

// TestDecisionsAreMany counts the rows and holds them against the days on which the law changed.
func TestDecisionsAreMany(t *testing.T) {
	days, n := map[licensing.Date]bool{}, 0
	for _, row := range decisionRows(t) {
		on, err := readDay(row.on)
		if err != nil {
			t.Errorf("%s:%d: %v", row.file, row.line, err)
		}
		days[on], n = true, n+1
	}
	if n < 160 {
		t.Errorf("%d rows, want 160 or more", n)
	}
	for iso, what := range sectionZero {
		if d := day(iso); !days[d] || !days[d.AddDays(-1)] {
			t.Errorf("%s (%s): wants a row on the day and one on the day before", iso, what)
		}
	}
	t.Logf("%d rows on %d days", n, len(days))
}

// TestDecisionsCoverTheBook: every row of the book is used by a row of the tables, on its first day and on its last. Whoever adds a
// rule adds the cases on both sides of it.
func TestDecisionsCoverTheBook(t *testing.T) {
	type use struct {
		id string
		on licensing.Date
	}
	used := map[use]bool{}
	for _, row := range decisionRows(t) {
		a, err := asked(row)
		if err != nil {
			continue // TestDecisions says so
		}
		on, _ := readDay(row.on)
		for _, r := range a.trace {
			used[use{r.ID, on}], used[use{r.ID, licensing.Date{}}] = true, true
		}
	}
	begins := day("2017-01-01") // of the book: nothing stands on the other side
	for _, r := range bookRows(rules.Embedded()) {
		switch {
		case !used[use{r.ID, licensing.Date{}}]:
			t.Errorf("%s is used by no row", r.ID)
		case r.From.After(begins) && !used[use{r.ID, r.From}]:
			t.Errorf("%s is not used on its first day, %s", r.ID, r.From)
		case !r.To.IsZero() && !used[use{r.ID, r.To}]:
			t.Errorf("%s is not used on its last day, %s", r.ID, r.To)
		}
	}
}

// bookRows are the rows of the book that answer a case. Left out are units and days, which are lists of facts, and the times that
// are this service's own.
func bookRows(b *licensing.Rules) (out []licensing.Rule) {
	for _, x := range b.Levels {
		out = append(out, x.Rule)
	}
	for _, x := range b.Authorities {
		out = append(out, x.Rule)
	}
	for _, x := range b.Procedures {
		out = append(out, x.Rule)
	}
	for _, x := range b.Windows {
		out = append(out, x.Rule)
	}
	for _, x := range b.Classes {
		out = append(out, x.Rule)
	}
	for _, x := range b.Mappings {
		out = append(out, x.Rule)
	}
	for _, x := range b.Documents {
		out = append(out, x.Rule)
	}
	for _, x := range b.Health {
		out = append(out, x.Rule)
	}
	for _, x := range b.Overdue {
		out = append(out, x.Rule)
	}
	for _, x := range b.Losses {
		out = append(out, x.Rule)
	}
	for _, x := range b.Fees {
		out = append(out, x.Rule)
	}
	for _, x := range b.TestFees {
		out = append(out, x.Rule)
	}
	for _, x := range b.Refusals {
		out = append(out, x.Rule)
	}
	for _, x := range b.Limits {
		out = append(out, x.Rule)
	}
	return slices.DeleteFunc(out, func(r licensing.Rule) bool { return r.ID == "limits.reply.2017" || r.ID == "limits.pay.2017" })
}

// TestDecisionReaderIsStrict spoils a good row one word at a time: each spoiled row is an error or a difference, and never passes.
func TestDecisionReaderIsStrict(t *testing.T) {
	good := decisionRow{person: "nữ 12/08/1976", licence: "cấp 14/12/2016: A1, B2 đến 14/12/2026", asks: "đổi: sắp hết hạn; chọn B", on: "25/11/2026",
		result: "được; hạng A [A-175] không thời hạn, B đến 25/11/2036; lệ phí 115.000", reason: "mappings.b2.2025 — Luật 36/2024 Điều 89.3"}
	if problems := run(good); problems != nil {
		t.Fatalf("the good row: %v", problems)
	}
	for name, spoil := range map[string]func(*decisionRow){
		"a sex": func(r *decisionRow) { r.person = "bà 12/08/1976" }, "a birth date": func(r *decisionRow) { r.person = "nữ 31/02/1976" },
		"a word of the person": func(r *decisionRow) { r.person += "; mức 3" }, "a look-up with a person": func(r *decisionRow) { r.asks = "tra ngày" },
		"a day of issue": func(r *decisionRow) { r.licence = "cấp 2016: B2" }, "a class": func(r *decisionRow) { r.licence = "cấp 14/12/2016: b2" },
		"a last day": func(r *decisionRow) { r.licence = "cấp 14/12/2016: B2 đến 14/13/2026" }, "a word of the licence": func(r *decisionRow) { r.licence += "; bìa" },
		"a procedure": func(r *decisionRow) { r.asks = "gia hạn" }, "a ground": func(r *decisionRow) { r.asks = "đổi: cũ" },
		"a word of the asking": func(r *decisionRow) { r.asks += "; ở quầy" }, "a look-up": func(r *decisionRow) { r.person, r.licence, r.asks = "—", "—", "tra hạng B2" },
		"a day": func(r *decisionRow) { r.on = "25/11/26" }, "a word of the result": func(r *decisionRow) { r.result += "; nhanh" },
		"no verdict": func(r *decisionRow) { r.result = "lệ phí 115.000" }, "the other verdict": func(r *decisionRow) { r.result = "không được" },
		"a fee": func(r *decisionRow) { r.result = "được; lệ phí 135.000" }, "a restriction left out": func(r *decisionRow) { r.result = "được; hạng A, B" },
		"a class left out": func(r *decisionRow) { r.result = "được; hạng B" }, "something missing that is not": func(r *decisionRow) { r.result = "được; thiếu còn hạn" },
		"a test": func(r *decisionRow) { r.result = "được; thi lý thuyết" }, "no words": func(r *decisionRow) { r.reason = "mappings.b2.2025 — " },
		"no row": func(r *decisionRow) { r.reason = "không có dòng — luật" }, "another row": func(r *decisionRow) { r.reason = "mappings.b1.2025 — luật" },
		"another law": func(r *decisionRow) { r.reason = "mappings.b2.2025 — Luật 23/2008" }, "another article": func(r *decisionRow) { r.reason = "mappings.b2.2025 — Luật 36/2024 Điều 62" },
		"a missing requirement kept quiet": func(r *decisionRow) { r.licence += "; vi phạm"; r.result = "không được" },
	} {
		row := good
		spoil(&row)
		if run(row) == nil {
			t.Errorf("%s: passes", name)
		}
	}
}
