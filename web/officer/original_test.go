package officer_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/media"
)

// The certificate's file as it came is an auditor's alone: as a download that no browser shows, recorded before its first byte leaves, with
// its hash in the history beside it.
func TestOriginalIsTheAuditors(t *testing.T) {
	o := newOffice(t)
	r := licensingtest.Resident(t, o.pool)
	sent := append(drawn(t), "as it came"...)
	take := func(kind media.Kind) media.Upload {
		u, err := o.pictures.Take(context.Background(), r.Actor(), kind, bytes.NewReader(sent))
		o.must(err)
		return u
	}
	health, portrait := take(media.HealthCertificate), take(media.Portrait)
	a := licensingtest.Paid(t, o.pool, r, func(a *licensing.Application) { a.Health.Upload, a.Portrait = &health.ID, &portrait.ID })
	address := at(a, "photos", health.ID.String(), "original")
	o.get(o.auditor, address).want(t, 403) // no purpose was named
	o.may(a, o.examiner, o.leader, o.auditor)
	for _, who := range []identity.Officer{o.examiner, o.leader, o.intake, o.approver} {
		o.get(who, address).want(t, 403)
	}
	looks := func() (n int) {
		o.must(o.pool.QueryRow(context.Background(), `select count(*) from access_log where what = $1`, "original:"+health.ID.String()).Scan(&n))
		return n
	}
	if looks() != 0 {
		t.Error("what nobody was given counts as opened")
	}
	got := o.get(o.auditor, address).want(t, 200)
	if got.body != string(sent) || looks() != 1 {
		t.Errorf("%d of %d bytes, %d looks", len(got.body), len(sent), looks())
	}
	for name, value := range map[string]string{"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": `attachment; filename="` + a.Code + `.bin"`} {
		if got.Header.Get(name) != value {
			t.Errorf("%s: %q", name, got.Header.Get(name))
		}
	}
	if !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Error("what is in it may run")
	}
	o.get(o.auditor, at(a, "photos", portrait.ID.String(), "original")).want(t, 404)
	o.get(o.auditor, at(a, "photos", uuid.NewString(), "original")).want(t, 404)

	sum := hex.EncodeToString(health.OriginalSum[:4])
	o.get(o.auditor, at(a, "history")).want(t, 200, sum, address)
	if page := o.get(o.examiner, at(a, "history")).want(t, 200, sum); strings.Contains(page.body, address) {
		t.Error("an examiner is offered what they may not have")
	}
	if _, err := o.pool.Exec(context.Background(), `alter table access_log rename to gone`); err != nil {
		t.Fatal(err)
	}
	if r := o.get(o.auditor, address).want(t, 500); strings.Contains(r.body, "as it came") {
		t.Error("it is sent although that cannot be recorded")
	}
}
