package main

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// handsOver presses "take it with a phone" and reads the link off the page.
func handsOver(a *applicant, name string, typed url.Values) (link string) {
	a.w.t.Helper()
	_, page := a.get(a.at(name))
	fields, _ := formIn(page, "/applications/"+a.id+"/"+name)
	maps.Copy(fields, typed)
	status, page := a.post(a.at(name)+"/handover", fields)
	if link = html.UnescapeString(between(page, `gh-handover__link">`, "<")); status != http.StatusOK || link == "" {
		a.w.t.Fatalf("no code: %d\n%s", status, words(page))
	}
	return link
}

// sends sends a picture by a link, with the form's own token; opened is the page with that form.
func (b *browser) sends(link, opened string, jpeg []byte) (int, string) {
	b.w.t.Helper()
	fields, ok := formIn(opened, strings.TrimPrefix(link, b.w.public))
	if !ok {
		b.w.t.Fatalf("no form:\n%s", words(opened))
	}
	return b.multipart(link, fields, &file{"photo.jpg", jpeg})
}

// over says that the link opens nothing: the same answer whatever the reason.
func (b *browser) over(what, link string) {
	b.w.t.Helper()
	status, page := b.get(link)
	answered(b.w.t, what, 404, status, page, "Mã này không dùng được nữa")
}

// What a link opens, and for how long: one picture of one kind for one case, as long as the session stands in which it was made.
func TestLinksThatOpenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, phone := w.resident("hoa"), w.browser()
	a.start("0", "expiring")
	health := handsOver(a, "health", nil)
	status, opened := phone.get(health)
	answered(t, "the link", 200, status, opened, "Chụp giấy khám sức khỏe")
	if strings.Contains(opened, "Trần Thị Hòa") || strings.Contains(opened, a.id) {
		t.Error("the phone's page says whose picture it is")
	}
	if phone.browserHolds("gh_resident") {
		t.Error("the link signs the phone in")
	}
	for what, link := range map[string]string{"made up": w.public + "/handover/AAAAAAAAAAAAAAAAAAAAAA", "cut short": health[:len(health)-1], "one letter more": health + "A",
		"nothing": w.public + "/handover/x"} {
		phone.over(what, link)
	}
	if status, _ = phone.get(strings.Replace(health, w.public, w.officer, 1)); status != 404 {
		t.Errorf("the link on the officers' host: %d", status)
	}
	if status, _ := phone.get(w.public + "/applications/" + a.id + "/health"); status == 200 && strings.HasPrefix(phone.last.Path, "/applications/") {
		t.Error("the phone sees the case")
	}

	newer := handsOver(a, "health", nil)
	phone.over("one that a newer one replaced", health)
	status, _ = phone.sends(health, opened, paperJPEG())
	if status != 404 || w.uploads() != 0 {
		t.Errorf("a replaced link takes a picture: %d", status)
	}
	portrait := handsOver(a, "portrait", nil)
	if status, _ := phone.get(newer); status != 200 {
		t.Errorf("a code for the other picture ends this one: %d", status)
	}
	b := w.resident("binh")
	b.start("0", "expiring")
	b.complete("", byPost)
	late := handsOver(b, "portrait", nil)
	_, form := phone.get(late)
	b.submit()
	phone.over("what is handed in", late)
	before := w.uploads()
	if status, _ := phone.sends(late, form, portraitJPEG()); status != 404 || w.uploads() != before {
		t.Errorf("a picture for what is handed in: %d", status)
	}
	w.ages("10 minutes")
	phone.over("one that is ten minutes old", newer)
	phone.over("one that is ten minutes old", portrait)
	if w.uploads() != before {
		t.Error("pictures were taken")
	}
}

