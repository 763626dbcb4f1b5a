package main

import (
	"bytes"
	"html"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"giahan/licensing"
)

// applicant is a resident whose browser has no script: every step goes through the real pages and the forms that stand on them.
type applicant struct {
	*browser
	site string // at which they are: the residents', or that of the helper who sits beside them
	id   string // of the case that is open
	code string
}

// resident signs in as one of the sample people.
func (w *world) resident(key string) *applicant {
	w.t.Helper()
	a := &applicant{browser: w.browser(), site: w.public}
	if status, page := a.signIn(w.public, key); status != http.StatusOK || !strings.Contains(page, "Bằng lái và hồ sơ của tôi") {
		w.t.Fatalf("%s is not signed in: %d at %s", key, status, a.last.Path)
	}
	return a
}

// at is the address of a page of the case.
func (a *applicant) at(name string) string {
	return strings.TrimSuffix(a.site+"/applications/"+a.id+"/"+name, "/")
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// form opens a page and reads what its form with the action carries along; the first value is what the browser would send.
func (b *browser) form(address, action string) url.Values {
	b.w.t.Helper()
	status, page := b.get(address)
	fields, ok := formIn(page, action)
	if !ok {
		b.w.t.Fatalf("%s (%d) has no form for %s:\n%s", b.last.Path, status, action, words(page))
	}
	return fields
}

func formIn(page, action string) (url.Values, bool) {
	for _, f := range strings.Split(page, "<form")[1:] {
		f, _, _ = strings.Cut(f, "</form>")
		to, _, _ := strings.Cut(html.UnescapeString(between(f, `action="`, `"`)), "?")
		if to != action {
			continue
		}
		fields := url.Values{}
		for _, m := range hidden.FindAllStringSubmatch(f, -1) {
			fields.Set(m[1], html.UnescapeString(m[2]))
		}
		return fields, true
	}
	return nil, false
}

// send fills in the form of a page and posts it to the action, as pressing its button does.
func (b *browser) send(address, action string, typed url.Values) (int, string) {
	b.w.t.Helper()
	fields := b.form(address, action)
	maps.Copy(fields, typed)
	site, _, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	return b.post("http://"+site+action, fields)
}

// file is what a person chooses in a file input.
type file struct {
	name  string
	bytes []byte
}

// upload fills in a form with a picture, the token first and the file last, as the pages have them.
func (b *browser) upload(address, action string, typed url.Values, f *file) (int, string) {
	b.w.t.Helper()
	fields := b.form(address, action)
	maps.Copy(fields, typed)
	return b.multipart(address, fields, f)
}

func (b *browser) multipart(address string, fields url.Values, f *file) (int, string) {
	b.w.t.Helper()
	b.w.ears.typed(fields)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("csrf", fields.Get("csrf"))
	for name, values := range fields {
		for _, v := range values {
			if name != "csrf" {
				_ = m.WriteField(name, v)
			}
		}
	}
	if f != nil {
		part, err := m.CreateFormFile("photo", f.name)
		if err != nil {
			b.w.t.Fatal(err)
		}
		_, _ = part.Write(f.bytes)
	}
	_ = m.Close()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, address, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	return b.do(req)
}

// start makes the draft for the person's n-th licence.
func (a *applicant) start(n, ground string) {
	a.w.t.Helper()
	status, page := a.send(a.site+"/check/"+n, "/check/"+n, url.Values{"ground": {ground}})
	rest, ok := strings.CutPrefix(a.last.Path, "/applications/")
	if status != http.StatusOK || !ok {
		a.w.t.Fatalf("no draft: %d at %s\n%s", status, a.last.Path, words(page))
	}
	a.id = rest
}

// must sends a form of the case and expects to be led on.
func (a *applicant) must(name string, typed url.Values) string {
	a.w.t.Helper()
	status, page := a.send(a.at(name), "/applications/"+a.id+"/"+name, typed)
	if status != http.StatusOK {
		a.w.t.Fatalf("%s: %d\n%s", name, status, words(page))
	}
	return page
}

// byPost is where the card goes.
var byPost = url.Values{"phone": {"0912 000 118"}, "delivery": {"post"}, "commune": {"18073"}, "street": {"Số 12 đường Mẫu"}}

func certificate() url.Values {
	return url.Values{"number": {"00418/GKSKLX/42021/26"}, "class": {"B2"}, "signed_on": {time.Now().In(licensing.Zone).AddDate(0, 0, -7).Format("02/01/2006")}}
}

// certificate is one for the class that the page offers first: one that serves for the person's card.
func (a *applicant) certificate() url.Values {
	a.w.t.Helper()
	_, page := a.get(a.at("health") + "?paper=1")
	m := regexp.MustCompile(`(?s)name="class".*?<option value="(\w+)"`).FindStringSubmatch(page)
	if m == nil {
		a.w.t.Fatalf("no class to choose:\n%s", words(page))
	}
	typed := certificate()
	typed.Set("class", m[1])
	return typed
}

// complete does every task of a draft but the last.
func (a *applicant) complete(class string, delivery url.Values) {
	a.w.t.Helper()
	if class != "" {
		a.must("class", url.Values{"class": {class}})
	}
	if _, page := a.get(a.at("")); strings.Contains(page, `/`+a.id+`/health"`) { // motorcycles need no certificate
		a.picture("health", a.certificate(), paperJPEG())
	}
	a.picture("portrait", nil, portraitJPEG())
	a.must("contact", delivery)
}

// picture sends a picture that the service likes.
func (a *applicant) picture(name string, typed url.Values, jpeg []byte) {
	a.w.t.Helper()
	if status, page := a.upload(a.at(name)+"?paper=1", "/applications/"+a.id+"/"+name, typed, &file{"photo.jpg", jpeg}); status != http.StatusOK {
		a.w.t.Fatalf("%s: %d\n%s", name, status, words(page))
	}
}

// submit hands the case in and reads its code off the receipt.
func (a *applicant) submit() {
	a.w.t.Helper()
	status, page := a.send(a.at("answers"), "/applications/"+a.id+"/submit", url.Values{"declared": {"1"}})
	code := regexp.MustCompile(`H27\.12-\d{6}-\d{4,6}`).FindString(page)
	if status != http.StatusOK || !licensing.IsCode(code) {
		a.w.t.Fatalf("not submitted: %d at %s\n%s", status, a.last.Path, words(page))
	}
	a.code = code
}

// toBank presses "pay" and stops at the page of the payment house, whose order it answers.
func (a *applicant) toBank() (order string, asked url.Values) {
	a.w.t.Helper()
	status, page := a.send(a.at(""), "/applications/"+a.id+"/pay", nil)
	if status != http.StatusOK || !strings.HasPrefix(a.last.Path, "/payment") {
		a.w.t.Fatalf("not at the bank: %d at %s\n%s", status, a.last.Path, words(page))
	}
	return a.last.Query().Get("order"), url.Values{"query": {html.UnescapeString(between(page, `name="query" value="`, `"`))}}
}

// pays the fee and waits until it has arrived.
func (a *applicant) pays() {
	a.w.t.Helper()
	_, asked := a.toBank()
	asked.Set("how", "pay")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	a.w.reaches(a.code, licensing.Submitted)
}

// applies is the whole half of a resident; class is what they choose where the old class has two successors.
func (w *world) applies(key, class string) *applicant {
	w.t.Helper()
	a, ground := w.resident(key), "expiring"
	if key == "lan" {
		ground = "data_changed"
	}
	a.start("0", ground)
	a.complete(class, byPost)
	a.submit()
	a.pays()
	return a
}

// reaches waits for a state of the case.
func (w *world) reaches(code string, s licensing.State) {
	w.t.Helper()
	w.eventually(code+" "+string(s), func() bool { return w.state(code) == string(s) })
}

// words is the text of a page, for messages of failed tests.
func words(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`).ReplaceAllString(page, " ")
	page = html.UnescapeString(regexp.MustCompile(`\s+`).ReplaceAllString(page, " "))
	return strings.ReplaceAll(page[:min(len(page), 1500)], "\u00a0", " ")
}

// says fails unless the page says each of the sentences.
func says(t testing.TB, page string, sentences ...string) {
	t.Helper()
	text := strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " ")
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q but\n%s", s, words(page))
		}
	}
}
