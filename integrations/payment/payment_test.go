package payment_test

import (
	"context"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/integrations/partnersim"
	"giahan/integrations/payment"
	"giahan/integrations/payment/paymentsim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	back   = "http://giahan.test/applications/1/paid"
	fee    = licensing.VND(115_000)
)

var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func open(t *testing.T, o paymentsim.Options) (*paymentsim.Sim, *payment.Client) {
	t.Helper()
	o.Secret, o.Merchant = []byte(secret), "giahan"
	sim, err := paymentsim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/payment", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, payment.New(payment.Config{BaseURL: addr, Merchant: "giahan", Secret: []byte(secret), Timeout: 5 * time.Second})
}

func get(t *testing.T, addr string) (int, string) {
	t.Helper()
	res, err := browser.Get(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// press opens the page and presses a button of it; it returns the answer's status and where the browser is sent.
func press(t *testing.T, addr, how string) (int, string) {
	t.Helper()
	status, page := get(t, addr)
	form := regexp.MustCompile(`action="([^"]+)"><input type="hidden" name="query" value="([^"]+)"`).FindStringSubmatch(page)
	if status != 200 || form == nil {
		t.Fatalf("%d: %s", status, page)
	}
	u, err := url.Parse(addr)
	if err != nil {
		t.Fatal(err)
	}
	res, err := browser.PostForm("http://"+u.Host+html.UnescapeString(form[1]), url.Values{"query": {html.UnescapeString(form[2])}, "how": {how}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

func TestPay(t *testing.T) {
	dir := t.TempDir()
	sim, c := open(t, paymentsim.Options{Options: partnersim.Options{Dir: dir}})
	order, ctx := uuid.New(), context.Background()
	if r, err := c.Status(ctx, order); err != nil || r.Status != licensing.PayPending {
		t.Errorf("before the browser came: %+v, %v", r, err)
	}
	addr := c.PayURL(order, fee, "Lệ phí hồ sơ H27.12-261123-0001", back, time.Now())
	_, page := get(t, addr)
	for _, want := range []string{`lang="vi"`, "Nộp 115.000 đồng", "Không nộp", "Nộp nhưng không quay lại", "Nộp sai số tiền", "H27.12-261123-0001", `action="/payment/pay"`} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if status, to := press(t, addr, "pay"); status != http.StatusSeeOther || to != back {
		t.Errorf("%d to %q", status, to)
	}
	sim.Close()
	sim, c = open(t, paymentsim.Options{Options: partnersim.Options{Dir: dir}})
	r, err := c.Status(ctx, order)
	if err != nil || r.Status != licensing.PayPaid || r.Amount != fee || r.Reference == "" || r.At.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	if status, page := get(t, c.PayURL(order, fee, "Lệ phí", back, time.Now())); status != 200 || strings.Contains(page, "<form") || !strings.Contains(page, "Đã nộp rồi") {
		t.Errorf("a paid order can be paid again: %d", status)
	}
	if money, n := sim.Taken(); money != 115_000 || n != 1 {
		t.Errorf("%d đồng in %d payments", money, n)
	}
}

func TestManyPressesPayOnce(t *testing.T) {
	sim, c := open(t, paymentsim.Options{})
	order := uuid.New()
	addr := c.PayURL(order, fee, "Lệ phí", back, time.Now())
	u, _ := url.Parse(addr)
	get(t, addr)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			res, err := browser.PostForm("http://"+u.Host+u.Path, url.Values{"query": {u.RawQuery}, "how": {"pay"}})
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
		})
	}
	all.Wait()
	if money, n := sim.Taken(); money != 115_000 || n != 1 {
		t.Errorf("%d đồng in %d payments", money, n)
	}
}

func TestOtherEndings(t *testing.T) {
	_, c := open(t, paymentsim.Options{})
	for how, want := range map[string]struct {
		status   licensing.PaymentStatus
		amount   licensing.VND
		comeback bool
	}{
		"refuse":           {licensing.PayFailed, 0, true},
		"pay_silently":     {licensing.PayPaid, fee, false},
		"pay_wrong_amount": {licensing.PayPaid, 100_000, true},
		"nonsense":         {licensing.PayPending, 0, true},
	} {
		order := uuid.New()
		_, to := press(t, c.PayURL(order, fee, "Lệ phí", back, time.Now()), how)
		if (to == back) != want.comeback {
			t.Errorf("%s: sent to %q", how, to)
		}
		if r, err := c.Status(context.Background(), order); err != nil || r.Status != want.status || r.Amount != want.amount {
			t.Errorf("%s: %+v, %v", how, r, err)
		}
	}
}

func TestRefusedOrderCanStillBePaid(t *testing.T) {
	_, c := open(t, paymentsim.Options{})
	order := uuid.New()
	addr := c.PayURL(order, fee, "Lệ phí", back, time.Now())
	press(t, addr, "refuse")
	press(t, addr, "pay")
	if r, err := c.Status(context.Background(), order); err != nil || r.Status != licensing.PayPaid {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestChangedAddressesAreRefused(t *testing.T) {
	sim, c := open(t, paymentsim.Options{})
	order := uuid.New()
	good := c.PayURL(order, fee, "Lệ phí", back, time.Now())
	stranger := payment.New(payment.Config{BaseURL: strings.TrimSuffix(strings.Split(good, "?")[0], "/pay"), Merchant: "giahan", Secret: []byte("another")})
	for name, addr := range map[string]string{
		"amount":  strings.Replace(good, "amount=115000", "amount=1000", 1),
		"return":  strings.Replace(good, "giahan.test", "evil.test", 1),
		"added":   good + "&amount=1000",
		"expired": c.PayURL(order, fee, "Lệ phí", back, time.Now().Add(-2*time.Hour)),
		"foreign": stranger.PayURL(order, fee, "Lệ phí", back, time.Now()),
		"naked":   strings.Split(good, "?")[0],
	} {
		if status, page := get(t, addr); status != http.StatusForbidden || strings.Contains(page, "<form") {
			t.Errorf("%s: %d", name, status)
		}
	}
	if _, ok := sim.Order(order.String()); ok {
		t.Error("a changed address made an order")
	}
	get(t, good)
	if status, _ := get(t, c.PayURL(order, 1, "Lệ phí", back, time.Now())); status != http.StatusConflict {
		t.Errorf("same order, other amount: %d", status)
	}
}

func TestStatusThroughFaults(t *testing.T) {
	sim, c := open(t, paymentsim.Options{})
	order := uuid.New()
	press(t, c.PayURL(order, fee, "Lệ phí", back, time.Now()), "pay")
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Garbage, partnersim.Cut} {
		sim.Next(f)
		if _, err := c.Status(context.Background(), order); !errors.Is(err, licensing.ErrPartnerDown) {
			t.Errorf("%s: %v", f, err)
		}
	}
	sim.Off()
	if _, err := c.Status(context.Background(), order); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("closed: %v", err)
	}
	if status, page := get(t, c.PayURL(order, fee, "Lệ phí", back, time.Now())); status != http.StatusServiceUnavailable || !strings.Contains(page, "tạm dừng") {
		t.Errorf("closed page: %d", status)
	}
	sim.On()
	if r, err := c.Status(context.Background(), order); err != nil || r.Status != licensing.PayPaid {
		t.Errorf("%+v, %v", r, err)
	}
}

// The callback comes until it is taken, three times where it is scripted so, each time provably from the house.
func TestCallback(t *testing.T) {
	verifier := payment.New(payment.Config{Secret: []byte(secret)})
	var mu sync.Mutex
	heard, tries := map[uuid.UUID]int{}, 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries <= 2 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		id, err := verifier.VerifyCallback(r.Method, r.URL.Path, r.Header.Get, body, time.Now())
		if err != nil {
			t.Error(err)
		}
		heard[id]++
	}))
	defer hook.Close()
	sim, c := open(t, paymentsim.Options{Options: partnersim.Options{CallbackURL: hook.URL + "/hooks/payment", RetryEvery: time.Millisecond}})
	sim.Always(partnersim.Duplicate)
	order := uuid.New()
	press(t, c.PayURL(order, fee, "Lệ phí", back, time.Now()), "pay_silently")
	sim.News.Wait()
	mu.Lock()
	defer mu.Unlock()
	if heard[order] != 3 || tries != 5 {
		t.Errorf("heard %v in %d tries", heard, tries)
	}
}

