package main

import (
	"bytes"
	"maps"
	"strings"
	"testing"
)

// with is the good environment with one setting changed.
func with(t testing.TB, name, value string) map[string]string {
	env := maps.Clone(goodEnv(t))
	env[name] = value
	return env
}

// counting are 32 bytes in steps.
func counting(from, step byte) []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = from + byte(i)*step
	}
	return b
}

// Each of these passed for a production setting once, or could.
func TestProductionRefusesWhatIsWeak(t *testing.T) {
	for _, c := range []struct{ name, bad string }{
		{"GIAHAN_S3_ENDPOINT", "http://s3.example"}, {"GIAHAN_S3_ENDPOINT", "https://localhost:9000"}, {"GIAHAN_S3_ENDPOINT", "https://127.0.0.1:9000"},
		{"GIAHAN_S3_ENDPOINT", "https://LOCALHOST.:9000"}, {"GIAHAN_S3_ENDPOINT", "https://127.1"}, {"GIAHAN_S3_ENDPOINT", "https://2130706433"},
		{"GIAHAN_S3_ENDPOINT", "https://[::ffff:127.0.0.1]"}, {"GIAHAN_REGISTER_URL", "https://0x7f.0.0.1"}, {"GIAHAN_POST_URL", "https://169.254.169.254"},
		{"GIAHAN_S3_ACCESS_KEY", "minioadmin"}, {"GIAHAN_S3_ACCESS_KEY", "MinioAdmin"}, {"GIAHAN_S3_ACCESS_KEY", "sandbox-account"},
		{"GIAHAN_S3_SECRET_KEY", "minioadmin"}, {"GIAHAN_S3_SECRET_KEY", "minioadminminioadmin"}, {"GIAHAN_S3_SECRET_KEY", "fifteen-chars-x"},
		{"GIAHAN_S3_SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaa"}, {"GIAHAN_SYNC_SECRET", "SANDBOX-0123456789abcdef"},
		{"DATABASE_URL", "postgres://giahan:pw@db.example/giahan"}, {"DATABASE_URL", "postgres://giahan:pw@db.example/giahan?sslmode=prefer"},
		{"DATABASE_URL", "postgres://giahan:pw@db.example/giahan?sslmode=disable"}, {"DATABASE_URL", "host=db.example user=giahan sslmode=allow"},
		{"DATABASE_URL", "postgres://giahan:pw@localhost/giahan?sslmode=verify-full"}, {"DATABASE_URL", "host=127.0.0.1 user=giahan sslmode=require"},
		{"DATABASE_URL", "postgres://giahan:pw@db.example,localhost/giahan?sslmode=require"}, {"DATABASE_URL", "host=/run/postgresql,db.example sslmode=disable"},
		{"GIAHAN_MASTER_KEY", masterKey(make([]byte, 32))}, {"GIAHAN_MASTER_KEY", masterKey(bytes.Repeat([]byte{0xa7}, 32))}, {"GIAHAN_MASTER_KEY", masterKey(counting(0, 1))},
		{"GIAHAN_MASTER_KEY", masterKey(counting(255, 253))}, {"GIAHAN_MASTER_KEY", masterKey(bytes.Repeat([]byte("\x01\xf2\x33\x94\x05\xd6\x77\x18"), 4))},
		{"GIAHAN_MASTER_KEY", masterKey([]byte("correct horse, battery & Staple!"))},
		{"GIAHAN_TRUSTED_PROXIES", "0.0.0.0/0"}, {"GIAHAN_TRUSTED_PROXIES", "::/0"},
	} {
		_, err := read(with(t, c.name, c.bad))
		if err == nil || !strings.Contains(err.Error(), c.name+":") {
			t.Errorf("%s=%s: %v", c.name, c.bad, err)
		}
		if err != nil && strings.Contains(err.Error(), c.bad) {
			t.Errorf("%s: the error repeats the value", c.name)
		}
	}
}

