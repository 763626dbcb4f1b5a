package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image/color"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/media/photo/phototest"
)

// Markers: "rq" belongs to one request of one client, "st" is stored for a person. The letter is the kind of request.
var (
	marker    = regexp.MustCompile(`(?:rq|st)[a-z0-9]+-\d+[a-z]\d+z`)
	reference = regexp.MustCompile(`>([A-Z0-9]{3}-[A-Z0-9]{3})<`)
)

// mixing is many clients at once, each request with a marker of its own wherever one can stand.
type mixing struct {
	w      *world
	people []speaker
	wrong  atomic.Int64
	done   atomic.Int64
	kinds  [12]atomic.Int64
	busy   atomic.Int64 // answers that only said "too many"
	refs   sync.Map     // reference: status, of what the log says of refused requests
	tries  sync.Map     // hash of the cookie of a try to sign in: the marker of its request
}

// speaker is somebody who is signed in, in one browser that many clients share; "" is nobody.
type speaker struct {
	key, site, cookie, csrf, page, version string
	photo, sum                             string // of a resident's portrait: its address, and the hash of what stands there
}

// TestNobodyReadsAnother sends requests of many clients through the server on its own connections, kept alive: residents, officers and
// nobody, pages, redirects, forms that are refused, searches, callbacks and pictures. An answer may hold the markers of its own request and what its
// own person has stored; a line of the log none at all; a row that of one request, and the right one. GIAHAN_REQUESTS says how many: 2,000
// beside the other tests, 1,000,000 for the whole proof.
func TestNobodyReadsAnother(t *testing.T) {
	t.Parallel()
	n, err := strconv.ParseInt(either(os.Getenv("GIAHAN_REQUESTS"), "2000"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 1)
	m := &mixing{w: w}
	w.log.watch(m.line)
	for i, key := range []string{"hoa", "an", "khanh", "giang"} {
		m.people = append(m.people, m.resident(key, phototest.JPEG(phototest.Portrait(900, 1200, color.NRGBA{70, 130, 200 + 12*uint8(i), 255}))))
	}
	for _, key := range []string{"intake", "examiner1"} {
		m.people = append(m.people, m.officer(key))
	}
	stop, start := m.forgetLimits(), time.Now()
	var clients sync.WaitGroup
	for i := range 200 {
		clients.Go(func() { m.client(i, n) })
	}
	clients.Wait()
	stop()
	m.rows()
	var kinds []int64
	for i := range m.kinds {
		kinds = append(kinds, m.kinds[i].Load())
	}
	t.Logf("%d requests in %v, by kind %v; %d were only told to wait; %d wrong", m.done.Load(), time.Since(start).Round(time.Second), kinds, m.busy.Load(), m.wrong.Load())
	if m.busy.Load() > n/10 {
		t.Error("too many answers were only told to wait: nothing is shown")
	}
}

func (m *mixing) fail(format string, args ...any) {
	if m.wrong.Add(1) <= 20 {
		m.w.t.Errorf(format, args...)
	}
}

// cookies are what the browser would send to the site.
func cookies(b *browser, site string) string {
	u, _ := url.Parse(site)
	var out []string
	for _, c := range b.http.Jar.Cookies(u) {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

// resident has a draft in which their marker stands, with a portrait that is like no other.
func (m *mixing) resident(key string, jpeg []byte) speaker {
	a := m.w.resident(key)
	a.start("0", "expiring")
	typed := url.Values{"phone": {"0912 000 118"}, "delivery": {"post"}, "commune": {"18073"}, "street": {"Số 1 st" + key + "-0a0z"}}
	a.must("contact", typed)
	a.picture("portrait", nil, jpeg)
	photo := "/photos/" + uploadIn(m.w.t, second(a.get(a.at("portrait")))) + "/thumbnail"
	sum := sha256.Sum256([]byte(second(a.get(m.w.public + photo))))
	fields := a.form(a.at("contact"), "/applications/"+a.id+"/contact")
	return speaker{key, m.w.public, cookies(a.browser, m.w.public), fields.Get("csrf"), "/applications/" + a.id + "/contact", fields.Get("version"),
		photo, string(sum[:])}
}

func (m *mixing) officer(key string) speaker {
	o := m.w.officerOf(key)
	return speaker{key, m.w.officer, cookies(o.browser, m.w.officer), o.form(m.w.officer+"/", "/search").Get("csrf"), "/search", "", "", ""}
}

// forgetLimits lets the clients ask more often than people do.
func (m *mixing) forgetLimits() (stop func()) {
	ctx, cancel := context.WithCancel(m.w.t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		for tick := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; {
			select {
			case <-ctx.Done():
			case <-tick.C:
				_, _ = m.w.pool.Exec(ctx, "delete from rate_limits")
			}
		}
	})
	return func() { cancel(); ended.Wait() }
}

// request is one of a client: what it sends, and what the answer must be.
type request struct {
	of           speaker
	mark         string
	method, path string
	form         string
	kind         string // of the form; empty is what browsers send
	status       int    // that is expected; 0: any
	echoes       bool   // the answer tells the marker again
	sum          string // hash of the picture that is the answer; empty where it is none
}

// next makes the seq-th request of a client.
func (m *mixing) next(client, seq int) request {
	kind := (client*7 + seq) % len(m.kinds)
	m.kinds[kind].Add(1)
	r := request{of: speaker{key: "nobody", site: m.w.public}, method: http.MethodGet, mark: fmt.Sprintf("rqnobody-%d%c%dz", client, 'a'+rune(kind), seq)}
	resident, other, officer := m.people[client%4], m.people[(client+1)%4], m.people[4+client%2]
	as := func(s speaker) { r.of, r.mark = s, strings.Replace(r.mark, "nobody", s.key, 1) }
	switch kind {
	case 0:
		r.path, r.status, r.echoes = "/home?m="+r.mark, 303, true
	case 1:
		r.path, r.status, r.echoes = "/language/en?to=/x/"+r.mark, 303, true
	case 2:
		r.path, r.status = "/nothing/"+r.mark, 404
	case 3:
		r.path, r.status = "/sign-in?next=/home%3Fm%3D"+r.mark, 303
	case 4, 5:
		as(resident)
		r.path, r.status = resident.page+"?m="+r.mark, 200
	case 6:
		as(resident)
		r.method, r.path, r.echoes, r.status = http.MethodPost, resident.page, true, 422
		r.form = url.Values{"csrf": {r.of.csrf}, "version": {r.of.version}, "phone": {r.mark}, "delivery": {"post"}, "street": {r.mark}}.Encode()
	case 7:
		as(officer)
		r.method, r.path, r.echoes = http.MethodPost, "/search", true
		r.form = url.Values{"csrf": {r.of.csrf}, "q": {r.mark}}.Encode()
	case 8:
		as(officer)
		r.path, r.status = "/cases/"+r.mark, 404
	case 9:
		r.method, r.path, r.form = http.MethodPost, "/hooks/payment", "m="+r.mark
	case 10:
		r.method, r.path, r.kind, r.form = http.MethodPost, "/hooks/printing", "application/json", `{"order":"`+r.mark+`","state":"printed"}`
	case 11:
		as(resident)
		if r.path, r.status, r.sum = r.of.photo+"?m="+r.mark, 200, r.of.sum; seq/len(m.kinds)%4 == 3 {
			r.path, r.status, r.sum = other.photo+"?m="+r.mark, 404, ""
		}
	}
	return r
}

// client keeps one connection to each site's host and asks until everybody together has asked often enough.
func (m *mixing) client(number int, enough int64) {
	u, _ := url.Parse(m.w.public)
	conn, err := net.Dial("tcp", "127.0.0.1:"+u.Port())
	if err != nil {
		m.fail("client %d: %v", number, err)
		return
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 32<<10)
	for seq := 0; m.done.Add(1) <= enough; seq++ {
		r := m.next(number, seq)
		if _, err := conn.Write(r.bytes(number)); err != nil {
			m.fail("client %d: %v", number, err)
			return
		}
		head, _ := http.NewRequest(r.method, "/", nil)
		res, err := http.ReadResponse(in, head)
		if err != nil {
			m.fail("client %d: %v", number, err)
			return
		}
		body, err := bodyOf(res)
		if err != nil {
			m.fail("client %d: %v", number, err)
			return
		}
		m.check(r, res, body)
		if res.Close {
			m.client(number, enough)
			return
		}
	}
	m.done.Add(-1)
}

// bytes are the request as it goes over the wire.
func (r request) bytes(client int) []byte {
	u, _ := url.Parse(r.of.site)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s; m=%s\r\nX-M: %s\r\nUser-Agent: %s\r\nReferer: %s/%s\r\nX-Forwarded-For: 192.0.2.%d\r\n",
		r.method, r.path, u.Host, r.of.cookie, r.mark, r.mark, r.mark, r.of.site, r.mark, client)
	if client%2 == 0 {
		b.WriteString("Accept-Encoding: gzip\r\n")
	}
	if r.method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n", either(r.kind, "application/x-www-form-urlencoded"), len(r.form))
	}
	b.WriteString("\r\n" + r.form)
	return b.Bytes()
}

