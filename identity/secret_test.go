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
	s := Secret("pass-0123")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
	asJSON, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(asJSON) + fmt.Sprintf("%v %s %q %x %X %#v %+v", s, s, s, s, s, s, struct{ S Secret }{s})
	for _, leak := range []string{"pass-0123", "706173732d30313233", "706173732D30313233"} {
		if strings.Contains(out, leak) {
			t.Errorf("secret leaks as %s in %s", leak, out)
		}
	}
	if s.Reveal() != "pass-0123" {
		t.Error("Reveal must give the value")
	}
}
