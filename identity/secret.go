package identity

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that must never be printed: client secrets, nonces, code verifiers. Every way of formatting it gives
// "[redacted]"; Reveal is the only way to the value, so that its uses can be counted.
type Secret string

const redacted = "[redacted]"

// Reveal gives the value itself.
func (s Secret) Reveal() string { return string(s) }

// Format takes every verb: without it a number's verb would print the text in its complaint.
func (s Secret) Format(f fmt.State, _ rune)   { redact(f) }
func (s Secret) String() string               { return redacted }
func (s Secret) GoString() string             { return redacted }
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (s Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }

func redact(f fmt.State) { _, _ = io.WriteString(f, redacted) }
