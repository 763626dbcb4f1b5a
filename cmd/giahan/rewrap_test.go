package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"

	"giahan/cmd/sandbox/objectstore"
	"giahan/identity"
	"giahan/identity/vault"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
	"giahan/migrations/dbtest"
)

// kept is a service's data: a database and an object store, under the master key of dbtest, with a case and its portrait.
type kept struct {
	t   *testing.T
	env map[string]string
	r   identity.Resident
	u   media.Upload
}

func newKept(t *testing.T) *kept {
	t.Helper()
	pool := dbtest.New(t)
	s3, err := objectstore.Start(t.Context(), objectstore.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s3.Stop(context.Background()) })
	k := &kept{t: t, env: with(t, "DATABASE_URL", dbtest.DSN(pool)), r: licensingtest.Resident(t, pool)}
	maps.Copy(k.env, map[string]string{"GIAHAN_MODE": "sandbox", "GIAHAN_METRICS_LISTEN": "", "GIAHAN_S3_ENDPOINT": s3.Endpoint(), "GIAHAN_S3_ACCESS_KEY": s3.AccessKey(),
		"GIAHAN_S3_SECRET_KEY": s3.SecretKey(), "GIAHAN_MASTER_KEY": base64.StdEncoding.EncodeToString(dbtest.MasterKey)})
	p := k.parts()
	if err := p.blob.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	if k.u, err = p.intake.Take(t.Context(), k.r.Actor(), media.Portrait, bytes.NewReader(portraitJPEG())); err != nil {
		t.Fatal(err)
	}
	licensingtest.Draft(t, pool, k.r, func(a *licensing.Application) { a.Portrait, a.Health.Upload = &k.u.ID, nil })
	execute(t, pool, `delete from uploads where id <> $1`, uuid.UUID(k.u.ID)) // rows that the tests' draft brings, without objects
	return k
}

// parts is the service as the environment has it now.
func (k *kept) parts() *parts {
	k.t.Helper()
	cfg, err := read(k.env)
	if err != nil {
		k.t.Fatal(err)
	}
	p, err := unruled(k.t.Context(), cfg)
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(p.pool.Close)
	return p
}

// opens says whether the case and its picture can be read under the keys of the environment.
func (k *kept) opens() (row, picture error) {
	k.t.Helper()
	p := k.parts()
	_, row = store.OfResident(k.t.Context(), p.pool, k.r.ID, 10)
	_, _, picture = p.intake.Open(k.t.Context(), k.u.ID, media.Whole)
	return row, picture
}

// run runs a command and gives its exit code and what it says.
func (k *kept) run(args ...string) (int, string) {
	k.t.Helper()
	var out bytes.Buffer
	code := command(k.t.Context(), args, func(name string) string { return k.env[name] }, &out, &out)
	return code, out.String()
}

// A new master key comes in front of the old one, everything is brought under it, and the old one may go.
func TestRewrap(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	newer := base64.StdEncoding.EncodeToString(counting(7, 5))
	old := k.env["GIAHAN_MASTER_KEY"]
	k.env["GIAHAN_MASTER_KEY"] = newer
	if row, picture := k.opens(); !errors.Is(row, vault.ErrSealed) || picture == nil {
		t.Fatalf("before: under the new key alone %v, %v", row, picture)
	}
	k.env["GIAHAN_OLD_MASTER_KEYS"] = old
	if row, picture := k.opens(); row != nil || picture != nil {
		t.Fatalf("before: under both %v, %v", row, picture)
	}
	code, said := k.run("rewrap")
	if code != 0 || !strings.Contains(said, "rewrapped 3 objects") || strings.Contains(said, "sealed 0 rows") {
		t.Errorf("%d: %s", code, said)
	}
	if code, said := k.run("rewrap"); code != 0 || !strings.Contains(said, "sealed 0 rows anew\nrewrapped 0 objects") {
		t.Errorf("again, %d: %s", code, said)
	}
	k.env["GIAHAN_OLD_MASTER_KEYS"] = ""
	if row, picture := k.opens(); row != nil || picture != nil {
		t.Errorf("after: under the new key alone %v, %v", row, picture)
	}
	k.env["GIAHAN_MASTER_KEY"] = old
	if row, picture := k.opens(); !errors.Is(row, vault.ErrSealed) || picture == nil {
		t.Errorf("after: under the old key alone %v, %v", row, picture)
	}
	if code, _ := k.run("rewrap"); code == 0 {
		t.Error("a rewrap without the key says that all is well")
	}
}

// Doctor counts the pictures whose objects the store has lost, and names them by number alone.
func TestDoctorFindsLostPictures(t *testing.T) {
	t.Parallel()
	k := newKept(t)
	k.env["GIAHAN_PORTAL_ISSUER"], k.env["GIAHAN_STAFF_ISSUER"] = "http://127.0.0.1:9/portal", "http://127.0.0.1:9/staff"
	if _, said := k.run("doctor"); !strings.Contains(said, "ok    pictures") {
		t.Errorf("all are there: %s", said)
	}
	if err := k.parts().blob.Delete(t.Context(), k.u.Thumbnail); err != nil {
		t.Fatal(err)
	}
	code, said := k.run("doctor")
	if code != 1 || !strings.Contains(said, "1 are not whole in the object store: ["+k.u.ID.String()+"]") || strings.Contains(said, k.r.FullName) {
		t.Errorf("%d: %s", code, said)
	}
}