// A link is used once, and what is sent by it comes from its own page.
func TestLinkIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, phone, other := w.resident("hoa"), w.browser(), w.browser()
	a.start("0", "expiring")
	first := handsOver(a, "portrait", nil)
	_, opened := phone.get(first)
	for what, fields := range map[string]url.Values{"no token": {}, "a token of a session": {"csrf": {csrfOf(a.get(a.at("portrait")))}}, "made up": {"csrf": {strings.Repeat("A", 64)}}} {
		if status, _ := other.multipart(first, fields, &file{"a.jpg", portraitJPEG()}); status != 403 {
			t.Errorf("%s: %d", what, status)
		}
	}
	health := handsOver(a, "health", nil)
	_, form := phone.get(health)
	if fields, _ := formIn(form, strings.TrimPrefix(health, w.public)); fields != nil {
		if status, _ := other.multipart(first, fields, &file{"a.jpg", portraitJPEG()}); status != 403 {
			t.Errorf("the form of another link: %d", status)
		}
	}
	status, page := phone.multipart(first, url.Values{"csrf": {csrfOf(0, opened)}}, nil)
	answered(t, "no picture", 422, status, page, "Chưa chọn ảnh")
	status, page = phone.sends(first, opened, []byte("no picture"))
	answered(t, "text", 422, status, page, "Hãy gửi ảnh chụp dạng JPG, PNG, WebP hoặc HEIC")
	status, page = phone.sends(first, opened, portraitJPEG())
	answered(t, "a picture", 200, status, page, "Hãy xem tiếp trên máy tính.")
	status, page = other.sends(first, opened, paperJPEG())
	answered(t, "another picture", 200, status, page, "Hãy xem tiếp trên máy tính.")
	if n := w.uploads(); n != 1 {
		t.Errorf("%d pictures by one link", n)
	}
	var kind, what string
	if err := w.pool.QueryRow(t.Context(), `select u.kind, l.what from uploads u, access_log l where l.application_id::text = $1 and l.actor_role = 'resident'`, a.id).Scan(&kind, &what); err != nil ||
		kind != "portrait" || what != "handover" {
		t.Errorf("it came as %s, in the log of the case %q, %v", kind, what, err)
	}
	if log := w.log.String(); strings.Contains(log, first[strings.LastIndex(first, "/")+1:]) {
		t.Error("the log says the link")
	}
	_, page = a.get(a.site + "/opened")
	says(t, page, "Gửi ảnh từ điện thoại bằng mã QR")
	a.upload(a.at("portrait"), "/applications/"+a.id+"/portrait", nil, nil)
	a.picture("portrait", nil, portraitJPEG())
	if _, page = a.get(a.at("portrait")); strings.Contains(page, "Ảnh từ điện thoại đã tới") {
		t.Error("the phone's picture stands before one that came later")
	}
}

// The link ends with the session in which it was made, and with the draft; another's case gets none.
func TestLinkEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, phone := w.resident("hoa"), w.browser()
	a.start("0", "expiring")
	binh := w.resident("binh")
	binh.id = a.id
	if status, _ := binh.post(a.at("health")+"/handover", url.Values{"csrf": {csrfOf(binh.get(w.public + "/home"))}}); status != 404 {
		t.Errorf("a link for another's case: %d", status)
	}
	if status, _ := binh.get(a.at("health") + "/arrived"); status != 404 {
		t.Errorf("another's case is asked after: %d", status)
	}
	second := &applicant{browser: w.browser(), site: w.public, id: a.id} // the same person at another computer
	second.signIn(w.public, "hoa")
	link := handsOver(a, "health", nil)
	if status, _ := second.get(a.at("health") + "/arrived"); status != 404 {
		t.Errorf("another session waits for the picture too: %d", status)
	}
	if status, _ := a.get(a.at("health") + "/arrived"); status != 204 {
		t.Errorf("nothing has come: %d", status)
	}
	_, opened := phone.get(link)
	a.post(w.public+"/sign-out", url.Values{"csrf": {csrfOf(a.get(a.at("health")))}})
	phone.over("signed out", link)
	phone.sends(link, opened, paperJPEG())

	link = handsOver(second, "health", nil)
	_, opened = phone.get(link)
	if _, err := w.pool.Exec(t.Context(), `update sessions set seen_at = seen_at - interval '15 minutes'`); err != nil {
		t.Fatal(err)
	}
	phone.over("the session has rested too long", link)
	phone.sends(link, opened, paperJPEG())
	if n := w.uploads(); n != 0 {
		t.Errorf("%d pictures were taken", n)
	}
}

// Whoever asks for codes, or for links that open nothing, again and again is told to wait.
func TestLinksAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, guesser := w.resident("hoa"), w.browser()
	a.start("0", "expiring")
	fields := url.Values{"csrf": {csrfOf(a.get(a.at("portrait")))}}
	made := 0
	for range 32 {
		if status, _ := a.post(a.at("portrait")+"/handover", fields); status == http.StatusOK {
			made++
		}
	}
	if made != 30 {
		t.Errorf("%d codes in an hour", made)
	}
	var rows int
	if err := w.pool.QueryRow(t.Context(), `select count(*) from handovers`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d links are open, %v", rows, err)
	}
	status := 0
	for range 121 {
		status, _ = guesser.get(w.public + "/handover/AAAAAAAAAAAAAAAAAAAAAA")
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("the guess number 121: %d", status)
	}
}

func csrfOf(_ int, page string) string {
	return html.UnescapeString(between(page, `name="csrf" value="`, `"`))
}

// browserHolds says whether the browser has a cookie of the name at the residents' site.
func (b *browser) browserHolds(name string) bool {
	return strings.Contains(cookies(b, b.w.public), name)
}

func (w *world) uploads() (n int) {
	w.t.Helper()
	if err := w.pool.QueryRow(w.t.Context(), `select count(*) from uploads`).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// ages lets every link be older.
func (w *world) ages(by string) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), `update handovers set created_at = created_at - $1::interval`, by); err != nil {
		w.t.Fatal(err)
	}
}
