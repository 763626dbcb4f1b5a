package main

import (
	"errors"
	"os"

	"giahan/identity/signin"
	"giahan/licensing/audit"
)

// readSecret reads a file with a private key; only its owner may read it.
func readSecret(file string) ([]byte, error) {
	fi, err := os.Stat(file)
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return nil, errors.New("others may read the file: chmod 400")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	return text, nil
}

// readKey reads a key of ours that a realm knows.
func readKey(file string, to **signin.OwnKey) error {
	text, err := readSecret(file)
	if err != nil {
		return err
	}
	*to, err = signin.ParseOwnKey(text)
	return err
}

// setOfficeKeys reads the key that signs decisions, and the public ones of former days.
func setOfficeKeys(c *config, file string) error {
	text, err := readSecret(file)
	if err != nil {
		return err
	}
	c.OfficeSigner, c.OfficeKeys, err = audit.ParseKeys(text)
	if err == nil && c.OfficeSigner == nil {
		err = errors.New("there is no private key in the file")
	}
	return err
}
