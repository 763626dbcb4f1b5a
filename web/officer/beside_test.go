package officer_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/media"
)

// replaced lets a real picture stand before the case's portrait: it was replaced at the given time.
func (o *office) replaced(a licensing.Application, at time.Time) media.UploadID {
	o.t.Helper()
	ctx := context.Background()
	r := identity.Actor{ID: uuid.UUID(a.Resident), Role: identity.RoleResident}
	u, err := o.pictures.Take(ctx, r, media.Portrait, bytes.NewReader(drawn(o.t)))
	o.must(err)
	_, err = o.pool.Exec(ctx, `insert into former_pictures (upload, application_id, item, replaced_at) values ($1, $2, 'portrait', $3)`,
		uuid.UUID(u.ID), uuid.UUID(a.ID), at)
	o.must(err)
	return u.ID
}

// What was replaced stands beside what replaced it: each with its dates and its own tools, both recorded as opened, and of several the
// neighbours.
func TestBeforeBesideAfter(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.pictured(), o.examiner)
	first := o.replaced(a, o.clock.Now().Add(time.Hour))
	second := o.replaced(a, o.clock.Now().Add(2*time.Hour))
	at := func(query string) string { return at(a) + query }
	src := func(id media.UploadID) string { return `src="` + at("/photos/"+id.String()) + `"` }
	pair := func(query string, before, after media.UploadID) reply {
		t.Helper()
		r := o.get(o.examiner, at(query)).want(t, 200, src(before), src(after), "Ảnh trước", "Ảnh thay thế", "Xem một ảnh", "Gửi lúc ", ", được thay lúc ")
		if strings.Index(r.body, src(before)) > strings.Index(r.body, src(after)) {
			t.Errorf("%s: the earlier picture does not come first", query)
		}
		return r
	}
	o.get(o.examiner, at("?photo=2")).want(t, 200, src(*a.Portrait), "?photo=2&amp;beside=1", "Xem cạnh ảnh trước")
	o.get(o.examiner, at("?photo=4")).want(t, 200, src(second), "Xem cạnh ảnh mới")
	pair("?photo=2&beside=1", second, *a.Portrait)
	pair("?photo=4&beside=1", second, *a.Portrait)
	r := pair("?photo=5&beside=1&z=2&r2=90", first, second)
	if !strings.Contains(r.body, `class="gh-viewer is-x2"`) || !strings.Contains(r.body, `class="gh-viewer  is-90"`) {
		t.Error("the two are not looked at each in its own way")
	}
	r.want(t, 200, "?photo=5&amp;z=3&amp;beside=1&amp;r2=90", "?photo=5&amp;z=2&amp;beside=1&amp;r2=180", `aria-current="page"`)
	// the certificate was never replaced, the form for the card is no picture that was sent: there is nothing to stand beside
	for _, query := range []string{"?photo=1&beside=1", "?photo=3&beside=1"} {
		if body := o.get(o.examiner, at(query)).want(t, 200).body; strings.Contains(body, "gh-pair") || strings.Contains(body, "Xem cạnh") {
			t.Errorf("%s stands beside another picture", query)
		}
	}
}

// A scan of several pages begins as wide as its frame; a page alone is seen whole, and every tool works on both.
func TestSeveralPages(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.pictured(), o.examiner)
	for height, long := range map[int]bool{1600: false, 2254: false, 2255: true, 6400: true} {
		_, err := o.pool.Exec(t.Context(), `update uploads set width = 1127, height = $2 where id = $1`, uuid.UUID(*a.Health.Upload), height)
		o.must(err)
		for query, want := range map[string]bool{"": long, "?z=2": false, "?r=90": false} {
			if got := strings.Contains(o.get(o.examiner, at(a)+query).want(t, 200).body, `class="gh-viewer is-pages"`); got != want {
				t.Errorf("%d high, %q: %v", height, query, got)
			}
		}
	}
}