func bodyOf(res *http.Response) (string, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
		return string(body), err
	}
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	body, err = io.ReadAll(plain)
	return string(body), err
}

// check holds an answer against its request.
func (m *mixing) check(r request, res *http.Response, body string) {
	var head strings.Builder
	_ = res.Header.Write(&head)
	text := head.String() + body
	own := false
	for _, found := range marker.FindAllString(text, -1) {
		own = own || found == r.mark
		if found != r.mark && !strings.HasPrefix(found, "st"+r.of.key+"-") {
			m.fail("%s %s of %s is answered with %s", r.method, r.path, r.of.key, found)
		}
	}
	if res.StatusCode == http.StatusTooManyRequests {
		m.busy.Add(1)
		return
	}
	if r.status != 0 && res.StatusCode != r.status || r.status == 0 && res.StatusCode >= 500 || r.echoes && !own {
		m.fail("%s %s of %s: %d, its own marker is there: %v", r.method, r.path, r.of.key, res.StatusCode, own)
	}
	if sum := sha256.Sum256([]byte(body)); r.sum != "" && string(sum[:]) != r.sum {
		m.fail("%s of %s is another picture", r.path, r.of.key)
	}
	if r.of.site == m.w.public {
		for _, h := range castFinder().find(body) {
			if !strings.HasSuffix(h.what, " of "+r.of.key) {
				m.fail("%s %s of %s shows the %s", r.method, r.path, r.of.key, h.what)
			}
		}
	}
	for _, c := range res.Cookies() {
		if strings.HasSuffix(c.Name, "gh_signin") && c.Value != "" {
			m.tries.Store(fmt.Sprintf("%x", sha256.Sum256([]byte(c.Value))), r.mark)
		}
	}
	if ref := reference.FindStringSubmatch(body); ref != nil {
		if status, ok := m.refs.LoadAndDelete(ref[1]); !ok || status != res.StatusCode {
			m.fail("%s %s was answered %d with the reference %s, of which the log says %v", r.method, r.path, res.StatusCode, ref[1], status)
		}
	}
}

