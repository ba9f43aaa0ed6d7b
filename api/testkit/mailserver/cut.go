package mailserver

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Dice says now and then yes. Tests that repeat a run name its seed.
type Dice struct {
	mu   sync.Mutex
	rand *rand.Rand
}

// NewDice returns dice that always fall the same way for a seed.
func NewDice(seed uint64) *Dice {
	return &Dice{rand: rand.New(rand.NewPCG(seed, 1))}
}

// One reports whether one of n throws falls that way; never for n = 0.
func (d *Dice) One(n int) bool { return n > 0 && d.N(n) == 0 }

// N returns a number from 0 to n-1.
func (d *Dice) N(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rand.IntN(n)
}

// Cutter stands before a server and cuts connections when what goes through says
// so.
type Cutter struct {
	Port int
	Cuts atomic.Int64
}

// CutBefore cuts when the client says a word, before the server hears it, once in
// n times; and in the middle of an answer once in m pieces of it.
func CutBefore(t *testing.T, dice *Dice, port int, word string, n, m int) *Cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cutter{Port: l.Addr().(*net.TCPAddr).Port} //nolint:forcetypeassert // a TCP listener has one
	t.Cleanup(func() { _ = l.Close() })
	server := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}).String()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", server)
			if err != nil {
				_ = in.Close()
				continue
			}
			go c.pass(in, out, func(p []byte) int {
				if bytes.Contains(p, []byte(word)) && dice.One(n) {
					return 0
				}
				return len(p)
			})
			go c.pass(out, in, func(p []byte) int {
				if dice.One(m) {
					return len(p) / 2
				}
				return len(p)
			})
		}
	}()
	return c
}

// pass copies until let keeps a part back.
func (c *Cutter) pass(from, to net.Conn, let func(p []byte) int) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			k := let(buf[:n])
			if _, err := to.Write(buf[:k]); err != nil {
				return
			}
			if k < n {
				c.Cuts.Add(1)
				return
			}
		}
		if err != nil {
			return
		}
	}
}
