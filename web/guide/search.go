package guide

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
)

const (
	maxQuery   = 100 // characters
	maxResults = 8
)

// abbreviations are what people type for words that we write out (words.md 1.13), folded.
var abbreviations = map[string]string{"gplx": "giay phep lai xe", "blx": "bang lai xe", "gksk": "giay kham suc khoe", "cccd": "can cuoc", "cmnd": "can cuoc",
	"cmt": "can cuoc", "csgt": "canh sat giao thong", "hs": "ho so", "sdt": "dien thoai"}

// entry is a page that can be found: a need, a topic, or a class with a need, which is found only by who names the class.
type entry struct {
	page.Row
	title map[string]bool // folded words
	text  map[string]bool
	whole string // the folded title
	class string // folded; empty for a page that is about no class
}

// index is what the search knows on a day, in one language; words of both find it.
type index struct {
	entries []entry
	in      map[string]int // in how many pages a word stands, without those of classes
	pages   int
}

type indexKey struct {
	book *licensing.Rules
	day  licensing.Date
	lang text.Lang
}

// index is made once for a day: it costs a few milliseconds.
func (h *Handler) index(v view) *index {
	key := indexKey{v.book, v.day, v.Lang}
	h.mu.Lock()
	defer h.mu.Unlock()
	if x := h.indexes[key]; x != nil {
		return x
	}
	for k := range h.indexes {
		if k.book != v.book || k.day != v.day { // of yesterday, or of another book
			delete(h.indexes, k)
		}
	}
	if h.indexes == nil {
		h.indexes = map[indexKey]*index{}
	}
	x := newIndex(v)
	h.indexes[key] = x
	return x
}

// newIndex writes each entry in both languages and shows the reader's.
func newIndex(v view) *index {
	x := &index{in: map[string]int{}}
	other := v
	other.Lang = v.Lang.Other()
	foreign := other.findable()
	for n, row := range v.findable() {
		x.add(row, foreign[n])
	}
	return x
}

// found is a row with words that nobody sees.
type found struct {
	page.Row
	words string
	class string
}

// findable is everything that can be found, what should come first at equal weight first. Both languages give the same order.
func (v view) findable() []found {
	var out []found
	for _, n := range licensing.Needs {
		out = append(out, found{page.Row{Title: v.needWord(n), Text: v.T("guide.need_hint." + string(n)), Href: address(licensing.Inquiry{Need: n})},
			v.T("guide.words." + string(n)), ""})
	}
	for _, t := range v.topics() {
		out = append(out, found{v.topicRow(t), v.T("guide.words." + t.Key), ""})
	}
	for _, n := range licensing.Needs {
		for _, holds := range []licensing.Holding{licensing.HoldsOld, licensing.HoldsNew} {
			q := licensing.Inquiry{Need: n, Holding: holds}
			if n == licensing.NeedFirst {
				q.Holding = ""
			}
			for _, q.Class = range v.book.ClassesFor(q, v.day) {
				title := v.T("guide.find_class", text.Args{"need": v.needShort(n), "class": v.named(q)})
				out = append(out, found{page.Row{Title: title, Text: v.allows(q), Href: address(q)}, "", v.printed(q)})
			}
			if n == licensing.NeedFirst {
				break
			}
		}
	}
	return out
}

func (x *index) add(shown, other found) {
	e := entry{Row: shown.Row, title: map[string]bool{}, text: map[string]bool{}, whole: strings.Join(words(shown.Title), " "),
		class: strings.Join(words(shown.class), "")}
	for _, w := range words(shown.Title + " " + other.Title + " " + shown.words + " " + other.words) {
		e.title[w] = true
	}
	for _, w := range words(shown.Text + " " + other.Text) {
		e.text[w] = true
	}
	x.entries = append(x.entries, e)
	if e.class != "" {
		return
	}
	x.pages++
	for w := range e.title {
		x.in[w]++
	}
	for w := range e.text {
		if !e.title[w] {
			x.in[w]++
		}
	}
}

