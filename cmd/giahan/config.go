package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"giahan/identity"
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

	S3Endpoint  string
	S3AccessKey string
	S3SecretKey identity.Secret
	S3Bucket    string
	MasterKey   []byte

	Portal, Staff                           realm
	Register, Payment, Printing, Post, Sync partner
	Merchant                                string

	Office     page.Office
	OfficeCode string
}

// realm is one OpenID provider.
type realm struct {
	Issuer, ClientID string
	ClientSecret     identity.Secret
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

// sandboxSecret begins every key that the sandbox makes up; production refuses it.
const sandboxSecret = "sandbox-"

func keep(dst func(*config) *string) func(*config, string) error {
	return func(c *config, v string) error { *dst(c) = v; return nil }
}

func secret(dst func(*config) *identity.Secret) func(*config, string) error {
	return func(c *config, v string) error { *dst(c) = identity.Secret(v); return nil }
}

func address(dst func(*config) *string) func(*config, string) error {
	return func(c *config, v string) error {
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return errors.New("want http://host or https://host")
		}
		*dst(c) = strings.TrimSuffix(v, "/")
		return nil
	}
}

// variables is the whole configuration, in the order of README's table.
func variables() []variable {
	vs := []variable{
		{"GIAHAN_MODE", "production", false, "`production` refuses plain http, this machine's addresses and sandbox keys; `sandbox` allows them", setMode},
		{"DATABASE_URL", "", true, "PostgreSQL, as a URL or key=value words; `target_session_attrs=read-write` with several hosts", secret(func(c *config) *identity.Secret { return &c.DatabaseURL })},
		{"GIAHAN_LISTEN", ":8080", false, "address of both sites", keep(func(c *config) *string { return &c.Listen })},
		{"GIAHAN_METRICS_LISTEN", "127.0.0.1:8081", false, "address of /metrics; empty for none", keep(func(c *config) *string { return &c.MetricsListen })},
		{"GIAHAN_PUBLIC_URL", "", true, "residents' address, as browsers see it", address(func(c *config) *string { return &c.PublicURL })},
		{"GIAHAN_OFFICER_URL", "", true, "officers' address; another host name", address(func(c *config) *string { return &c.OfficerURL })},
		{"GIAHAN_TRUSTED_PROXIES", "", false, "addresses, with commas, whose X-Forwarded-For is believed", setProxies},
		{"GIAHAN_WORKERS", "on", false, "`off`: serve answers pages only, `giahan work` does the jobs", setWorkers},
		{"GIAHAN_POLL", "15s", false, "how soon a partner is asked again whose answer is still to come", setPoll},
		{"GIAHAN_S3_ENDPOINT", "", true, "object store, http(s)://host:port", address(func(c *config) *string { return &c.S3Endpoint })},
		{"GIAHAN_S3_ACCESS_KEY", "", true, "its account", keep(func(c *config) *string { return &c.S3AccessKey })},
		{"GIAHAN_S3_SECRET_KEY", "", true, "its key", secret(func(c *config) *identity.Secret { return &c.S3SecretKey })},
		{"GIAHAN_S3_BUCKET", "giahan-photos", false, "bucket of the pictures", keep(func(c *config) *string { return &c.S3Bucket })},
		{"GIAHAN_MASTER_KEY", "", true, "32 random bytes in base64: wraps the key of each picture; never lose it", setMasterKey},
	}
	vs = append(vs, realmVariables("PORTAL", "national portal", func(c *config) *realm { return &c.Portal })...)
	vs = append(vs, realmVariables("STAFF", "staff realm", func(c *config) *realm { return &c.Staff })...)
	vs = append(vs, partnerVariables("REGISTER", "register of licences", func(c *config) *partner { return &c.Register })...)
	vs = append(vs, partnerVariables("PAYMENT", "payment house", func(c *config) *partner { return &c.Payment })...)
	vs = append(vs, partnerVariables("PRINTING", "print house", func(c *config) *partner { return &c.Printing })...)
	vs = append(vs, partnerVariables("POST", "post", func(c *config) *partner { return &c.Post })...)
	vs = append(vs, partnerVariables("SYNC", "status exchange of the national portal", func(c *config) *partner { return &c.Sync })...)
	return append(vs,
		variable{"GIAHAN_PAYMENT_MERCHANT", "", true, "our number at the payment house", keep(func(c *config) *string { return &c.Merchant })},
		variable{"GIAHAN_OFFICE_CODE", "", true, "code of the office, in front of dossier codes (H27.12)", keep(func(c *config) *string { return &c.OfficeCode })},
		variable{"GIAHAN_OFFICE_NAME", "", true, "name of the office, as printed and shown", keep(func(c *config) *string { return &c.Office.Name })},
		variable{"GIAHAN_OFFICE_PHONE", "", true, "its telephone", keep(func(c *config) *string { return &c.Office.Phone })},
		variable{"GIAHAN_OFFICE_ADDRESS", "", true, "its address", keep(func(c *config) *string { return &c.Office.Address })},
		variable{"GIAHAN_OFFICE_HOURS", "", true, "its hours", keep(func(c *config) *string { return &c.Office.Hours })},
	)
}

