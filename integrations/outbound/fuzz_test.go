package outbound

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
)

// No headers and no body but the signed ones pass.
func FuzzVerify(f *testing.F) {
	r, _ := http.NewRequest("POST", "http://giahan.test/hooks/payment", nil)
	body := []byte(`{"order":"1"}`)
	SignRequest(r, secret, "", body, uuid.MustParse("6e1c3f0e-6f9a-4a0e-9d0a-2b7c1d5e8f90"), noon)
	h := r.Header.Get
	f.Add(h(HeaderTime), h(HeaderID), "", h(HeaderSignature), body)
	f.Add("", "", "", "", []byte{})
	f.Add("9223372036854775807", "x", "k", "00", []byte("{}"))
	good := [4]string{h(HeaderTime), h(HeaderID), "", h(HeaderSignature)}
	f.Fuzz(func(t *testing.T, at, id, key, sig string, b []byte) {
		header := func(name string) string {
			return map[string]string{HeaderTime: at, HeaderID: id, HeaderKey: key, HeaderSignature: sig}[name]
		}
		_, err := Verify(secret, "POST", "/hooks/payment", header, b, noon)
		if same := good == [4]string{at, id, key, sig} && string(b) == string(body); (err == nil) != same {
			t.Errorf("same: %v, %v", same, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	r, _ := http.NewRequest("POST", "http://giahan.test/hooks/payment", nil)
	body := make([]byte, 1024)
	SignRequest(r, secret, "key", body, uuid.New(), time.Now())
	for b.Loop() {
		if _, err := Verify(secret, "POST", "/hooks/payment", r.Header.Get, body, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
