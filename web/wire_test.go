package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"giahan/identity"
	"giahan/licensing/licensingtest"
)

// listen serves the site on a real socket.
func (s *site) listen() (address string) {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.app.Listener(l, fiber.ListenConfig{DisableStartupMessage: true}) }()
	s.t.Cleanup(func() {
		_ = s.app.ShutdownWithTimeout(time.Second)
		<-done
	})
	return l.Addr().String()
}

type wire struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dial(t testing.TB, address string) *wire {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return &wire{t, c, bufio.NewReader(c)}
}

// send writes raw bytes and reads one answer.
func (w *wire) send(raw string) reply {
	w.t.Helper()
	if _, err := io.WriteString(w.Conn, raw); err != nil {
		w.t.Fatal(err)
	}
	return w.read()
}

func (w *wire) read() reply {
	w.t.Helper()
	r, _ := http.NewRequest("GET", "http://raw/", nil)
	res, err := http.ReadResponse(w.r, r)
	if err != nil {
		w.t.Fatalf("no answer: %v", err)
	}
	b, _ := io.ReadAll(res.Body)
	return reply{res, string(b)}
}

// What no honest browser sends is refused on the wire, and the connection ends: nothing that was sent behind it is read as a
// request of its own.
func TestMalformedMessages(t *testing.T) {
	s := newSite(t)
	address := s.listen()
	const host = "Host: giahan.test\r\n"
	smuggled := "GET /data HTTP/1.1\r\n" + host + "\r\n"
	for name, c := range map[string]struct {
		raw    string
		status int
	}{
		"two lengths that differ":   {"POST /sign-out HTTP/1.1\r\n" + host + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n", 400},
		"two lengths that agree":    {"POST /sign-out HTTP/1.1\r\n" + host + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400},
		"length and encoding":       {"POST /sign-out HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"encoding twice":            {"POST /sign-out HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400},
		"folded header":             {"GET / HTTP/1.1\r\n" + host + "X-A: b\r\n c\r\n\r\n", 400},
		"folded with a tab":         {"GET / HTTP/1.1\r\n" + host + "X-A: b\r\n\tc\r\n\r\n", 400},
		"space before the colon":    {"GET / HTTP/1.1\r\n" + host + "Content-Length : 5\r\n\r\n", 400},
		"header without a colon":    {"GET / HTTP/1.1\r\n" + host + "nonsense\r\n\r\n", 400},
		"two hosts":                 {"GET / HTTP/1.1\r\n" + host + "Host: desk.giahan.test\r\n\r\n", 400},
		"a negative length":         {"POST /sign-out HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
		"a length with a plus":      {"POST /sign-out HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nhello", 400},
		"NUL in a header":           {"GET / HTTP/1.1\r\n" + host + "X-A: a\x00b\r\n\r\n", 400},
		"no host":                   {"GET / HTTP/1.1\r\n\r\n", 400},
		"absolute, another host":    {"GET http://evil.example/ HTTP/1.1\r\n" + host + "\r\n", 421},
		"host with a port":          {"GET / HTTP/1.1\r\nHost: giahan.test:81\r\n\r\n", 421},
		"host with a tail":          {"GET / HTTP/1.1\r\nHost: giahan.test.evil.example\r\n\r\n", 421},
		"host with user":            {"GET / HTTP/1.1\r\nHost: x@giahan.test\r\n\r\n", 421},
		"CONNECT":                   {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", 405},
		"TRACE":                     {"TRACE / HTTP/1.1\r\n" + host + "Cookie: secret=1\r\n\r\n", 405},
		"made up":                   {"BREW / HTTP/1.1\r\n" + host + "\r\n", 405},
		"header of 20 kB":           {"GET / HTTP/1.1\r\n" + host + "X-A: " + strings.Repeat("x", 20<<10) + "\r\n\r\n", 431},
		"h2c":                       {"GET / HTTP/1.1\r\n" + host + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", 400},
		"a chunk of a broken size":  {"POST /sign-out HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n", 400},
		"not HTTP":                  {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
		"prior knowledge of HTTP/2": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
	} {
		s.log.take()
		w := dial(t, address)
		r := w.send(c.raw + smuggled)
		if r.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, r.StatusCode, c.status)
		}
		if strings.Contains(r.body, "secret=1") {
			t.Errorf("%s: the request comes back", name)
		}
		safe(t, name, r.Header)
		if _, err := w.r.ReadByte(); err == nil && name != "h2c" {
			t.Errorf("%s: something behind it was answered", name)
		}
		if lines := strings.Count(s.log.take(), `"msg":"request"`); lines != 1 && name != "h2c" {
			t.Errorf("%s: %d lines in the log", name, lines)
		}
	}
	if r := dial(t, address).send("GET /data HTTP/1.1\r\nHost: GIAHAN.test\r\n\r\n"); r.StatusCode != 200 {
		t.Errorf("the server does not live on: %d", r.StatusCode)
	}
}

// Cookies, queries and headers of one request never appear in the answer to another on the same connection.
func TestNothingOfOneRequestAppearsInAnother(t *testing.T) {
	s := newSite(t)
	var mu sync.Mutex
	kept := map[string][3]string{} // as a goroutine would keep them, without a copy
	s.plant(identity.Residents, "/echo/:mark", func(c fiber.Ctx) error {
		mu.Lock()
		defer mu.Unlock()
		mark := c.Params("mark")
		kept[mark] = [3]string{c.Query("q"), c.Cookies("c"), c.Get("X-Mark")}
		return c.SendString(mark)
	})
	address := s.listen()
	var all sync.WaitGroup
	for client := range 8 {
		all.Go(func() {
			w := dial(t, address)
			for n := range 100 {
				mark := fmt.Sprintf("m%d-%0*d", client, 3+n%5, n)
				r := w.send("GET /echo/" + mark + "?q=q" + mark + " HTTP/1.1\r\nHost: giahan.test\r\nCookie: c=c" + mark + "\r\nX-Mark: h" + mark + "\r\n\r\n")
				if r.body != mark {
					t.Errorf("%s was answered %q", mark, r.body)
				}
				if r := w.send("GET /nothing-" + strings.Repeat("z", n%30) + " HTTP/1.1\r\nHost: giahan.test\r\n\r\n"); strings.Contains(r.body, mark) {
					t.Errorf("%s appears in the next answer", mark)
				}
			}
		})
	}
	all.Wait()
	if len(kept) != 800 {
		t.Fatalf("%d marks", len(kept))
	}
	for mark, v := range kept {
		if v != [3]string{"q" + mark, "c" + mark, "h" + mark} {
			t.Fatalf("%s became %q", mark, v)
		}
	}
}

// Two people on one connection (a proxy's): each sees their own name.
func TestTwoPeopleOnOneConnection(t *testing.T) {
	s := newSite(t)
	address := s.listen()
	named := func(name string) (identity.Resident, string) {
		r := licensingtest.Resident(t, s.pool, func(r *identity.Resident) { r.FullName = name })
		return r, s.resident(r).cookies[residentCookie]
	}
	_, hoa := named("Trần Thị Hòa")
	_, lan := named("Nguyễn Lan Anh Thư")
	w := dial(t, address)
	for range 20 {
		for token, c := range map[string][2]string{hoa: {"Trần Thị Hòa", "Anh Thư"}, lan: {"Nguyễn Lan Anh Thư", "Hòa"}, "": {"", ""}} {
			r := w.send("GET /data HTTP/1.1\r\nHost: giahan.test\r\nCookie: " + residentCookie + "=" + token + "\r\n\r\n")
			if !strings.Contains(r.body, c[0]) || c[1] != "" && strings.Contains(r.body, c[1]) || token == "" && (strings.Contains(r.body, "Thư") || strings.Contains(r.body, "Thị Hòa")) {
				t.Fatalf("%q sees the wrong page", c[0])
			}
		}
	}
}

// A body over the cap is answered with our own page, by its announced length and chunked, to pages and to hooks.
func TestTooLargeBodiesGetOurPage(t *testing.T) {
	s := newSite(t)
	address := s.listen()
	for _, path := range []string{"/sign-out", "/check/0", "/nothing", "/applications/x/contact", "/applications/x/health/more", "/hooks/payment", "/check/health"} {
		for _, chunked := range []bool{false, true} {
			for _, size := range []int{maxBody + 1, 8 << 20} {
				var body io.Reader = strings.NewReader(strings.Repeat("x", size))
				if chunked {
					body = io.MultiReader(body)
				}
				r, _ := http.NewRequest("POST", "http://"+address+path, body)
				r.Host = "giahan.test"
				r.Header.Set("Content-Type", "multipart/form-data; boundary=B")
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Errorf("%s, %d bytes, chunked %v: the browser sees %v", path, size, chunked, err)
					continue
				}
				b, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != 413 || !strings.Contains(string(b), "Tệp nặng quá") && !isHook(path) {
					t.Errorf("%s, %d bytes, chunked %v: %d %s", path, size, chunked, res.StatusCode, visible(string(b)))
				}
			}
		}
	}
}

// Forty bodies of 8 MB at once to a page that takes none do not fill the memory.
func TestManyLargeBodiesInBoundedMemory(t *testing.T) {
	s := newSite(t)
	address := s.listen()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	p, _ := m.CreateFormFile("photo", "a.jpg")
	_, _ = p.Write(make([]byte, 8<<20))
	_ = m.Close()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var all sync.WaitGroup
	peak, stop := uint64(0), make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				if runtime.ReadMemStats(&now); now.HeapInuse > peak {
					peak = now.HeapInuse
				}
			}
		}
	}()
	for n := range 40 {
		all.Go(func() {
			var body io.Reader = bytes.NewReader(form.Bytes())
			if n%2 == 1 {
				body = io.MultiReader(body) // of no known length: chunked
			}
			r, _ := http.NewRequest("POST", "http://"+address+"/applications/x/contact", body)
			r.Host = "giahan.test"
			r.Header.Set("Content-Type", m.FormDataContentType())
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode != 413 {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	all.Wait()
	close(stop)
	<-watched
	if grown := int64(peak) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
}

// A client that sends its form byte by byte is cut off; others are served meanwhile, and nothing is done for it.
func TestASlowClientIsCutOff(t *testing.T) {
	s := newSite(t)
	s.app.Server().ReadTimeout = 300 * time.Millisecond
	address := s.listen()
	slow := dial(t, address)
	_, _ = io.WriteString(slow, "GET /data HTTP/1.1\r\nHost: giahan.test\r\nX-A: ")
	quick := dial(t, address).send("GET /data HTTP/1.1\r\nHost: giahan.test\r\nConnection: close\r\n\r\n")
	quick.want(t, 200)
	start := time.Now()
	r := slow.read()
	if r.StatusCode != 408 && r.StatusCode != 400 || time.Since(start) > 5*time.Second {
		t.Errorf("%d after %s", r.StatusCode, time.Since(start))
	}
	safe(t, "slow", r.Header)
}

// A body that is cut short is no form: no handler runs for it.
func TestACutBodyDoesNothing(t *testing.T) {
	s := newSite(t)
	ran := false
	s.plant(identity.Residents, "/planted", func(fiber.Ctx) error { ran = true; return nil })
	address := s.listen()
	w := dial(t, address)
	_, _ = io.WriteString(w, "GET /planted HTTP/1.1\r\nHost: giahan.test\r\nContent-Length: 100\r\n\r\nhalf")
	_ = w.Conn.(*net.TCPConn).CloseWrite()
	if r := w.read(); r.StatusCode != 400 {
		t.Errorf("status %d", r.StatusCode)
	}
	long := dial(t, address)
	_, _ = io.WriteString(long, "GET /planted HTTP/1.1\r\nHost: giahan.test\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 50_000))
	_ = long.Conn.(*net.TCPConn).CloseWrite()
	if r := long.read(); r.StatusCode != 400 || ran {
		t.Errorf("long: %d, ran %v", r.StatusCode, ran)
	}
	chunked := dial(t, address)
	_, _ = io.WriteString(chunked, "GET /planted HTTP/1.1\r\nHost: giahan.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
	_ = chunked.Conn.(*net.TCPConn).CloseWrite()
	if r := chunked.read(); r.StatusCode != 411 || ran {
		t.Errorf("chunked: %d, ran %v", r.StatusCode, ran)
	}
}

func TestPatience(t *testing.T) {
	server := newSite(t).app.Server()
	if server.ReadTimeout != headerTime || server.IdleTimeout != idleTimeout || server.WriteTimeout != writeTimeout || !server.StreamRequestBody {
		t.Error("a connection has no limits") // the framework's defaults are none
	}
	for raw, want := range map[string]time.Duration{
		"POST /applications/1/health HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":         readTimeout,
		"POST /applications/1/portrait?x=1 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":   readTimeout,
		"POST /applications/1/health HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded":       bodyTime,
		"POST /check/health HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":                  bodyTime,
		"POST /applications/1/2/health HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":       bodyTime,
		"GET /applications/1/health HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":          bodyTime,
		"POST /applications//health HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B":          bodyTime,
		"POST /applications/1/health/thumbnail HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary": bodyTime,
	} {
		var h = headerOf(t, raw)
		if got := patience(h).ReadTimeout; got != want {
			t.Errorf("%s: %s", strings.SplitN(raw, " HTTP", 2)[0], got)
		}
	}
}

// The address that limits count is the peer's own, whatever it claims; of a listed proxy's claim the last stranger counts.
func TestWhoseAddressCounts(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []string
		header  []string
		want    string
	}{
		"nobody listed":         {nil, []string{"X-Forwarded-For", "203.0.113.9", "Forwarded", "for=203.0.113.9", "X-Real-IP", "203.0.113.9"}, "127.0.0.1"},
		"another proxy listed":  {[]string{"192.0.2.1"}, []string{"X-Forwarded-For", "203.0.113.9"}, "127.0.0.1"},
		"listed":                {[]string{"127.0.0.1"}, []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		"listed, spoofed first": {[]string{"127.0.0.1"}, []string{"X-Forwarded-For", "198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"two proxies":           {[]string{"127.0.0.1", "192.0.2.1"}, []string{"X-Forwarded-For", "198.51.100.1, 203.0.113.9, 192.0.2.1"}, "203.0.113.9"},
		"nonsense":              {[]string{"127.0.0.1"}, []string{"X-Forwarded-For", "unknown"}, ""},
	} {
		s := newSite(t, func(c2 *Config) { c2.Proxies = c.proxies })
		s.plant(identity.Residents, "/me", func(c fiber.Ctx) error { return c.SendString(c.IP()) })
		address := s.listen()
		raw := "GET /me HTTP/1.1\r\nHost: giahan.test\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: ftp\r\n"
		for i := 0; i < len(c.header); i += 2 {
			raw += c.header[i] + ": " + c.header[i+1] + "\r\n"
		}
		if r := dial(t, address).send(raw + "\r\n"); r.StatusCode != 200 || r.body != c.want && c.want != "" {
			t.Errorf("%s: %d, counts as %q, want %q", name, r.StatusCode, r.body, c.want)
		}
	}
	for ip, want := range map[string]string{"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "unknown": "unknown"} {
		if got := caller(ip); got != want {
			t.Errorf("%q counts as %q", ip, got)
		}
	}
}

func headerOf(t *testing.T, raw string) *fasthttp.RequestHeader {
	t.Helper()
	var h fasthttp.RequestHeader
	if err := h.Read(bufio.NewReader(strings.NewReader(raw + "\r\n\r\n"))); err != nil {
		t.Fatal(err)
	}
	return &h
}
