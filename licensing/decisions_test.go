package licensing_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// TestDecisions runs every row of the tables in testdata/decisions. What a row expects was taken from the law as domain.md tells it,
// never from an answer of this program.
func TestDecisions(t *testing.T) {
	seen := map[string]string{}
	for _, row := range decisionRows(t) {
		if other, twice := seen[row.name]; twice || row.name == "" {
			t.Errorf("%s:%d: the name stands in %s too", row.file, row.line, other)
		}
		seen[row.name] = row.file
		t.Run(row.name, func(t *testing.T) {
			for _, problem := range run(row) {
				t.Errorf("%s:%d: %s", row.file, row.line, problem)
			}
		})
	}
}

// run asks what a row asks and says what is not as the row expects.
func run(row decisionRow) (problems []string) {
	a, err := asked(row)
	if err != nil {
		return []string{err.Error()}
	}
	return slices.Concat(a.compare(row.result), a.because(row.reason))
}

// answerOf is what the book says to a row.
type answerOf struct {
	facts  map[string]string   // by the word that a result begins with
	always []string            // words that a result has to have where the fact is not empty
	trace  []licensing.RuleRef // rows of the book that were used
	looked string              // of a look-up in the book: the whole answer
}

// asked asks the book what a row asks.
func asked(row decisionRow) (answerOf, error) {
	on, err := readDay(row.on)
	if err != nil {
		return answerOf{}, err
	}
	if what, ok := strings.CutPrefix(row.asks, "tra "); ok {
		if row.person != "—" || row.licence != "—" {
			return answerOf{}, fmt.Errorf("a look-up has no person and no licence: —")
		}
		return lookUp(what, on)
	}
	q := licensing.Request{On: on}
	q.Applicant, err = readPerson(row.person)
	if err != nil {
		return answerOf{}, err
	}
	q.Licence, err = readLicence(row.licence)
	if err != nil {
		return answerOf{}, err
	}
	if err := readAsks(row.asks, &q); err != nil {
		return answerOf{}, err
	}
	return decided(q, strings.Contains(row.asks, "xét giấy khám")), nil
}

// decided puts a decision into words. examine looks at a certificate even where none is asked for.
func decided(q licensing.Request, examine bool) answerOf {
	book := rules.Embedded()
	d := book.Decide(q)
	if examine && !d.NeedsHealth {
		d.Requirements = append(d.Requirements, book.Serves(*q.Certificate, q.Applicant, d.Classes, q.On)...)
	}
	procedure, _ := book.ProcedureOn(q.Procedure, q.On)
	f := map[string]string{
		"lệ phí": dong(d.Fee), "giải quyết trong": fmt.Sprintf("%d nửa ngày", d.HalfDays), "nơi giải quyết": book.AuthorityOn(q.On).Name.VI,
		"mã": procedure.Code, "được chọn": named(book.Choices(q.Licence, q.Applicant, q.On)), "hạng": "",
	}
	if d.Possible() {
		f["được"] = " "
	} else {
		f["không được"] = " "
	}
	if d.NeedsHealth {
		f["cần giấy khám"] = " "
	} else {
		f["không cần giấy khám"] = " "
	}
	if !d.Earliest.IsZero() {
		f["sớm nhất"] = dmy(d.Earliest)
	}
	if procedure.Code == "" {
		f["mã"] = "chưa rõ"
	}
	requirementFacts(f, d)
	var documents, certificates []string
	for _, x := range d.Documents {
		documents = append(documents, inWords(documentWords, x.Key))
	}
	for _, x := range d.Certificates {
		certificates = append(certificates, inWords(certificateWords, x))
	}
	f["giấy tờ"], f["chứng chỉ"] = unordered(documents), unordered(certificates)
	classFacts(f, d.Classes)
	return answerOf{facts: f, always: []string{"được", "không được", "thiếu", "chưa rõ", "thi", "sớm nhất"}, trace: d.Trace()}
}

// requirementFacts says what is missing, what is not known yet and what to do. That the health certificate is still to come is
// usual and not said.
func requirementFacts(f map[string]string, d licensing.Decision) {
	var missing, unknown, next []string
	for _, r := range d.Requirements {
		switch {
		case r.Answer == licensing.NotMet:
			missing = append(missing, inWords(requirementWords, r.Key))
		case r.Answer == licensing.Unknown && r.Key != licensing.ReqHealth:
			unknown = append(unknown, inWords(requirementWords, r.Key))
		}
		if r.Key == licensing.ReqHealth {
			f["khám cho hạng"] = r.Args["classes"]
			continue
		}
		if w := inWords(nextWords, r.Next); r.Next == licensing.NextWait {
			from, _ := licensing.ParseDate(r.Args["from"])
			next = append(next, w+" đến "+dmy(from))
		} else if r.Next != licensing.NextNone {
			next = append(next, w)
		}
		if test := r.Args["test"]; test != licensing.NoTest && f["thi"] != testWords[licensing.TheoryPracticeTest] {
			f["thi"] = inWords(testWords, test)
		}
	}
	f["thiếu"], f["chưa rõ"], f["làm tiếp"] = unordered(missing), unordered(unknown), unordered(next)
}

