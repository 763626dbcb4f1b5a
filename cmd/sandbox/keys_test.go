package main

import (
	"os"
	"path/filepath"
	"testing"

	"giahan/cmd/sandbox/partners"
)

func TestKeysAreKeptAndCompleted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	first, err := loadKeys(file)
	if err != nil || len(first.Partners) != len(partners.Names) {
		t.Fatalf("%d keys, %v", len(first.Partners), err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", fi, err)
	}
	old := `{"master":"` + first.Master + `","partners":{"portal":"sandbox-of-yesterday"}}`
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := loadKeys(file)
	if err != nil || second.Master != first.Master || second.Partners["portal"] != "sandbox-of-yesterday" || second.Partners["post"] == "" {
		t.Errorf("keys of an older sandbox: %v", err)
	}
	third, err := loadKeys(file)
	if err != nil || third.Partners["post"] != second.Partners["post"] {
		t.Errorf("a new partner's key was not kept: %v", err)
	}
}
