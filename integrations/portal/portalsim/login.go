package portalsim

import (
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/op"

	"giahan/integrations/partnersim"
)

var loginPage = partnersim.Page(`
{{define "house"}}{{.House}}{{end}}
{{define "title"}}Đăng nhập – {{.House}}{{end}}
{{define "main"}}
<h1>Đăng nhập với vai người nào?</h1>
<p>Tất cả đều là người tưởng tượng. Chọn một người để vào; không cần mật khẩu.</p>
<form method="post" action="{{.Action}}"><input type="hidden" name="id" value="{{.ID}}">
{{range .People}}<button name="person" value="{{.Key}}"><b>{{.Name}}</b><span>{{.About}}</span></button>
{{end}}<button name="person" value="">Không đăng nhập, quay lại</button></form>
{{end}}`)

var sayPage = partnersim.Page(`
{{define "house"}}{{.House}}{{end}}
{{define "title"}}{{.Title}} – {{.House}}{{end}}
{{define "main"}}<h1>{{.Title}}</h1><p>{{.Text}}</p>{{end}}`)

type sayView struct{ House, Title, Text string }

type loginView struct {
	House, Action, ID string
	People            []Person
}

func (s *Sim) house() string {
	if s.opts.Realm == Staff {
		return "Tài khoản cán bộ"
	}
	return "Cổng Dịch vụ công quốc gia"
}

func (s *Sim) say(w http.ResponseWriter, status int, title, text string) {
	partnersim.Render(w, status, sayPage, sayView{s.house(), title, text})
}

func (s *Sim) showLogin(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	if s.storage.request(id) == nil {
		s.lost(w)
		return
	}
	partnersim.Render(w, http.StatusOK, loginPage, loginView{s.house(), s.prefix() + "/login", id, s.opts.People})
}

// lost is the page of a sign-in that ended, was used or waited too long.
func (s *Sim) lost(w http.ResponseWriter) {
	s.say(w, http.StatusNotFound, "Lần đăng nhập này đã hết hạn", "Hãy quay lại trang dịch vụ và bấm đăng nhập lần nữa.")
}

func (s *Sim) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id, key := r.PostFormValue("id"), r.PostFormValue("person")
	req := s.storage.request(id)
	if req == nil {
		s.lost(w)
		return
	}
	if key == "" {
		s.deny(w, r, req)
		return
	}
	if !s.storage.signIn(id, key) {
		s.lost(w)
		return
	}
	s.remember(w, id)
	http.Redirect(w, r, op.AuthCallbackURL(s.provider)(r.Context(), id), http.StatusSeeOther)
}

// deny goes back without a person, as when somebody presses cancel at the portal. The address was checked against the
// client's list when the sign-in began.
func (s *Sim) deny(w http.ResponseWriter, r *http.Request, req *request) {
	u, err := url.Parse(req.GetRedirectURI())
	if err != nil {
		s.lost(w)
		return
	}
	q := u.Query()
	q.Set("error", "access_denied")
	q.Set("state", req.GetState())
	q.Set("iss", s.opts.Issuer)
	u.RawQuery = q.Encode()
	_ = s.storage.DeleteAuthRequest(r.Context(), req.id)
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

func (s *Sim) bye(w http.ResponseWriter, _ *http.Request) {
	s.say(w, http.StatusOK, "Đã đăng xuất", "Có thể đóng trang này.")
}
