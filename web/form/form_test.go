package form

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/media"
)

// serve starts an app as the service configures it and answers its address.
func serve(t *testing.T, routes func(*fiber.App)) string {
	t.Helper()
	app := fiber.New(fiber.Config{StreamRequestBody: true, DisablePreParseMultipartForm: true, Immutable: true, BodyLimit: 64 << 10})
	routes(app)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() { _ = app.Shutdown() })
	return "http://" + l.Addr().String()
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	res, err := http.Post(url, fiber.MIMEApplicationForm, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestReadRefusesWhatNoPageSends(t *testing.T) {
	var got error
	url := serve(t, func(app *fiber.App) {
		app.Post("/", func(c fiber.Ctx) error {
			_, got = Read(c)
			return nil
		})
	})
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"plain":           {"a=1&b=2", nil},
		"empty":           {"", nil},
		"broken escape":   {"a=%zz", ErrMalformed},
		"not UTF-8":       {"a=%ff%fe", ErrMalformed},
		"semicolon":       {"a=1;b=2", ErrMalformed},
		"a hundred names": {strings.Repeat("a=1&", 200), ErrMalformed},
		"huge":            {"a=" + strings.Repeat("x", MaxBody), ErrTooLarge},
	} {
		post(t, url, c.body)
		if !errors.Is(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	res, err := http.Post(url, "application/json", strings.NewReader(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if !errors.Is(got, ErrMalformed) {
		t.Errorf("JSON: got %v", got)
	}
}

func TestASecondReaderSeesTheSameForm(t *testing.T) {
	url := serve(t, func(app *fiber.App) {
		app.Post("/", func(c fiber.Ctx) error {
			if _, err := Read(c); err != nil {
				return err
			}
			f, err := Read(c)
			if err != nil {
				return err
			}
			return c.SendString(f.Value("a"))
		})
	})
	if _, got := post(t, url, "a=1"); got != "1" {
		t.Errorf("the second reader saw %q", got)
	}
}

// Fiber hands out views of a buffer that the next request on the same connection overwrites. Values kept by a handler must
// stay what they were (libraries.md, "Fiber strings").
func TestKeptValuesSurviveTheNextRequest(t *testing.T) {
	var mu sync.Mutex
	kept := map[string]*Form{}
	url := serve(t, func(app *fiber.App) {
		app.Post("/", func(c fiber.Ctx) error {
			f, err := Read(c)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			kept[strings.Clone(f.Value("mark"))] = f
			return nil
		})
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	for i := range 200 {
		body := fmt.Sprintf("mark=m%03d&name=Tr%%E1%%BA%%A7n+%03d", i, i)
		_, _ = fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", fiber.MIMEApplicationForm, len(body), body)
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.StatusCode != 200 {
			t.Fatal(res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(kept) != 200 {
		t.Fatalf("%d forms kept", len(kept))
	}
	for i := range 200 {
		mark := fmt.Sprintf("m%03d", i)
		if f := kept[mark]; f == nil || f.Value("name") != fmt.Sprintf("Trần %03d", i) || f.Value("mark") != mark {
			t.Fatalf("form %s reads %q now", mark, f.Value("name"))
		}
	}
}

func read1(t *testing.T, s string) *Form {
	t.Helper()
	f, err := parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFields(t *testing.T) {
	long := strings.Repeat("ễ", 11)
	for name, c := range map[string]struct {
		body string
		read func(*Form) any
		want any
		key  string
	}{
		"text":             {"a=+S%E1%BB%91++12+", func(f *Form) any { return f.Text("a", 10) }, "Số 12", ""},
		"text as NFC":      {"a=Ho%CC%82", func(f *Form) any { return f.Text("a", 10) }, "Hô", ""},
		"text empty":       {"a=++", func(f *Form) any { return f.Text("a", 10) }, "", "error_empty"},
		"text missing":     {"", func(f *Form) any { return f.Text("a", 10) }, "", "error_empty"},
		"text long":        {"a=" + long, func(f *Form) any { return f.Text("a", 10) }, "", "error_too_long"},
		"text with NUL":    {"a=x%00y", func(f *Form) any { return f.Text("a", 10) }, "", "error_control"},
		"text right-left":  {"a=x%E2%80%AEy", func(f *Form) any { return f.Text("a", 10) }, "", "error_control"},
		"text twice":       {"a=1&a=2", func(f *Form) any { return f.Text("a", 10) }, "", "error_form"},
		"lines":            {"a=x%0D%0Ay", func(f *Form) any { return f.Lines("a", 10) }, "x\ny", ""},
		"choice":           {"a=post", func(f *Form) any { return f.Choice("a", "post", "pickup") }, "post", ""},
		"choice none":      {"", func(f *Form) any { return f.Choice("a", "post", "pickup") }, "", "error_choose"},
		"choice forged":    {"a=horse", func(f *Form) any { return f.Choice("a", "post", "pickup") }, "", "error_choice"},
		"tick":             {"a=1", func(f *Form) any { return f.MustCheck("a") }, true, ""},
		"tick missing":     {"", func(f *Form) any { return f.MustCheck("a") }, false, "error_tick"},
		"number":           {"a=7", func(f *Form) any { return f.Int("a", 0, 9) }, 7, ""},
		"number too big":   {"a=10", func(f *Form) any { return f.Int("a", 0, 9) }, 0, "error_number"},
		"number overflows": {"a=99999999999999999999", func(f *Form) any { return f.Int("a", 0, 9) }, 0, "error_number"},
		"date":             {"a=3/7/2026", func(f *Form) any { return f.Date("a") }, licensing.Date{Year: 2026, Month: 7, Day: 3}, ""},
		"date parts":       {"a-day=3&a-month=7&a-year=2026", func(f *Form) any { return f.Date("a") }, licensing.Date{Year: 2026, Month: 7, Day: 3}, ""},
		"date part gap":    {"a-day=3&a-year=2026", func(f *Form) any { return f.Date("a") }, licensing.Date{}, "error_date"},
		"date empty":       {"a=", func(f *Form) any { return f.Date("a") }, licensing.Date{}, "error_empty"},
		"date impossible":  {"a=31/2/2026", func(f *Form) any { return f.Date("a") }, licensing.Date{}, "error_date"},
	} {
		f := read1(t, c.body)
		if got := c.read(f); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		key := ""
		if len(f.Errors) > 0 {
			key = f.Errors[0].Key
		}
		if key != c.key {
			t.Errorf("%s: fault %q, want %q", name, key, c.key)
		}
	}
}

func TestWhatWasTypedIsKept(t *testing.T) {
	f := read1(t, "phone=0912+00&note=x")
	f.Int("phone", 0, 9)
	if f.OK() || f.Value("phone") != "0912 00" || f.Value("note") != "x" {
		t.Errorf("lost: %q %q", f.Value("phone"), f.Value("note"))
	}
	f.Fail("phone", "error_empty", nil)
	if len(f.Errors) != 1 || f.Errors[0].Key != "error_number" {
		t.Errorf("the first fault of a field counts: %v", f.Errors)
	}
}

func TestDateFields(t *testing.T) {
	want, near := licensing.Date{Year: 2026, Month: 7, Day: 3}, licensing.Date{Year: 2026, Month: 11, Day: 23}
	for body, c := range map[string]struct {
		near licensing.Date
		want licensing.Date
		key  string
	}{
		"a=3/7/2026":                               {want: want},
		"a=3+th%C3%A1ng+7+n%C4%83m+2026":           {want: want},
		"a=2026-07-03":                             {want: want},
		"a-day=3&a-month=7&a-year=2026":            {want: want},
		"a-day=3&a-month=7&a-year=26":              {near: near, want: want},
		"a=3/7/26":                                 {key: "error_date_year"},
		"a=&a-day=&a-month=&a-year=":               {key: "error_empty"},
		"a-month=7&a-year=2026":                    {key: "error_date"},
		"a-day=3&a-year=2026":                      {key: "error_date"},
		"a=7/13/2026":                              {near: near, key: "error_date"},
		"a=3/7/2026&a-day=4&a-month=7&a-year=2026": {want: want},
	} {
		f := read1(t, body)
		got, key := f.DateNear("a", c.near), ""
		if len(f.Errors) > 0 {
			key = f.Errors[0].Field + ":" + f.Errors[0].Key
		}
		if want := strings.TrimSuffix("a:"+c.key, "a:"); got != c.want || key != want {
			t.Errorf("%s: %v %q, want %v %q", body, got, key, c.want, want)
		}
	}
}

func multipartBody(t *testing.T, size int, fields ...string) (*bytes.Buffer, string) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if size >= 0 {
		p, err := w.CreateFormFile("photo", "a.jpg")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Write(bytes.Repeat([]byte("x"), size))
	}
	_ = w.Close()
	return &buf, w.FormDataContentType()
}

func TestUpload(t *testing.T) {
	const limit = 1 << 20
	var fields map[string]string
	var n int64
	var fault error
	url := serve(t, func(app *fiber.App) {
		app.Post("/", func(c fiber.Ctx) error {
			var file io.Reader
			n = 0
			if fields, file, fault = Upload(c, limit); file != nil {
				n, fault = io.Copy(io.Discard, file)
			}
			Drain(c)
			return c.Status(422).SendString("our page")
		})
	})
	for name, c := range map[string]struct {
		size    int
		chunked bool
		fields  []string
		want    error
	}{
		"small":            {1000, false, []string{"csrf", "tok"}, nil},
		"at the limit":     {limit, false, []string{"csrf", "tok"}, nil},
		"one over":         {limit + 1, false, []string{"csrf", "tok"}, media.ErrTooBig},
		"announced as big": {8 << 20, false, []string{"csrf", "tok"}, media.ErrTooBig},
		"chunked and big":  {8 << 20, true, []string{"csrf", "tok"}, media.ErrTooBig},
		"no file":          {-1, false, []string{"csrf", "tok"}, media.ErrNoFile},
		"field twice":      {10, false, []string{"csrf", "tok", "csrf", "tok"}, ErrMalformed},
		"long field":       {10, false, []string{"csrf", strings.Repeat("x", maxFieldBytes+1)}, ErrMalformed},
	} {
		buf, kind := multipartBody(t, c.size, c.fields...)
		var body io.Reader = buf
		if c.chunked {
			body = io.MultiReader(buf)
		}
		res, err := http.Post(url, kind, body)
		if err != nil {
			t.Errorf("%s: the browser saw %v instead of our page", name, err)
			continue
		}
		page, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if string(page) != "our page" {
			t.Errorf("%s: %d %q", name, res.StatusCode, page)
		}
		if !errors.Is(fault, c.want) {
			t.Errorf("%s: got %v, want %v", name, fault, c.want)
		}
		if c.want == nil && (n != int64(c.size) || fields["csrf"] != "tok") {
			t.Errorf("%s: %d bytes, fields %v", name, n, fields)
		}
		if errors.Is(c.want, media.ErrTooBig) && (n > limit || fields["csrf"] != "tok") {
			t.Errorf("%s: %d bytes let through, fields %v", name, n, fields)
		}
	}
}

func TestUploadRefusesOtherBodies(t *testing.T) {
	var fault error
	url := serve(t, func(app *fiber.App) {
		app.Post("/", func(c fiber.Ctx) error {
			_, _, fault = Upload(c, 1000)
			return nil
		})
	})
	for kind, body := range map[string]string{
		fiber.MIMEApplicationForm:          "a=1",
		"multipart/form-data":              "no boundary",
		"multipart/form-data; boundary=B":  "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends",
		"multipart/form-data; boundary=BB": "nothing like it",
	} {
		res, err := http.Post(url, kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if !errors.Is(fault, ErrMalformed) && !errors.Is(fault, media.ErrNoFile) {
			t.Errorf("%s: %v", kind, fault)
		}
	}
}

func TestEmptyFileInputIsNoFile(t *testing.T) {
	body := "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntok\r\n--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--B--\r\n"
	fields, file, err := read(strings.NewReader(body), "B", 1000, nil)
	if !errors.Is(err, media.ErrNoFile) || file != nil || fields["csrf"] != "tok" {
		t.Errorf("got %v %v %v", fields, file, err)
	}
}

func FuzzForm(f *testing.F) {
	for _, s := range []string{"a=1&b=2", "a=%zz", "a=1&a=2", "a=%00", "a=%E2%80%AE", "a=" + strings.Repeat("x", 300), "a-day=31&a-month=2&a-year=2026", "=&=&="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		form, err := parse(s)
		if err != nil {
			return
		}
		if v := form.Text("a", 20); len([]rune(v)) > 20 || strange(v, false) {
			t.Errorf("let through %q", v)
		}
		form.Date("a")
		form.Choice("a", "x")
		form.Int("a", 0, 9)
	})
}

func FuzzUpload(f *testing.F) {
	f.Add("--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntok\r\n--B\r\nContent-Disposition: form-data; name=\"p\"; filename=\"a\"\r\n\r\nxyz\r\n--B--\r\n")
	f.Add("--B--")
	f.Add("--B\r\n\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		_, file, err := read(strings.NewReader(s), "B", 100, nil)
		if err == nil {
			if n, _ := io.Copy(io.Discard, file); n > 100 {
				t.Errorf("%d bytes through a limit of 100", n)
			}
		}
	})
}

// Whoever sends long headers in front of a file has us keep few of them: multipart itself would take ten megabytes.
func TestUploadReadsFewHeaders(t *testing.T) {
	long := "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n" + strings.Repeat("X: y\r\n", 200_000)
	body := strings.NewReader(long + "\r\npicture\r\n--B--\r\n")
	if _, _, err := read(body, "B", 1000, nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("%v", err)
	}
	if taken := int(body.Size()) - body.Len(); taken > maxBefore {
		t.Errorf("%d bytes were read", taken)
	}
}
