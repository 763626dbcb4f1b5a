package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
)

// sandboxSecret begins every key that the sandbox makes up; production refuses it.
const sandboxSecret = "sandbox-"

// leastSecret is the fewest characters of a key in production, leastKinds the fewest different ones among them: 16 random hex
// digits have fewer than five different ones less than once in a million.
const (
	leastSecret = 16
	leastKinds  = 5
)

// leastBytes is the fewest different bytes in a master key: 32 random bytes have about thirty.
const leastBytes = 16

// named is one setting and its variable.
type named[T any] struct {
	name  string
	value T
}

// addresses are all that we send people, pictures or messages to.
func (c config) addresses() []named[string] {
	return []named[string]{{"GIAHAN_PUBLIC_URL", c.PublicURL}, {"GIAHAN_OFFICER_URL", c.OfficerURL}, {"GIAHAN_S3_ENDPOINT", c.S3Endpoint},
		{"GIAHAN_PORTAL_ISSUER", c.Portal.Issuer}, {"GIAHAN_STAFF_ISSUER", c.Staff.Issuer}, {"GIAHAN_REGISTER_URL", c.Register.URL}, {"GIAHAN_HEALTH_URL", c.Health.URL},
		{"GIAHAN_PAYMENT_URL", c.Payment.URL}, {"GIAHAN_PRINTING_URL", c.Printing.URL}, {"GIAHAN_POST_URL", c.Post.URL}, {"GIAHAN_SYNC_URL", c.Sync.URL}}
}

// secrets are all that two sides know.
func (c config) secrets() []named[identity.Secret] {
	return []named[identity.Secret]{{"GIAHAN_S3_SECRET_KEY", c.S3SecretKey}, {"GIAHAN_PORTAL_CLIENT_SECRET", c.Portal.ClientSecret},
		{"GIAHAN_STAFF_CLIENT_SECRET", c.Staff.ClientSecret}, {"GIAHAN_REGISTER_SECRET", c.Register.Secret}, {"GIAHAN_HEALTH_SECRET", c.Health.Secret}, {"GIAHAN_PAYMENT_SECRET", c.Payment.Secret},
		{"GIAHAN_PRINTING_SECRET", c.Printing.Secret}, {"GIAHAN_POST_SECRET", c.Post.Secret}, {"GIAHAN_SYNC_SECRET", c.Sync.Secret}}
}

// checkProduction refuses what only a sandbox may have. Addresses of the office's own network are welcome, with https: a proxy
// in front of us and an object store beside us are how a real service stands.
func (c config) checkProduction() (problems []error) {
	for _, a := range c.addresses() {
		u, err := url.Parse(a.value)
		if a.value == "" || err != nil {
			continue
		}
		if !strings.EqualFold(u.Scheme, "https") {
			problems = append(problems, fmt.Errorf("%s: production wants https", a.name))
		}
		if local(u.Hostname()) {
			problems = append(problems, fmt.Errorf("%s: production refuses this machine's own addresses", a.name))
		}
	}
	problems = append(problems, checkSecrets(c.secrets())...)
	if wellKnown(c.S3AccessKey) {
		problems = append(problems, errors.New("GIAHAN_S3_ACCESS_KEY: production refuses an account that object stores come with"))
	}
	if err := checkDatabase(c.DatabaseURL.Reveal()); err != nil {
		problems = append(problems, fmt.Errorf("DATABASE_URL: %w", err))
	}
	if c.MasterKey != nil && !random(c.MasterKey) {
		problems = append(problems, errors.New("GIAHAN_MASTER_KEY: production wants random bytes (openssl rand -base64 32)"))
	}
	for _, p := range c.Proxies {
		if strings.HasSuffix(p, "/0") {
			problems = append(problems, errors.New("GIAHAN_TRUSTED_PROXIES: production refuses to believe the whole world"))
		}
	}
	return problems
}

