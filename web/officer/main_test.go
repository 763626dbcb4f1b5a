package officer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/cmd/sandbox/objectstore"
	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/media"
	"giahan/media/blob"
	"giahan/media/intake"
	"giahan/media/photo"
	"giahan/migrations/dbtest"
	"giahan/web/form"
	"giahan/web/officer"
	"giahan/web/text"
	"giahan/web/visit"
)

// One real S3 store for all tests; each test has a bucket and a database of its own.
var objects *objectstore.Store

func TestMain(m *testing.M) {
	objectstore.RunChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "giahan-officer-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if objects, err = objectstore.Start(context.Background(), objectstore.Options{Dir: dir}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer objects.Stop(context.Background())
	return dbtest.Run(m)
}

// office is the desk over real stores, with a clock that stands still and one officer of each role.
type office struct {
	t                                          testing.TB
	pool                                       *pgxpool.Pool
	clock                                      *licensingtest.Clock
	desk                                       desk.Service
	pictures                                   *intake.Service
	app                                        *fiber.App
	intake, examiner, second, approver, leader identity.Officer
	elsewhere, auditor                         identity.Officer
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, pool: dbtest.New(t), clock: licensingtest.NewClock()}
	o.desk = desk.Service{Pool: o.pool, Clerk: licensingtest.Clerk(t, o.pool), Now: o.clock.Now}
	store, err := blob.New(blob.Config{Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(),
		Bucket: "pictures-" + uuid.NewString(), MasterKey: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.EnsureBucket(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.pictures = &intake.Service{Pool: o.pool, Blob: store, Gate: photo.NewGate(2), Now: o.clock.Now, NewID: uuid.New}
	named := func(role identity.Role, name string) identity.Officer {
		return licensingtest.Officer(t, o.pool, role, func(f *identity.Officer) { f.FullName = name })
	}
	o.intake, o.examiner, o.second = named(identity.RoleIntake, "Đặng Thị Thu"), named(identity.RoleExaminer, "Nguyễn Minh Đức"), named(identity.RoleExaminer, "Lê Thu Hà")
	o.approver, o.leader = named(identity.RoleApprover, "Phạm Văn Hải"), named(identity.RoleSupervisor, "Trần Quốc Việt")
	o.elsewhere = licensingtest.Officer(t, o.pool, identity.RoleExaminer, func(f *identity.Officer) { f.Office = "H40.01" })
	o.auditor = named(identity.RoleAuditor, "Lý Thị Kiểm")
	o.app = o.serve()
	return o
}

// serve mounts the pages as the server does: the session first, errors to one handler.
func (o *office) serve() *fiber.App {
	everybody := map[string]identity.Officer{}
	for _, f := range []identity.Officer{o.intake, o.examiner, o.second, o.approver, o.leader, o.elsewhere, o.auditor} {
		everybody[f.Subject] = f
	}
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: refuse})
	app.Use(func(c fiber.Ctx) error {
		lang, _ := text.ParseLang(c.Cookies("lang"))
		v := &visit.Visit{Audience: identity.Officers, Lang: lang, CSRF: "token"}
		if f, ok := everybody[c.Cookies("who")]; ok {
			v.Session = &identity.Session{Audience: identity.Officers, Officer: &f}
		}
		visit.Set(c, v)
		return c.Next()
	})
	(&officer.Handler{Desk: o.desk, Intake: o.pictures, Now: o.clock.Now}).Routes(app)
	return app
}

// refuse stands for the server's error table.
func refuse(c fiber.Ctx, err error) error {
	var f *fiber.Error
	status := fiber.StatusInternalServerError
	switch {
	case errors.Is(err, identity.ErrNoSession):
		status = fiber.StatusUnauthorized
	case errors.Is(err, identity.ErrForbidden), errors.Is(err, licensing.ErrPurpose), errors.Is(err, licensing.ErrOwnCase):
		status = fiber.StatusForbidden
	case errors.Is(err, licensing.ErrNotFound), errors.Is(err, media.ErrNotFound):
		status = fiber.StatusNotFound
	case errors.Is(err, licensing.ErrTransition), errors.Is(err, licensing.ErrHeld), errors.Is(err, licensing.ErrOutdated):
		status = fiber.StatusConflict
	case errors.Is(err, form.ErrMalformed):
		status = fiber.StatusBadRequest
	case errors.As(err, &f):
		status = f.Code
	}
	return c.Status(status).SendString("refused: " + err.Error())
}

