package resident

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/media"
	"giahan/media/intake"
	"giahan/media/scan"
	"giahan/media/scan/scantest"
)

// draft is a signed-in person with a draft that lacks nothing.
func (h *house) draft() (a string, id licensing.ApplicationID) {
	r := h.signIn(lt.Licence())
	c := lt.Draft(h.t, h.pool, r)
	return "/applications/" + c.ID.String(), c.ID
}

// To everybody else a case does not exist, and without a session nothing does.
func TestNobodyElsesCase(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	portrait := lt.Read(t, h.pool, id).Portrait.String()
	gets := []string{a, a + "/class", a + "/contact", a + "/health", a + "/portrait", a + "/answers", a + "/received", a + "/paid", a + "/withdraw"}
	posts := []string{a + "/class", a + "/contact", a + "/submit", a + "/pay", a + "/withdraw", a + "/resubmit", a + "/discard"}
	uploads := []string{a + "/health", a + "/portrait"}
	for _, name := range []string{"somebody else", "nobody"} {
		h.signIn(lt.Licence())
		status := 404
		if name == "nobody" {
			h.who, status = nil, 401
			gets = append(gets, "/home", "/check/0", "/photos/"+portrait)
		}
		for _, p := range gets {
			if got := h.get(p); got.Status != status {
				t.Errorf("%s: GET %s is %d", name, p, got.Status)
			}
		}
		for _, p := range posts {
			if got := h.post(p, "version", "1", "declared", "1", "class", "B"); got.Status != status {
				t.Errorf("%s: POST %s is %d", name, p, got.Status)
			}
		}
		for _, p := range uploads {
			if got := h.upload(p, picture(t, wallBlue), "csrf", token, "version", "1"); got.Status != status {
				t.Errorf("%s: upload to %s is %d", name, p, got.Status)
			}
		}
	}
	if c := lt.Read(t, h.pool, id); c.State != licensing.Draft || c.Portrait.String() != portrait {
		t.Errorf("somebody else changed the case: %+v", c)
	}
	h.get("/applications/not-an-id").expect(t, 401, "")
	h.signIn()
	h.get("/applications/not-an-id").expect(t, 404, "")
}

// A picture is its owner's own, comes as a picture that runs nothing, and no other site embeds it.
func TestPhotos(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	p := "/photos/" + lt.Read(t, h.pool, id).Portrait.String()
	for _, path := range []string{p, p + "/thumbnail"} {
		got := h.get(path)
		if got.Status != 200 || !strings.HasPrefix(got.Body, "\xff\xd8") {
			t.Fatalf("GET %s: %d", path, got.Status)
		}
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "Content-Disposition": "inline", "X-Content-Type-Options": "nosniff",
			"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"} {
			if got.Header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
			}
		}
	}
	for site, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "none": 200} {
		r := httptest.NewRequest(http.MethodGet, p, nil)
		r.Header.Set("Sec-Fetch-Site", site)
		h.do(r).expect(t, status, "")
	}
	h.get("/photos/nothing").expect(t, 404, "")
	h.signIn()
	h.get(p).expect(t, 404, "")
	h.get(p+"/thumbnail").expect(t, 404, "")
}

// While the object store is down, somebody else's picture is still as one that does not exist: its row decides.
func TestAForeignPictureIsAMissingOne(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	p := "/photos/" + lt.Read(t, h.pool, id).Portrait.String()
	h.storeDown()
	for _, form := range []string{"", "/thumbnail"} {
		h.get(p+form).expect(t, 503, "")
	}
	h.get(a+"/portrait").expect(t, 200, "Chụp lại") // what is known of it is in its row
	h.signIn()
	for _, path := range []string{p, "/photos/" + uuid.NewString()} {
		h.get(path).expect(t, 404, "")
		h.get(path+"/thumbnail").expect(t, 404, "")
	}
}

