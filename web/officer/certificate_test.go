package officer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/media"
	mediastore "giahan/media/store"
)

// A certificate that the clinic sent has no picture: the officer sees where it comes from, and looks at the portrait alone.
func TestCertificateFromTheClinic(t *testing.T) {
	o := newOffice(t)
	a := o.claimed(func(a *licensing.Application) {
		c := licensing.Certificate{Number: "00418/GKSKLX/42021/26", SignedOn: licensingtest.Today.AddDays(-7), Class: "B", PersonalNumber: a.Applicant.PersonalNumber,
			FullName: a.Applicant.FullName, BirthDate: a.Applicant.BirthDate, Facility: "Bệnh viện Mẫu"}
		a.Health = licensing.Health{Number: c.Number, SignedOn: c.SignedOn, Class: c.Class, Register: &c, LookedUp: licensingtest.NewClock().Now().Add(-time.Hour)}
	})
	r := o.get(o.examiner, at(a)).want(t, 200, "Nơi khám gửi qua mạng", "Bệnh viện Mẫu", "00418/GKSKLX/42021/26")
	if n := strings.Count(r.body, "/thumbnail"); n != 2 {
		t.Errorf("%d thumbnails, want the portrait as it came and as it will be printed", n)
	}
	typed := o.claimed()
	o.get(o.examiner, at(typed)).want(t, 200, "Người nộp điền theo giấy", "Hạng trên giấy")
}

// Where the code on the certificate says something else than what was typed, the officer reads both.
func TestCodeBesideWhatWasTyped(t *testing.T) {
	o := newOffice(t)
	a := o.may(licensingtest.Paid(t, o.pool, licensingtest.Resident(t, o.pool)), o.examiner)
	if page := o.get(o.examiner, at(a)).want(t, 200); strings.Contains(page.body, "Mã QR") {
		t.Error("a doubt where there is no code")
	}
	u, err := mediastore.ByID(context.Background(), o.pool, *a.Health.Upload)
	o.must(err)
	u.ID, u.Code = media.UploadID(uuid.New()), "00007/GKSKLX/42001/26|A1"
	u.Object, u.Thumbnail, u.Original = uuid.NewString(), uuid.NewString(), uuid.NewString()
	coded := licensingtest.Paid(t, o.pool, licensingtest.Resident(t, o.pool), func(a *licensing.Application) {
		licensingtest.In(t, o.pool, func(tx pgx.Tx) error { return mediastore.Insert(context.Background(), tx, u) })
		a.Health.Upload = &u.ID
	})
	o.get(o.examiner, at(o.may(coded, o.examiner))).want(t, 200, "Mã QR trên giấy ghi số 00007/GKSKLX/42001/26", "Mã QR trên giấy ghi hạng A1")
}
