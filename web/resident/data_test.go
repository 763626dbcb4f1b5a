package resident

import (
	"archive/zip"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	lt "giahan/licensing/licensingtest"
)

// The page says what is kept and until when; the download holds it all, with the pictures, and nothing of another person. It is
// recorded, and wants a login of the last minutes.
func TestMyData(t *testing.T) {
	h := newHouse(t)
	other := lt.Paid(t, h.pool, lt.Resident(t, h.pool))
	a, id := h.draft()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	h.get("/home").expect(t, 200, `href="/my-data"`)
	k := lt.Read(t, h.pool, id)
	h.get("/my-data").expect(t, 200, "Hồ sơ đang làm dở").expect(t, 200, "Giữ đến hết ngày 23/12/2026").expect(t, 200, `action="/my-data"`)

	got := h.post("/my-data")
	if got.Status != 200 || got.Header.Get("Content-Type") != "application/zip" || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	z, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body)))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if len(names) < 2 || names[0] != "du-lieu.json" || !strings.Contains(strings.Join(names, " "), "anh/portrait-"+k.Portrait.String()+".jpg") {
		t.Errorf("files %q", names)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil || !json.Valid(text) {
		t.Errorf("du-lieu.json: %v", err)
	}
	for _, want := range []string{h.who.PersonalNumber.Reveal(), h.who.FullName, k.Contact.Phone, k.Health.Number, k.Licence.Number} {
		if want != "" && !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the download", want)
		}
	}
	if strings.Contains(string(text), other.Code) || strings.Contains(string(text), other.Applicant.PersonalNumber.Reveal()) || strings.Contains(string(text), "[redacted]") {
		t.Error("it holds somebody else's data, or hides its owner's")
	}
	var n int
	if err := h.pool.QueryRow(t.Context(), `select count(*) from access_log where what = 'download' and actor_role = 'resident'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("recorded %d times, %v", n, err)
	}
	h.handler.FreshLogin = time.Minute // the session of the test has no time of a login at all
	h.post("/my-data").expect(t, 303, "/sign-in?fresh=1&next=%2Fmy-data")
}
