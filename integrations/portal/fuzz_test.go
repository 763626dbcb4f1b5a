package portal

import (
	"encoding/json"
	"testing"
)

// Only an answer that says error_code 0 in so many words is a success.
func FuzzReply(f *testing.F) {
	for _, s := range []string{`{"error_code":0}`, `{"error_code":"0","session":"x"}`, `{"error_code":null}`, `{}`, `null`, `{"error_code":""}`, `{"error_code":0.0}`,
		`{"error_code":false}`, `{"error_code":"\"0\""}`, `[]`, `{"error_code":[0]}`, `{"error_code":-0}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r reply
		if json.Unmarshal(b, &r) != nil || r.Code != errorNone {
			return
		}
		var plain map[string]json.RawMessage
		if json.Unmarshal(b, &plain) != nil || len(plain) == 0 {
			t.Errorf("%q is a success", b)
		}
	})
}

func TestReplyWithoutCodeIsNoSuccess(t *testing.T) {
	for _, s := range []string{`{}`, `null`, `{"error_code":null}`, `{"error_code":""}`, `{"session":"x"}`} {
		var r reply
		if err := json.Unmarshal([]byte(s), &r); err == nil && r.Code == errorNone {
			t.Errorf("%s is a success", s)
		}
	}
}
