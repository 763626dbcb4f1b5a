package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/media/scan"
	"giahan/web/page"
)

// config is everything that the environment says. Secrets print as "[redacted]".
type config struct {
	Production    bool
	DatabaseURL   identity.Secret
	Listen        string
	MetricsListen string
	PublicURL     string
	OfficerURL    string
	Proxies       []string
	Workers       bool
	Poll          time.Duration
	FreshLogin    time.Duration
	RulesDir      string

	S3Endpoint  string
	S3AccessKey string
	S3SecretKey identity.Secret
	S3Bucket    string
	Scanner     *scan.Clamd // nil for none
	PDFTool     string      // empty for none
	MasterKey   []byte
	OldKeys     [][]byte // master keys from before a rotation

	Portal, Staff                           realm
	Register, Payment, Printing, Post, Sync partner
	Health                                  partner // without an address: nobody is asked
	Merchant                                string

	Office       page.Office
	OfficeCode   string
	CodeWidth    int
	OfficeSigner *audit.FileSigner
	OfficeKeys   audit.Keys

	// Owner says that the database is asked with the rights of DATABASE_URL's own role, as migrations need. Everything else gives
	// them up for those of the application's role.
	Owner bool
}

// partner is one system that we talk to over HTTP, and the key that signs what we say to each other.
type partner struct {
	URL    string
	Secret identity.Secret
}

// variable is one setting: its name, its value where the environment says nothing, and what it means. README's table is
// compared with this list.
type variable struct {
	name     string
	fallback string
	required bool
	means    string
	set      func(c *config, value string) error
}

func keep(dst func(*config) *string) func(*config, string) error {
	return func(c *config, v string) error { *dst(c) = v; return nil }
}

func secret(dst func(*config) *identity.Secret) func(*config, string) error {
	return func(c *config, v string) error { *dst(c) = identity.Secret(v); return nil }
}

func setScanner(c *config, v string) (err error) {
	if v != "" {
		c.Scanner, err = scan.New(v)
	}
	return err
}

// setPDFTool keeps the tool if it is there: otherwise the first person with a scan would find out.
func setPDFTool(c *config, v string) error {
	info, err := os.Stat(v)
	if err != nil || !filepath.IsAbs(v) || info.IsDir() || info.Mode()&0o111 == 0 {
		return errors.New("want the whole path of a program, such as /usr/bin/pdftoppm")
	}
	c.PDFTool = v
	return nil
}

func address(dst func(*config) *string) func(*config, string) error {
	return func(c *config, v string) error {
		if _, err := parseAddress(v); err != nil {
			return err
		}
		*dst(c) = strings.TrimSuffix(v, "/")
		return nil
	}
}

func parseAddress(v string) (*url.URL, error) {
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("want http://host or https://host")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, errors.New("want an address without user, query or fragment")
	}
	return u, nil
}

// site is the address of one of our own two sites: an origin, spelled as browsers spell it, so that it can be compared with theirs.
func site(dst func(*config) *string) func(*config, string) error {
	return func(c *config, v string) error {
		u, err := parseAddress(v)
		if err != nil {
			return err
		}
		if u.Path != "" && u.Path != "/" {
			return errors.New("want an address without a path: the site is at the root of its host")
		}
		host := strings.ToLower(u.Host)
		if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; strings.HasSuffix(host, port) {
			host = strings.TrimSuffix(host, port)
		}
		*dst(c) = u.Scheme + "://" + host
		return nil
	}
}

