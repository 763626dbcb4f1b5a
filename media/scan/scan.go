// Package scan asks clamd whether a file is known to be harmful: over its socket, as a stream (clamd(8), INSTREAM). Nothing is written
// where clamd could read it, and clamd needs no right on anything of ours.
package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"giahan/media"
)

// ErrDown says that the scanner gave no verdict: it is away, slow, or refuses the size. What could not be scanned waits.
var ErrDown = errors.New("virus scanner gives no verdict")

// Clamd is a scanner at an address.
type Clamd struct {
	network, address string
	timeout          time.Duration
}

// Timeout bounds one question to clamd.
const Timeout = 10 * time.Second

// chunk is how much is sent at once.
const chunk = 64 << 10

// longestAnswer bounds what is read of an answer.
const longestAnswer = 1 << 10

// New takes an address as unix:/path or tcp:host:port.
func New(address string) (*Clamd, error) {
	network, at, _ := strings.Cut(address, ":")
	switch {
	case network == "unix" && strings.HasPrefix(at, "/"):
	case network == "tcp":
		if _, _, err := net.SplitHostPort(at); err != nil {
			return nil, errors.New("want tcp:host:port")
		}
	default:
		return nil, errors.New("want unix:/path or tcp:host:port")
	}
	return &Clamd{network: network, address: at, timeout: Timeout}, nil
}

// Scan reads r to its end. It answers nil for what clamd knows nothing of, media.ErrInfected, ErrDown, or the error of r.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) error {
	answer, err := c.ask(ctx, "INSTREAM", r)
	switch {
	case err != nil:
		return err
	case strings.HasSuffix(answer, " FOUND"):
		return media.ErrInfected
	case answer == "stream: OK":
		return nil
	}
	return fmt.Errorf("%w: it says %.60q", ErrDown, answer)
}

// Ping says whether clamd answers.
func (c *Clamd) Ping(ctx context.Context) error {
	answer, err := c.ask(ctx, "PING", nil)
	if err == nil && answer != "PONG" {
		err = fmt.Errorf("%w: it says %.60q", ErrDown, answer)
	}
	return err
}

// ask sends one command, and the stream behind it where there is one, and reads the answer.
func (c *Clamd) ask(ctx context.Context, command string, r io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrDown, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	out := bufio.NewWriterSize(conn, chunk+4)
	_, _ = out.WriteString("z" + command + "\x00") // the writer keeps its first error for Flush
	if r != nil {
		if err := stream(out, r); err != nil {
			return "", err
		}
	}
	// clamd closes early on what is too large for it, with an answer: it is read although the rest could not be sent.
	sent := out.Flush()
	answer, err := bufio.NewReader(io.LimitReader(conn, longestAnswer)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrDown, errors.Join(sent, err))
	}
	return strings.TrimRight(answer, "\x00"), nil
}

// stream sends r in pieces with their lengths, and an empty piece for its end. An error is that of r.
func stream(out *bufio.Writer, r io.Reader) error {
	piece := make([]byte, chunk)
	for {
		n, err := io.ReadFull(r, piece)
		if n > 0 {
			_, _ = out.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
			_, _ = out.Write(piece[:n])
		}
		switch {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			_, _ = out.Write(make([]byte, 4))
			return nil
		case err != nil:
			return fmt.Errorf("scan: %w", err)
		}
	}
}
