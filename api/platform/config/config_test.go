package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func good() Settings {
	return Settings{
		Listen: ":8080", Database: "sqlite:./x.db", PublicURL: "http://localhost:8080", RateLimit: "on",
		Registration: "on", StaffScope: "queue", LogLevel: "info",
		AttachmentMax: 25, ConfidentialScope: "all", DepartmentTickets: "off",
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	bad := Settings{
		Listen: "8080", Database: "postgres://x", PublicURL: "desk.example.com", Secret: "short", SMTP: "mail:25",
		Redis: "localhost", RateLimit: "maybe", TrustedProxies: "10.0.0.0/8,nonsense", Registration: "yes", StaffScope: "some", LogLevel: "loud",
	}
	err := bad.Check()
	if err == nil {
		t.Fatal("no mistake found")
	}
	for _, name := range []string{
		"FIXDESK_LISTEN", "FIXDESK_DATABASE", "FIXDESK_PUBLIC_URL", "FIXDESK_SECRET", "FIXDESK_SMTP", "FIXDESK_REDIS",
		"FIXDESK_RATE_LIMIT", "FIXDESK_TRUSTED_PROXIES", "FIXDESK_REGISTRATION", "FIXDESK_STAFF_SCOPE", "FIXDESK_LOG_LEVEL",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("says nothing of %s: %v", name, err)
		}
	}
}

func TestTheSecretIsMadeOnce(t *testing.T) {
	s := good()
	s.DataDir = filepath.Join(t.TempDir(), "data")
	first, err := s.LoadSecret()
	if err != nil || len(first) < 32 {
		t.Fatalf("%q %v", first, err)
	}
	second, err := s.LoadSecret()
	if err != nil || string(first) != string(second) {
		t.Errorf("the second start makes another secret: %v", err)
	}
	info, err := os.Stat(filepath.Join(s.DataDir, secretFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the secret: %v %v", info.Mode(), err)
	}
}

func TestSecretFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smtp")
	if err := os.WriteFile(path, []byte("smtp://u:p@h:25\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FIXDESK_SMTP", "")
	t.Setenv("FIXDESK_SMTP_FILE", path)
	if err := LoadSecretFiles(); err != nil || os.Getenv("FIXDESK_SMTP") != "smtp://u:p@h:25" {
		t.Errorf("%q %v", os.Getenv("FIXDESK_SMTP"), err)
	}
	if err := LoadSecretFiles(); err == nil {
		t.Error("both the variable and its file are accepted")
	}
}