// reply is what came back.
type reply struct {
	*http.Response
	body string
}

func (o *office) send(r *http.Request, who identity.Officer, lang string) reply {
	o.t.Helper()
	r.AddCookie(&http.Cookie{Name: "who", Value: who.Subject})
	r.AddCookie(&http.Cookie{Name: "lang", Value: lang})
	resp, err := o.app.Test(r, fiber.TestConfig{Timeout: 30 * time.Second})
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		b = bytes.ReplaceAll(b, []byte("\u00a0"), []byte(" ")) // numbers and their words are kept on one line
	}
	return reply{resp, string(b)}
}

func (o *office) get(who identity.Officer, path string) reply {
	o.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, path, nil)
	return o.send(r, who, "vi")
}

// post sends a form: names and values in turn.
func (o *office) post(who identity.Officer, path string, pairs ...string) reply {
	o.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, _ := http.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(r, who, "vi")
}

func (r reply) want(t testing.TB, status int, parts ...string) reply {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d, want %d: %.300q", r.StatusCode, status, r.body)
	}
	for _, p := range parts {
		if !strings.Contains(r.body, p) {
			t.Errorf("the page lacks %q", p)
		}
	}
	return r
}

// leads says where a redirect goes.
func (r reply) leads(t testing.TB, to string) {
	t.Helper()
	r.want(t, http.StatusSeeOther)
	if got := r.Header.Get("Location"); got != to {
		t.Errorf("leads to %q, want %q", got, to)
	}
}

// address of a case, and of an act on it.
func at(a licensing.Application, act ...string) string {
	return "/cases/" + a.ID.String() + strings.Join(append([]string{""}, act...), "/")
}

// version of the case now, for the hidden field.
func (o *office) version(a licensing.Application) string {
	return strconv.Itoa(licensingtest.Read(o.t, o.pool, a.ID).Version)
}

func (o *office) state(a licensing.Application) licensing.State {
	return licensingtest.Read(o.t, o.pool, a.ID).State
}

// submitted makes a case that is paid and waits for intake.
func (o *office) submitted(change ...func(*licensing.Application)) licensing.Application {
	return licensingtest.Paid(o.t, o.pool, licensingtest.Resident(o.t, o.pool), change...)
}

func (o *office) accepted(change ...func(*licensing.Application)) licensing.Application {
	a := o.submitted(change...)
	o.must(o.desk.Accept(context.Background(), o.intake.Actor(), a.ID, 0))
	return a
}

func (o *office) claimed(change ...func(*licensing.Application)) licensing.Application {
	a := o.accepted(change...)
	o.must(o.desk.Claim(context.Background(), o.examiner.Actor(), a.ID))
	return a
}

// may lets officers see a case that is not theirs to work on: they have named a purpose.
func (o *office) may(a licensing.Application, who ...identity.Officer) licensing.Application {
	for _, w := range who {
		licensingtest.MayLook(o.t, o.pool, uuid.UUID(w.ID), a.ID)
	}
	return a
}

// seen lets an officer open every picture of the case, as the browser does.
func (o *office) seen(who identity.Officer, a licensing.Application) {
	o.may(a, who)
	for _, u := range []*media.UploadID{a.Health.Upload, a.Portrait} {
		o.must(o.desk.PhotoOpened(context.Background(), who.Actor(), a.ID, uuid.UUID(*u)))
	}
}

func (o *office) proposed(approve bool) licensing.Application {
	a := o.claimed()
	o.seen(o.examiner, a)
	p := desk.Proposal{Approve: approve, Note: "Ngày ký lấy theo ảnh."}
	if !approve {
		p.Reason = "forged"
	}
	o.must(o.desk.Propose(context.Background(), o.examiner.Actor(), a.ID, 0, p))
	return a
}

// moved goes on as the system does.
func (o *office) moved(a licensing.Application, events ...licensing.Event) licensing.Application {
	for _, e := range events {
		o.must(casework.In(context.Background(), o.pool, a.ID, func(tx pgx.Tx, c *licensing.Application) error {
			_, err := o.desk.Clerk.Move(context.Background(), tx, c, casework.Step{Actor: identity.System, Event: e, At: o.clock.Now()})
			return err
		}))
	}
	return a
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}