// classFacts describes the classes of the new card. A row says as much of a class as it needs, but never less than its restriction.
func classFacts(f map[string]string, classes []licensing.NewClass) {
	var plain, dated, passed, printed []string
	for _, c := range classes {
		s := string(c.Class)
		if c.Restriction != nil {
			s += " [" + c.Restriction.Code + "]"
			printed = append(printed, c.Restriction.Text)
		}
		until := s + " không thời hạn"
		if !c.Expires.IsZero() {
			until = s + " đến " + dmy(c.Expires)
		}
		plain, dated = append(plain, s), append(dated, until)
		passed = append(passed, until+" trúng tuyển "+dmy(c.PassedOn))
	}
	f["hạng"], f["hạng, hạn"], f["hạng, hạn, trúng tuyển"] = unordered(plain), unordered(dated), unordered(passed)
	f["ghi trên thẻ"] = unordered(printed)
	if len(classes) == 0 {
		f["không còn hạng nào"] = " "
	}
}

// compare holds a result against the facts.
func (a answerOf) compare(result string) (problems []string) {
	if a.facts == nil {
		if a.looked != result {
			return []string{fmt.Sprintf("want %q, the book says %q", result, a.looked)}
		}
		return nil
	}
	said := map[string]bool{}
	for _, part := range strings.Split(result, "; ") {
		word, want := split(part)
		if word == "" {
			problems = append(problems, fmt.Sprintf("result: unknown words %q", part))
			continue
		}
		said[word] = true
		fact := word
		if word == "hạng" && (strings.Contains(want, "không thời hạn") || strings.Contains(want, " đến ")) {
			fact = "hạng, hạn"
		}
		if word == "hạng" && strings.Contains(want, "trúng tuyển") {
			fact = "hạng, hạn, trúng tuyển"
		}
		if got := a.facts[fact]; got == "" || alike(want) != alike(got) {
			problems = append(problems, fmt.Sprintf("%s: want %q, the book says %q", word, want, got))
		}
	}
	for _, word := range a.always {
		if a.facts[word] != "" && !said[word] {
			problems = append(problems, fmt.Sprintf("the book says %q and the row does not", strings.TrimSpace(word+" "+a.facts[word])))
		}
	}
	return problems
}

// alike makes lists comparable: their order says nothing.
func alike(s string) string { return unordered(strings.Split(strings.TrimSpace(s), ", ")) }

// resultWords are the words that a part of a result begins with.
var resultWords = []string{"được chọn", "được", "không được", "thiếu", "chưa rõ", "thi", "làm tiếp", "hạng", "không còn hạng nào", "ghi trên thẻ", "chứng chỉ",
	"lệ phí", "giải quyết trong", "giấy tờ", "không cần giấy khám", "cần giấy khám", "khám cho hạng", "nơi giải quyết", "mã", "sớm nhất"}

// split parts the word that a part of a result begins with from the rest. The longest word wins: "được chọn" is not "được".
func split(part string) (word, rest string) {
	for _, w := range resultWords {
		if after, ok := strings.CutPrefix(part, w); ok && len(w) > len(word) && (after == "" || after[0] == ' ') {
			word, rest = w, strings.TrimPrefix(after, " ")
		}
	}
	return word, rest
}

var lawWords = regexp.MustCompile(`(?:TT|TTLT|NĐ|QĐ|NQ|Luật) (\d+/\d{4})(?: Điều (\d+(?:\.\d+)?))?`)

// noRow stands for a fact that follows from no row of the book: a plain Saturday.
const noRow = "không có dòng"

// because holds a reason against the trace: each row of the book that it names was used, and each law that it names is the source
// of one of those.
func (a answerOf) because(reason string) (problems []string) {
	ids, words, ok := strings.Cut(reason, " — ")
	if !ok || strings.TrimSpace(words) == "" {
		return []string{fmt.Sprintf("reason %q: wants rows of the book, a dash and words", reason)}
	}
	if ids == noRow && len(a.trace) == 0 {
		return nil
	}
	var sources []string
	for _, id := range strings.Split(ids, ", ") {
		i := slices.IndexFunc(a.trace, func(r licensing.RuleRef) bool { return r.ID == id })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("row %s of the book was not used; used were %s", id, strings.Join(idsOf(a.trace), ", ")))
			continue
		}
		sources = append(sources, a.trace[i].Source)
	}
	for _, law := range lawWords.FindAllStringSubmatch(words, -1) {
		if !slices.ContainsFunc(sources, func(s string) bool {
			return strings.Contains(s, " "+law[1]) && (law[2] == "" || strings.Contains(s, "Art. "+law[2]))
		}) {
			problems = append(problems, fmt.Sprintf("%s is no source of the rows that the reason names: %s", law[0], strings.Join(sources, " | ")))
		}
	}
	return problems
}

func idsOf(trace []licensing.RuleRef) (ids []string) {
	for _, r := range trace {
		ids = append(ids, r.ID)
	}
	return ids
}

func named(classes []licensing.Class) string {
	var out []string
	for _, c := range classes {
		out = append(out, string(c))
	}
	return unordered(out)
}
