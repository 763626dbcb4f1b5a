package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"giahan/integrations/partnersim"
	"giahan/licensing"
	"giahan/licensing/jobs"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// A register that is away is said, costs nobody what they typed, and is not asked to decide anything.
func TestRegisterIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.Register.Off()
	a := w.resident("hoa")
	_, page := a.get(w.public + "/home")
	says(t, page, "Lúc này chưa tra được sổ cấp bằng lái", "Lỗi không phải do bạn")
	status, page := a.get(w.public + "/check/0")
	if status != http.StatusServiceUnavailable {
		t.Errorf("check: %d", status)
	}
	says(t, page, "Chưa tra được sổ cấp bằng lái", "Thử lại sau 5 phút", "Thử lại")
	w.Register.On()
	a.start("0", "expiring")
	a.complete("B", byPost)

	handedIn := a.form(a.at("answers"), "/applications/"+a.id+"/submit")
	handedIn.Set("declared", "1")
	w.Register.Off()
	status, page = a.post(a.at("submit"), handedIn)
	if status != http.StatusServiceUnavailable {
		t.Errorf("submit: %d", status)
	}
	says(t, page, "Chưa tra được sổ cấp bằng lái", "những gì đã điền vẫn được lưu")
	if again := `href="/applications/` + a.id + `"`; !strings.Contains(page, again) {
		t.Errorf("the page does not lead back to the application")
	}
	if _, page = a.get(a.at("")); !strings.Contains(plain(page), "Đã đủ, mời xem lại rồi nộp") {
		t.Errorf("something was lost:\n%s", words(page))
	}
	w.Register.On()
	a.submit()
}

// What can happen to a fee: each road ends with the fee taken once, or with a sentence about what to do.
func TestRoadsOfAFee(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	at := func(key, class string) *applicant {
		a := w.resident(key)
		a.start("0", "expiring")
		a.complete(class, byPost)
		a.submit()
		return a
	}
	paidAndNeverCameBack(w, at("hoa", "B"))
	callbackFiveTimes(w, at("son", ""))
	pressedInTwoTabs(w, at("quan", ""))
	wrongAmount(w, at("linh", "B"))
	notPaid(w, at("an", "B"))
	news := w.Payment.News
	w.Payment.News = &partnersim.Caller{} // from here on its callbacks go nowhere
	callbackLost(w, at("khanh", ""))
	callbackLostAndNeverCameBack(w, at("giang", "B"))
	w.Payment.News = news
	if amount, payments := w.Payment.Taken(); payments != 8 || amount != 8*115_000-15_000 {
		t.Errorf("the house took %d đồng in %d payments", amount, payments)
	}
}

func paidAndNeverCameBack(w *world, a *applicant) {
	_, asked := a.toBank()
	asked.Set("how", "pay_silently")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	w.reaches(a.code, licensing.Submitted)
	_, page := a.get(w.public + "/home")
	says(w.t, page, a.code, "Cán bộ sẽ kiểm tra hồ sơ")
}

func callbackFiveTimes(w *world, a *applicant) {
	order, _ := a.toBank()
	if _, err := w.Payment.Settle(order, "pay"); err != nil {
		w.t.Fatal(err)
	}
	for range 5 {
		if status := w.hook("payment", callback{body: `{"order":"` + order + `","status":"paid"}`}); status != http.StatusNoContent {
			w.t.Errorf("callback: %d", status)
		}
	}
	w.reaches(a.code, licensing.Submitted)
	if n := w.count(a.code, licensing.ConfirmPayment); n != 1 {
		w.t.Errorf("the fee was confirmed %d times", n)
	}
}

func pressedInTwoTabs(w *world, a *applicant) {
	first, asked := a.toBank()
	bank := a.last.Scheme + "://" + a.last.Host + a.last.Path
	fields, _ := formIn(second(a.get(a.at("paid"))), "/applications/"+a.id+"/pay")
	status, page := a.post(a.at("pay"), fields)
	if again := a.last.Query().Get("order"); status != http.StatusOK || again != first {
		w.t.Errorf("the second tab got order %q, not %q: %d\n%s", again, first, status, words(page))
	}
	asked.Set("how", "pay")
	a.post(bank, asked)
	a.post(bank, asked)
	w.reaches(a.code, licensing.Submitted)
	if o, _ := w.Payment.Order(first); o.Payments != 1 {
		w.t.Errorf("the order was paid %d times", o.Payments)
	}
}

