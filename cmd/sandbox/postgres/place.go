package postgres

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// place is where the data lies and as whom the server runs. Everything in base but data and sock belongs to us.
type place struct {
	base    string // absolute
	account account
}

func (p place) data() string { return filepath.Join(p.base, "data") }

// cache is where fetched programs lie, for all folders of this user: for root where others may enter, and beside the
// data for users without a home.
func (p place) cache() string {
	dir := "/var/cache"
	if os.Geteuid() != 0 {
		dir, _ = os.UserCacheDir() // its error is an empty name
	}
	if dir != "" {
		dir = filepath.Join(dir, "giahan")
		if os.MkdirAll(dir, 0o755) == nil {
			return dir
		}
	}
	return filepath.Join(p.base, "programs")
}

// account is the user that the server runs as. PostgreSQL refuses to run as root, so as root it is either another
// user of the system or root itself inside a user namespace where it is seen as that other user.
type account struct {
	kind     kind
	uid, gid uint32
}

type kind int

const (
	ourselves kind = iota
	otherUser
	namespace
)

// owner is the user and group that files of the server must have outside of any namespace; -1 is "as they are".
func (a account) owner() (uid, gid int) {
	switch a.kind {
	case otherUser:
		return int(a.uid), int(a.gid)
	case namespace:
		return 0, 0
	}
	return -1, -1
}

// choosePlace decides it once for dir: as an ordinary user there is nothing to decide. As root the server runs as
// the owner of the data, or as postgres or nobody for new data; where that user cannot enter dir (a checkout under
// /root) it runs in a user namespace; where those are forbidden, the data goes under /var/lib/giahan.
func choosePlace(dir string) (place, error) {
	base, err := filepath.Abs(dir)
	if err != nil {
		return place{}, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(base, 0o711); err != nil {
		return place{}, fmt.Errorf("data folder: %w", err)
	}
	if os.Geteuid() != 0 {
		return place{base, account{kind: ourselves}}, nil
	}
	p, err := rootPlace(base)
	if err != nil {
		return place{}, err
	}
	return p, os.MkdirAll(p.base, 0o711)
}

func rootPlace(base string) (place, error) {
	other, err := unprivileged(filepath.Join(base, "data"))
	if err != nil {
		return place{}, err
	}
	sum := sha256.Sum256([]byte(base))
	p, away := place{base, other}, place{filepath.Join("/var/lib/giahan", hex.EncodeToString(sum[:6])), other}
	if !p.used() && away.used() { // data stays where it began, though the folder may have been opened since
		return away, nil
	}
	shut := barrier(p.data(), other.uid)
	if shut == "" {
		return p, nil
	}
	p.account.kind = namespace
	if namespacesWork(p.account) {
		return p, nil
	}
	if p.used() {
		return place{}, fmt.Errorf("PostgreSQL may not run as root, and only root may enter %s: open that folder (chmod o+x) or run as an ordinary user", shut)
	}
	return away, nil
}

// used says that there is data already.
func (p place) used() bool { return exists(filepath.Join(p.data(), "PG_VERSION")) }

// unprivileged picks whom root becomes: the owner of existing data, else postgres, else nobody.
func unprivileged(data string) (account, error) {
	if fi, err := os.Stat(data); err == nil {
		if st, ok := fi.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
			return account{otherUser, st.Uid, st.Gid}, nil
		}
	}
	for _, n := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(n)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return account{otherUser, uint32(uid), uint32(gid)}, nil
		}
	}
	return account{}, errors.New("root may not run PostgreSQL, and neither user postgres nor user nobody exists: run as an ordinary user")
}

// barrier is the first folder above path that uid cannot enter, or "".
func barrier(path string, uid uint32) string {
	for p := filepath.Dir(path); ; p = filepath.Dir(p) {
		if fi, err := os.Stat(p); err == nil {
			st, ok := fi.Sys().(*syscall.Stat_t)
			owns := ok && st.Uid == uid && fi.Mode()&0o100 != 0
			if !owns && fi.Mode()&0o001 == 0 {
				return p
			}
		}
		if p == filepath.Dir(p) {
			return ""
		}
	}
}

// reaching makes sure that the account can run the programs in bin, which may lie where only root gets.
func (p place) reaching(bin string) (place, error) {
	if p.account.kind != otherUser {
		return p, nil
	}
	at := barrier(filepath.Join(bin, "postgres"), p.account.uid)
	if at == "" {
		return p, nil
	}
	p.account.kind = namespace
	if namespacesWork(p.account) {
		return p, nil
	}
	return p, fmt.Errorf("the PostgreSQL programs in %s cannot be reached by an ordinary user, because only root may enter %s", bin, at)
}

// makeDir makes a folder that only the server's account enters. A folder of another owner (root once ran where a
// user runs now, or the reverse) is handed over with all that lies in it.
func (p place) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	uid, gid := p.account.owner()
	if uid < 0 || ownedBy(dir, uid) {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

func ownedBy(path string, uid int) bool {
	fi, err := os.Lstat(path)
	if err != nil {
		return false
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == uid
}

// password reads the password of the cluster, or makes one for a new cluster.
func (p place) password() (string, error) {
	file := filepath.Join(p.base, "password")
	if b, err := os.ReadFile(file); err == nil {
		return strings.TrimSpace(string(b)), nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read password: %w", err)
	}
	password := rand.Text()
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write password: %w", err)
	}
	return password, nil
}

// maxSocketPath is the longest path of a Unix socket in bytes: sun_path has 108 with its final zero.
const maxSocketPath = 107

const socketName = ".s.PGSQL.5432"

// socketDir is the folder of the socket: beside the data, or a short one where that path is too long or has a comma, which
// parts names in the server's list of folders and in the client's list of hosts. The short one has a name that others can
// guess, so it must be ours before we trust it.
func (p place) socketDir() (string, error) {
	dir := filepath.Join(p.base, "sock")
	if len(dir)+1+len(socketName) <= maxSocketPath && !strings.ContainsAny(dir, `,"`) {
		return dir, p.makeDir(dir)
	}
	short := "/tmp"
	if run := os.Getenv("XDG_RUNTIME_DIR"); run != "" && len(run) < 60 && p.account.kind == ourselves && exists(run) {
		short = run
	}
	sum := sha256.Sum256([]byte(p.base))
	dir = filepath.Join(short, fmt.Sprintf("giahan-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:6])))
	if err := os.Mkdir(dir, 0o700); err == nil {
		return dir, p.makeDir(dir)
	}
	uid, _ := p.account.owner()
	if uid < 0 {
		uid = os.Geteuid()
	}
	fi, err := os.Lstat(dir)
	if err != nil || !fi.IsDir() || fi.Mode().Perm() != 0o700 || !ownedBy(dir, uid) {
		return "", fmt.Errorf("folder %s for the database's socket is not ours: remove it, or move the project to a shorter path", dir)
	}
	return dir, nil
}

// dsn is an address in the form of an URL, so that it can travel in DATABASE_URL.
func dsn(sockets, password, database string) string {
	q := url.Values{"host": {sockets}, "port": {"5432"}, "sslmode": {"disable"}}
	query := strings.ReplaceAll(q.Encode(), "+", "%20") // pgx, as libpq, takes + for a plus
	u := url.URL{Scheme: "postgres", User: url.UserPassword(name, password), Path: "/" + database, RawQuery: query}
	return u.String()
}
