package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms are the packages of the house and which others each may import; a longer path wins over a shorter one. A new edge is an
// edit here, seen in review. "-" in front forbids what an earlier word allowed.
var rooms = []struct {
	room string
	may  []string
}{
	// 0: words
	{"identity", nil},
	{"media", nil},
	// 1: the domain
	{"licensing", []string{"identity", "media"}},
	// 2: stores, rules, pictures, words for people
	{"licensing/rules", []string{"licensing"}},
	{"licensing/jobs", nil},
	{"licensing/store", []string{"licensing", "identity", "identity/vault", "media"}},
	{"identity/vault", nil},
	{"identity/store", []string{"identity", "identity/vault"}},
	{"media/store", []string{"media", "identity", "identity/vault"}},
	{"media/photo", []string{"media"}},
	{"media/photo/phototest", []string{"media"}},
	{"media/apart", nil},
	{"media/heic", []string{"media", "media/apart"}},
	{"media/pdf", []string{"media", "media/apart"}},
	{"media/pdf/pdftest", nil},
	{"media/heic/heictest", []string{"media/heic"}},
	{"media/blob", []string{"media"}},
	{"web/text", []string{"licensing", "identity", "media"}},
	{"integrations/outbound", []string{"licensing", "identity", "media"}},
	// 3: partners, sign-in, intake, forms, the one way in which a case moves
	{"integrations", []string{"licensing", "identity", "media", "integrations/outbound"}},
	{"integrations/partnersim", []string{"integrations/outbound"}},
	{"integrations/*/*sim", []string{"integrations/outbound", "integrations/partnersim"}},
	{"identity/signin", []string{"identity"}},
	{"identity/sessions", []string{"identity", "identity/store", "identity/signin"}},
	{"media/intake", []string{"media", "identity", "media/store", "media/photo", "media/blob", "media/heic", "media/pdf", "media/scan"}},
	{"media/scan", []string{"media"}},
	{"media/scan/scantest", nil},
	{"licensing/casework", []string{"licensing", "identity", "licensing/store", "licensing/jobs"}},
	{"web/static", nil},
	{"web/form", []string{"licensing", "media", "web/text"}},
	// 4: use cases; never each other
	{"licensing/renewal", []string{"licensing", "identity", "media", "media/store", "licensing/store", "licensing/jobs", "licensing/casework"}},
	{"licensing/desk", []string{"licensing", "identity", "media", "media/store", "licensing/store", "licensing/jobs", "licensing/casework"}},
	{"licensing/audit", []string{"licensing", "licensing/store"}},
	// 5: what follows a transaction
	{"licensing/workers", []string{"licensing", "identity", "media", "licensing/store", "licensing/jobs", "licensing/casework"}},
	// 6: pages
	{"web/page", []string{"licensing", "identity", "media", "web/text", "web/static", "web/form"}},
	{"web/visit", []string{"identity", "web/page", "web/text"}},
	{"web/public", []string{"licensing", "identity", "web/page", "web/text", "web/form", "web/visit", "web/static"}},
	{"web/guide", []string{"licensing", "web/page", "web/text", "web/form"}},
	{"web/resident", []string{"licensing", "identity", "media", "licensing/renewal", "web/page", "web/text", "web/form", "web/visit", "web/static"}},
	{"web/officer", []string{"licensing", "identity", "media", "licensing/desk", "web/page", "web/text", "web/form", "web/visit", "web/static"}},
	{"web/hooks", nil},
	// 7: the server
	{"web", []string{"identity", "identity/sessions", "identity/signin", "licensing", "media", "web/*"}},
	// 8: where a partner meets a port
	{"migrations", []string{"identity/vault"}},
	{"cmd/giahan", []string{"*", "-cmd/sandbox", "-integrations/partnersim", "-integrations/*/*sim", "-migrations/dbtest", "-licensing/licensingtest", "-media/photo/phototest", "-media/heic/heictest", "-media/pdf/pdftest", "-identity/signin/signintest", "-media/scan/scantest"}},
	{"cmd/sandbox", []string{"*", "-web", "-cmd/giahan"}},
	// help for tests
	{"migrations/dbtest", []string{"migrations", "identity/vault", "cmd/sandbox/postgres"}},
	{"licensing/licensingtest", []string{"*"}},
	{"identity/signin/signintest", []string{"integrations/portal/portalsim"}},
}

