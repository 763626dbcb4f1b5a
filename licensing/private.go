package licensing

import (
	"fmt"
	"io"
	"log/slog"
)

// What a person told us never prints, logs or marshals: a case gives its number, its parts give nothing. Stores seal the fields one
// by one, partners' clients copy them into their own wire types, pages show them one by one.

const private = "[redacted]"

func (a Application) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "application "+a.ID.String())
}
func (a Application) LogValue() slog.Value         { return slog.StringValue(a.ID.String()) }
func (a Application) MarshalText() ([]byte, error) { return []byte(a.ID.String()), nil }

func (Applicant) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, private) }
func (Applicant) LogValue() slog.Value         { return slog.StringValue(private) }
func (Applicant) MarshalText() ([]byte, error) { return []byte(private), nil }

func (Contact) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, private) }
func (Contact) LogValue() slog.Value         { return slog.StringValue(private) }
func (Contact) MarshalText() ([]byte, error) { return []byte(private), nil }

func (Health) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, private) }
func (Health) LogValue() slog.Value         { return slog.StringValue(private) }
func (Health) MarshalText() ([]byte, error) { return []byte(private), nil }
