package smtpd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/clock"
)

// Certificate returns what protects connections: nil without files, an error that
// names the settings when they cannot be used. A certificate that is renewed is
// used from then on.
func Certificate(certFile, keyFile string) (*tls.Config, error) {
	switch {
	case certFile == "" && keyFile == "":
		return nil, nil //nolint:nilnil // no protection was asked for
	case certFile == "" || keyFile == "":
		return nil, errors.New("FIXDESK_SMTP_CERT and FIXDESK_SMTP_KEY: set both, or neither")
	}
	k := &keeper{certFile: certFile, keyFile: keyFile}
	c, err := k.load()
	if err != nil {
		return nil, fmt.Errorf("FIXDESK_SMTP_CERT and FIXDESK_SMTP_KEY: %w", err)
	}
	if end := c.Leaf.NotAfter; end.Before(clock.System{}.Now()) {
		slog.Warn("the certificate of the mail listener has expired", "file", certFile, "since", end)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.now(), nil },
	}, nil
}

// keeper reads a certificate again when its file is another one.
type keeper struct {
	certFile, keyFile string
	mu                sync.Mutex
	cert              *tls.Certificate
	of                [2]stamp
}

type stamp struct {
	at   time.Time
	size int64
}

func (k *keeper) stamps() (out [2]stamp, err error) {
	for i, name := range []string{k.certFile, k.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

func (k *keeper) load() (*tls.Certificate, error) {
	of, err := k.stamps()
	if err != nil {
		return nil, err
	}
	c, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return nil, err
	}
	k.cert, k.of = &c, of
	return k.cert, nil
}

// now returns the certificate; the last one that could be used when the files are
// not right just now, as they may be while they are replaced.
func (k *keeper) now() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	if of, err := k.stamps(); err == nil && of != k.of {
		if _, err := k.load(); err != nil {
			slog.Warn("the certificate of the mail listener cannot be read again", "error", err)
		}
	}
	return k.cert
}
