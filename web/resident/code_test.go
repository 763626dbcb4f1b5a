package resident

import (
	"strings"
	"testing"

	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/media/photo/phototest"
)

// The code on the paper is read from the photo: a slip in what was typed is shown at once, another person's paper is not taken.
func TestCodeOnThePaper(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} }).ID
	a := "/applications/" + id.String()
	send := func(code string) answer {
		return h.upload(a+"/health", phototest.JPEG(phototest.Coded(code, 5)), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026")
	}
	send("00001/GKSKLX/42001/26|042000000001").expect(t, 422, "Giấy này là của người khác")
	if c := lt.Read(t, h.pool, id); c.Health.Upload != nil {
		t.Error("another person's paper is taken")
	}
	send("00007/GKSKLX/42001/26|"+r.PersonalNumber.Reveal()+"|12112026").expect(t, 303, a+"/health")
	h.get(a+"/health").expect(t, 200, "Mã QR trên giấy ghi số 00007/GKSKLX/42001/26").expect(t, 200, "ngày ký 12/11/2026")
	send("00001/GKSKLX/42001/26|13112026|B2").expect(t, 303, a)
	if page := h.get(a + "/health"); strings.Contains(page.Body, "Mã QR") {
		t.Error("a doubt where there is none")
	}
}