// checkSecrets refuses weak keys, and one key for two: whoever knows one partner's key could speak as the other.
func checkSecrets(secrets []named[identity.Secret]) (problems []error) {
	owner := map[string]string{}
	for _, s := range secrets {
		v := s.value.Reveal()
		if v == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(v), sandboxSecret) || len(v) < leastSecret || kinds([]byte(v)) < leastKinds || wellKnown(v) {
			problems = append(problems, fmt.Errorf("%s: production refuses sandbox keys, well-known keys and keys under %d characters", s.name, leastSecret))
		}
		if other := owner[v]; other != "" {
			problems = append(problems, fmt.Errorf("%s: the same as %s; each wants a key of its own", s.name, other))
		}
		owner[v] = s.name
	}
	return problems
}

// wellKnown says whether a word of the object store's account is one that everybody knows.
func wellKnown(word string) bool {
	word = strings.ToLower(word)
	return strings.Contains(word, "minioadmin") || strings.Contains(word, "changeme") || strings.HasPrefix(word, sandboxSecret) ||
		strings.HasSuffix(word, "examplekey") || // of the maker's own handbook
		slices.Contains([]string{"minio", "minio123", "admin", "root", "test", "user", "password", "akiaiosfodnn7example"}, word)
}

// checkDatabase refuses a way to the database that may go in the clear, also the second or third host or try, and this machine
// as a network address. A socket of this machine is fine: nobody listens there.
func checkDatabase(address string) error {
	if address == "" {
		return nil // said already
	}
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil // said already, without the text, which would show the password
	}
	ways := append([]*pgconn.FallbackConfig{{Host: c.ConnConfig.Host, Port: c.ConnConfig.Port, TLSConfig: c.ConnConfig.TLSConfig}}, c.ConnConfig.Fallbacks...)
	for _, w := range ways {
		network, _ := pgconn.NetworkAddress(w.Host, w.Port)
		switch {
		case network == "unix":
		case local(w.Host):
			return errors.New("production refuses this machine's own addresses; a socket (host=/run/postgresql) is fine")
		case w.TLSConfig == nil:
			return errors.New("production wants sslmode=verify-full (or verify-ca, require): without it the connection may go in the clear")
		}
	}
	return nil
}

// setDatabase keeps the address if it is understood; the driver's own words would show the password.
func setDatabase(c *config, v string) error {
	c.DatabaseURL = identity.Secret(v)
	if _, err := pgxpool.ParseConfig(v); err != nil {
		return errors.New("not understood: want postgres://user:password@host/database?sslmode=verify-full or the same as key=value words")
	}
	return nil
}

// random says whether a key could have come from a random source: neither few bytes over and over, nor steps of one size, nor
// text that somebody typed (32 random bytes are all printable once in 10^13).
func random(key []byte) bool {
	steps, typed := true, true
	for i, b := range key {
		steps = steps && (i < 2 || b-key[i-1] == key[1]-key[0])
		typed = typed && b >= ' ' && b <= '~'
	}
	return kinds(key) >= leastBytes && !steps && !typed
}

// kinds counts different bytes.
func kinds(b []byte) int {
	seen := map[byte]bool{}
	for _, x := range b {
		seen[x] = true
	}
	return len(seen)
}

// local says whether a host is this machine, however it is spelled.
func local(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	host, _, _ = strings.Cut(host, "%") // the zone of a link-local address
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()
	}
	// 127.1, 0x7f.1 and 2130706433 are loopback to a resolver, and no name of a real host ends in a number.
	last := host[strings.LastIndexByte(host, '.')+1:]
	number := last != "" && (strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"))
	return number || host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains([]string{"localhost.localdomain", "ip6-localhost", "ip6-loopback"}, host)
}

// setMasterKey keeps 32 bytes.
func setMasterKey(c *config, v string) (err error) {
	c.MasterKey, err = parseMasterKey(v)
	return err
}

// setOldKeys keeps the master keys that may still open.
func setOldKeys(c *config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		key, err := parseMasterKey(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		c.OldKeys = append(c.OldKeys, key)
	}
	return nil
}

func parseMasterKey(v string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(key) != 32 {
		return nil, errors.New("want 32 bytes in base64 (openssl rand -base64 32)")
	}
	return key, nil
}