// fences say where a library may be used.
var fences = map[string][]string{
	"github.com/gofiber/":               {"web", "cmd"},
	"github.com/jackc/pgx/":             {"licensing/store", "identity/store", "identity/vault", "media/store", "licensing/renewal", "licensing/desk", "licensing/workers", "licensing/casework", "licensing/audit", "licensing/jobs", "identity/sessions", "media/intake", "migrations", "cmd", "licensing/licensingtest"},
	"github.com/riverqueue/":            {"licensing/jobs", "licensing/renewal", "licensing/desk", "licensing/workers", "licensing/casework", "migrations", "cmd", "licensing/licensingtest"},
	"github.com/lestrrat-go/jwx/":       {"identity/signin", "licensing/audit"},
	"github.com/minio/minio-go/":        {"media/blob"},
	"github.com/disintegration/imaging": {"media/photo"},
	"github.com/gen2brain/heic":         {"media/heic"},
	"github.com/esimov/pigo/":           {"media/photo"},
	"github.com/zitadel/":               {"integrations/portal/portalsim"},
	"github.com/versity/":               {"cmd/sandbox/objectstore"},
	"net/http":                          {"integrations", "identity/signin", "cmd", "media/blob"},
	"math/rand":                         {},
	"github.com/fergusstrange/":         {},
	"github.com/prometheus/":            {"web", "cmd"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "giahan/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 30 {
		t.Fatalf("only %d packages: the test looks at the wrong place", len(all))
	}
	return all
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "giahan/")
		may, ok := roomOf(from)
		if !ok {
			t.Errorf("%s: no room of the house; add it to the table", from)
			continue
		}
		for _, imp := range p.Imports {
			if to, ours := strings.CutPrefix(imp, "giahan/"); ours && !allowed(may, to) && !below(from, to) {
				t.Errorf("%s may not import %s", from, to)
			}
			for lib, where := range fences {
				if (imp == lib || strings.HasPrefix(imp, strings.TrimSuffix(lib, "/")+"/")) && !slices.ContainsFunc(where, func(w string) bool { return from == w || strings.HasPrefix(from, w+"/") }) {
					t.Errorf("%s may not use %s", from, imp)
				}
			}
		}
	}
}

// TestProductionBinaryIsClean: the production binary links no simulator, no embedded server and no test help.
func TestProductionBinaryIsClean(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != "giahan/cmd/giahan" {
			continue
		}
		for _, d := range p.Deps {
			if strings.Contains(d, "sim") && strings.HasPrefix(d, "giahan/") || strings.HasPrefix(d, "giahan/cmd/sandbox") || strings.Contains(d, "versitygw") ||
				strings.Contains(d, "zitadel") || strings.HasSuffix(d, "dbtest") || strings.HasSuffix(d, "phototest") || strings.HasSuffix(d, "heictest") || strings.HasSuffix(d, "pdftest") || strings.HasSuffix(d, "signintest") || strings.HasSuffix(d, "scantest") || d == "testing" {
				t.Errorf("the production binary links %s", d)
			}
		}
	}
}

func roomOf(path string) (may []string, ok bool) {
	best := ""
	for _, r := range rooms {
		if matches(r.room, path) && len(r.room) >= len(best) {
			best, may, ok = r.room, r.may, true
		}
	}
	return may, ok
}

// matches says whether path is the room or lies in it; a star stands for one word or its beginning.
func matches(room, path string) bool {
	want, got := strings.Split(room, "/"), strings.Split(path, "/")
	if len(got) < len(want) {
		return false
	}
	for i, w := range want {
		if pre, suf, star := strings.Cut(w, "*"); star && strings.HasPrefix(got[i], pre) && strings.HasSuffix(got[i], suf) {
			continue
		}
		if w != got[i] {
			return false
		}
	}
	return true
}

func allowed(may []string, to string) bool {
	ok := false
	for _, m := range may {
		if no, forbidden := strings.CutPrefix(m, "-"); forbidden {
			if matches(no, to) {
				return false
			}
			continue
		}
		ok = ok || m == "*" || m == to || strings.HasSuffix(m, "/*") && strings.HasPrefix(to, strings.TrimSuffix(m, "*"))
	}
	return ok
}

// below: a package may import its own subpackages' siblings only where the table says so, but cmd/sandbox is one room.
func below(from, to string) bool {
	return strings.HasPrefix(from, "cmd/sandbox") && strings.HasPrefix(to, "cmd/sandbox/")
}
