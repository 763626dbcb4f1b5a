package officer_test

import (
	"strings"
	"testing"
	"time"

	"giahan/licensing"
	"giahan/licensing/licensingtest"
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
