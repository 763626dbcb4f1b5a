package signin

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// vectors of Project Wycheproof, under the Apache License 2.0, which lies beside them.
const vectors = "testdata/wycheproof"

type vectorGroup struct {
	Comment         string
	Public, Private json.RawMessage
	Tests           []struct {
		TcID         int
		Comment, JWS string
		Result       string
	}
}

func readVectors(t *testing.T, name string) []vectorGroup {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ TestGroups []vectorGroup }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.TestGroups
}

// set is the key set of a group: the public half where there is one.
func (g vectorGroup) set() []byte {
	k := g.Public
	if k == nil {
		k = g.Private
	}
	if bytes.Contains(k, []byte(`"keys"`)) {
		return k
	}
	return append(append([]byte(`{"keys":[`), k...), "]}"...)
}

// Our own verify function accepts none of the 376 invalid vectors. Valid ones are refused on purpose too: symmetric keys,
// algorithms that are not configured, an empty payload, a key whose alg does not exist (ES521).
func TestWycheproof(t *testing.T) {
	all := []string{"RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"}
	for _, algs := range [][]string{defaultAlgorithms, all} {
		invalid, accepted, refusedValid := 0, 0, 0
		for _, file := range []string{"json_web_signature_test.json", "json_web_key_test.json"} {
			for _, g := range readVectors(t, file) {
				keys, keysErr := parseKeys(g.set())
				for _, c := range g.Tests {
					err := keysErr
					if err == nil {
						_, err = verify(c.JWS, keys, algs, "JWT")
					}
					switch {
					case c.Result == "invalid" && err == nil:
						t.Errorf("%s %s %d (%s): invalid and accepted", file, g.Comment, c.TcID, c.Comment)
					case c.Result == "invalid":
						invalid++
					case err == nil:
						accepted++
					default:
						refusedValid++
						if keysErr == nil {
							t.Logf("valid and refused: %s %d (%s): %v", g.Comment, c.TcID, c.Comment, err)
						}
					}
				}
			}
		}
		t.Logf("%v: %d invalid refused, %d valid accepted, %d valid refused", algs, invalid, accepted, refusedValid)
		if invalid != 376 || accepted == 0 {
			t.Errorf("%d invalid vectors seen, want 376; %d valid accepted", invalid, accepted)
		}
	}
}
