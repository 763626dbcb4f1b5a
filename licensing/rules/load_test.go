package rules_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// embedded is the text of an embedded file.
func embedded(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("data/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// folder is an operator's folder with these files.
func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// problems are what Load says of a folder, one line each.
func problems(t testing.TB, of fs.FS) []string {
	t.Helper()
	book, err := rules.Load(of)
	if err == nil {
		return nil
	}
	var list rules.Problems
	if !errors.As(err, &list) || book != nil {
		t.Fatalf("a broken book gives %v and %v, not Problems", book, err)
	}
	return strings.Split(list.Error(), "\n")
}

// TestEveryProblemAtOnce loads a folder with faults of every sort: each is listed, with its file and line, and no other.
func TestEveryProblemAtOnce(t *testing.T) {
	got := problems(t, folder(map[string]string{
		"fees.toml": `[[fees]]
id = "fees.online.2017"
from = 2017-01-01
to = 2023-07-31
channel = "online"
amuont = 135000
soruce = "TT 296/2016/TT-BTC"

[[fees]]
id = "fees.online.2024"
from = 2024-02-30
channel = "post"
amount = "135000"
source = "TT 63/2023/TT-BTC"

[[fee]]
id = "fees.counter"
`,
		"health.toml": `[[health]]
id = "health.2009"
from = 2009-07-01
to = 2015-10-08
months = 0
source = "QD 4132/2001/QD-BYT"

[[health]]
id = "health.2009"
from = 2015-10-10
to = 2024-12-31
months = 6
source = " "

[[health]]
id = "Health 2025"
from = 2024-12-31
months = 12
source = "TT 36/2024/TT-BYT"
`,
		"windows.toml": `months = 12
[[windows]]
id = "windows.2017"
from = 2017-01-01
to = 2016-01-01
months = 12
months = 11
source = "practice"
`,
		"levels.toml": `[[levels]]
id = "levels.2017"
from = 2017-01-01
level = 2 2
`,
		"mappings.toml": strings.NewReplacer(`new = ["D2"]`, `new = ["D4"]`, `new = ["CE"]`, `new = []`).Replace(embedded(t, "mappings.toml")),
		"limit.toml":    "",
	}))
	want := []string{
		`fees.toml:1: amount is missing`,
		`fees.toml:1: source is missing`,
		`fees.toml:6: unknown key amuont`,
		`fees.toml:7: unknown key soruce`,
		`fees.toml:11: from 2024-02-30 is no day of the years 1900 to 2199`,
		`fees.toml:12: channel "post" is unknown: want "online", "counter"`,
		`fees.toml:13: amount must be a whole number, not a text`,
		`fees.toml:16: unknown heading fee: every row begins with [[fees]]`,
		`health.toml:5: months 0 must be a number from 1 to 60`,
		`health.toml:9: id "health.2009" is taken: health.toml:2`,
		`health.toml:13: source is empty`,
		`health.toml:16: id "Health 2025" must look like "fees.counter.2026": lower case, with dots`,
		`levels.toml:4: not TOML: expected newline but got U+0032 '2'`,
		`limit.toml: not a file of the rule book; those are levels.toml, authorities.toml, procedures.toml, windows.toml, classes.toml, ` +
			`mappings.toml, documents.toml, health.toml, overdue.toml, losses.toml, fees.toml, test_fees.toml, refusals.toml, limits.toml, retention.toml, units.toml, days.toml`,
		`mappings.toml:211: new: there is no class D4 in the new scheme`,
		`windows.toml:1: months stands before the first [[windows]]`,
		`windows.toml:5: ends on 2016-01-01 before it begins on 2017-01-01`,
		`windows.toml:7: months stands twice in one row`,
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("not asked for: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("not listed: %s", line)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("not sorted by file and line")
	}
}

// TestEachCheck breaks an embedded file at one place and looks for the sentence.
func TestEachCheck(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"nothing in a file", "losses", "*", "", "losses.toml:1: no rows"},
		{"a table in another form", "losses", "[[losses]]", "[losses]", "unknown heading losses: every row begins with [[losses]]"},
		{"a dotted key", "authorities", `name = { vi = "Sở Giao thông vận tải Hà Tĩnh", `, `name.vi = "x"` + "\n" + `name = { vi = "y", `, "unknown key name.vi"},
		{"a word that is missing", "authorities", `, en = "Ha Tinh Department of Transport"`, "", "authorities.toml:7: en is missing"},
		{"a key too many in a text", "authorities", `, en = "Ha Tinh`, `, fr = "x", en = "Ha Tinh`, "unknown key name.fr"},
		{"a text as a list", "authorities", `source = "TT 12/2025/TT-BCA"`, `source = ["TT 12/2025/TT-BCA"]`, "source must be a text, not a list"},
		{"two lines in a text", "authorities", `"TT 12/2025/TT-BCA"`, `"TT\n12"`, "source must be one line"},
		{"a decomposed text", "authorities", "Sở", "So\u031b\u0309", "vi is not in Unicode's composed form"},
		{"an empty note", "levels", `note = "known from a secondary source"`, `note = ""`, "note is empty"},
		{"verify as a word", "levels", "verify = true", `verify = "yes"`, "verify must be true or false, not a text"},
		{"a time with a date", "levels", "from = 2024-01-01", "from = 2024-01-01T00:00:00", "from must be a date such as 2026-07-01, not a date with a time"},
		{"a year of another age", "levels", "from = 2017-01-01", "from = 0017-01-01", "from 0017-01-01 is no day"},
		{"to as a text", "levels", "to = 2023-12-31", `to = "2023-12-31"`, "to must be a date such as 2026-07-01, not a text"},
		{"a level that is none", "levels", "level = 2", "level = 3", "level 3 must be a number from 1 to 2"},
		{"an id without a dot", "levels", `"levels.2024"`, `"levels"`, `id "levels" must look like`},
		{"an id of another table", "levels", `"levels.2024"`, `"fees.online.2026"`, `fees.toml:28: id "fees.online.2026" is taken: levels.toml:`},
		{"a gap", "levels", "to = 2023-12-31", "to = 2023-12-30", "levels.toml:13: gap before levels.2024: nothing holds from 2023-12-31 to 2023-12-31"},
		{"an overlap", "levels", "to = 2023-12-31", "to = 2024-01-01", "levels.toml:13: levels.2024 overlaps with levels.2017 (line 4) on 2024-01-01"},
		{"an open row before another", "levels", "to = 2023-12-31\n", "", "levels.2024 overlaps with levels.2017"},
		{"a late beginning", "levels", "from = 2017-01-01", "from = 2017-01-02", "levels.toml:1: nothing holds from 2017-01-01: the book must answer from 2017-01-01 without an end"},
		{"an end", "levels", "from = 2026-07-20", "from = 2026-07-20\nto = 2040-12-31", "levels.toml:20: nothing holds from 2041-01-01"},
		{"authorities with a gap", "authorities", "to = 2025-02-28", "to = 2025-02-27", "gap before authorities.2025-03"},
		{"an unknown procedure", "procedures", `procedure = "exchange"`, `procedure = "renew"`, `procedure "renew" is unknown`},
		{"no such procedure at all", "procedures", `procedure = "reissue"`, `procedure = "exchange"`, "overlaps"},
		{"a malformed code", "procedures", "3.000347", "3.00347", `code "3.00347" must look like "3.000347"`},
		{"no code though taken in", "procedures", `code = "3.000347"`, `code = ""`, "code may be empty only where"},
		{"an unknown exclusion", "procedures", `["paper", "foreign"]`, `["paper", "late"]`, `excludes "late" is unknown`},
		{"an exclusion twice", "procedures", `["paper", "foreign"]`, `["paper", "paper"]`, `excludes has "paper" twice`},
		{"a list of numbers", "procedures", `["paper", "foreign"]`, `[1]`, "excludes must be a list of texts, not of a whole number"},
		{"a procedure that ends", "procedures", `from = 2026-07-01`, "from = 2026-07-01\nto = 2026-12-31", "nothing holds from 2027-01-01, for exchange"},
		{"a window of nothing", "windows", "months = 12", "months = 0", "months 0 must be"},
		{"an unknown scheme", "classes", `scheme = "old"`, `scheme = "older"`, `scheme "older" is unknown`},
		{"a malformed class", "classes", `class = "FB2"`, `class = "fb2"`, `class "fb2" must look like`},
		{"a class without years", "classes", "years = 10\n", "", "years is missing"},
		{"years that are negative", "classes", "years = 10", "years = -1", "years -1 must be"},
		{"a group of health that is none", "classes", "health_group = 3", "health_group = 4", "health_group 4 must be"},
		{"an age of nothing", "classes", "min_age = 18", "min_age = 0", "min_age 0 must be"},
		{"a birthday without a bound", "classes", "bound = \"later\"\n", "", "until, bound and years go together"},
		{"a bound without a birthday", "classes", "until = { male = 60, female = 55 }\n", "", "until, bound and years go together"},
		{"an unknown bound", "classes", `"later"`, `"latest"`, `bound "latest" is unknown`},
		{"an age limit below the least age", "classes", "max_age = { male = 57, female = 55 }", "max_age = { male = 57, female = 27 }", "not above its min_age"},
		{"an age limit for one sex", "classes", "max_age = { male = 57, female = 55 }", "max_age = { male = 57 }", "female is missing"},
		{"an age limit of a third", "classes", "max_age = { male = 57, female = 55 }", "max_age = { male = 57, female = 55, other = 56 }", "unknown key max_age.other"},
		{"a class that includes an unknown one", "classes", `includes = ["A1"]`, `includes = ["A9"]`, "includes: there is no class A9 in the old scheme"},
		{"a class twice", "classes", `class = "A2"`, `class = "A1"`, "overlaps with classes.old.a1"},
		{"an unknown old class", "mappings", `old = "A4"`, `old = "A5"`, "old: there is no class A5 in the old scheme"},
		{"a target of no scheme", "mappings", `new = ["B1"]` + "\n" + `source = "Law 36`, `new = ["A3"]` + "\n" + `source = "Law 36`, "new: there is no class A3 in the new scheme"},
		{"a target of a time when it was none", "mappings", "from = 2025-01-01", "from = 2024-12-31", "new: class A of the new scheme has no row on 2024-12-31"},
		{"a class that becomes nothing", "mappings", `certificates = ["tractor_1000", "traffic_law"]` + "\n", "", "class A4 becomes nothing"},
		{"an unknown certificate", "mappings", `"traffic_law"`, `"law"`, `certificates "law" is unknown`},
		{"a malformed restriction", "mappings", `"A-175"`, `"A 175"`, `code "A 175" must look like "A-175"`},
		{"a restriction with a key too many", "mappings", `{ code = "A-175",`, `{ code = "A-175", id = 1,`, "unknown key restriction.id"},
		{"an old class that becomes unknown", "mappings", `old = "FE"`, `old = "FD"`, "overlaps"},
		{"an unknown document", "documents", `document = "portrait"`, `document = "photo"`, `document "photo" is unknown`},
		{"an unknown channel", "documents", `["online"]`, `["post"]`, `channels "post" is unknown`},
		{"an unknown person", "documents", `["foreigner"]`, `["tourist"]`, `persons "tourist" is unknown`},
		{"a document asked twice of one person", "documents", `document = "passport"` + "\n" + `persons = ["foreigner"]`, `document = "identity_copy"`, "overlaps with documents.exchange.identity_copy.2017"},
		{"an exemption of an unknown class", "documents", `["A1", "A2", "A3"]`, `["A1", "A2", "Z3"]`, "exempt: there is no class Z3"},
		{"an exemption of a class of another time", "documents", `["A1", "A", "B1"]`, `["A1", "A2", "B1"]`, "exempt: there is no class A2 on 2025-01-01"},
		{"a procedure that asks for nothing", "documents", `"first_issue"`, `"exchange"`, "overlaps"},
		{"months of nothing", "health", "months = 12", "months = 0", "months 0 must be"},
		{"an unknown test", "overdue", `"theory_practice"`, `"luck"`, `one_year_or_more "luck" is unknown: want "", "theory", "theory_practice"`},
		{"a test that is missing", "overdue", "under_three_months = \"\"\n", "", "under_three_months is missing"},
		{"a repeat without a test", "losses", "repeat_test = \"theory\"\n", "", "repeat_years and repeat_test go together"},
		{"a wait that is negative", "losses", "wait_months = 2", "wait_months = -2", "wait_months -2 must be"},
		{"a fee of nothing", "fees", "amount = 135000", "amount = 0", "amount 0 must be a number from 1 to 5000000"},
		{"a fee with a zero too many", "fees", "amount = 135000", "amount = 13500000", "amount 13500000 must be"},
		{"a fee with a point", "fees", "amount = 135000", "amount = 135.000", "amount must be a whole number, not a number with a point"},
		{"a fee beyond numbers", "fees", "amount = 135000", "amount = 99999999999999999999", "amount 99999999999999999999 must be"},
		{"a gap of one channel", "fees", "to = 2023-07-31", "to = 2023-07-30", "gap before fees.online.2023-08: nothing holds from 2023-07-31 to 2023-07-31, for online"},
		{"an overlap of one channel", "fees", "from = 2026-01-01", "from = 2025-12-31", "fees.online.2026 overlaps with fees.online.2023-12 (line 19) on 2025-12-31, for online"},
		{"an unknown vehicle", "test_fees", `"motorcycle"`, `"bus"`, `vehicle "bus" is unknown`},
		{"an unknown part", "test_fees", `"simulation"`, `"film"`, `part "film" is unknown`},
		{"a gap in the fee of a part", "test_fees", "to = 2023-07-31", "to = 2023-07-01", "gap before test_fees.motorcycle.theory.2023-08"},
		{"a malformed ground", "refusals", `"R10"`, `"10"`, `code "10" must look like "R01"`},
		{"a ground without words", "refusals", `"forged"`, `"fake"`, `reason "fake" is unknown`},
		{"a ground twice", "refusals", `reason = "forged"`, `reason = "unreadable"`, "overlaps with refusals.r07.2017"},
		{"a ground that is asked for and ends", "refusals", `id = "refusals.r11.2017"` + "\n" + `from = 2017-01-01`, `id = "refusals.r11.2017"` + "\n" + "from = 2017-01-01\nto = 2030-01-01", "nothing holds from 2030-01-02, for duplicate"},
		{"an unknown step", "limits", `"electronic"`, `"card"`, `step "card" is unknown`},
		{"an unknown procedure of a step", "limits", `procedure = "reissue"`, `procedure = "lost"`, `procedure "lost" is unknown`},
		{"no time", "limits", "half_days = 2\n", "", "want either half_days"},
		{"two times", "limits", "half_days = 2\n", "half_days = 2\ndays = 1\n", "want either half_days"},
		{"a time of nothing", "limits", "half_days = 2\n", "half_days = 0\n", "half_days 0 must be"},
		{"the office's time in days", "limits", "half_days = 2\n", "days = 1\n", "the office's time (step acknowledge) is counted in half_days"},
		{"nothing kept for no time", "retention", "days = 30\n", "", "want either days or years"},
		{"kept for days and years", "retention", "years = 2\n", "years = 2\ndays = 1\n", "want either days or years"},
		{"an unknown kind", "retention", `kind = "issued"`, `kind = "card"`, `kind "card" is unknown`},
		{"a step of one procedure that ends", "limits", `id = "limits.decide.first_issue.2026-07"` + "\n" + `from = 2026-07-01`, `id = "limits.decide.first_issue.2026-07"` + "\n" + "from = 2026-07-01\nto = 2026-12-31", "nothing holds from 2027-01-01, for decide first_issue"},
		{"a malformed code of a province", "units", `code = "01"`, `code = "001"`, `code "001" must look like "42"`},
		{"a malformed code of a commune", "units", `code = "18073"`, `code = "1807"`, `code "1807" must look like "18073"`},
		{"an unknown kind of unit", "units", `kind = "ward"`, `kind = "district"`, `kind "district" is unknown`},
		{"a commune of nowhere", "units", `parent = "42"`, `parent = "43"`, "parent 43 is no unit on 2025-07-01"},
		{"a province with a parent", "units", `code = "01"`, "code = \"01\"\nparent = \"42\"", "unknown key parent"},
		{"merged into nothing", "units", `merged_into = "08"`, `merged_into = "09"`, "merged_into 09 is no unit on 2025-07-01"},
		{"ended without a heir", "units", `merged_into = "08"` + "\n", "", "to and merged_into go together"},
		{"a code of two units", "units", "from = 2025-07-01", "from = 2025-06-30", "overlaps with units.08.2009"},
		{"no province of our own", "units", `code = "42"`, `code = "43"`, "nothing holds from 2017-01-01, for province 42"},
		{"an unknown kind of day", "days", `kind = "holiday"`, `kind = "party"`, `kind "party" is unknown`},
		{"a day that is none", "days", "date = 2017-01-01", "date = 2017-13-01", "date 2017-13-01 is no day"},
		{"a day twice", "days", "date = 2017-01-02", "date = 2017-01-01", "2017-01-01 stands twice (line "},
		{"a day with an end", "days", "date = 2017-01-01", "date = 2017-01-01\nto = 2017-01-02", "unknown key to"},
		{"a worked Tuesday", "days", "date = 2024-05-04", "date = 2024-05-07", "swapped_work is for a Saturday or Sunday that is worked: 2024-05-07 is a Tuesday"},
		{"a free Saturday by swap", "days", "date = 2024-04-29", "date = 2024-04-27", "swapped_off is for a working day that is free: 2024-04-27 is a Saturday"},
		{"a day's source", "days", `source = "Labour Code 2012 Art. 115"` + "\n", "", "source is missing"},
		{"a day's malformed id", "days", "date = 2017-01-01", "date = 2017-01-01\nid = \"New Year\"", `id "New Year" must look like`},
	} {
		text := embedded(t, c.file+".toml")
		if c.old != "*" && !strings.Contains(text, c.old) {
			t.Errorf("%s: %q is not in the file", c.name, c.old)
			continue
		}
		broken := strings.Replace(text, c.old, c.new, 1)
		if c.old == "*" {
			broken = c.new
		}
		got := problems(t, folder(map[string]string{c.file + ".toml": broken}))
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, c.want) }) {
			t.Errorf("%s: want %q in:\n%s", c.name, c.want, strings.Join(got, "\n"))
		}
	}
}