// Wrong answers come back with everything typed, the fault at the field, and 422.
func TestContactFaults(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	v := h.version(id)
	send := func(pairs ...string) answer { return h.post(a+"/contact", append(pairs, "version", v)...) }
	send().expect(t, 422, "Chưa điền số điện thoại").expect(t, 422, "Chưa chọn cách nhận thẻ")
	got := send("phone", "0912 34", "delivery", "post", "commune", "99999", "street", "").expect(t, 422, "Số điện thoại di động có 10 chữ số")
	got.expect(t, 422, `value="0912 34"`).expect(t, 422, "Chưa chọn xã").expect(t, 422, "Chưa điền số nhà").expect(t, 422, "Có 3 chỗ cần sửa").expect(t, 422, "<title>Cần sửa:")
	send("phone", "0239 385 6789", "delivery", "pickup").expect(t, 422, "Đây là số máy bàn").expect(t, 422, `value="0239 385 6789"`)
	send("phone", "0912345678", "phone", "0912345679", "delivery", "pickup").expect(t, 422, "Trang gửi lên chưa trọn")
	send("phone", "0912345678", "delivery", "post", "commune", "18676", "street", strings.Repeat("ạ", maxStreet+1)).expect(t, 422, "Dài quá 120 ký tự")
	send("phone", "0912345678", "delivery", "post", "commune", "18676", "street", "Thôn\u202eTân").expect(t, 422, "Có ký tự lạ")
	send("phone", "0912345678", "delivery", "boat").expect(t, 422, "Chưa chọn cách nhận thẻ")
	send("street", strings.Repeat("x", 70<<10)).expect(t, http.StatusRequestEntityTooLarge, "")
	for _, version := range [][]string{nil, {"version", "x"}, {"version", "0"}, {"version", "-1"}} {
		h.post(a+"/contact", append(version, "phone", "0912345678", "delivery", "pickup")...).expect(t, 400, "")
	}
	if got := h.version(id); got != v {
		t.Errorf("a faulty form changed the case to version %s", got)
	}
}

// Two pages of the same case: the later one shows the newest version and overwrites nothing.
func TestOutdatedPages(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	old := h.version(id)
	h.post(a+"/contact", "version", old, "phone", "0987654321", "delivery", "pickup").expect(t, 303, a)
	h.post(a+"/contact", "version", old, "phone", "0912345678", "delivery", "pickup").expect(t, 409, "Hồ sơ vừa thay đổi ở nơi khác").expect(t, 409, "0987 654 321")
	h.post(a+"/class", "version", old, "class", "C1").expect(t, 409, "Hồ sơ vừa thay đổi ở nơi khác")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", old, "number", "00002/GKSKLX/42001/26", "class", "B2", "signed_on", "10/11/2026").expect(t, 409, "00001/GKSKLX/42001/26")
	h.post(a+"/submit", "version", old, "declared", "1").expect(t, 409, "Hồ sơ vừa thay đổi ở nơi khác").expect(t, 409, "0987 654 321")
	// a page that came back with faults keeps its version: correcting it does not overwrite either
	h.post(a+"/contact", "version", old, "phone", "1", "delivery", "pickup").expect(t, 422, `name="version" value="`+old+`"`)
	if c := lt.Read(t, h.pool, id); c.Contact.Phone != "+84987654321" || c.Choice != "B" || c.State != licensing.Draft {
		t.Errorf("an old page overwrote the case: %+v", c.Contact)
	}
}

func TestClassFaults(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	v := h.version(id)
	for _, pairs := range [][]string{nil, {"class", "DE"}, {"class", "B", "class", "C1"}, {"class", strings.Repeat("B", 900)}} {
		h.post(a+"/class", append([]string{"version", v}, pairs...)...).expect(t, 422, "Cần sửa")
	}
	h.post(a+"/class", "version", v, "class", "C1").expect(t, 303, a)
}

