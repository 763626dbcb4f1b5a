package identity

import (
	"errors"
	"strings"
)

// Discreet gives an error whose text may stand in a log. A database says which value it did not take, and a trigger may say
// anything: of those errors (classes 22 and P0 of PostgreSQL) only the code is left.
func Discreet(err error) error {
	var said interface {
		error
		SQLState() string
	}
	if !errors.As(err, &said) || !strings.HasPrefix(said.SQLState(), "22") && !strings.HasPrefix(said.SQLState(), "P0") {
		return err
	}
	return discreet{err, strings.ReplaceAll(err.Error(), said.Error(), "SQLSTATE "+said.SQLState())}
}

type discreet struct {
	error
	text string
}

func (d discreet) Error() string { return d.text }
func (d discreet) Unwrap() error { return d.error }