// TestAYearWithoutDays: due dates of that year would be wrong, and nobody would see why.
func TestAYearWithoutDays(t *testing.T) {
	text := embedded(t, "days.toml")
	from, to := strings.Index(text, "# 2028\n"), strings.Index(text, "# 2029\n")
	if got := problems(t, folder(map[string]string{"days.toml": text[:from] + text[to:]})); !slices.Equal(got, []string{"days.toml:1: no day of 2028"}) {
		t.Error(got)
	}
	if got := problems(t, folder(map[string]string{"days.toml": text[strings.Index(text, "# 2018\n"):]})); !slices.Equal(got, []string{"days.toml:1: no day of 2017"}) {
		t.Error(got)
	}
}

// TestOneFaultIsNotTwenty: a file that cannot be read as a whole leaves out the checks that need it.
func TestOneFaultIsNotTwenty(t *testing.T) {
	for file, broken := range map[string]string{
		"classes.toml": strings.Replace(embedded(t, "classes.toml"), `class = "A1"`, `class = A1`, 1),
		"units.toml":   strings.Replace(embedded(t, "units.toml"), "from = 2025-07-01", "from = 2025-07-41", 1),
		"days.toml":    "[[days]\n",
	} {
		if got := problems(t, folder(map[string]string{file: broken})); len(got) != 1 {
			t.Errorf("%s: want one problem:\n%s", file, strings.Join(got, "\n"))
		}
	}
}

