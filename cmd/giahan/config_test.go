package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func masterKey(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func goodEnv(t testing.TB) map[string]string {
	sum := sha256.Sum256([]byte("a key that is not one"))
	env := map[string]string{
		"DATABASE_URL": "postgres://giahan:pw-that-nobody-may-see@db.example/giahan?sslmode=verify-full", "GIAHAN_PUBLIC_URL": "https://giahan.example", "GIAHAN_OFFICER_URL": "https://canbo.giahan.example",
		"GIAHAN_S3_ENDPOINT": "https://s3.example", "GIAHAN_S3_ACCESS_KEY": "giahan", "GIAHAN_S3_SECRET_KEY": "0123456789abcdef0123",
		"GIAHAN_MASTER_KEY": masterKey(sum[:]), "GIAHAN_PAYMENT_MERCHANT": "M1", "GIAHAN_OFFICE_CODE": "H27.12", "GIAHAN_OFFICE_KEYS": officeKeys(t),
		"GIAHAN_OFFICE_NAME": "Sở", "GIAHAN_OFFICE_PHONE": "02393000000", "GIAHAN_OFFICE_ADDRESS": "Số 1", "GIAHAN_OFFICE_HOURS": "7:30",
	}
	for _, r := range []string{"PORTAL", "STAFF"} {
		env["GIAHAN_"+r+"_ISSUER"] = "https://sso.example/" + r
		env["GIAHAN_"+r+"_CLIENT_ID"] = "giahan"
		env["GIAHAN_"+r+"_CLIENT_SECRET"] = "a long enough secret " + r
	}
	for _, p := range []string{"REGISTER", "PAYMENT", "PRINTING", "POST", "SYNC"} {
		env["GIAHAN_"+p+"_URL"] = "https://partner.example/" + p
		env["GIAHAN_"+p+"_SECRET"] = "a long enough secret " + p
	}
	return env
}

func read(env map[string]string) (config, error) {
	return readConfig(func(name string) string { return env[name] })
}

func TestGoodConfiguration(t *testing.T) {
	c, err := read(goodEnv(t))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Production || !c.Workers || c.Listen != ":8080" || c.S3Bucket != "giahan-photos" || c.CodeWidth != 4 {
		t.Errorf("fallbacks not applied: %+v", c)
	}
	if s := fmt.Sprintf("%+v %v %#v", c, c, c); strings.Contains(s, "nobody-may-see") || strings.Contains(s, "long enough secret") {
		t.Error("a configuration that is printed shows its secrets")
	}
}

func TestConfigurationReportsEverythingAtOnce(t *testing.T) {
	_, err := read(map[string]string{"GIAHAN_MODE": "test", "GIAHAN_MASTER_KEY": "c2hvcnQ=", "GIAHAN_POLL": "1", "GIAHAN_WORKERS": "maybe", "GIAHAN_OFFICE_CODE": "h27-12", "GIAHAN_CODE_WIDTH": "3"})
	if err == nil {
		t.Fatal("accepted")
	}
	seen := map[string]bool{}
	for _, v := range variables() {
		if v.required && !strings.Contains(err.Error(), v.name) {
			t.Errorf("%s is not named", v.name)
		}
		if seen[v.name] {
			t.Errorf("%s stands twice: the later one undoes what the earlier one checks", v.name)
		}
		seen[v.name] = true
	}
	for _, name := range []string{"GIAHAN_MODE", "GIAHAN_POLL", "GIAHAN_WORKERS", "GIAHAN_MASTER_KEY", "GIAHAN_OFFICE_CODE", "GIAHAN_CODE_WIDTH"} {
		if !strings.Contains(err.Error(), name+":") {
			t.Errorf("%s is not said to be wrong", name)
		}
	}
}

func TestProductionRefusesTheSandbox(t *testing.T) {
	for name, bad := range map[string]string{
		"GIAHAN_PUBLIC_URL": "http://giahan.example", "GIAHAN_OFFICER_URL": "https://officer.localhost", "GIAHAN_PORTAL_ISSUER": "http://localhost:8090/portal",
		"GIAHAN_STAFF_ISSUER": "https://127.0.0.1/staff", "GIAHAN_REGISTER_URL": "https://localhost/register", "GIAHAN_PAYMENT_URL": "https://[::1]/pay",
		"GIAHAN_PRINTING_URL": "http://print.example", "GIAHAN_POST_URL": "http://post.example", "GIAHAN_SYNC_URL": "https://0.0.0.0",
		"GIAHAN_REGISTER_SECRET": "sandbox-0123456789abcdef", "GIAHAN_PAYMENT_SECRET": "short", "GIAHAN_PORTAL_CLIENT_SECRET": "sandbox-0123456789abcdef",
		"GIAHAN_S3_SECRET_KEY": "sandbox-0123456789abcdef", "GIAHAN_POST_SECRET": "sandbox-x", "GIAHAN_SYNC_SECRET": "x1x", "GIAHAN_PRINTING_SECRET": "y2y", "GIAHAN_HEALTH_URL": "http://health.example", "GIAHAN_HEALTH_SECRET": "sandbox-0123456789abcdef", "GIAHAN_STAFF_CLIENT_SECRET": "z3z",
	} {
		env := maps.Clone(goodEnv(t))
		env[name] = bad
		_, err := read(env)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, bad, err)
		}
		if err != nil && strings.Contains(err.Error(), bad) {
			t.Errorf("%s: the error repeats the value", name)
		}
	}
}

