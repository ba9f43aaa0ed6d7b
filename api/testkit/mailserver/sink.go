package mailserver

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Step is a moment of the conversation with a sink at which it hangs up.
type Step int

// The steps.
const (
	Never      Step = iota
	AtGreeting      // before it says who it is
	AtMail          // when it hears from whom a message is
	AfterData       // it has all of the message, and neither keeps it nor answers
	After250        // it has kept the message and said so
	Refuse          // it says 451
	Reject          // it says 550
)

// Sink takes every message and keeps what its headers say.
type Sink struct {
	Port int
	mu   sync.Mutex
	got  []Taken
	cut  func() Step
	Cuts map[Step]int
}

// Taken is a message that a sink has answered for.
type Taken struct {
	To     string
	Header textproto.MIMEHeader
}

// StartSink starts one until the test ends. cut says at which step it hangs up,
// once for each connection; nil is never.
func StartSink(t *testing.T, cut func() Step) *Sink {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Sink{Port: l.Addr().(*net.TCPAddr).Port, cut: cut, Cuts: map[Step]int{}} //nolint:forcetypeassert // a TCP listener has one
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		cutting, _ := c.Conn().(*cutConn)
		return &taking{sink: s, conn: cutting}, nil
	}))
	srv.Domain, srv.ReadTimeout, srv.WriteTimeout = "sink.example", time.Minute, time.Minute
	srv.ErrorLog = quiet{}
	go func() { _ = srv.Serve(&cutListener{l, s}) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

// All returns what was taken.
func (s *Sink) All() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.got...)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type cutListener struct {
	net.Listener
	sink *Sink
}

func (l *cutListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		step := Never
		if l.sink.cut != nil {
			step = l.sink.cut()
		}
		l.sink.mu.Lock()
		l.sink.Cuts[step]++
		l.sink.mu.Unlock()
		if step == AtGreeting {
			_ = c.Close()
			continue
		}
		return &cutConn{Conn: c, step: step}, nil
	}
}

// cutConn hangs up with what it says last.
type cutConn struct {
	net.Conn
	step Step
	last bool
}

func (c *cutConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if c.last && bytes.HasPrefix(p, []byte("250")) {
		_ = c.Close()
	}
	return n, err
}

type taking struct {
	sink *Sink
	conn *cutConn
	to   string
}

func (k *taking) Reset()        {}
func (k *taking) Logout() error { return nil }

func (k *taking) is(s Step) bool { return k.conn != nil && k.conn.step == s }

func (k *taking) hangUp() error {
	_ = k.conn.Close()
	return io.ErrClosedPipe
}

func (k *taking) Mail(string, *smtp.MailOptions) error {
	switch {
	case k.is(AtMail):
		return k.hangUp()
	case k.is(Refuse):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not now"}
	case k.is(Reject):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Nobody here"}
	}
	return nil
}

func (k *taking) Rcpt(to string, _ *smtp.RcptOptions) error {
	k.to = to
	return nil
}

func (k *taking) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if k.is(AfterData) {
		return k.hangUp()
	}
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(raw))).ReadMIMEHeader()
	if err != nil && len(header) == 0 {
		return err
	}
	k.sink.mu.Lock()
	k.sink.got = append(k.sink.got, Taken{To: k.to, Header: header})
	k.sink.mu.Unlock()
	if k.is(After250) {
		k.conn.last = true
	}
	return nil
}

// ID returns the Message-ID of a message, without <>.
func (m Taken) ID() string { return strings.Trim(m.Header.Get("Message-Id"), "<>") }
