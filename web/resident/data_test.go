package resident

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
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

// Nothing that was once said of a case is left out: every round of corrections, every payment, every look.
func TestMyDataIsAllOfIt(t *testing.T) {
	h := newHouse(t)
	_, id := h.draft()
	lt.In(t, h.pool, func(tx pgx.Tx) error {
		for i, note := range []string{"ảnh mờ lần một", "ảnh mờ lần hai"} {
			if err := store.AddReturnedItem(t.Context(), tx, id, licensing.ReturnedItem{Round: i + 1, Item: licensing.ItemPortrait, Reason: "blurred", Note: note}); err != nil {
				return err
			}
			if err := store.FixItem(t.Context(), tx, id, licensing.ItemPortrait, h.clock.Now()); err != nil {
				return err
			}
			p := store.Payment{ID: uuid.New(), Application: id, Amount: licensing.VND(100_001 + i), CreatedAt: h.clock.Now().Add(time.Duration(i) * time.Hour)}
			if err := store.InsertPayment(t.Context(), tx, p); err != nil {
				return err
			}
			if err := store.SettlePayment(t.Context(), tx, p.ID, store.PaymentFailed, "", h.clock.Now()); err != nil {
				return err
			}
			officer := lt.Officer(t, h.pool, identity.RoleExaminer)
			if err := store.LogAccess(t.Context(), tx, officer.Actor(), licensing.Reading{At: h.clock.Now(), Case: &id, What: "case", Purpose: licensing.PurposeComplaint}); err != nil {
				return err
			}
		}
		return nil
	})
	got := h.post("/my-data")
	z, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ảnh mờ lần một", "ảnh mờ lần hai", "100001", "100002", `"de_lam_gi": "complaint"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in the download", want)
		}
	}
}

// breaks is an Intake whose pictures cannot be opened.
type breaks struct{ Intake }

func (breaks) Open(context.Context, media.UploadID, media.Form) (media.Upload, []byte, error) {
	panic("decoder")
}

// What goes wrong while the ZIP is written, where no middleware looks, leaves a broken ZIP and a line in the log, and a service that runs.
func TestMyDataBreaksOff(t *testing.T) {
	h := newHouse(t)
	a, _ := h.draft()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	h.handler.Intake = breaks{h.handler.Intake}
	got := h.post("/my-data")
	if _, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body))); err == nil {
		t.Error("the ZIP opens")
	}
	if log := h.logged.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, `"panic":"string"`) || strings.Contains(log, "042176") {
		t.Errorf("the log says %q", log)
	}
	h.get("/my-data").expect(t, 200, "")
}
