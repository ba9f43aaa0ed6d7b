package thread_test

import (
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/mailbox/thread"
)

var s = thread.NewSigner([]byte("0123456789abcdef0123456789abcdef"))

func TestTokens(t *testing.T) {
	a := s.ReplyAddress("help@desk.example", 42, "Lee@other.example")
	if len(a[:strings.IndexByte(a, '@')]) > 64 {
		t.Errorf("%s is too long (RFC 5321, 4.5.3.1.1)", a)
	}
	for _, same := range []string{a, strings.ToUpper(a)} {
		token, ok := s.ReadAddress(same)
		if !ok || token.Ticket != 42 || !s.IsTo(token, "lee@OTHER.example") || s.IsTo(token, "eve@other.example") {
			t.Errorf("%s: %+v %v", same, token, ok)
		}
	}
	id := s.MessageID("desk.example", 42, "lee@other.example", "u1")
	if token, ok := s.ReadMessageID(id); !ok || token.Ticket != 42 || !s.IsTo(token, "lee@other.example") {
		t.Errorf("%s", id)
	}
	other := thread.NewSigner([]byte("another key of another installation"))
	if _, ok := other.ReadAddress(a); ok {
		t.Error("another desk believes it")
	}
	// One changed letter makes it somebody else's.
	for i := range a[:strings.IndexByte(a, '@')] {
		forged := a[:i] + "x" + a[i+1:]
		if token, ok := s.ReadAddress(forged); ok && forged != a && i > strings.IndexByte(a, '+') {
			t.Errorf("%s is believed: %+v", forged, token)
		}
	}
	u := s.Unsubscribe(42, "lee@other.example")
	if n, ok := s.IsUnsubscribe(u, "LEE@other.example"); !ok || n != 42 {
		t.Error("the token to unsubscribe is not known")
	}
	if _, ok := s.IsUnsubscribe(u, "eve@other.example"); ok {
		t.Error("somebody else's token is believed")
	}
}

func TestDecisions(t *testing.T) {
	lee := "lee@other.example"
	own := s.ReplyAddress("help@desk.example", 1, lee)
	id := s.MessageID("desk.example", 2, lee, "u")
	known := map[string]int64{"a@b": 3}
	yes, stranger, staff := thread.Fact{There: true, TakesPart: true}, thread.Fact{There: true}, thread.Fact{There: true, TakesPart: true, Staff: true}
	for name, c := range map[string]struct {
		names    thread.Names
		fact     thread.Fact
		ticket   int64
		how      string
		stranger bool
		hold     string
	}{
		"address first":     {thread.Names{Recipients: []string{own}, References: []string{id, "a@b"}, Known: known, Subject: 4}, yes, 1, thread.ByAddress, false, ""},
		"then message id":   {thread.Names{References: []string{"a@b", id}, Known: known, Subject: 4}, yes, 2, thread.ByMessageID, false, ""},
		"then reference":    {thread.Names{References: []string{"a@b"}, Known: known, Subject: 4}, yes, 3, thread.ByReference, false, ""},
		"then subject":      {thread.Names{Subject: 4}, yes, 4, thread.BySubject, false, ""},
		"subject, stranger": {thread.Names{Subject: 4}, stranger, 0, thread.Opened, false, ""},
		"address, stranger": {thread.Names{Recipients: []string{own}}, stranger, 1, thread.ByAddress, true, ""},
		"gone":              {thread.Names{Recipients: []string{own}}, thread.Fact{}, 0, thread.Opened, false, ""},
		"staff, own":        {thread.Names{Recipients: []string{own}}, staff, 1, thread.ByAddress, false, ""},
		"staff, reference":  {thread.Names{References: []string{"a@b"}, Known: known}, staff, 3, thread.ByReference, false, "staff_unsigned"},
		"nothing":           {thread.Names{}, yes, 0, thread.Opened, false, ""},
	} {
		d := thread.Decide(lee, thread.Candidates(s, lee, c.names), func(int64) thread.Fact { return c.fact })
		if d.Ticket != c.ticket || d.How != c.how || d.Stranger != c.stranger || d.Hold != c.hold || len(d.Steps) == 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func FuzzThread(f *testing.F) {
	f.Add("help+t1-abcdefgh-abcdefghijklmnopqrst@x", "t1.abcdefgh.u.abcdefghijklmnopqrst@x", int64(3))
	f.Fuzz(func(t *testing.T, address, id string, n int64) {
		c := thread.Candidates(s, "lee@x", thread.Names{Recipients: []string{address}, References: []string{id}, Subject: n})
		for _, one := range c {
			if one.Signed {
				t.Errorf("%q or %q is believed", address, id)
			}
		}
		thread.Decide("lee@x", c, func(int64) thread.Fact { return thread.Fact{} })
	})
}
