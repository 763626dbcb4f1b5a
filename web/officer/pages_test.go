package officer_test

import (
	"context"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/media"
)

var (
	tags = regexp.MustCompile(`<(input|select|textarea)\b[^>]*>`)
	attr = func(tag, name string) string {
		m := regexp.MustCompile(`\s` + name + `="([^"]*)"`).FindStringSubmatch(tag)
		if m == nil {
			return ""
		}
		return m[1]
	}
	ids     = regexp.MustCompile(`\sid="([^"]*)"`)
	refers  = regexp.MustCompile(`\saria-(?:describedby|labelledby)="([^"]*)"`)
	missing = regexp.MustCompile(`>\s*\[[a-z_.]+\]|\{[a-z_]+\}`)
	wrapped = regexp.MustCompile(`(?s)<label>.*?</label>|<label class="gh-field">.*?</label>`)
)

// sound checks what holds for every page: words in place, one h1, ids once, fields labelled, references that lead somewhere.
func sound(t *testing.T, name, body string) {
	t.Helper()
	if m := missing.FindString(body); m != "" {
		t.Errorf("%s: words are missing: %s", name, m)
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		t.Errorf("%s: %d h1", name, n)
	}
	known := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if known[m[1]] {
			t.Errorf("%s: id %s is there twice", name, m[1])
		}
		known[m[1]] = true
	}
	for _, m := range refers.FindAllStringSubmatch(body, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !known[id] {
				t.Errorf("%s: %s leads nowhere", name, id)
			}
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if !known[m[1]] {
			t.Errorf("%s: #%s leads nowhere", name, m[1])
		}
	}
	inLabel := strings.Join(wrapped.FindAllString(body, -1), "")
	for _, tag := range tags.FindAllString(body, -1) {
		id := attr(tag, "id")
		if attr(tag, "type") != "hidden" && !strings.Contains(body, `for="`+id+`"`) && !strings.Contains(inLabel, tag) {
			t.Errorf("%s: no label: %s", name, tag)
		}
	}
	for _, form := range regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`).FindAllString(body, -1) {
		if !strings.Contains(form, `name="csrf" value="token"`) {
			t.Errorf("%s: a form without token", name)
		}
	}
}

// TestEveryPage shows each page to each role in both languages, good and with errors.
func TestEveryPage(t *testing.T) {
	o := newOffice(t)
	cases := []licensing.Application{o.submitted(), o.accepted(), o.claimed(), o.proposed(true), o.proposed(false)}
	returned := o.claimed()
	o.must(o.desk.Return(context.Background(), o.examiner.Actor(), returned.ID, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}))
	done := o.proposed(true)
	o.seen(o.approver, done)
	o.must(o.desk.Decide(context.Background(), o.approver.Actor(), done.ID, 0, desk.Approve, ""))
	pickup := o.proposed(true)
	o.seen(o.approver, pickup)
	o.must(o.desk.Decide(context.Background(), o.approver.Actor(), pickup.ID, 0, desk.Approve, ""))
	o.moved(pickup, licensing.StartPrinting, licensing.OfferPickup)
	cases = append(cases, returned, done, pickup)

	for _, who := range []identity.Officer{o.intake, o.examiner, o.second, o.approver, o.leader} {
		for _, a := range cases {
			o.look(t, who, "vi", http.MethodGet, at(a, "purpose"), 200)
			o.look(t, who, "en", http.MethodPost, at(a, "purpose"), 422, "to", "case")
			o.may(a, who)
		}
		for _, lang := range []string{"vi", "en"} {
			for _, path := range []string{"/", "/?tab=mine", "/?tab=returned", "/?tab=approval", "/?tab=done", "/?q=0001", "/?q=none", "/?done=accept&n=0001"} {
				o.look(t, who, lang, http.MethodGet, path, 200)
			}
			for _, a := range cases {
				o.look(t, who, lang, http.MethodGet, at(a), 200)
				o.look(t, who, lang, http.MethodGet, at(a, "history"), 200)
			}
		}
	}
	for _, lang := range []string{"vi", "en"} {
		for _, choice := range []string{"", "approve", "return", "refuse"} {
			o.look(t, o.intake, lang, http.MethodPost, at(cases[0], "accept"), 422, "decision", choice, "version", "9999")
			o.look(t, o.examiner, lang, http.MethodPost, at(cases[2], "propose"), 422, "decision", choice, "version", "9999")
		}
		o.look(t, o.approver, lang, http.MethodPost, at(cases[3], "decide"), 422, "version", "9999")
		o.look(t, o.approver, lang, http.MethodPost, at(cases[3], "decide"), 409, "version", "9999", "verdict", "approve")
		o.look(t, o.second, lang, http.MethodPost, at(cases[2], "take-over"), 422)
		o.look(t, o.second, lang, http.MethodPost, at(cases[2], "claim"), 409)
	}
}

func (o *office) look(t *testing.T, who identity.Officer, lang, method, path string, status int, pairs ...string) {
	t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, _ := http.NewRequest(method, path, strings.NewReader(v.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	got := o.send(r, who, lang)
	name := lang + " " + string(who.Role) + " " + path + " " + v.Encode()
	if got.StatusCode != status && !(status == 422 && strings.Contains(v.Encode(), "decision=approve") && got.StatusCode == 409) {
		t.Errorf("%s: status %d, want %d", name, got.StatusCode, status)
		return
	}
	sound(t, name, got.body)
}

// A case that comes back opens on what was sent again, and nothing says that it is good before somebody has looked.
func TestAResubmittedCaseOpensOnWhatIsNew(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	o.seen(o.examiner, a)
	returned := []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo_blurred"}}
	o.must(o.desk.Return(context.Background(), o.examiner.Actor(), a.ID, 0, returned))
	fresh := licensingtest.Upload(t, o.pool, a.Resident, media.Portrait)
	for _, sql := range []string{`update applications set portrait_upload = $2 where id = $1`, `update returned_items set fixed_at = now() where application_id = $1 and $2::uuid is not null`} {
		if _, err := o.pool.Exec(context.Background(), sql, uuid.UUID(a.ID), uuid.UUID(fresh)); err != nil {
			t.Fatal(err)
		}
	}
	o.get(o.examiner, at(a)).want(t, 200, `src="`+at(a, "photos", fresh.String())+`"`, "Chân dung, mới gửi lại")
	o.get(o.examiner, at(a)+"?photo=1").want(t, 200, `src="`+at(a, "photos", a.Health.Upload.String())+`"`)
	o.must(o.desk.PhotoOpened(context.Background(), o.examiner.Actor(), a.ID, uuid.UUID(fresh)))
	if r := o.get(o.examiner, at(a)).want(t, 200); strings.Contains(r.body, "mới gửi lại") {
		t.Error("an opened picture is called new")
	}
}

// An officer sees what the service noticed, what was replaced, what goes onto the card, and where a picture was used before.
func TestPicturesTellTheirStory(t *testing.T) {
	o := newOffice(t)
	a, other := o.may(o.pictured(), o.examiner), o.pictured() // the same drawing, sent by two people
	former := licensingtest.Upload(t, o.pool, a.Resident, media.Portrait)
	if _, err := o.pool.Exec(context.Background(), `insert into former_pictures (upload, application_id, item, replaced_at) values ($1, $2, 'portrait', $3)`,
		uuid.UUID(former), uuid.UUID(a.ID), o.clock.Now()); err != nil {
		t.Fatal(err)
	}
	portrait := at(a, "photos", a.Portrait.String())
	o.get(o.examiner, at(a)+"?photo=2").want(t, 200, `src="`+portrait+`"`, "Máy thấy ảnh có thể:", "nền không đúng quy định", "Giống ảnh trong hồ sơ của người khác: "+other.Code,
		"Để in thẻ", "Chân dung trước")
	paper := o.get(o.examiner, at(a)+"?photo=1").want(t, 200, "Trùng số giấy trong hồ sơ của người khác: "+other.Code)
	if !strings.Contains(paper.body, "Giống ảnh trong hồ sơ của người khác: "+other.Code) {
		t.Error("a copy of somebody else's paper is not seen")
	}
	_, err := o.pool.Exec(context.Background(), `update uploads set grain = overlay(grain placing '\x00' from 700) where id = $1`, uuid.UUID(*other.Health.Upload))
	o.must(err)
	if paper = o.get(o.examiner, at(a)+"?photo=1").want(t, 200); strings.Contains(paper.body, "Giống ảnh") {
		t.Error("another paper on the same form is said to be the same")
	}
	o.get(o.examiner, at(a)+"?photo=3").want(t, 200, `src="`+portrait+`/print"`)
	o.get(o.examiner, at(a)+"?photo=4").want(t, 200, `src="`+at(a, "photos", former.String())+`"`, "Ảnh chân dung trước, được thay lúc")
	print := o.get(o.examiner, portrait+"/print").want(t, 200)
	if c, err := jpeg.DecodeConfig(strings.NewReader(print.body)); err != nil || c.Height != c.Width*4/3 {
		t.Errorf("print of %d x %d, %v", c.Width, c.Height, err)
	}
	if ids, err := o.desk.Unseen(context.Background(), o.examiner.Actor(), a); err != nil || len(ids) != 2 {
		t.Errorf("%d left to open, %v: neither the print nor one from before is what is judged", len(ids), err)
	}
}