// Number, date and picture stand on one page: what is right of it is kept.
func TestHealthKeepsWhatIsRight(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} }).ID
	a := "/applications/" + id.String()
	send := func(file []byte, pairs ...string) answer {
		return h.upload(a+"/health", file, append([]string{"csrf", token, "version", h.version(id)}, pairs...)...)
	}
	send(nil).expect(t, 422, "Chưa điền số giấy").expect(t, 422, "Chưa điền ngày ký").expect(t, 422, "Chưa chọn ảnh")

	// the picture has a fault: number and date are saved
	send([]byte("not a picture"), "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "12.11.2026").expect(t, 422, "Không mở được tệp này").expect(t, 422, `value="00003/GKSKLX/42001/26"`).expect(t, 422, `value="12/11/2026"`)
	if c := lt.Read(t, h.pool, id); c.Health.Number != "00003/GKSKLX/42001/26" || c.Health.Upload != nil {
		t.Errorf("kept %+v", c.Health)
	}
	h.get(a).expect(t, 200, "Đã có số giấy, còn thiếu ảnh")
	send(bytes.Repeat([]byte("x"), media.MaxBytes+1), "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "12/11/2026").expect(t, 413, "Tệp này nặng hơn 15 MB")

	// something typed has a fault: the picture is kept for the next try
	wrong := send(picture(t, paperWhite), "number", "so 3", "class", "B2", "signed_on", "31/02/2026").expect(t, 422, "không phải gửi lại").expect(t, 422, `value="31/02/2026"`)
	_, kept, ok := strings.Cut(wrong.Body, `name="kept" value="`)
	if !ok {
		t.Fatal("the picture is not kept")
	}
	kept = kept[:36]
	send(nil, "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "24/11/2026", "kept", kept).expect(t, 422, "Ngày này chưa đến").expect(t, 422, kept)
	send(nil, "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "12/11/2025", "kept", kept).expect(t, 422, "đã quá 12 tháng")
	for _, foreign := range []struct {
		owner identity.Resident
		kind  media.Kind
	}{{lt.Resident(t, h.pool), media.HealthCertificate}, {r, media.Portrait}} {
		other, err := h.handler.Intake.Take(t.Context(), foreign.owner.Actor(), foreign.kind, bytes.NewReader(picture(t, paperWhite)))
		if err != nil {
			t.Fatal(err)
		}
		send(nil, "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "12/11/2026", "kept", other.ID.String()).expect(t, 422, "Chưa chọn ảnh")
	}
	send(nil, "number", "00003/GKSKLX/42001/26", "class", "B2", "signed_on", "12/11/2026", "kept", kept).expect(t, 303, a)
	if c := lt.Read(t, h.pool, id); c.Health.Upload == nil || c.Health.Upload.String() != kept {
		t.Errorf("attached %v, want %s", c.Health.Upload, kept)
	}
	send(nil, "number", "00004-GKSKLX-42001-26", "class", "B2", "signed_on", "12-11-2026").expect(t, 303, a) // only the number changes
	if c := lt.Read(t, h.pool, id); c.Health.Number != "00004/GKSKLX/42001/26" {
		t.Errorf("number %s", c.Health.Number)
	}
	// as it is read out and typed on a phone: no slashes, no marks, a short year
	send(nil, "number", "00005 gksklx 42001 26", "class", "B2", "signed_on", "12 thang 11 nam 26").expect(t, 303, a)
	if c := lt.Read(t, h.pool, id); c.Health.Number != "00005/GKSKLX/42001/26" || c.Health.SignedOn.String() != "2026-11-12" {
		t.Errorf("read as %s of %s", c.Health.Number, c.Health.SignedOn)
	}
	h.upload(a+"/health", picture(t, paperWhite), "version", "1").expect(t, 403, "")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "csrf", token).expect(t, 400, "")
}

// Advice about a picture is no wall: it is stored and used, and the page says what could be better.
func TestAdviceAboutPictures(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	h.upload(a+"/portrait", picture(t, paperWhite), "csrf", token).expect(t, 303, a+"/portrait")
	h.get(a+"/portrait").expect(t, 200, "Nền ảnh phải màu xanh dương").expect(t, 200, "Dùng ảnh này").expect(t, 200, "Chụp lại")
	if lt.Read(t, h.pool, id).Portrait == nil {
		t.Error("the picture is not used")
	}
	h.upload(a+"/health", picture(t, black), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026").expect(t, 303, a+"/health")
	h.get(a+"/health").expect(t, 200, "Ảnh tối quá")
	h.upload(a+"/portrait", nil, "csrf", token).expect(t, 422, "Chưa chọn ảnh")
	h.upload(a+"/portrait", []byte("%PDF-1.7"), "csrf", token).expect(t, 422, "Không mở được tệp này")
	h.post(a+"/portrait", "x", "y").expect(t, 400, "") // no upload at all
}

func TestQuotaOfPictures(t *testing.T) {
	h := newHouse(t)
	a, _ := h.draft()
	for range media.PerDayFiles {
		lt.Upload(t, h.pool, h.who.ID, media.Portrait)
	}
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 422, "Hôm nay đã gửi 20 ảnh")
}

func TestSubmitFaults(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	v := h.version(id)
	undeclared := h.post(a+"/submit", "version", v).expect(t, 422, "Đánh dấu vào ô cam đoan")
	undeclared.expect(t, 422, "/language/en?to=%2Fapplications%2F"+id.String()+"%2Fanswers") // the language switch leads to a page
	h.post(a+"/submit", "declared", "1").expect(t, 400, "")
	h.clock.Add(370 * 24 * 60 * 60 * 1e9)
	h.post(a+"/submit", "version", v, "declared", "1").expect(t, 422, "đã quá 12 tháng").expect(t, 422, `id="number"`)
}

func TestSubmitWhatIsIncomplete(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Portrait, a.Choice = nil, "" }).ID
	a := "/applications/" + id.String()
	h.get(a+"/answers").expect(t, 303, a)
	h.post(a+"/submit", "version", h.version(id), "declared", "1").expect(t, 422, "Còn 2 việc chưa xong")
}

func TestDoubleSubmit(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	v := h.version(id)
	h.post(a+"/submit", "version", v, "declared", "1").expect(t, 303, a+"/received")
	h.post(a+"/submit", "version", v, "declared", "1").expect(t, 303, a+"/received")
	if n := len(lt.History(t, h.pool, id)); n != 2 {
		t.Errorf("%d lines of history, want 2", n)
	}
	for _, p := range []string{"/class", "/contact", "/health", "/portrait", "/answers"} {
		h.get(a+p).expect(t, 303, a)
	}
	h.post(a+"/contact", "version", h.version(id), "phone", "0912345678", "delivery", "pickup").expect(t, 409, "")
}

func TestCheck(t *testing.T) {
	h := newHouse(t)
	h.signIn(lt.Licence(), lt.Licence(func(l *licensing.Licence) { l.Number, l.OpenViolation = "420160052096", true }),
		lt.Licence(func(l *licensing.Licence) {
			l.Number, l.HolderName = "421080067731", "Trần Thị Hoa"
			l.Classes = []licensing.HeldClass{{Class: "A1", PassedOn: licensing.Date{Year: 2008, Month: 7, Day: 15}}}
		}))
	h.get("/check/1").expect(t, 200, "Còn vi phạm chưa giải quyết xong")
	h.post("/check/1", "ground", "expiring").expect(t, 303, "/check/1?ground=expiring")
	h.get("/check/2").expect(t, 200, "Trần Thị Hoa")
	if strings.Contains(h.get("/check/2").Body, "Sắp hết hạn (gia hạn)") {
		t.Error("a licence for life is said to expire")
	}
	h.get("/check/2?ground=expiring").expect(t, 200, "Hãy chọn lý do khác")
	for _, p := range []string{"/check/3", "/check/-1", "/check/x", "/check/99999999999999999999"} {
		h.get(p).expect(t, 404, "")
		h.post(p, "ground", "damaged").expect(t, 404, "")
	}
	h.post("/check/0").expect(t, 422, "Chưa chọn lý do đổi")
	h.post("/check/0", "ground", "bored").expect(t, 422, "Chưa chọn lý do đổi")
	h.post("/check/0", "ground", "damaged", "ground", "expiring").expect(t, 422, "Chưa chọn lý do đổi")
	h.get("/home").expect(t, 200, "hạng A1").expect(t, 200, "bằng lái số 420160052096")
	h.register.down = true
	h.get("/home").expect(t, 200, "Lúc này chưa tra được sổ cấp bằng lái")
	h.register.down = false
	h.signIn()
	h.get("/home").expect(t, 200, "Chưa thấy bằng lái trong sổ cấp")
}

// A form without the token of the session changes nothing.
func TestForeignTokenChangesNothing(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	before := h.version(id)
	r := httptest.NewRequest(http.MethodPost, a+"/discard", strings.NewReader("csrf=wrong"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h.do(r).expect(t, 403, "")
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", "wrong").expect(t, 403, "")
	if h.version(id) != before {
		t.Error("a foreign form changed the case")
	}
}

// A helper's look at a picture bears their name and the time; the person's own does not.
func TestHelpersPicturesAreMarked(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	p, own := "/photos/"+lt.Read(t, h.pool, id).Portrait.String(), *h.who
	first := h.get(p).expect(t, 200, "").Body
	if _, plain, err := h.handler.Intake.Open(t.Context(), *lt.Read(t, h.pool, id).Portrait, media.Whole); err != nil || string(plain) != first {
		t.Errorf("the person's own picture is not what is stored, %v", err)
	}
	helper, person := lt.Officer(t, h.pool, identity.RoleHelper), own
	if _, err := h.pool.Exec(t.Context(), `with filed as (update applications set filed_by = $1) update uploads set taken_by = $1`, uuid.UUID(helper.Person)); err != nil {
		t.Fatal(err)
	}
	person.HelpedBy = &helper
	h.who = &person
	if got := h.get(p).expect(t, 200, "").Body; got == first {
		t.Error("the helper sees it unmarked")
	}
}

// A file that the virus scanner knows is answered with a sentence, and the case stays as it was.
func TestInfectedPicture(t *testing.T) {
	h := newHouse(t)
	a, id := h.draft()
	c, err := scan.New(scantest.Start(t).Address)
	if err != nil {
		t.Fatal(err)
	}
	h.handler.Intake.(*intake.Service).Scanner = c
	before := lt.Read(t, h.pool, id).Portrait
	h.upload(a+"/portrait", append(picture(t, wallBlue), scantest.EICAR...), "csrf", token).expect(t, 422, "Ảnh này có mã độc nên không nhận được")
	if now := lt.Read(t, h.pool, id).Portrait; *now != *before {
		t.Error("it stands in the case")
	}
}