// line looks at each line of the log when it is written.
func (m *mixing) line(line []byte) {
	if found := marker.Find(line); found != nil {
		m.fail("the log says %s: %s", found, line)
	}
	var l struct {
		Msg, Ref string
		Status   int
	}
	if json.Unmarshal(line, &l) == nil && l.Msg == "request" && l.Status >= 400 {
		m.refs.Store(l.Ref, l.Status)
	}
}

// rows reads the whole database: a try to sign in holds the marker of a request for one, a draft that of its owner, and nothing else any.
func (m *mixing) rows() {
	ctx := m.w.t.Context()
	tables, err := m.w.pool.Query(ctx, `select table_schema, table_name from information_schema.tables where table_schema in ('public', 'jobs') and table_type = 'BASE TABLE'`)
	if err != nil {
		m.w.t.Fatal(err)
	}
	names, err := pgx.CollectRows(tables, func(row pgx.CollectableRow) (n pgx.Identifier, err error) {
		n = make(pgx.Identifier, 2)
		return n, row.Scan(&n[0], &n[1])
	})
	if err != nil {
		m.w.t.Fatal(err)
	}
	tries := int64(0)
	for _, name := range names {
		rows, err := m.w.pool.Query(ctx, `select t::text from `+name.Sanitize()+` t where t::text ~ '(rq|st)[a-z0-9]+-[0-9]+[a-z][0-9]+z'`)
		if err != nil {
			m.w.t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			m.w.t.Fatal(err)
		}
		for _, text := range texts {
			tries += m.row(name[1], text)
		}
	}
	if want := m.kinds[3].Load(); tries > want || tries < want-m.busy.Load() {
		m.fail("%d tries to sign in are kept, of %d", tries, want)
	}
}

func (m *mixing) row(table, text string) (try int64) {
	found := marker.FindAllString(text, -1)
	for _, other := range found[1:] {
		if other != found[0] {
			m.fail("a row of %s holds %v", table, found)
		}
	}
	switch {
	case table == "sign_in_attempts":
		for _, hash := range regexp.MustCompile(`[0-9a-f]{64}`).FindAllString(text, -1) {
			if mark, ok := m.tries.LoadAndDelete(hash); ok && mark == found[0] {
				return 1
			}
		}
		m.fail("a try to sign in holds %s, and its cookie was not that request's", found[0])
	case table == "applications" && strings.HasPrefix(found[0], "st") && strings.Contains(text, m.owner(found[0])):
	default:
		m.fail("a row of %s holds %v", table, found)
	}
	return 0
}

// owner is the id of the person for whom a marker was stored.
func (m *mixing) owner(mark string) (id string) {
	key, _, _ := strings.Cut(strings.TrimPrefix(mark, "st"), "-")
	if err := m.w.pool.QueryRow(m.w.t.Context(), `select id::text from residents where subject = $1`, key).Scan(&id); err != nil {
		m.w.t.Fatal(err)
	}
	return id
}