// words folds a text and takes it apart: "Đổi bằng lái (gia hạn)" is doi bang lai gia han.
func words(s string) []string {
	return strings.FieldsFunc(licensing.SearchKey(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// asked are the words of a query, abbreviations written out.
func asked(query string) []string {
	var out []string
	for _, w := range words(query) {
		if long, ok := abbreviations[w]; ok {
			out = append(out, strings.Fields(long)...)
			continue
		}
		out = append(out, w)
	}
	return slices.Compact(out)
}

// find gives the pages that fit a query, the best first. A rare word weighs more than a common one, one of the title more than one of
// the text, a whole word more than its beginning. What answers less than half of the question is no answer.
func (x *index) find(query string) []page.Row {
	type hit struct {
		page.Row
		score float64
	}
	ask := asked(query)
	whole := " " + strings.Join(ask, " ") + " "
	var hits []hit
	for _, e := range x.entries {
		if e.class != "" && !slices.Contains(ask, e.class) {
			continue
		}
		var score, met, all float64
		for _, w := range ask {
			weight := x.weight(w)
			all += weight
			if share := e.share(w); share > 0 {
				score += weight * share
				met += weight
			}
		}
		if met == 0 || met < all/2 {
			continue
		}
		if strings.Contains(" "+e.whole+" ", whole) {
			score *= 1.5
		}
		hits = append(hits, hit{e.Row, score})
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var out []page.Row
	for _, h := range hits[:min(len(hits), maxResults)] {
		if h.score >= hits[0].score/2 {
			out = append(out, h.Row)
		}
	}
	return out
}

// weight of a word: the rarer, the heavier. A word that stands on no page says little: "tôi", "thì", "làm sao"; the name of a class says
// the most.
func (x *index) weight(w string) float64 {
	if x.in[w] > 0 {
		return math.Log(1 + float64(x.pages)/float64(x.in[w]))
	}
	if slices.ContainsFunc(x.entries, func(e entry) bool { return e.class == w }) {
		return math.Log(1 + float64(x.pages))
	}
	return 0.2
}

func (e entry) share(w string) float64 {
	switch {
	case e.title[w]:
		return 3
	case len(w) > 2 && begins(e.title, w):
		return 2
	case e.text[w]:
		return 1
	}
	return 0
}

func begins(set map[string]bool, w string) bool {
	for s := range set {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// results is the page of a search.
type results struct {
	view
	Query string
	Rows  []page.Row
	All   []page.Row // where to go on when nothing was found or asked
}

func (p results) heading() string {
	switch {
	case p.Query == "" || len(p.Errors) > 0:
		return p.T("guide.search_title")
	case len(p.Rows) == 0:
		return p.T("guide.search_none")
	}
	return p.T("guide.search_found", text.Args{"n": len(p.Rows)})
}

func (h *Handler) search(c fiber.Ctx) error {
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	p := results{view: h.view(c, "/guide/search"), Query: strings.TrimSpace(f.Value("q"))}
	p.Back, p.Values, p.All = "/guide", f, p.start()
	status := fiber.StatusOK
	switch {
	case utf8.RuneCountInString(p.Query) > maxQuery:
		status = fiber.StatusUnprocessableEntity
		p.Errors = licensing.FieldErrors{{Field: "q", Key: "error_too_long", Args: map[string]any{"max": maxQuery}}}
		p.Values = form.New(nil)
	case p.Query != "":
		p.Path += "?" + string(c.Request().URI().QueryString())
		p.Rows = h.index(p.view).find(p.Query)
	}
	p.Title = p.heading()
	return page.Render(c, status, searchPage(p))
}

// start are the needs and the topics.
func (v view) start() []page.Row {
	var out []page.Row
	for _, f := range v.findable()[:len(licensing.Needs)] {
		out = append(out, f.Row)
	}
	for _, t := range v.topics() {
		out = append(out, v.topicRow(t))
	}
	return out
}
