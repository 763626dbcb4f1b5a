package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
)

// What must not be read at all, and what must.
func TestParseObject(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)
	members := "{"
	for i := range maxMembers {
		members += fmt.Sprintf(`"%d":1,`, i)
	}
	if _, ok := parseObject([]byte(strings.TrimSuffix(members, ",") + "}")); !ok {
		t.Errorf("%d members are refused", maxMembers)
	}
	for _, bad := range []string{"", " ", "null", "[]", `"a"`, "1", "{", "{}{}", "{} x", `{"a":1,"a":2}`, `{"a":{"b":1,"b":2}}`, `{"a":[{"b":1,"b":2}]}`,
		`{"\u0061":1}`, `{"a":{"\u0062":1}}`, "{\"a\":\"\xff\"}", `{'a':1}`, `{"a":1,}`, deep, members + `"x":1}`, `{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"} {
		if _, ok := parseObject([]byte(bad)); ok {
			t.Errorf("%.60s is accepted", bad)
		}
	}
	good := ` { "a" : "x\"}" , "b":[ 1 ,[],{ } ,"]"],"c":{"d":null,"a":-1.5e3}, "A":true,"n":12} `
	o, ok := parseObject([]byte(good))
	if !ok || len(o) != 5 {
		t.Fatalf("%v %v", o, ok)
	}
	for name, want := range map[string]string{"a": `"x\"}"`, "b": `[ 1 ,[],{ } ,"]"]`, "c": `{"d":null,"a":-1.5e3}`, "A": "true", "n": "12"} {
		if raw, _ := o.raw(name); string(raw) != want {
			t.Errorf("%s = %s, want %s", name, raw, want)
		}
	}
	if text, there, ok := o.text("a"); text != `x"}` || !there || !ok {
		t.Errorf("a = %q", text)
	}
	o, ok = parseObject([]byte(`{"null":null,"list":["a",1],"map":{"a":1},"none":[ ]}`))
	if !ok {
		t.Fatal("not read")
	}
	if _, there, ok := o.text("null"); !there || ok {
		t.Error("null is a text")
	}
	if _, there, ok := o.texts("list"); !there || ok {
		t.Error("a number is among texts")
	}
	if texts, there, ok := o.texts("none"); !there || !ok || len(texts) != 0 {
		t.Error("an empty list is none of texts")
	}
	if o.loose("map") != "" || o.loose("null") != "" {
		t.Error("loose reads what is no value")
	}
	o, _ = parseObject([]byte(good))
	if o.loose("n") != "12" || o.loose("A") != "true" || o.loose("b") != "" || o.loose("gone") != "" {
		t.Error("loose reads wrong")
	}
}

func TestSeconds(t *testing.T) {
	for raw, want := range map[string]bool{"0": true, "1763884800": true, "1763884800.5": true, "253402300799": true,
		"253402300800": false, "1e30": false, "1e400": false, "-1": false, `"1763884800"`: false, "null": false, "true": false, "[1]": false} {
		o, ok := parseObject([]byte(`{"exp":` + raw + `}`))
		if !ok {
			t.Fatal(raw)
		}
		if _, there, ok := o.seconds("exp"); !there || ok != want {
			t.Errorf("%s: %v", raw, ok)
		}
	}
	if _, there, ok := (object{}).seconds("exp"); there || !ok {
		t.Error("absent is not absent")
	}
}

func TestSignatureHasOneLength(t *testing.T) {
	for _, c := range []struct {
		length int
		public any
		want   bool
	}{{64, &newEC().PublicKey, true}, {63, &newEC().PublicKey, false}, {72, &newEC().PublicKey, false}, {256, &rsaKey().PublicKey, true},
		{257, &rsaKey().PublicKey, false}, {32, []byte("symmetric"), false}} {
		if got := (token{signature: make([]byte, c.length)}).rightLength(c.public); got != c.want {
			t.Errorf("%d bytes for %T: %v", c.length, c.public, got)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	key := signer("key-1", "ES256", newEC())
	f.Add(key.Compact(`{"alg":"ES256","kid":"key-1"}`, []byte(`{"a":[{}]}`)))
	f.Add(key.Compact(`{"alg":"ES256","a":{"b":[1,"x\"",null]}}`, []byte(`{}`)))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, raw string) {
		tok, err := parseToken(raw, defaultAlgorithms, []string{"JWT"})
		if err != nil && Case(err) == "" {
			t.Errorf("error without a reason: %v", err)
		}
		if err == nil {
			parseObject(tok.payload)
		}
		parseObject([]byte(raw))
	})
}

// A key that names no algorithm still has one curve (K12, K13).
func TestKeyFitsItsCurve(t *testing.T) {
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	for _, c := range []struct {
		public any
		alg    string
		want   bool
	}{{&newEC().PublicKey, "ES256", true}, {&newEC().PublicKey, "ES384", false}, {&p384.PublicKey, "ES256", false},
		{&p384.PublicKey, "ES384", true}, {&p384.PublicKey, "RS256", false}, {&rsaKey().PublicKey, "PS256", true}, {&rsaKey().PublicKey, "ES256", false}} {
		if got := (key{public: c.public}).fits(c.alg); got != c.want {
			t.Errorf("%T for %s: %v", c.public, c.alg, got)
		}
	}
}
