package parse_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"github.com/fixdesk/fixdesk/api/mailbox/parse"
)

func mail(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func read(t *testing.T, raw []byte) *parse.Message {
	t.Helper()
	m, err := parse.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCharsets(t *testing.T) {
	jis, _ := japanese.ShiftJIS.NewEncoder().String("プリンターが壊れた")
	koi, _ := charmap.KOI8R.NewEncoder().String("Принтер не работает, пожалуйста помогите")
	for name, c := range map[string]struct{ raw, want string }{
		"shift_jis": {"Content-Type: text/plain; charset=Shift_JIS\r\n\r\n" + jis, "プリンターが壊れた"},
		"koi8-r":    {"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + koi, "Принтер не работает, пожалуйста помогите"},
		"latin1":    {"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nDr\xfccker kaputt", "Drücker kaputt"},
		"base64":    {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nRHLDvGNrZXI=", "Drücker"},
		"qp":        {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDr=C3=BCcker=\r\n.", "Drücker."},
		"html":      {"Content-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>One</p><p>Two<br>three <a href=\"https://x.example/y\">here</a></p>", "One\n\nTwo\nthree here <https://x.example/y>"},
	} {
		if m := read(t, []byte("From: a@x.example\r\nMIME-Version: 1.0\r\n"+c.raw)); m.New != c.want {
			t.Errorf("%s: %q, want %q", name, m.New, c.want)
		}
	}
	broken := read(t, []byte("From: a@x.example\r\nSubject: =?no-such?q?x?= \xff\r\nContent-Type: text/plain; charset=no-such\r\n\r\nab\xff\x00cd"))
	if !strings.HasPrefix(broken.New, "ab") || strings.ContainsRune(broken.New, 0) {
		t.Errorf("broken: %q", broken.New)
	}
}

func TestHostileHeaders(t *testing.T) {
	m := read(t, mail(`From: "=?utf-8?q?Lee=0D=0ABcc:_x=40y?=" <lee@x.example>`, "Subject: =?utf-8?q?a=0D=0ABcc:_eve=40x=00?=b", "", "x"))
	if strings.ContainsAny(m.Subject+m.From[0].Name, "\r\n\x00") || m.From[0].Address != "lee@x.example" {
		t.Errorf("%q %q", m.Subject, m.From)
	}
	long := strings.Repeat("x", 250)
	m = read(t, mail("From: a@x.example", "Message-Id: <"+long+"@x.EXAMPLE>", "", "x"))
	if m.MessageID != long+"@x.EXAMPLE" || parse.NormaliseID(m.MessageID) != long+"@x.example" {
		t.Errorf("id %q", m.MessageID)
	}
}

func TestFlags(t *testing.T) {
	for head, want := range map[string]struct {
		auto  parse.Auto
		quiet bool
	}{
		"Auto-Submitted: no":                               {parse.Human, false},
		"Auto-Submitted: NO\r\nX-Autoreply: yes":           {parse.Human, false},
		"auto-submitted: Auto-Replied; owner=x":            {parse.Replied, true},
		"Auto-Submitted: auto-generated":                   {parse.Generated, true},
		"X-AUTO-RESPONSE-SUPPRESS: oof, AUTOREPLY":         {parse.Human, true},
		"x-auto-response-suppress: aLL":                    {parse.Human, true},
		"X-Auto-Response-Suppress: NRN":                    {parse.Human, false},
		"Precedence: bulk":                                 {parse.Human, true},
		"List-Id: <l.x.example>":                           {parse.Human, true},
		"Subject: Automatische Antwort: Drucker":           {parse.Replied, true},
		"Auto-Submitted: no\r\nSubject: Out of Office: hi": {parse.Human, false},
		"Subject: Automatic doors jam":                     {parse.Human, false},
	} {
		m := read(t, []byte("From: a@x.example\r\n"+head+"\r\n\r\nx"))
		if m.Auto != want.auto || (m.NoAnswer != "") != want.quiet {
			t.Errorf("%s: %q, no answer %q", head, m.Auto, m.NoAnswer)
		}
	}
	for address, want := range map[string]bool{
		"no-reply@x.example": true, "NoReply+1@x.example": true, "donotreply@x.example": true, "do_not_reply@x.example": true, "verify@x.example": true,
		"billing-noreply@x.example": true, "norbert@x.example": false, "reply@x.example": false, "confirmed.bachelor@x.example": false,
	} {
		if parse.IsNoReply(address) != want {
			t.Errorf("%s: %v", address, !want)
		}
	}
}

func TestDeliveryReports(t *testing.T) {
	m := read(t, mail("From: MAILER-DAEMON@mx.example", "Subject: Undelivered", "MIME-Version: 1.0", `Content-Type: multipart/report; report-type=delivery-status; boundary=b`, "",
		"--b", "", "It failed.", "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "",
		"Final-Recipient: rfc822; lee@other.example", "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 no such user", "",
		"--b", "Content-Type: text/rfc822-headers", "", "Message-ID: <t1.x.y.z@desk>", "Subject: hi", "--b--", ""))
	if m.Bounce == nil || m.Bounce.OriginalID != "t1.x.y.z@desk" || len(m.Bounce.Recipients) != 1 {
		t.Fatalf("%+v", m.Bounce)
	}
	if f := m.Bounce.Recipients[0]; f.Address != "lee@other.example" || !f.Hard() || f.Diagnostic != "550 no such user" {
		t.Errorf("%+v", f)
	}
}

func TestProtectedMail(t *testing.T) {
	for head, want := range map[string]parse.Crypto{
		"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nMIAGCSqGSIb3":                parse.SMIMEEncrypted,
		"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\nMIAGCSqGSIb3":                   parse.SMIMESigned,
		"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--": parse.PGPEncrypted,
		"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nx":                                                   parse.PGPEncrypted,
	} {
		if m := read(t, []byte("From: a@x.example\r\nMIME-Version: 1.0\r\n"+head)); m.Crypto != want {
			t.Errorf("%q: %q, want %q", head, m.Crypto, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct{ text, fresh, signature string }{
		"plain":             {"Hello.\n\nIt jams.", "Hello.\n\nIt jams.", ""},
		"gmail":             {"Thanks!\n\nOn Mon, 2 Mar 2026 at 10:00, Sam <sam@x.example> wrote:\n> old\n> text", "Thanks!", ""},
		"gmail broken line": {"Thanks!\n\nOn Mon, 2 Mar 2026 at 10:00, A Very Long Name Indeed\n<sam@x.example> wrote:\n> old", "Thanks!", ""},
		"german":            {"Danke!\n\nAm 02.03.2026 um 10:00 schrieb Sam <sam@x.example>:\n> alt", "Danke!", ""},
		"outlook":           {"Thanks!\n\n-----Original Message-----\nFrom: Sam\nSent: Monday\nTo: me\nSubject: x\n\nold", "Thanks!", ""},
		"outlook head":      {"Danke!\n\nVon: Sam <sam@x.example>\nGesendet: Montag\nAn: mich\nBetreff: x\n\nalt", "Danke!", ""},
		"line":              {"Thanks!\n\n##- Please write above this line -##\nold", "Thanks!", ""},
		"quoted line":       {"Thanks!\n\n> ##- Please write above this line -##\n> old", "Thanks!", ""},
		"signature":         {"Thanks!\n-- \nLee\nAcme", "Thanks!", "Lee\nAcme"},
		"phone":             {"Thanks!\n\nSent from my iPhone", "Thanks!", "Sent from my iPhone"},
		"between":           {"On Monday, Sam <s@x> wrote:\n> one?\nYes.\n> two?\nNo.", "On Monday, Sam <s@x> wrote:\n> one?\nYes.\n> two?\nNo.", ""},
		"only quote":        {"> old", "> old", ""},
		"not a quote":       {"From: the top of my head.\nIt jams on Monday, he wrote: nothing", "From: the top of my head.\nIt jams on Monday, he wrote: nothing", ""},
	} {
		fresh, _, signature := parse.Split(c.text)
		if fresh != c.fresh || signature != c.signature {
			t.Errorf("%s: %q and %q", name, fresh, signature)
		}
	}
}

// TestBounded gives the parser what would take others hours or gigabytes.
func TestBounded(t *testing.T) {
	var nested, headers, flat strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&nested, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		flat.WriteString("--b\r\n\r\nx\r\n")
	}
	for i := range 1000 {
		fmt.Fprintf(&headers, "X-%d: y\r\n", i)
	}
	from := "From: a@x.example\r\n"
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"nested":      {from + nested.String(), parse.ErrStructure},
		"flat":        {from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + flat.String(), parse.ErrStructure},
		"headers":     {from + headers.String() + "\r\nx", nil},
		"no line end": {from + "\r\n" + strings.Repeat("x", 30<<20), nil},
		"one line":    {strings.Repeat("x", 30<<20), parse.ErrHeaders},
		"long header": {from + "X: " + strings.Repeat("y", 1<<20) + "\r\n\r\nx", parse.ErrHeaders},
		"too large":   {from + "\r\n" + strings.Repeat("x\r\n", 20<<20), parse.ErrTooLarge},
		"50 MB":       {from + "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXI=\r\n", 840_000), nil},
		"tags":        {from + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote><div>", 500_000), nil},
		"quotes":      {from + "\r\n" + strings.Repeat("> On x wrote:\n", 200_000), nil},
		"no body":     {from, nil},
		"empty":       {"", nil},
		"nul":         {from + "\r\n\x00\x00", nil},
	} {
		// What is allocated on the way is bounded by the size of the message, and so is
		// the work: neither depends on how fast the machine is.
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := parse.Parse([]byte(c.raw))
		runtime.ReadMemStats(&after)
		if spent, most := after.TotalAlloc-before.TotalAlloc, uint64(16<<20+12*len(c.raw)); spent > most {
			t.Errorf("%s: %d MB were allocated for %d MB", name, spent>>20, len(c.raw)>>20)
		}
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	seeds, _ := filepath.Glob("testdata/*.eml")
	for _, s := range seeds {
		if raw, err := os.ReadFile(s); err == nil {
			f.Add(raw)
		}
	}
	f.Add([]byte("From: a@x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--"))
	f.Add([]byte("Content-Type: text/plain; format=flowed\r\n\r\n> a \n> b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		parse.ReadHead(raw)
		m, err := parse.Parse(raw)
		if err != nil {
			return
		}
		if strings.ContainsAny(m.Subject, "\r\n\x00") {
			t.Errorf("subject %q", m.Subject)
		}
		if strings.Contains(strings.ToLower(m.HTML), "<script") {
			t.Errorf("html %q", m.HTML)
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add("Thanks!\n\nOn Monday, Sam wrote:\n> old\n-- \nx")
	f.Add("-----Original Message-----\nFrom: x")
	f.Fuzz(func(t *testing.T, text string) {
		fresh, quoted, signature := parse.Split(text)
		// No word of a text may get lost.
		for _, w := range strings.Fields(text) {
			if w != "--" && w != "—" && !strings.Contains(fresh+" "+quoted+" "+signature, w) && strings.ToValidUTF8(w, "") == w {
				t.Errorf("%q is lost from %q", w, text)
			}
		}
	})
}
