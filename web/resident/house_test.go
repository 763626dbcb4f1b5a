package resident

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/media/blob"
	"giahan/media/intake"
	"giahan/media/photo"
	"giahan/media/photo/phototest"
	"giahan/migrations/dbtest"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/static"
	"giahan/web/text"
	"giahan/web/visit"
)

const token = "token-of-the-session"

// house is the residents' pages over real use cases, a real database and a real object store; only the register and the
// payment house belong to others.
type house struct {
	t        testing.TB
	pool     *pgxpool.Pool
	clock    *lt.Clock
	register *register
	clinics  *clinics
	handler  *Handler
	app      *fiber.App
	who      *identity.Resident // who is signed in; nil for nobody
	lang     text.Lang
	logged   bytes.Buffer // of what is written behind the handlers' backs
}

type register struct {
	licences map[identity.PersonalNumber][]licensing.Licence
	down     bool
}

func (r *register) Licences(_ context.Context, n identity.PersonalNumber) ([]licensing.Licence, error) {
	if r.down {
		return nil, licensing.ErrPartnerDown
	}
	return r.licences[n], nil
}

// clinics stands for the health register.
type clinics struct {
	known []licensing.Certificate
	down  bool
}

func (c *clinics) Certificates(context.Context, identity.PersonalNumber) ([]licensing.Certificate, error) {
	if c.down {
		return nil, licensing.ErrPartnerDown
	}
	return c.known, nil
}

type payments struct{}

