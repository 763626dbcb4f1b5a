package partners

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"giahan/cmd/sandbox/people"
	"giahan/integrations/partnersim"
)

// simulator is what the console needs of a partner.
type simulator interface {
	Off()
	On()
	IsOff() bool
	Status() map[string]any
}

func (w *World) simulator(name string) (simulator, string) {
	switch name {
	case "portal":
		return w.Portal, "Cổng Dịch vụ công quốc gia (đăng nhập)"
	case "staff":
		return w.Staff, "Tài khoản công vụ (đăng nhập)"
	case "register":
		return w.Register, "Sổ cấp bằng lái"
	case "health":
		return w.Health, "Sổ khám sức khỏe lái xe"
	case "payment":
		return w.Payment, "Nơi thu lệ phí"
	case "printing":
		return w.Printing, "Nhà in thẻ"
	case "post":
		return w.Post, "Bưu điện"
	case "sync":
		return w.Sync, "Cổng Dịch vụ công quốc gia (nhận trạng thái)"
	}
	return nil, ""
}

type consoleRow struct {
	Name, Title, Facts string
	Off                bool
}

type consoleView struct {
	Public, Officer string
	Rows            []consoleRow
	Residents       []people.Resident
	Staff           []people.Officer
}

var consolePage = partnersim.Page(`{{define "title"}}Bảng điều khiển – Giahan{{end}}{{define "house"}}Giahan: bảng điều khiển để thử{{end}}{{define "main"}}
<h1>Các nơi liên quan</h1>
<p>Tắt một nơi để xem dịch vụ chờ. Bật lại thì việc còn đọng được làm tiếp.</p>
{{range .Rows}}<form method="post" action="/console"><input type="hidden" name="partner" value="{{.Name}}">
<button name="do" value="{{if .Off}}on{{else}}off{{end}}"><b>{{.Title}}: {{if .Off}}đang tắt{{else}}đang chạy{{end}}</b><span>{{.Facts}}</span><span>Bấm để {{if .Off}}bật{{else}}tắt{{end}}</span></button></form>{{end}}
<h1>Làm nhanh</h1>
<form method="post" action="/console"><button name="do" value="print"><b>In hết thẻ đang chờ</b></button><button name="do" value="carry"><b>Bưu điện đi thêm một chặng</b></button><button name="do" value="rotate"><b>Đổi khóa ký của hai nơi đăng nhập</b></button></form>
<h1>Người mẫu</h1>
<p>Người dân vào <a href="{{.Public}}">{{.Public}}</a>, cán bộ vào <a href="{{.Officer}}">{{.Officer}}</a>.</p>
<ul>{{range .Residents}}<li>{{.FullName}}: {{.About}}</li>{{end}}</ul>
<ul>{{range .Staff}}<li>{{.FullName}}: {{.Title}}</li>{{end}}</ul>
{{end}}`)

// console shows every partner and the sample people.
func (w *World) console(rw http.ResponseWriter, _ *http.Request) {
	v := consoleView{Public: w.opts.PublicURL, Officer: w.opts.OfficerURL, Residents: people.Residents(w.opts.Today), Staff: people.Staff()}
	for _, name := range Names {
		s, title := w.simulator(name)
		v.Rows = append(v.Rows, consoleRow{Name: name, Title: title, Off: s.IsOff(), Facts: facts(s.Status())})
	}
	partnersim.Render(rw, http.StatusOK, consolePage, v)
}

// labels are the words for the numbers of a partner, in the order in which they are shown; what has no word is not shown.
var labels = []struct{ key, says string }{
	{"people", "%v người"}, {"sign_ins", "%v lần đăng nhập"}, {"sign_outs", "%v lần thoát"}, {"keys", "%v khóa ký"},
	{"recorded", "%v bằng mới đã ghi"}, {"orders", "%v lệnh nộp"}, {"payments", "%v lần thu"}, {"taken", "đã thu %v đồng"},
	{"queued", "%v thẻ chờ in"}, {"printed", "%v thẻ đã in"}, {"rejected", "%v thẻ bị trả"}, {"parcels", "%v bưu gửi"}, {"dossiers", "%v hồ sơ"},
}

// facts writes the numbers of a partner and the last cases in one line.
func facts(status map[string]any) string {
	var parts []string
	for _, l := range labels {
		if v, ok := status[l.key]; ok {
			parts = append(parts, fmt.Sprintf(l.says, v))
		}
	}
	if cases, ok := status["cases"].(map[string]string); ok {
		for _, code := range slices.Sorted(maps.Keys(cases)) {
			parts = append(parts, code+": "+cases[code])
		}
	}
	return strings.Join(parts, " · ")
}

// act does what a button of the console says. Another site's form is refused: the sandbox listens on this machine, where
// every page of a browser can reach it.
func (w *World) act(rw http.ResponseWriter, r *http.Request) {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if site != "" && site != "same-origin" && site != "none" || origin != "" && origin != w.opts.Origin {
		http.Error(rw, "The console takes no form of another site. Open it at "+w.opts.Origin, http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(rw, r.Body, 4<<10)
	if err := w.do(r.FormValue("do"), r.FormValue("partner")); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	http.Redirect(rw, r, "/", http.StatusSeeOther)
}

func (w *World) do(what, partner string) error {
	switch what {
	case "print":
		_, err := w.Printing.PrintAll()
		return err
	case "carry":
		_, err := w.Post.Advance()
		return err
	case "rotate":
		if err := w.Portal.Rotate(); err != nil {
			return err
		}
		return w.Staff.Rotate()
	}
	s, _ := w.simulator(partner)
	switch {
	case s == nil:
		return fmt.Errorf("no partner is called so")
	case what == "off":
		s.Off()
	case what == "on":
		s.On()
	default:
		return fmt.Errorf("nothing is called so")
	}
	return nil
}
