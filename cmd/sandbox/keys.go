package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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
}

// loadKeys reads the keys of the sandbox, or makes them. Their names begin with "sandbox-": production refuses them.
func loadKeys(file string) (k keys, err error) {
	b, err := os.ReadFile(file)
	if err == nil {
		if err := json.Unmarshal(b, &k); err != nil {
			return k, fmt.Errorf("%s is damaged: %w", file, err)
		}
		return k, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	master := make([]byte, 32)
	rand.Read(master)
	k = keys{Master: base64.StdEncoding.EncodeToString(master), Partners: map[string]string{}}
	for _, name := range partners.Names {
		b := make([]byte, 24)
		rand.Read(b)
		k.Partners[name] = "sandbox-" + hex.EncodeToString(b)
	}
	if b, err = json.MarshalIndent(k, "", "  "); err != nil {
		return k, err
	}
	return k, os.WriteFile(file, b, 0o600)
}
