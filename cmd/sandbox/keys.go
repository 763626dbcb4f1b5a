package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"giahan/cmd/sandbox/partners"
)

// keys are made once and kept, so that a restart opens yesterday's pictures.
type keys struct {
	Master   string            `json:"master"`
	Partners map[string]string `json:"partners"`
	Office   string            `json:"office"` // PEM; signs decisions
}

// loadKeys reads the keys of the sandbox, and makes what is missing: all of them at the first start, one for a partner that is
// new. Their names begin with "sandbox-": production refuses them.
func loadKeys(file string) (k keys, err error) {
	b, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		master := make([]byte, 32)
		rand.Read(master)
		k.Master = base64.StdEncoding.EncodeToString(master)
	case err != nil:
		return k, err
	default:
		if k, err = parseKeys(b); err != nil {
			return k, fmt.Errorf("%s is damaged (%w): put back the old one, or move the folder away to begin anew; without it the stored pictures cannot be opened", file, err)
		}
	}
	if k.complete() {
		return k, nil
	}
	if b, err = json.MarshalIndent(k, "", "  "); err != nil {
		return k, err
	}
	return k, writeFile(file, b)
}

func parseKeys(b []byte) (k keys, err error) {
	if err := json.Unmarshal(b, &k); err != nil {
		return k, err
	}
	master, err := base64.StdEncoding.DecodeString(k.Master)
	if err != nil || len(master) != 32 {
		return k, errors.New("the master key is not 32 bytes in base64")
	}
	return k, nil
}

// complete makes the missing keys of partners; false says that there were some.
func (k *keys) complete() bool {
	if k.Partners == nil {
		k.Partners = map[string]string{}
	}
	all := true
	for _, name := range partners.Names {
		if k.Partners[name] == "" {
			b := make([]byte, 24)
			rand.Read(b)
			k.Partners[name], all = "sandbox-"+hex.EncodeToString(b), false
		}
	}
	if k.Office == "" {
		k.Office, all = officeKey(), false
	}
	return all
}

// officeKey makes a P-256 key in PEM; "" where the machine has no randomness, which complete then tries again.
func officeKey() string {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return ""
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// writeFile writes a file that only we read, whole or not at all: we may be killed at any time.
func writeFile(file string, b []byte) error {
	fresh := file + ".new"
	if err := os.WriteFile(fresh, b, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}
