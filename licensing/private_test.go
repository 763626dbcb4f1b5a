package licensing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"giahan/licensing"
)

func TestACaseNeverPrints(t *testing.T) {
	a := licensing.Application{Applicant: licensing.Applicant{PersonalNumber: "042176003218", FullName: "Trần Thị Hòa"},
		Contact: licensing.Contact{Phone: "+84912000118", Street: "Thôn Tân Phú"}, Health: licensing.Health{Number: "00418/GKSKLX/42021/26"}}
	var log bytes.Buffer
	for _, v := range []any{a, &a, a.Applicant, a.Contact, a.Health, struct{ A licensing.Health }{a.Health}, []licensing.Application{a}} {
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		_, _ = fmt.Fprintf(&log, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
		if err := json.NewEncoder(&log).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	for _, leak := range []string{"042176003218", "Hòa", "912000118", "Tân", "GKSKLX"} {
		if strings.Contains(log.String(), leak) || strings.Contains(log.String(), fmt.Sprintf("%x", leak)) {
			t.Errorf("%q is in %s", leak, log.String())
		}
	}
}
