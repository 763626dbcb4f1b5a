package main

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/media"
	"giahan/media/blob"
	"giahan/media/intake"
	"giahan/media/photo"
	"giahan/media/store"
)

// serveAlone is the word with which the tests start themselves as a service of its own, to be killed.
const serveAlone = "serve"

// perPerson is how many pictures one person sends: nobody may send more than media.PerDayFiles in a day.
const perPerson = 15

var kills = flag.Int("kills", 6, "how often the service is killed in the middle of an upload")

// crashing is a service that runs as a process of its own.
type crashing struct {
	*world
	env    map[string]string
	folder string
	child  *exec.Cmd
}

// rise starts the service, and comes back when it is ready.
func (c *crashing) rise() {
	c.t.Helper()
	out, err := os.OpenFile(filepath.Join(c.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	defer out.Close()
	c.child = exec.Command(os.Args[0], serveAlone)
	c.child.Stdout, c.child.Stderr = out, out
	for k, v := range c.env {
		c.child.Env = append(c.child.Env, k+"="+v)
	}
	if err := c.child.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.eventually("ready again", func() bool {
		res, err := http.Get(c.public + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// fall kills it, without a word.
func (c *crashing) fall() {
	_ = c.child.Process.Kill()
	_ = c.child.Wait()
}

// TestKilledInTheMiddleOfAnUpload: a service that is killed at any moment of an upload leaves no case with a picture that is not there, what
// it had confirmed is there, and after the sweeper nothing is stored that no row names. The first upload is killed after its answer, and tells
// how long one takes on this machine; the others at any moment of that time. 6 kills beside the other tests, -kills 100 for the whole proof.
func TestKilledInTheMiddleOfAnUpload(t *testing.T) {
	t.Parallel()
	var env map[string]string
	w := newWorld(t, 0, func(_ *world, e map[string]string) { env = e })
	c := &crashing{world: w, env: maps.Clone(env), folder: t.TempDir()}
	u, err := url.Parse(w.public)
	if err != nil {
		t.Fatal(err)
	}
	c.env["GIAHAN_LISTEN"] = "127.0.0.1:" + u.Port()
	c.rise()
	t.Cleanup(c.fall)
	var a *applicant
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random, confirmed, span := rand.New(rand.NewPCG(seed, 0)), 0, time.Duration(0)
	for n := range *kills {
		if n%perPerson == 0 {
			a = w.resident([]string{"hoa", "an", "khanh", "giang", "binh", "son", "linh"}[n/perPerson])
			a.start("0", "expiring")
		}
		after := time.Minute
		if span > 0 {
			after = time.Duration(random.Int64N(int64(span)))
		}
		answered, took := c.sendAndKill(a, after)
		if span == 0 {
			if !answered {
				t.Fatalf("an upload that nobody disturbs is not kept, after %s", took)
			}
			span = took * 5 / 4
		}
		c.rise()
		if answered {
			confirmed++
			if !strings.Contains(second(a.get(a.at("portrait"))), "/thumbnail") {
				t.Errorf("kill %d: the picture was confirmed and is not in the case", n)
			}
		}
	}
	c.fall()
	t.Logf("%d killed within %s, %d of them after the answer", *kills, span, confirmed)
	c.nothingIsMissing()
	c.nothingIsLeft()
}

// sendAndKill sends a portrait and kills the service some time after the first byte, at the latest after the answer. It says whether the answer
// had come that it is kept, and how long it all took.
func (c *crashing) sendAndKill(a *applicant, after time.Duration) (answered bool, took time.Duration) {
	c.t.Helper()
	fields := a.form(a.at("portrait"), "/applications/"+a.id+"/portrait")
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("csrf", fields.Get("csrf"))
	_ = m.WriteField("version", fields.Get("version"))
	part, err := m.CreateFormFile("photo", "a.jpg")
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(portraitJPEG())
	_ = m.Close()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, a.at("portrait"), &body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	once := *a.http
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	start := time.Now()
	timer := time.AfterFunc(after, c.fall)
	res, err := once.Do(req)
	took = time.Since(start)
	if timer.Stop() {
		c.fall()
	} else {
		_ = c.child.Wait()
	}
	if err != nil {
		return false, took
	}
	res.Body.Close()
	return res.StatusCode == http.StatusSeeOther, took
}

// pictures is the use case over the same database and store, as of a moment.
func (c *crashing) pictures(now time.Time) *intake.Service {
	c.t.Helper()
	objects, err := blob.New(c.cfg.objects())
	if err != nil {
		c.t.Fatal(err)
	}
	return &intake.Service{Pool: c.pool, Blob: objects, Gate: photo.NewGate(1), Now: func() time.Time { return now }, NewID: uuid.New}
}

// nothingIsMissing opens every picture that a row names.
func (c *crashing) nothingIsMissing() {
	c.t.Helper()
	missing, err := c.pictures(time.Now()).Missing(c.t.Context(), time.Now().AddDate(0, 0, -5), time.Now().Add(time.Hour))
	if err != nil || len(missing) > 0 {
		c.t.Errorf("missing %v, %v", missing, err)
	}
	rows, err := c.pool.Query(c.t.Context(), `select portrait_upload from applications where portrait_upload is not null`)
	if err != nil {
		c.t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		c.t.Fatalf("%d cases with a picture: nothing is shown; %v", len(ids), err)
	}
	for _, id := range ids {
		for _, form := range []media.Form{media.Whole, media.Thumbnail, media.Print} {
			if _, _, err := c.pictures(time.Now()).Open(c.t.Context(), media.UploadID(id), form); err != nil {
				c.t.Errorf("%s of %s: %v", form, id, err)
			}
		}
	}
}

// nothingIsLeft sweeps three days later and compares the store with the rows.
func (c *crashing) nothingIsLeft() {
	c.t.Helper()
	later := c.pictures(time.Now().AddDate(0, 0, 3))
	swept, err := later.Sweep(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Logf("swept %d uploads and %d objects", swept.Uploads, swept.Strays)
	uploads, err := store.After(c.t.Context(), c.pool, uuid.UUID{}, 10_000)
	if err != nil {
		c.t.Fatal(err)
	}
	var want, have []string
	for _, u := range uploads {
		want = append(want, u.Objects()...)
	}
	if err := later.Blob.List(context.Background(), "", func(name string) error { have = append(have, name); return nil }); err != nil {
		c.t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(have)
	if !slices.Equal(want, have) {
		c.t.Errorf("%d objects are stored, %d are named", len(have), len(want))
	}
}
