package outbound

import (
	"errors"
	"net/url"
	"testing"
	"time"
)

func TestQuery(t *testing.T) {
	pay := func() url.Values {
		return SignQuery(secret, url.Values{"amount": {"115000"}, "desc": {"Lệ phí & hồ sơ"}, "order": {"o-1"}}, noon)
	}
	if err := VerifyQuery(secret, pay(), time.Hour, noon.Add(59*time.Minute)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(url.Values){
		"amount":         func(q url.Values) { q.Set("amount", "1000") },
		"description":    func(q url.Values) { q.Set("desc", "khác") },
		"time":           func(q url.Values) { q.Set(QueryTime, "1") },
		"added":          func(q url.Values) { q.Set("return_url", "http://evil.test") },
		"taken away":     func(q url.Values) { q.Del("desc") },
		"twice":          func(q url.Values) { q.Add("amount", "1000") },
		"moved border":   func(q url.Values) { q.Set("amount", "115000&desc=Lệ phí & hồ sơ"); q.Del("desc") },
		"twice, foreign": func(q url.Values) { q.Add(QuerySignature, "00") },
	} {
		q := pay()
		change(q)
		if err := VerifyQuery(secret, q, time.Hour, noon); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := VerifyQuery(secret, pay(), time.Hour, noon.Add(time.Hour+time.Second)); !errors.Is(err, ErrStale) {
		t.Errorf("old: %v", err)
	}
	if err := VerifyQuery(secret, pay(), time.Hour, noon.Add(-MaxSkew-time.Second)); !errors.Is(err, ErrStale) {
		t.Errorf("from the future: %v", err)
	}
	if err := VerifyQuery(secret, url.Values{"amount": {"1"}}, time.Hour, noon); !errors.Is(err, ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
	if err := VerifyQuery([]byte("another"), pay(), time.Hour, noon); !errors.Is(err, ErrForged) {
		t.Errorf("foreign: %v", err)
	}
}
