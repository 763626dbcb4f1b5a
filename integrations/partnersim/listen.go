package partnersim

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// Listen serves a simulator under a prefix ("/register") on a free port of this machine, as cmd/sandbox mounts it, and
// returns its address; stop ends it.
func Listen(prefix string, h http.Handler) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: http.StripPrefix(prefix, h), ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(l)
	return "http://" + l.Addr().String() + prefix, func() { srv.Close() }, nil
}
