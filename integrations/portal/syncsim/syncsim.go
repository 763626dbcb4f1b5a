// Package syncsim simulates the data sharing of the national portal: it keeps the statuses of each dossier and lets a status
// follow another only where the national list allows it (domain.md 4.5).
package syncsim

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"giahan/integrations/partnersim"
)

// Options of the portal's data sharing.
type Options struct{ partnersim.Options }

// The error codes of its answers.
const (
	OK          = 0
	BadSession  = 1
	BadData     = 2
	Unknown     = 3
	OutOfOrder  = 4
	BadService  = 5
	Exists      = 6
	sessionLife = 30 * time.Minute
)

// follows are the statuses that may come after each; the same one may always come again. 6 to 1 is our own flow: the fee is
// asked before the first check, and a case whose fee is paid waits for that check.
var follows = map[string][]string{
	"":  {"1", "6"},
	"1": {"2", "3", "5", "6", "7"},
	"2": {"4", "5", "6", "7", "8"},
	"3": {},
	"4": {"5", "6", "7", "8", "9"},
	"5": {"2", "4", "7", "8"},
	"6": {"1", "2", "4", "7", "8"},
	"7": {}, "8": {},
	"9":  {"10"},
	"10": {},
}

// Dossier is one case as the portal knows it.
type Dossier struct {
	Procedure string   `json:"procedure"`
	Steps     []Step   `json:"steps"`
	Refused   []string `json:"refused"` // statuses that came out of order
}

// Step is one line that the portal was told.
type Step struct {
	Status  string `json:"status"`
	At      string `json:"at"` // yyyyMMddHHmmss
	By      string `json:"by"`
	Content string `json:"content"`
}

// Status is where the dossier stands; empty before the first line.
func (d Dossier) Status() string {
	if len(d.Steps) == 0 {
		return ""
	}
	return d.Steps[len(d.Steps)-1].Status
}

type state struct {
	Dossiers map[string]*Dossier `json:"dossiers"`
	Keys     map[string]bool     `json:"keys"`    // idempotency keys that were heard
	Repeats  int                 `json:"repeats"` // lines that came again under their key
}

// Sim is the running data sharing.
type Sim struct {
	*partnersim.Desk[state]
	mux      *http.ServeMux
	sessions map[string]time.Time // guarded by the desk
}

// New opens it.
func New(o Options) (*Sim, error) {
	d, err := partnersim.NewDesk(o.Options, "sync", state{Dossiers: map[string]*Dossier{}, Keys: map[string]bool{}})
	if err != nil {
		return nil, err
	}
	s := &Sim{d, http.NewServeMux(), map[string]time.Time{}}
	s.mux.HandleFunc("POST /login", d.Read(s.login))
	s.mux.HandleFunc("POST /service", d.Act(s.service))
	return s, nil
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the portal.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Forget ends every session, as a portal that was restarted does.
func (s *Sim) Forget() { s.See(func(*state) { clear(s.sessions) }) }

// Dossier is what the portal knows of a case.
func (s *Sim) Dossier(caseCode string) (d Dossier, ok bool) {
	s.See(func(st *state) {
		if p := st.Dossiers[caseCode]; p != nil {
			d, ok = Dossier{p.Procedure, slices.Clone(p.Steps), slices.Clone(p.Refused)}, true
		}
	})
	return d, ok
}

// Repeats is how many lines came again under a key that had been heard.
func (s *Sim) Repeats() (n int) {
	s.See(func(st *state) { n = st.Repeats })
	return n
}

// Status is what the console shows: each case with the code at which it stands.
func (s *Sim) Status() map[string]any {
	m := map[string]any{"off": s.IsOff(), "fault": s.Fault()}
	s.See(func(st *state) {
		cases := map[string]string{}
		for code := range maps.Keys(st.Dossiers) {
			cases[code] = st.Dossiers[code].Status()
		}
		m["dossiers"], m["cases"] = len(cases), cases
	})
	return m
}

type answer struct {
	Code    int    `json:"error_code"`
	Session string `json:"session,omitempty"`
}

func (s *Sim) login(_ *state, a partnersim.Ask) (int, any) {
	var in struct {
		Username string `json:"username"`
	}
	if !a.Into(&in) || in.Username == "" {
		return http.StatusOK, answer{Code: BadData}
	}
	token := rand.Text()
	s.sessions[token] = s.Now()
	return http.StatusOK, answer{Session: token}
}

func (s *Sim) service(st *state, a partnersim.Ask) (int, any) {
	var in struct {
		Service string          `json:"service"`
		Session string          `json:"session"`
		Data    json.RawMessage `json:"data"`
	}
	if !a.Into(&in) || a.Key == "" {
		return http.StatusOK, answer{Code: BadData}
	}
	if at, ok := s.sessions[in.Session]; !ok || s.Now().Sub(at) > sessionLife {
		return http.StatusOK, answer{Code: BadSession}
	}
	if st.Keys[a.Key] {
		st.Repeats++
		return http.StatusOK, answer{}
	}
	code := BadService
	switch in.Service {
	case "DongBoHoSoMC":
		code = announce(st, in.Data)
	case "CapNhatTienDoHoSoMC":
		code = advance(st, in.Data)
	}
	if code == OK {
		st.Keys[a.Key] = true
	}
	return http.StatusOK, answer{Code: code}
}

func announce(st *state, data json.RawMessage) int {
	var list []struct {
		MaHoSo        string
		MaTTHC        string
		NgayTiepNhan  string
		TrangThaiHoSo string
	}
	if json.Unmarshal(data, &list) != nil || len(list) != 1 || list[0].MaHoSo == "" || list[0].MaTTHC == "" || !stamped(list[0].NgayTiepNhan) {
		return BadData
	}
	if st.Dossiers[list[0].MaHoSo] != nil {
		return Exists
	}
	st.Dossiers[list[0].MaHoSo] = &Dossier{Procedure: list[0].MaTTHC}
	return OK
}

func advance(st *state, data json.RawMessage) int {
	var list []struct{ MaHoSo, NguoiXuLy, ThoiDiemXuLy, NoiDungXuLy, TrangThai string }
	if json.Unmarshal(data, &list) != nil || len(list) != 1 || !stamped(list[0].ThoiDiemXuLy) {
		return BadData
	}
	in := list[0]
	if _, known := follows[in.TrangThai]; !known || in.TrangThai == "" {
		return BadData
	}
	d := st.Dossiers[in.MaHoSo]
	if d == nil {
		return Unknown
	}
	if !d.takes(in.TrangThai, in.ThoiDiemXuLy) {
		d.Refused = append(d.Refused, in.TrangThai)
		return OutOfOrder
	}
	d.Steps = append(d.Steps, Step{in.TrangThai, in.ThoiDiemXuLy, in.NguoiXuLy, in.NoiDungXuLy})
	return OK
}

// takes says whether the status may come next, and not from before the last one; the form of the times sorts as text.
func (d *Dossier) takes(status, at string) bool {
	last := d.Status()
	if last != "" && at < d.Steps[len(d.Steps)-1].At {
		return false
	}
	return last == status || slices.Contains(follows[last], status)
}

func stamped(s string) bool {
	_, err := time.Parse("20060102150405", s)
	return err == nil
}

// Allows says whether status to may follow from.
func Allows(from, to int) bool {
	a, b := strconv.Itoa(from), strconv.Itoa(to)
	return a == b || slices.Contains(follows[a], b)
}