func realmVariables(name, is string, of func(*config) *realm) []variable {
	return []variable{
		{"GIAHAN_" + name + "_ISSUER", "", true, is + ": OpenID issuer, to the letter", address(func(c *config) *string { return &of(c).Issuer })},
		{"GIAHAN_" + name + "_CLIENT_ID", "", true, is + ": our client", keep(func(c *config) *string { return &of(c).ClientID })},
		{"GIAHAN_" + name + "_CLIENT_SECRET", "", true, is + ": its secret", secret(func(c *config) *identity.Secret { return &of(c).ClientSecret })},
	}
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

func setProxies(c *config, v string) error {
	for _, p := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, _, err := net.ParseCIDR(p); err != nil && net.ParseIP(p) == nil {
			return errors.New("want addresses or networks with commas")
		}
		c.Proxies = append(c.Proxies, p)
	}
	return nil
}

func setMasterKey(c *config, v string) error {
	key, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(key) != 32 {
		return errors.New("want 32 bytes in base64 (openssl rand -base64 32)")
	}
	c.MasterKey = key
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
	if c.PublicURL != "" && c.PublicURL == c.OfficerURL {
		problems = append(problems, errors.New("GIAHAN_OFFICER_URL must be another host than GIAHAN_PUBLIC_URL: cookies of one must never reach the other"))
	}
	if c.Production {
		problems = append(problems, c.checkProduction()...)
	}
	return c, errors.Join(problems...)
}

// checkProduction refuses what only a sandbox may have.
func (c config) checkProduction() (problems []error) {
	for name, address := range map[string]string{"GIAHAN_PUBLIC_URL": c.PublicURL, "GIAHAN_OFFICER_URL": c.OfficerURL, "GIAHAN_PORTAL_ISSUER": c.Portal.Issuer,
		"GIAHAN_STAFF_ISSUER": c.Staff.Issuer, "GIAHAN_REGISTER_URL": c.Register.URL, "GIAHAN_PAYMENT_URL": c.Payment.URL,
		"GIAHAN_PRINTING_URL": c.Printing.URL, "GIAHAN_POST_URL": c.Post.URL, "GIAHAN_SYNC_URL": c.Sync.URL} {
		u, err := url.Parse(address)
		if address == "" || err != nil {
			continue
		}
		if u.Scheme != "https" {
			problems = append(problems, fmt.Errorf("%s: production wants https", name))
		}
		if local(u.Hostname()) {
			problems = append(problems, fmt.Errorf("%s: production refuses this machine's own addresses", name))
		}
	}
	for name, s := range map[string]identity.Secret{"GIAHAN_S3_SECRET_KEY": c.S3SecretKey, "GIAHAN_PORTAL_CLIENT_SECRET": c.Portal.ClientSecret,
		"GIAHAN_STAFF_CLIENT_SECRET": c.Staff.ClientSecret, "GIAHAN_REGISTER_SECRET": c.Register.Secret, "GIAHAN_PAYMENT_SECRET": c.Payment.Secret,
		"GIAHAN_PRINTING_SECRET": c.Printing.Secret, "GIAHAN_POST_SECRET": c.Post.Secret, "GIAHAN_SYNC_SECRET": c.Sync.Secret} {
		v := s.Reveal()
		if v != "" && (strings.HasPrefix(v, sandboxSecret) || len(v) < 16) {
			problems = append(problems, fmt.Errorf("%s: production refuses sandbox keys and keys under 16 characters", name))
		}
	}
	return problems
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