// The health register is set up whole or not at all.
func TestHealthRegisterIsOptional(t *testing.T) {
	const url, secret = "GIAHAN_HEALTH_URL", "GIAHAN_HEALTH_SECRET"
	for _, c := range []struct {
		env  map[string]string
		good bool
	}{{nil, true}, {map[string]string{url: "https://health.example"}, false}, {map[string]string{secret: "9f86d081884c7d659a2feaa0c55ad015"}, false},
		{map[string]string{url: "https://health.example", secret: "9f86d081884c7d659a2feaa0c55ad015"}, true}} {
		env := maps.Clone(goodEnv(t))
		maps.Copy(env, c.env)
		got, err := read(env)
		if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "both or neither") {
			t.Errorf("%v: %v", c.env, err)
		}
		if c.good && got.Health.URL != c.env[url] {
			t.Errorf("%v became %q", c.env, got.Health.URL)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "giahan serve"},
		{[]string{"fly"}, 2, "DATABASE_URL is missing"},
		{[]string{"serve"}, 2, "GIAHAN_PUBLIC_URL is missing"},
	} {
		var out, errs bytes.Buffer
		code := command(t.Context(), c.args, func(string) string { return "" }, &out, &errs)
		if code != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("giahan %v: %d, %q", c.args, code, errs.String())
		}
	}
	env := goodEnv(t)
	var out, errs bytes.Buffer
	if code := command(t.Context(), []string{"fly"}, func(n string) string { return env[n] }, &out, &errs); code != 2 || !strings.Contains(errs.String(), "giahan doctor") {
		t.Errorf("an unknown command: %d, %q", code, errs.String())
	}
}

// A client is known at a realm by a secret or by a key that only we can read.
func TestRealmKeys(t *testing.T) {
	text, err := exec.Command("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256").Output()
	if err != nil {
		t.Skipf("SKIPPED: no openssl: %v", err)
	}
	file := func(mode os.FileMode, text []byte) string {
		name := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(name, text, mode); err != nil {
			t.Fatal(err)
		}
		return name
	}
	good, open, damaged := file(0o400, text), file(0o644, text), file(0o400, []byte("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"))
	for name, c := range map[string]struct {
		set  map[string]string
		says string
	}{
		"key":              {map[string]string{"GIAHAN_PORTAL_CLIENT_SECRET": "", "GIAHAN_PORTAL_CLIENT_KEY": good}, ""},
		"key and secret":   {map[string]string{"GIAHAN_PORTAL_CLIENT_KEY": good}, "GIAHAN_PORTAL_CLIENT_SECRET and GIAHAN_PORTAL_CLIENT_KEY"},
		"neither":          {map[string]string{"GIAHAN_STAFF_CLIENT_SECRET": ""}, "GIAHAN_STAFF_CLIENT_SECRET is missing"},
		"others may read":  {map[string]string{"GIAHAN_PORTAL_DECRYPTION_KEY": open}, "GIAHAN_PORTAL_DECRYPTION_KEY: others"},
		"no file":          {map[string]string{"GIAHAN_PORTAL_DECRYPTION_KEY": good + "x"}, "GIAHAN_PORTAL_DECRYPTION_KEY: the file"},
		"damaged":          {map[string]string{"GIAHAN_PORTAL_DECRYPTION_KEY": damaged}, "GIAHAN_PORTAL_DECRYPTION_KEY: the private key"},
		"encrypted":        {map[string]string{"GIAHAN_PORTAL_DECRYPTION_KEY": good, "GIAHAN_PORTAL_USERINFO": "signed", "GIAHAN_PORTAL_ALGORITHMS": "PS256, ES256"}, ""},
		"HMAC":             {map[string]string{"GIAHAN_PORTAL_ALGORITHMS": "RS256,HS256"}, "GIAHAN_PORTAL_ALGORITHMS:"},
		"none":             {map[string]string{"GIAHAN_STAFF_ALGORITHMS": "none"}, "GIAHAN_STAFF_ALGORITHMS:"},
		"userinfo":         {map[string]string{"GIAHAN_STAFF_USERINFO": "sealed"}, "GIAHAN_STAFF_USERINFO:"},
		"office key open":  {map[string]string{"GIAHAN_OFFICE_KEYS": open}, "GIAHAN_OFFICE_KEYS: others"},
		"office damaged":   {map[string]string{"GIAHAN_OFFICE_KEYS": damaged}, "GIAHAN_OFFICE_KEYS: want P-256"},
		"half a minute":    {map[string]string{"GIAHAN_FRESH_LOGIN": "30s"}, "GIAHAN_FRESH_LOGIN:"},
		"a minute and one": {map[string]string{"GIAHAN_FRESH_LOGIN": "61s"}, "GIAHAN_FRESH_LOGIN:"},
	} {
		env := maps.Clone(goodEnv(t))
		maps.Copy(env, c.set)
		cfg, err := read(env)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret\n")) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "key" && cfg.Portal.ClientKey == nil || name == "encrypted" && (cfg.Portal.DecryptionKey == nil || !cfg.Portal.SignedUserinfo || len(cfg.Portal.Algorithms) != 2) {
			t.Errorf("%s: %+v", name, cfg.Portal)
		}
	}
}