// hostOf is what browsers keep cookies by: the name alone, whatever the port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// variables is the whole configuration, in the order of README's table.
func variables() []variable {
	vs := []variable{
		{"GIAHAN_MODE", "production", false, "`production` refuses plain http, this machine's addresses, sandbox keys, weak keys and one key for two; `sandbox` allows them", setMode},
		{"DATABASE_URL", "", true, "PostgreSQL, as a URL or key=value words; `sslmode=verify-full` unless it is a local socket, `target_session_attrs=read-write` with several hosts", setDatabase},
		{"GIAHAN_LISTEN", ":8080", false, "address of both sites", keep(func(c *config) *string { return &c.Listen })},
		{"GIAHAN_METRICS_LISTEN", "127.0.0.1:8081", false, "address of /metrics; empty for none", keep(func(c *config) *string { return &c.MetricsListen })},
		{"GIAHAN_PUBLIC_URL", "", true, "residents' address, as browsers see it: scheme and host, no path", site(func(c *config) *string { return &c.PublicURL })},
		{"GIAHAN_OFFICER_URL", "", true, "officers' address, the same; another host name, not only another port", site(func(c *config) *string { return &c.OfficerURL })},
		{"GIAHAN_TRUSTED_PROXIES", "", false, "addresses, with commas, whose X-Forwarded-For is believed", setProxies},
		{"GIAHAN_WORKERS", "on", false, "`off`: serve answers pages only, `giahan work` does the jobs", setWorkers},
		{"GIAHAN_POLL", "15s", false, "how soon a partner is asked again whose answer is still to come", setPoll},
		{"GIAHAN_FRESH_LOGIN", "15m", false, "how old the sign-in may be of whoever submits a case", setFreshLogin},
		{"GIAHAN_RULES_DIR", "", false, "folder of rules whose files take the place of the embedded ones; SIGHUP loads it again", keep(func(c *config) *string { return &c.RulesDir })},
		{"GIAHAN_S3_ENDPOINT", "", true, "object store, https://host:port", address(func(c *config) *string { return &c.S3Endpoint })},
		{"GIAHAN_S3_ACCESS_KEY", "", true, "its account, made for us and not the store's own", keep(func(c *config) *string { return &c.S3AccessKey })},
		{"GIAHAN_S3_SECRET_KEY", "", true, "its key", secret(func(c *config) *identity.Secret { return &c.S3SecretKey })},
		{"GIAHAN_S3_BUCKET", "giahan-photos", false, "bucket of the pictures", keep(func(c *config) *string { return &c.S3Bucket })},
		{"GIAHAN_CLAMD", "", false, "virus scanner (clamd), `unix:/path` or `tcp:host:port`: pictures are scanned as they come; without it their protection is that they are encoded anew", setScanner},
		{"GIAHAN_PDFTOPPM", "", false, "poppler's renderer (Debian: poppler-utils), whole path: health certificates are taken as PDF too; without it people are asked for a photo", setPDFTool},
		{"GIAHAN_MASTER_KEY", "", true, "32 random bytes in base64: wraps the key of each picture, seals personal columns of the database; never lose it", setMasterKey},
		{"GIAHAN_OLD_MASTER_KEYS", "", false, "master keys from before a rotation, with commas: pictures and columns under them still open; `giahan rewrap` brings them under the new one", setOldKeys},
	}
	vs = append(vs, realmVariables("PORTAL", "national portal", func(c *config) *realm { return &c.Portal })...)
	vs = append(vs, realmVariables("STAFF", "staff realm", func(c *config) *realm { return &c.Staff })...)
	vs = append(vs, partnerVariables("REGISTER", "register of licences", func(c *config) *partner { return &c.Register })...)
	for _, v := range partnerVariables("HEALTH", "register of health certificates", func(c *config) *partner { return &c.Health }) {
		v.required, v.means = false, v.means+"; without it people type and photograph every certificate"
		vs = append(vs, v)
	}
	vs = append(vs, partnerVariables("PAYMENT", "payment house", func(c *config) *partner { return &c.Payment })...)
	vs = append(vs, partnerVariables("PRINTING", "print house", func(c *config) *partner { return &c.Printing })...)
	vs = append(vs, partnerVariables("POST", "post", func(c *config) *partner { return &c.Post })...)
	vs = append(vs, partnerVariables("SYNC", "status exchange of the national portal", func(c *config) *partner { return &c.Sync })...)
	return append(vs,
		variable{"GIAHAN_PAYMENT_MERCHANT", "", true, "our number at the payment house", keep(func(c *config) *string { return &c.Merchant })},
		variable{"GIAHAN_OFFICE_KEYS", "", true, "file with the office's private key, which signs decisions and the published list, and behind it the public keys of former days: PEM, P-256", setOfficeKeys},
		variable{"GIAHAN_OFFICE_CODE", "", true, "code of the office, in front of dossier codes (H27.12)", setOfficeCode},
		variable{"GIAHAN_CODE_WIDTH", "4", false, "digits of the counter in dossier codes, 4 to 6; a day with more cases than they count uses more digits, up to 6", setCodeWidth},
		variable{"GIAHAN_OFFICE_NAME", "", true, "name of the office, as printed and shown", keep(func(c *config) *string { return &c.Office.Name })},
		variable{"GIAHAN_OFFICE_PHONE", "", true, "its telephone", keep(func(c *config) *string { return &c.Office.Phone })},
		variable{"GIAHAN_OFFICE_ADDRESS", "", true, "its address", keep(func(c *config) *string { return &c.Office.Address })},
		variable{"GIAHAN_OFFICE_HOURS", "", true, "its hours, in Vietnamese", keep(func(c *config) *string { return &c.Office.Hours })},
		variable{"GIAHAN_OFFICE_HOURS_EN", "", false, "its hours, in English; without it English pages show the Vietnamese", keep(func(c *config) *string { return &c.Office.HoursEN })},
	)
}

