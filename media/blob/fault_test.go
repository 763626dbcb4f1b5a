package blob

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// faulty is a proxy before the real store. before may answer instead of the store; after may spoil its answer.
type faulty struct {
	before atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
	after  atomic.Pointer[func(*http.Response) error]
	calls  atomic.Int32
}

func newFaulty(t *testing.T, endpoint string) (*faulty, string) {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // signed
		},
		ModifyResponse: func(r *http.Response) error {
			if spoil := f.after.Load(); spoil != nil {
				return (*spoil)(r)
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.calls.Add(1)
		if answer := f.before.Load(); answer != nil && (*answer)(w, r) {
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return f, server.URL
}

func (f *faulty) instead(answer func(http.ResponseWriter, *http.Request) bool) {
	f.before.Store(&answer)
}

func (f *faulty) spoil(change func(*http.Response) error) { f.after.Store(&change) }
