package officer_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/media"
)

// pictured makes a case with two real pictures in the store.
func (o *office) pictured() licensing.Application {
	o.t.Helper()
	r := licensingtest.Resident(o.t, o.pool)
	take := func(kind media.Kind) *media.UploadID {
		u, err := o.pictures.Take(context.Background(), r.Actor(), kind, bytes.NewReader(drawn(o.t)))
		o.must(err)
		return &u.ID
	}
	return licensingtest.Paid(o.t, o.pool, r, func(a *licensing.Application) {
		a.Health.Upload, a.Portrait = take(media.HealthCertificate), take(media.Portrait)
	})
}

func drawn(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 600, 800))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetRGBA(0, 0, color.RGBA{1, 2, 3, 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPictures(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.pictured(), o.examiner)
	full := at(a, "photos", a.Portrait.String())
	unseen := func() int {
		ids, err := o.desk.Unseen(context.Background(), o.examiner.Actor(), a)
		o.must(err)
		return len(ids)
	}

	small := o.get(o.examiner, full+"/thumbnail").want(t, 200)
	if unseen() != 2 {
		t.Error("a thumbnail counts as having looked")
	}
	head, _ := http.NewRequest(http.MethodHead, full, nil)
	o.send(head, o.examiner, "vi").want(t, http.StatusMethodNotAllowed)
	for _, site := range []string{"cross-site", "same-site", "elsewhere"} {
		r, _ := http.NewRequest(http.MethodGet, full, nil)
		r.Header.Set("Sec-Fetch-Site", site)
		o.send(r, o.examiner, "vi").want(t, 403)
	}
	if unseen() != 2 {
		t.Error("a request of another site counts as having looked")
	}
	r := o.get(o.examiner, full).want(t, 200)
	if unseen() != 1 {
		t.Error("an opened picture was not recorded")
	}
	if _, err := jpeg.Decode(bytes.NewReader([]byte(r.body))); err != nil || len(small.body) >= len(r.body) {
		t.Errorf("no JPEG, or the thumbnail is no smaller: %v", err)
	}
	for name, want := range map[string]string{"Content-Type": "image/jpeg", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// A picture counts as opened when the officer gets it and not before; and without the record they do not get it.
func TestAPictureCountsWhenItIsShown(t *testing.T) {
	o := newOffice(t)
	lost, a := o.claimed(), o.may(o.pictured(), o.examiner) // the store has nothing for the first one
	opened := func() (n int) {
		o.must(o.pool.QueryRow(context.Background(), `select count(*) from access_log where what like 'photo:%' or what like 'thumbnail:%'`).Scan(&n))
		return n
	}
	for _, form := range []string{"", "/thumbnail"} {
		o.get(o.examiner, at(lost, "photos", lost.Portrait.String())+form).want(t, 500)
	}
	if n := opened(); n != 0 {
		t.Errorf("%d pictures that nobody was shown count as opened", n)
	}
	if _, err := o.pool.Exec(context.Background(), `alter table access_log rename to gone`); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"", "/thumbnail"} {
		r := o.get(o.examiner, at(a, "photos", a.Portrait.String())+form).want(t, 500)
		if strings.HasPrefix(r.body, "\xff\xd8") {
			t.Error("a picture is sent although that cannot be recorded")
		}
	}
}

func TestPicturesOfOthers(t *testing.T) {
	o := newOffice(t)
	a, b := o.pictured(), o.pictured()
	for _, form := range []string{"", "/thumbnail"} {
		own := at(a, "photos", a.Portrait.String()) + form
		o.get(identity.Officer{}, own).want(t, 401)
		o.get(o.elsewhere, own).want(t, 404)
		o.get(o.examiner, at(a, "photos", b.Portrait.String())+form).want(t, 404)
		o.get(o.examiner, at(a, "photos", uuid.NewString())+form).want(t, 404)
		o.get(o.examiner, at(a, "photos", "nonsense")+form).want(t, 404)
		o.get(o.examiner, "/cases/nonsense/photos/"+a.Portrait.String()+form).want(t, 404)
	}
}

// What an officer is shown bears who looked and when, in each form; what is stored does not.
func TestPicturesAreMarked(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.may(o.pictured(), o.examiner), o.leader)
	for form, stored := range map[string]media.Form{"": media.Whole, "/thumbnail": media.Thumbnail, "/print": media.Print} {
		address := at(a, "photos", a.Portrait.String()) + form
		_, plain, err := o.pictures.Open(context.Background(), *a.Portrait, stored)
		o.must(err)
		seen := map[string]string{string(plain): "what is stored"}
		look := func(who identity.Officer, name string) {
			t.Helper()
			body := o.get(who, address).want(t, 200).body
			if other := seen[body]; other != "" {
				t.Errorf("%q: %s sees the same as %s", form, name, other)
			}
			seen[body] = name
		}
		look(o.examiner, "the examiner")
		look(o.leader, "the supervisor")
		o.clock.Add(time.Minute)
		look(o.examiner, "the examiner a minute later")
	}
}

// Where a virus scanner is set up the officer reads which pictures it has not seen, and what it says of one.
func TestWhatTheScannerSays(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.pictured(), o.examiner)
	for state, want := range map[string]string{"": "", "clean": "", "waiting": "chưa quét mã độc", "infected": "Máy quét báo ảnh này có mã độc"} {
		if _, err := o.pool.Exec(context.Background(), `update uploads set scan = $1`, state); err != nil {
			t.Fatal(err)
		}
		body := o.get(o.examiner, at(a)).want(t, 200, want).body
		if want == "" && strings.Contains(body, "mã độc") {
			t.Errorf("%q: the page speaks of a scanner", state)
		}
	}
}
