// Package scantest stands for clamd in tests: it speaks the two commands of its protocol that we use (clamd(8): PING, INSTREAM), and knows
// one file.
package scantest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// EICAR is the test file that every scanner knows, in two parts so that no scanner stumbles over this source.
const EICAR = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Clamd is a scanner that can be switched off.
type Clamd struct {
	Address string // as GIAHAN_CLAMD has it
	Off     atomic.Bool

	// Answer, where it is set, answers in place of the scanner.
	Answer func(conn net.Conn, command string, content []byte)
	// Knows is what it takes for harmful; EICAR where it is empty.
	Knows []byte
}

// Start listens until the test ends. Fields are set before the first question.
func Start(t testing.TB) *Clamd {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &Clamd{Address: "tcp:" + l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(conn)
		}
	}()
	return c
}

func (c *Clamd) serve(conn net.Conn) {
	defer conn.Close()
	if c.Off.Load() {
		return
	}
	command, content, ok := read(conn)
	switch {
	case !ok:
	case c.Answer != nil:
		c.Answer(conn, command, content)
	case command == "zPING":
		_, _ = conn.Write([]byte("PONG\x00"))
	case bytes.Contains(content, c.known()):
		_, _ = conn.Write([]byte("stream: Eicar-Test-Signature FOUND\x00"))
	default:
		_, _ = conn.Write([]byte("stream: OK\x00"))
	}
}

func (c *Clamd) known() []byte {
	if len(c.Knows) > 0 {
		return c.Knows
	}
	return []byte(EICAR)
}

// read gives the command and, of INSTREAM, what came in pieces behind it.
func read(conn net.Conn) (command string, content []byte, ok bool) {
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(conn, one); err != nil {
			return "", nil, false
		}
		if one[0] == 0 {
			break
		}
		command += string(one)
	}
	for command == "zINSTREAM" {
		head := make([]byte, 4)
		if _, err := io.ReadFull(conn, head); err != nil {
			return "", nil, false
		}
		n := binary.BigEndian.Uint32(head)
		if n == 0 {
			break
		}
		piece := make([]byte, n)
		if _, err := io.ReadFull(conn, piece); err != nil {
			return "", nil, false
		}
		content = append(content, piece...)
	}
	return command, content, true
}
