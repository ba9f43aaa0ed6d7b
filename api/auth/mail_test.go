package auth

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/user"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestLetters(t *testing.T) {
	u := user.User{
		ID: 7, Username: "amara", Email: "amara@example.com",
		FullName: "Buy now! https://evil.example", FirstName: "Buy", LastName: "https://evil.example",
	}
	for name, l := range map[string]letter{"verify": verifyLetter, "reset": resetLetter, "invite": inviteLetter} {
		m, err := l.write(u, "https://desk.example.com", "cJ0n2sXQkZ2mX0b5Gm0lYbqk1l7c3wq0m5rJpYv8x1E")
		if err != nil {
			t.Fatal(err)
		}
		got := "To: " + m.To + "\nSubject: " + m.Subject + "\n\n" + m.Text
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// The token of a link is the same when its mail is sent again, and another one
// for whatever differs.
func TestLinkTokens(t *testing.T) {
	k := linkKey("0123456789abcdef0123456789abcdef")
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	j := job.Job{ID: 5, CreatedAt: at}
	first := k.secret(forReset, j, 7)
	j.Attempt = 3
	if k.secret(forReset, j, 7) != first || len(first) != 43 {
		t.Errorf("the token is %q", first)
	}
	for name, other := range map[string]string{
		"purpose":  k.secret(forVerify, j, 7),
		"job":      k.secret(forReset, job.Job{ID: 6, CreatedAt: at}, 7),
		"time":     k.secret(forReset, job.Job{ID: 5, CreatedAt: at.Add(time.Microsecond)}, 7),
		"account":  k.secret(forReset, j, 8),
		"key":      linkKey("another key").secret(forReset, j, 7),
		"boundary": k.secret(forReset, job.Job{ID: 57, CreatedAt: at}, 0),
	} {
		if other == first {
			t.Errorf("another %s gives the same token", name)
		}
	}
}

func TestLifetimesInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Hour: "one hour", 24 * time.Hour: "24 hours", 7 * 24 * time.Hour: "7 days"} {
		if got := inWords("en", d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}
