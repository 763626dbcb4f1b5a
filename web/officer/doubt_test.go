package officer_test

import (
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

// What may be wrong and may be right is a line of the facts to look at; it stops nothing.
func TestDoubtsAreLinesToLookAt(t *testing.T) {
	o := newOffice(t)
	plain := o.may(licensingtest.Paid(t, o.pool, licensingtest.Resident(t, o.pool)), o.examiner)
	if r := o.get(o.examiner, at(plain)).want(t, 200, "Xét hồ sơ"); strings.Contains(r.body, "Cần xem lại") {
		t.Error("a doubt where there is none")
	}
	odd := licensingtest.Paid(t, o.pool, licensingtest.Resident(t, o.pool), func(a *licensing.Application) {
		a.Applicant.PersonalNumber, a.Licence.Number, a.Health.Number = "101075000001", "990150045213", "00001/GKSKLX/42001/25"
	})
	r := o.get(o.examiner, at(o.may(odd, o.examiner)))
	for _, line := range []string{"Cần xem lại", "Ba số đầu 101 không phải mã tỉnh", "năm sinh là 1975", "giới tính khác", "Hai số đầu 99", "Số thứ ba (0)", "năm trúng tuyển là 15", "Số giấy ghi năm 25"} {
		r.want(t, 200, line)
	}
}
