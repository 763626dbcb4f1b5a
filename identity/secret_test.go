package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverPrints(t *testing.T) {
	neverPrints(t, Secret("pass-0123"), "pass-0123")
	if Secret("pass-0123").Reveal() != "pass-0123" {
		t.Error("Reveal must give the value")
	}
}

func TestPersonalNumberNeverPrints(t *testing.T) {
	n := PersonalNumber("042176003218")
	neverPrints(t, n, "042176003218")
	neverPrints(t, Resident{PersonalNumber: n}, "042176003218")
	neverPrints(t, Actor{PersonalNumber: n}, "042176003218")
	if n.Reveal() != "042176003218" || n.Grouped() != "042 176 003 218" {
		t.Error("Reveal and Grouped must give the digits")
	}
}

func neverPrints(t *testing.T, s any, value string) {
	t.Helper()
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "in", struct{ S any }{s})
	asJSON, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(asJSON) + fmt.Sprintf("%v %s %q %x %X %#v %d %+v", s, s, s, s, s, s, s, struct{ S any }{s})
	for _, leak := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value)} {
		if strings.Contains(out, leak) {
			t.Errorf("secret leaks as %s in %s", leak, out)
		}
	}
}
