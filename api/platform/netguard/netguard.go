// Package netguard builds the HTTP client for addresses that people type in: it
// looks at the address after the name was resolved, so that no name leads into
// the private network, and follows nothing.
package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Timeout is how long a whole request may take, the answer included.
const Timeout = 15 * time.Second

// Guard says which addresses may be called.
type Guard struct {
	any      bool
	allowed  []netip.Prefix
	guardian *ssrf.Guardian
}

// ErrPlain says that an address that is not private was to be called without
// encryption.
var ErrPlain = errors.New("only https may be used for this address")

// New returns a guard. allow is empty (public addresses by https only), a comma
// list of networks that may be called although they are private, also by http,
// or "on" for everything.
func New(allow string) (*Guard, error) {
	if strings.TrimSpace(allow) == "on" {
		return &Guard{any: true}, nil
	}
	g := &Guard{}
	var v4, v6 []netip.Prefix
	for part := range strings.SplitSeq(allow, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network such as 10.0.0.0/8", part)
		}
		p = p.Masked()
		g.allowed = append(g.allowed, p)
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	g.guardian = ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	return g, nil
}

// CheckURL says in words what is wrong with an address, or "".
func (g *Guard) CheckURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return "Must be an address such as https://example.com/hook."
	case u.User != nil:
		return "Must not hold a user name or password."
	case u.Fragment != "":
		return "Must not have a part after #."
	case u.Scheme == "https", u.Scheme == "http" && g.plain():
		return ""
	}
	return "Must begin with https://."
}

// plain reports whether http may be used at all.
func (g *Guard) plain() bool { return g.any || len(g.allowed) > 0 }

func (g *Guard) control(scheme string) func(network, address string, c syscall.RawConn) error {
	return func(network, address string, c syscall.RawConn) error {
		if g.any {
			return nil
		}
		if err := g.guardian.Safe(network, address, c); err != nil {
			return err
		}
		if scheme == "https" {
			return nil
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("read the address %q: %w", address, err)
		}
		for _, p := range g.allowed {
			if p.Contains(at.Addr().Unmap()) {
				return nil
			}
		}
		return ErrPlain
	}
}

type guarded struct{ plain, secure http.RoundTripper }

func (t guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Scheme {
	case "https":
		return t.secure.RoundTrip(r)
	case "http":
		return t.plain.RoundTrip(r)
	}
	return nil, fmt.Errorf("the scheme %q is not allowed", r.URL.Scheme)
}

// Client returns a client that keeps to the guard, follows no redirect and uses
// no proxy. resolver finds the addresses of names; nil is the system's.
func (g *Guard) Client(resolver *net.Resolver) *http.Client {
	transport := func(scheme string) *http.Transport {
		d := &net.Dialer{Timeout: 5 * time.Second, Control: g.control(scheme), Resolver: resolver}
		return &http.Transport{
			// A proxy would resolve names by itself, behind the guard's back.
			Proxy: nil,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return d.DialContext(ctx, network, address)
			},
			ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: Timeout,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	return &http.Client{
		Timeout:       Timeout,
		Transport:     guarded{plain: transport("http"), secure: transport("https")},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