func partnerVariables(name, is string, of func(*config) *partner) []variable {
	return []variable{
		{"GIAHAN_" + name + "_URL", "", true, is + ": address", address(func(c *config) *string { return &of(c).URL })},
		{"GIAHAN_" + name + "_SECRET", "", true, is + ": key that signs messages, both ways", secret(func(c *config) *identity.Secret { return &of(c).Secret })},
	}
}

func setMode(c *config, v string) error {
	c.Production = v == "production"
	if !c.Production && v != "sandbox" {
		return errors.New("want production or sandbox")
	}
	return nil
}

func setWorkers(c *config, v string) error {
	c.Workers = v == "on"
	if !c.Workers && v != "off" {
		return errors.New("want on or off")
	}
	return nil
}

func setPoll(c *config, v string) (err error) {
	c.Poll, err = time.ParseDuration(v)
	if err != nil || c.Poll < 50*time.Millisecond {
		return errors.New("want a duration such as 15s, at least 50ms")
	}
	return nil
}

func setOfficeCode(c *config, v string) error {
	if !licensing.IsOffice(v) {
		return errors.New("want capital letters and digits, in parts with dots: H27.12")
	}
	c.OfficeCode = v
	return nil
}

func setCodeWidth(c *config, v string) (err error) {
	c.CodeWidth, err = strconv.Atoi(v)
	if err != nil || c.CodeWidth < licensing.CodeWidth || c.CodeWidth > licensing.MaxCodeWidth {
		return errors.New("want a number from 4 to 6")
	}
	return nil
}

func setProxies(c *config, v string) error {
	for _, p := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, _, err := net.ParseCIDR(p); err != nil && net.ParseIP(p) == nil {
			return errors.New("want addresses or networks with commas")
		}
		c.Proxies = append(c.Proxies, p)
	}
	return nil
}

// readConfig reads the environment and reports every problem at once. A value is never repeated in an error: it may be a
// secret.
func readConfig(getenv func(string) string) (config, error) {
	var c config
	var problems []error
	for _, v := range variables() {
		value := getenv(v.name)
		if value == "" {
			value = v.fallback
		}
		if value == "" {
			if v.required {
				problems = append(problems, fmt.Errorf("%s is missing: %s", v.name, v.means))
			}
			continue
		}
		if err := v.set(&c, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", v.name, err))
		}
	}
	for name, r := range map[string]realm{"GIAHAN_PORTAL": c.Portal, "GIAHAN_STAFF": c.Staff} {
		if err := r.check(name); err != nil {
			problems = append(problems, err)
		}
	}
	if host := hostOf(c.PublicURL); host != "" && host == hostOf(c.OfficerURL) {
		problems = append(problems, errors.New("GIAHAN_OFFICER_URL must be another host than GIAHAN_PUBLIC_URL: cookies of one must never reach the other"))
	}
	if (c.Health.URL == "") != (c.Health.Secret.Reveal() == "") {
		problems = append(problems, errors.New("GIAHAN_HEALTH_URL and GIAHAN_HEALTH_SECRET: want both or neither"))
	}
	if c.Production {
		problems = append(problems, c.checkProduction()...)
	}
	return c, errors.Join(problems...)
}