func wrongAmount(w *world, a *applicant) {
	_, asked := a.toBank()
	asked.Set("how", "pay_wrong_amount")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	w.reaches(a.code, licensing.PaymentDue)
	_, page := a.get(a.at(""))
	says(w.t, page, "Đã nhận tiền, nhưng không đúng 115.000 đồng", "Lệ phí 115.000 đồng vẫn phải nộp", "Nộp lại lệ phí")
	a.pays()
}

func notPaid(w *world, a *applicant) {
	_, asked := a.toBank()
	asked.Set("how", "refuse")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	w.reaches(a.code, licensing.PaymentDue)
	_, page := a.get(a.at("paid"))
	says(w.t, page, "Chưa nộp được lệ phí", "Nộp lại lệ phí")
	a.pays()
}

func callbackLost(w *world, a *applicant) {
	_, asked := a.toBank()
	asked.Set("how", "pay")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	w.reaches(a.code, licensing.Submitted) // the browser's return was the moment to ask
}

func callbackLostAndNeverCameBack(w *world, a *applicant) {
	order, _ := a.toBank()
	if _, err := w.Payment.Settle(order, "pay_silently"); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.pool.Exec(w.t.Context(), `update payments set created_at = created_at - interval '2 minutes' where id = $1`, order); err != nil {
		w.t.Fatal(err)
	}
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{Schema: jobs.Schema})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := client.Insert(w.t.Context(), jobs.Reconcile{}, nil); err != nil { // what comes by itself every five minutes
		w.t.Fatal(err)
	}
	w.reaches(a.code, licensing.Submitted)
}

// Print house, post and portal go away one after another; what waited is done once when they come back.
func TestPartnersComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.applies("hoa", "B")
	s := w.staff()
	w.Printing.Off()
	w.Sync.Off()
	s.approve(a)
	w.eventually("the print house was asked in vain", func() bool { return strings.Count(w.log.String(), `"kind":"order_print"`) > 0 })
	if w.state(a.code) != string(licensing.Approved) {
		t.Errorf("with the print house away the case is %s", w.state(a.code))
	}
	_, page := a.get(a.at(""))
	says(t, page, "Thẻ mới sắp được in")
	w.Printing.On()
	w.reaches(a.code, licensing.Printing)

	w.Post.Off()
	w.Register.Off()
	w.eventually("ordered", func() bool { _, ok := w.Printing.Order(a.code); return ok })
	if _, err := w.Printing.PrintAll(); err != nil {
		t.Fatal(err)
	}
	w.eventually("the post was asked in vain", func() bool { return strings.Count(w.log.String(), `"kind":"send_parcel"`) > 0 })
	if _, ok := w.Post.Parcel(a.code); ok {
		t.Error("a post that is away took a parcel")
	}
	w.Post.On()
	w.Register.On()
	w.Sync.On()
	w.arrives(a)
	w.toldPortal(a)
	if cards, parcels := w.Printing.Cards(), w.Post.Parcels(); cards != 1 || parcels != 1 {
		t.Errorf("%d cards, %d parcels", cards, parcels)
	}
}

// The portal is away when somebody wants to sign in, and again in the middle of signing in.
func TestPortalIsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.Portal.Off()
	b := w.browser()
	status, page := b.get(w.public + "/sign-in")
	if status != http.StatusServiceUnavailable {
		t.Errorf("sign-in: %d", status)
	}
	says(t, page, "Cổng Dịch vụ công quốc gia chưa trả lời", "Lỗi không phải do bạn", "Thử lại sau 5 phút")
	w.Portal.On()
	_, page = b.get(w.public + "/sign-in")
	id := between(page, `name="id" value="`, `"`)
	b.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), w.public) {
			w.Portal.Off() // it has sent the browser back, and does not answer when asked for the token
		}
		return nil
	}
	status, page = b.post(b.last.Scheme+"://"+b.last.Host+b.last.Path, url.Values{"id": {id}, "person": {"hoa"}})
	if status != http.StatusServiceUnavailable {
		t.Errorf("callback: %d", status)
	}
	says(t, page, "Cổng Dịch vụ công quốc gia chưa trả lời")
	w.Portal.On()
	if status, _ = w.browser().signIn(w.public, "hoa"); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}

func second(_ int, page string) string { return page }
