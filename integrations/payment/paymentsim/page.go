package paymentsim

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"giahan/integrations/outbound"
	"giahan/integrations/partnersim"
)

// pageLife is how long the signed address of a payment works.
const pageLife = time.Hour

const bank = "Ngân hàng Sông La"

var payPage = partnersim.Page(`
{{define "house"}}` + bank + `{{end}}
{{define "title"}}Nộp {{.Amount}} – ` + bank + `{{end}}
{{define "main"}}
<h1>Nộp lệ phí</h1>
<p>{{.Desc}}</p>
<p class="amount">{{.Amount}}</p>
<p class="note">Ngân hàng tưởng tượng, tiền tưởng tượng. Chọn điều muốn xảy ra.</p>
<form method="post" action="{{.Action}}"><input type="hidden" name="query" value="{{.Query}}">
<button class="main" name="how" value="pay">Nộp {{.Amount}}</button>
<button name="how" value="refuse"><b>Không nộp</b><span>Quay lại, chưa mất tiền</span></button>
<button name="how" value="pay_silently"><b>Nộp nhưng không quay lại</b><span>Như khi điện thoại mất mạng sau khi nộp</span></button>
<button name="how" value="pay_wrong_amount"><b>Nộp sai số tiền</b><span>Thiếu một phần</span></button></form>
{{end}}`)

var sayPage = partnersim.Page(`
{{define "house"}}` + bank + `{{end}}
{{define "title"}}{{.Title}} – ` + bank + `{{end}}
{{define "main"}}<h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .Back}}<p><a href="{{.Back}}">Quay lại dịch vụ</a></p>{{end}}{{end}}`)

type payView struct {
	Amount, Desc, Query, Action string
}

type sayView struct{ Title, Text, Back string }

func say(w http.ResponseWriter, status int, title, text, back string) {
	partnersim.Render(w, status, sayPage, sayView{title, text, back})
}

// asked is what the signed parameters of a payment say.
type asked struct {
	order, desc, back string
	amount            int64
}

// read verifies the parameters; where they are not sound it answers by itself.
func (s *Sim) read(w http.ResponseWriter, raw string) (a asked, ok bool) {
	q, err := url.ParseQuery(raw)
	if err == nil {
		err = outbound.VerifyQuery(s.opts.Secret, q, pageLife, s.Now())
	}
	if err != nil {
		say(w, http.StatusForbidden, "Đường dẫn không dùng được", "Đường dẫn này đã bị sửa hoặc đã hết hạn. Hãy quay lại dịch vụ và bấm nộp lần nữa.", "")
		return a, false
	}
	a = asked{order: q.Get("order"), desc: q.Get("desc"), back: q.Get("return_url")}
	a.amount, err = strconv.ParseInt(q.Get("amount"), 10, 64)
	back, berr := url.Parse(a.back)
	if err != nil || berr != nil || a.amount <= 0 || a.order == "" || back.Scheme != "http" && back.Scheme != "https" ||
		q.Get("currency") != "VND" || q.Get("merchant") != s.opts.Merchant {
		say(w, http.StatusBadRequest, "Không nhận được yêu cầu này", "Thông tin nộp tiền không đúng.", "")
		return a, false
	}
	return a, true
}

// open enters the order; one order has one amount for ever.
func (s *Sim) open(w http.ResponseWriter, a asked) (o Order, ok bool) {
	err := s.Change(func(st *state) {
		if st.Orders[a.order] == nil {
			st.Orders[a.order] = &Order{ID: a.order, Asked: a.amount, Desc: a.desc, Status: "pending", At: s.Now()}
		}
		o = *st.Orders[a.order]
	})
	switch {
	case err != nil:
		say(w, http.StatusInternalServerError, "Ngân hàng gặp lỗi", "Hãy thử lại sau.", a.back)
	case o.Asked != a.amount:
		say(w, http.StatusConflict, "Số tiền không khớp", "Lần nộp này đã có với một số tiền khác.", a.back)
	default:
		return o, true
	}
	return o, false
}

func (s *Sim) closed(w http.ResponseWriter) bool {
	if !s.IsOff() {
		return false
	}
	say(w, http.StatusServiceUnavailable, bank+" đang tạm dừng", "Tiền chưa bị trừ. Hãy thử lại sau ít phút.", "")
	return true
}

func (s *Sim) show(w http.ResponseWriter, r *http.Request) {
	if s.closed(w) {
		return
	}
	a, ok := s.read(w, r.URL.RawQuery)
	if !ok {
		return
	}
	o, ok := s.open(w, a)
	if !ok {
		return
	}
	if o.Status == "paid" {
		say(w, http.StatusOK, "Đã nộp rồi", "Khoản này đã nộp. Không cần nộp lại.", a.back)
		return
	}
	partnersim.Render(w, http.StatusOK, payPage, payView{dong(a.amount), a.desc, r.URL.RawQuery, whole(r)})
}

// whole is the page's own path, before any prefix was stripped from it: the form posts to where the page came from.
func whole(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return "/" + strings.TrimLeft(path, "/")
}

func (s *Sim) press(w http.ResponseWriter, r *http.Request) {
	if s.closed(w) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	a, ok := s.read(w, r.PostFormValue("query"))
	if !ok {
		return
	}
	if _, ok := s.open(w, a); !ok {
		return
	}
	how := r.PostFormValue("how")
	if _, err := s.Settle(a.order, how); err != nil {
		say(w, http.StatusInternalServerError, "Ngân hàng gặp lỗi", "Hãy thử lại sau.", a.back)
		return
	}
	if how == "pay_silently" {
		say(w, http.StatusOK, "Đã nộp tiền", "Trang này không tự quay lại. Hãy đóng trang và mở lại dịch vụ.", "")
		return
	}
	http.Redirect(w, r, a.back, http.StatusSeeOther)
}

// dong is an amount as people read it: 115.000 đồng.
func dong(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return digits + " đồng"
}