// What an operator really has: a socket or a cluster with TLS, a store in the same network, proxies in front.
func TestProductionAllowsARealPlace(t *testing.T) {
	for _, c := range []struct{ name, good string }{
		{"DATABASE_URL", "host=/run/postgresql user=giahan dbname=giahan"}, {"DATABASE_URL", "postgres:///giahan?host=/var/run/postgresql&sslmode=disable"},
		{"DATABASE_URL", "postgres://giahan:pw@db1.example,db2.example:5433/giahan?sslmode=require&target_session_attrs=read-write"},
		{"DATABASE_URL", "postgres://giahan:pw@10.0.0.7/giahan?sslmode=require&pool_max_conns=20"},
		{"GIAHAN_S3_ENDPOINT", "https://10.0.0.5:9000"}, {"GIAHAN_S3_ENDPOINT", "https://s3.office.internal"}, {"GIAHAN_S3_ACCESS_KEY", "giahan-pictures"},
		{"GIAHAN_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"}, {"GIAHAN_PUBLIC_URL", "https://giahan.example/"}, {"GIAHAN_PUBLIC_URL", "https://giahan.example:8443"},
		{"GIAHAN_LISTEN", "127.0.0.1:8080"}, {"GIAHAN_STAFF_ISSUER", "https://sso.example:8443/realms/staff"}, {"GIAHAN_PAYMENT_URL", "https://pay7.example/v2"},
	} {
		if _, err := read(with(t, c.name, c.good)); err != nil {
			t.Errorf("%s=%s: %v", c.name, c.good, err)
		}
	}
}

func TestOneSecretForTwoIsRefused(t *testing.T) {
	for _, other := range []string{"GIAHAN_REGISTER_SECRET", "GIAHAN_STAFF_CLIENT_SECRET", "GIAHAN_S3_SECRET_KEY"} {
		_, err := read(with(t, "GIAHAN_POST_SECRET", goodEnv(t)[other]))
		if err == nil || !strings.Contains(err.Error(), "GIAHAN_POST_SECRET") || !strings.Contains(err.Error(), other) || strings.Contains(err.Error(), goodEnv(t)[other]) {
			t.Errorf("post and %s: %v", other, err)
		}
	}
}

// The two sites are two names, in every mode: a cookie does not know ports, nor capital letters.
func TestOneHostForBothSitesIsRefused(t *testing.T) {
	for _, mode := range []string{"production", "sandbox"} {
		for _, officer := range []string{"https://giahan.example", "https://giahan.example/", "https://GIAHAN.example", "https://giahan.example:443", "https://giahan.example:8443",
			"https://giahan.example."} {
			env := with(t, "GIAHAN_OFFICER_URL", officer)
			env["GIAHAN_MODE"] = mode
			if _, err := read(env); err == nil || !strings.Contains(err.Error(), "GIAHAN_OFFICER_URL must be another host") {
				t.Errorf("%s, %s: %v", mode, officer, err)
			}
		}
		for _, name := range []string{"GIAHAN_PUBLIC_URL", "GIAHAN_OFFICER_URL"} {
			for _, bad := range []string{"https://a.example/desk", "https://a.example?x=1", "https://a.example/?", "https://me:pw@a.example", "https://a.example/#top", "https://:443", "a.example"} {
				env := with(t, name, bad)
				env["GIAHAN_MODE"] = mode
				if _, err := read(env); err == nil || !strings.Contains(err.Error(), name+":") || strings.Contains(err.Error(), bad) {
					t.Errorf("%s, %s=%s: %v", mode, name, bad, err)
				}
			}
		}
	}
}

// What browsers send in Origin is what we compare with.
func TestSitesAreSpelledAsBrowsersDo(t *testing.T) {
	for typed, want := range map[string]string{"HTTPS://Giahan.Example:443/": "https://giahan.example", "https://giahan.example:8443": "https://giahan.example:8443"} {
		if c, err := read(with(t, "GIAHAN_PUBLIC_URL", typed)); err != nil || c.PublicURL != want {
			t.Errorf("%s: %q, %v", typed, c.PublicURL, err)
		}
	}
}

// The driver's words for a bad address hold the password.
func TestABadDatabaseAddressIsNotRepeated(t *testing.T) {
	_, err := read(with(t, "DATABASE_URL", "postgres://giahan:very-secret@db.example:notaport/giahan"))
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL:") || strings.Contains(err.Error(), "very-secret") || strings.Contains(err.Error(), "notaport") {
		t.Errorf("%v", err)
	}
}