func (payments) PayURL(order uuid.UUID, amount licensing.VND, _, back string, _ time.Time) string {
	return fmt.Sprintf("https://pay.test/?order=%s&amount=%d&back=%s", order, amount, url.QueryEscape(back))
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, pool: dbtest.New(t), clock: lt.NewClock(), register: &register{licences: map[identity.PersonalNumber][]licensing.Licence{}}, lang: text.VI, clinics: &clinics{}}
	store, err := blob.New(blob.Config{Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(),
		Bucket: "resident-" + uuid.NewString(), MasterKey: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.EnsureBucket(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.handler = &Handler{Now: h.clock.Now, Log: slog.New(slog.NewJSONHandler(&h.logged, nil)),
		Renewal: renewal.Service{Pool: h.pool, Clerk: lt.Clerk(t, h.pool), Register: h.register, Health: h.clinics, Payments: payments{}, Office: lt.Office,
			PublicURL: "https://giahan.test", Now: h.clock.Now, NewID: uuid.New},
		Intake: &intake.Service{Pool: h.pool, Blob: store, Gate: photo.NewGate(2), Now: h.clock.Now, NewID: uuid.New}}
	h.app = fiber.New(fiber.Config{Immutable: true, StreamRequestBody: true, DisablePreParseMultipartForm: true, BodyLimit: 64 << 20, ErrorHandler: answerError})
	h.app.Get("/static/*", static.Handler)
	h.app.Use(h.frame)
	h.handler.Routes(h.app)
	return h
}

// storeDown gives the pages an object store at an address where nothing listens.
func (h *house) storeDown() {
	h.t.Helper()
	none, err := blob.New(blob.Config{Endpoint: "http://127.0.0.1:1", AccessKey: "none", SecretKey: "none", Bucket: "none",
		MasterKey: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		h.t.Fatal(err)
	}
	h.handler.Intake = &intake.Service{Pool: h.pool, Blob: none, Gate: photo.NewGate(2), Now: h.clock.Now, NewID: uuid.New}
}

// frame is what web's middleware does: the session into the request, the token of every form that is no upload.
func (h *house) frame(c fiber.Ctx) error {
	v := &visit.Visit{Audience: identity.Residents, Lang: h.lang, CSRF: token, Check: func(s string) bool { return s == token },
		Office: page.Office{Name: "Phòng Cảnh sát giao thông, Công an tỉnh Hà Tĩnh", Phone: "02393000000", Hours: "7:30 đến 17:00, thứ Hai đến thứ Sáu", HoursEN: "7:30 to 17:00, Monday to Friday", Address: "Số 1 Đường Trần Phú, phường Thành Sen"}}
	if h.who != nil {
		v.Session = &identity.Session{Audience: identity.Residents, Resident: h.who}
	}
	visit.Set(c, v)
	if c.Method() == fiber.MethodPost && !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) && !strings.HasPrefix(c.Path(), "/uploads") {
		b, err := io.ReadAll(c.Request().BodyStream())
		if err != nil {
			return err
		}
		c.Request().SetBodyRaw(b)
		f, err := form.Read(c)
		if err != nil {
			return err
		}
		if err := visit.CheckCSRF(c, f.Value("csrf")); err != nil {
			return err
		}
	}
	return c.Next()
}

// answerError stands for web/errors.go.
func answerError(c fiber.Ctx, err error) error {
	var fe *fiber.Error
	switch {
	case errors.Is(err, licensing.ErrNotFound), errors.Is(err, media.ErrNotFound):
		return c.SendStatus(fiber.StatusNotFound)
	case errors.Is(err, media.ErrStoreDown):
		return c.SendStatus(fiber.StatusServiceUnavailable)
	case errors.Is(err, identity.ErrNoSession):
		return c.SendStatus(fiber.StatusUnauthorized)
	case errors.Is(err, form.ErrMalformed):
		return c.SendStatus(fiber.StatusBadRequest)
	case errors.Is(err, form.ErrTooLarge):
		return c.SendStatus(fiber.StatusRequestEntityTooLarge)
	case errors.Is(err, licensing.ErrNotEditable):
		return c.SendStatus(fiber.StatusConflict)
	case errors.As(err, &fe):
		return c.SendStatus(fe.Code)
	}
	return c.Status(fiber.StatusInternalServerError).SendString("unexpected: " + err.Error())
}

// answer is what came back.
type answer struct {
	Status   int
	Body     string
	Header   http.Header
	Location string
}

func (h *house) do(r *http.Request) answer {
	h.t.Helper()
	res, err := h.app.Test(r, fiber.TestConfig{Timeout: time.Minute})
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if strings.HasPrefix(string(b), "unexpected: ") {
		h.t.Errorf("%s %s: %s", r.Method, r.URL.Path, b)
	}
	return answer{res.StatusCode, string(b), res.Header, res.Header.Get("Location")}
}

func (h *house) get(path string) answer {
	h.t.Helper()
	return h.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends an urlencoded form; pairs are names and values, the token is added.
func (h *house) post(path string, pairs ...string) answer {
	h.t.Helper()
	v := url.Values{"csrf": {token}}
	for n := 0; n+1 < len(pairs); n += 2 {
		v.Add(pairs[n], pairs[n+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return h.do(r)
}

// upload sends a page with a picture; a nil file is an input that was left empty.
func (h *house) upload(path string, file []byte, pairs ...string) answer {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for n := 0; n+1 < len(pairs); n += 2 {
		w.WriteField(pairs[n], pairs[n+1])
	}
	name := "a.jpg"
	if file == nil {
		name = ""
	}
	part, err := w.CreateFormFile("photo", name)
	if err != nil {
		h.t.Fatal(err)
	}
	part.Write(file)
	w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return h.do(r)
}

// expect checks the status and, for a redirect, where it leads; for a page, that it contains the text.
func (a answer) expect(t testing.TB, status int, want string) answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %.300s", a.Status, status, a.Body)
	}
	if status == http.StatusSeeOther && a.Location != want {
		t.Fatalf("leads to %q, want %q", a.Location, want)
	}
	if status != http.StatusSeeOther && !strings.Contains(plain(a.Body), want) {
		t.Fatalf("page lacks %q: %s", want, visible(a.Body))
	}
	return a
}

// plain takes the spaces that do not break as spaces.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// visible is the text of main.
func visible(s string) string {
	_, s, _ = strings.Cut(s, "<main")
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '>')
		if i < 0 {
			break
		}
		s = s[i+1:]
		j := strings.IndexByte(s, '<')
		if j < 0 {
			break
		}
		b.WriteString(s[:j] + " ")
		s = s[j:]
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// signIn makes a resident with the licence and signs them in.
func (h *house) signIn(l ...licensing.Licence) identity.Resident {
	r := lt.Resident(h.t, h.pool)
	h.register.licences[r.PersonalNumber] = l
	h.who = &r
	return r
}

func (h *house) version(id licensing.ApplicationID) string {
	return strconv.Itoa(lt.Read(h.t, h.pool, id).Version)
}

// picture is a JPEG of head and shoulders before the given ground; black stands for a picture taken in the dark.
func picture(_ testing.TB, ground color.Color) []byte {
	img := phototest.Portrait(900, 1200, ground)
	if ground == black {
		img = phototest.Light(img, 0.1, 0)
	}
	return phototest.JPEG(img)
}

var (
	paperWhite = color.NRGBA{225, 225, 220, 255}
	wallBlue   = color.NRGBA{70, 130, 200, 255}
	black      = color.NRGBA{8, 8, 8, 255}
)