func TestForgedCallbacks(t *testing.T) {
	c := payment.New(payment.Config{Secret: []byte(secret)})
	now := time.Now()
	body := []byte(`{"order":"` + uuid.NewString() + `","status":"paid","amount":115000}`)
	msg := func(key string, at time.Time) *http.Request {
		r := httptest.NewRequest("POST", "http://giahan.test/hooks/payment", nil)
		outbound.SignRequest(r, []byte(key), "", body, uuid.New(), at)
		return r
	}
	good := msg(secret, now)
	if _, err := c.VerifyCallback("POST", "/hooks/payment", good.Header.Get, body, now); err != nil {
		t.Fatal(err)
	}
	if _, err := c.VerifyCallback("POST", "/hooks/payment", good.Header.Get, body, now); !errors.Is(err, outbound.ErrReplayed) {
		t.Errorf("replayed: %v", err)
	}
	if _, err := c.VerifyCallback("POST", "/hooks/payment", msg(secret, now).Header.Get, body[:len(body)-2], now); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("cut: %v", err)
	}
	if _, err := c.VerifyCallback("POST", "/hooks/payment", msg("another", now).Header.Get, body, now); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("foreign: %v", err)
	}
	if _, err := c.VerifyCallback("POST", "/hooks/payment", msg(secret, now.Add(-time.Hour)).Header.Get, body, now); !errors.Is(err, outbound.ErrStale) {
		t.Errorf("old: %v", err)
	}
	if _, err := c.VerifyCallback("POST", "/hooks/payment", http.Header{}.Get, body, now); !errors.Is(err, outbound.ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
}

func TestStatusCountsMoney(t *testing.T) {
	sim, c := open(t, paymentsim.Options{})
	press(t, c.PayURL(uuid.New(), fee, "Lệ phí", back, time.Now()), "pay")
	if m := sim.Status(); m["taken"] != int64(115_000) || m["payments"] != 1 || m["orders"] != 1 || m["off"] != false {
		t.Errorf("%v", m)
	}
}