func TestFolder(t *testing.T) {
	fee := strings.ReplaceAll(embedded(t, "fees.toml"), "amount = 115000", "amount = 120_000")
	book, err := rules.Load(folder(map[string]string{"fees.toml": fee, ".hidden": "not ours"}))
	if err != nil {
		t.Fatal(err)
	}
	today := licensing.Date{Year: 2026, Month: 11, Day: 25}
	if got := book.FeeOn(licensing.Online, today).Amount; got != 120_000 {
		t.Errorf("the operator's fee does not hold: %d", got)
	}
	if got := book.HealthOn(today).Months; got != 12 {
		t.Errorf("without a file the embedded table does not hold: %d months", got)
	}
	ends := strings.Replace(embedded(t, "refusals.toml"), `id = "refusals.r13.2025"`+"\n"+`from = 2025-01-01`, `id = "refusals.r13.2025"`+"\n"+"from = 2025-01-01\nto = 2030-01-01", 1)
	if got := problems(t, folder(map[string]string{"refusals.toml": ends})); got != nil {
		t.Errorf("a ground may come to its end: %v", got)
	}
	for name, c := range map[string]struct {
		of   fs.FS
		want string
	}{
		"an empty folder":     {fstest.MapFS{}, "the folder holds no file of the rule book; those are levels.toml"},
		"no folder":           {os.DirFS(t.TempDir() + "/none"), "the folder cannot be read: no such file or directory"},
		"a folder as a file":  {fstest.MapFS{"fees.toml/x": {}}, "fees.toml: cannot be read: "},
		"an endless file":     {folder(map[string]string{"fees.toml": strings.Repeat("# long\n", 400_000)}), "fees.toml: cannot be read: longer than"},
		"a copy left behind":  {folder(map[string]string{"fees.toml": fee, "fees.toml.bak": fee}), "fees.toml.bak: not a file of the rule book"},
		"a name in capitals":  {folder(map[string]string{"Fees.toml": fee}), "Fees.toml: not a file of the rule book"},
		"bytes that are none": {folder(map[string]string{"fees.toml": "\xff\xfe"}), "fees.toml:1: not TOML: "},
	} {
		got := problems(t, c.of)
		if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s: want %q, got:\n%s", name, c.want, strings.Join(got, "\n"))
		}
	}
}

