package renewal_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/media"
	mediastore "giahan/media/store"
)

// shot is a picture of a certificate on which a code was read.
func (b bench) shot(t testing.TB, r identity.Resident, code string) *media.UploadID {
	t.Helper()
	like := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate)
	u, err := mediastore.ByID(ctx, b.pool, like)
	ok(t, err)
	u.ID, u.Code = media.UploadID(b.service.NewID()), code
	u.Object, u.Thumbnail, u.Original = b.service.NewID().String(), b.service.NewID().String(), b.service.NewID().String()
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error { return mediastore.Insert(ctx, tx, u) })
	return &u.ID
}

// What the code on the picture says is stopped before the fee where the rules forbid it, whatever was typed; where it only differs the person
// goes on.
func TestCodeOnThePicture(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	mine := r.PersonalNumber.Reveal()
	d := licensingtest.Draft(t, b.pool, r)
	const other = "00009/GKSKLX/42001/26|"
	for code, key := range map[string]string{
		"": "", other + mine + "|B": "", other + "042000000001": "error_health_person", other + mine + "|01112025": "error_too_old", other + "A1": "error_health_class",
		"https://clinic.example": "",
		// what names no certificate is not its code: an identity card on the sheet, a look-up code
		"042000000001": "", mine + "|01112025": "", "A1": "", mine + "|184123456|Trần Thị Hòa|12081976|Nữ|thôn 3, xã Mẫu|25042021": "",
	} {
		err := b.service.SaveHealth(ctx, r.Actor(), d.ID, 0, paper("00001/GKSKLX/42001/26", licensingtest.Today, b.shot(t, r, code)))
		var faults licensing.FieldErrors
		if key == "" && err != nil || key != "" && (!errors.As(err, &faults) || len(faults) != 1 || faults[0].Field != "photo" || faults[0].Key != key) {
			t.Errorf("%q: %v %+v", code, err, faults)
		}
	}
	// a draft from before codes were read is stopped where it is handed in
	late := licensingtest.Draft(t, b.pool, licensingtest.Resident(t, b.pool), func(a *licensing.Application) { a.Health.Upload = b.shot(t, r, other+"042000000001") })
	owner := identity.Resident{ID: late.Resident, PersonalNumber: late.Applicant.PersonalNumber, FullName: late.Applicant.FullName, Level: 2}
	var faults licensing.FieldErrors
	if err := b.service.Submit(ctx, owner, late.ID, late.Version, true); !errors.As(err, &faults) || faults[0].Key != "error_health_person" {
		t.Errorf("submitted: %v", err)
	}
}