// FuzzLoad gives any text as any file: there is a book that answers, or there are problems with places in the file.
func FuzzLoad(f *testing.F) {
	names := []string{"levels", "authorities", "procedures", "windows", "classes", "mappings", "documents", "health", "overdue", "losses", "fees",
		"test_fees", "refusals", "limits", "retention", "units", "days"}
	for i, name := range names {
		f.Add(i, "[["+name+"]]\nid = \"a.b\"\nfrom = 2017-01-01\nsource = \"x\"\n")
	}
	for i, name := range []string{"levels", "authorities"} {
		f.Add(i, embedded(f, name+".toml"))
	}
	f.Add(0, "[[levels]]\n'' = [{a.b = 1}, [[]], -0x1, 1e3, 07:32:00, '''\nx''']\n")
	f.Fuzz(func(t *testing.T, table int, text string) {
		name := names[uint(table)%uint(len(names))] + ".toml"
		book, err := rules.Load(folder(map[string]string{name: text}))
		if err == nil {
			for _, day := range []licensing.Date{{Year: 2017, Month: 1, Day: 1}, {Year: 2030, Month: 12, Day: 31}} {
				if what := unanswered(book, day); len(what) > 0 {
					t.Errorf("a book passes that has no answer on %s: %v", day, what)
				}
			}
			return
		}
		var list rules.Problems
		if !errors.As(err, &list) || len(list) == 0 {
			t.Fatalf("%v is not Problems", err)
		}
		for _, p := range list {
			if p.File == "" || p.Text == "" || p.Line < 0 || (p.File == name && p.Line > 1+strings.Count(text, "\n")) {
				t.Errorf("a problem without a place: %+v", p)
			}
		}
	})
}
