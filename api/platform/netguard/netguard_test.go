package netguard_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"syscall"
	"testing"

	"code.dny.dev/ssrf"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/fixdesk/fixdesk/api/platform/netguard"
)

func guard(t *testing.T, allow string) *netguard.Guard {
	t.Helper()
	g, err := netguard.New(allow)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func get(c *http.Client, url string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err == nil {
		err = res.Body.Close()
	}
	return err
}

// lying is a resolver that finds every name at 127.0.0.1.
func lying(t *testing.T) *net.Resolver {
	t.Helper()
	pc, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 1},
					Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = pc.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	named := "http://hooks.example.com:" + u.Port()
	for _, at := range []string{srv.URL, "http://localhost:" + u.Port(), "http://[::ffff:127.0.0.1]:" + u.Port()} {
		if err := get(guard(t, "").Client(nil), at); !errors.Is(err, ssrf.ErrProhibitedIP) && !errors.Is(err, ssrf.ErrProhibitedNetwork) {
			t.Errorf("%s: %v", at, err)
		}
	}
	// Whatever way a private address is written in.
	for _, at := range []string{
		"0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1", "192.168.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"[::]", "[::1]", "[::127.0.0.1]", "[::ffff:0.0.0.0]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::10.0.0.1]", "[2002:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
		"[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[ff02::1]", "[100::1]", "[2001:db8::1]",
	} {
		err := get(guard(t, "").Client(nil), "https://"+at+"/")
		if !errors.Is(err, ssrf.ErrProhibitedIP) && !errors.Is(err, ssrf.ErrProhibitedNetwork) && !errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Errorf("%s: %v", at, err)
		}
	}
	// Numbers that some read as addresses are none.
	for _, at := range []string{"https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/"} {
		if err := get(guard(t, "").Client(lying(t)), at); err == nil {
			t.Errorf("%s was called", at)
		}
	}
	if err := get(guard(t, "").Client(lying(t)), named); !errors.Is(err, ssrf.ErrProhibitedIP) {
		t.Errorf("a name that leads to a private address: %v", err)
	}
	if err := get(guard(t, "10.0.0.0/8").Client(lying(t)), named); !errors.Is(err, ssrf.ErrProhibitedIP) {
		t.Errorf("a private network that was not named: %v", err)
	}
	for _, allow := range []string{"on", "127.0.0.0/8, 10.0.0.0/8"} {
		if err := get(guard(t, allow).Client(lying(t)), named); err != nil {
			t.Errorf("%s: %v", allow, err)
		}
	}
	client := guard(t, "on").Client(nil)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/away", nil)
	res, err := client.Do(req)
	if err != nil || res.StatusCode != http.StatusFound {
		t.Fatalf("a redirect was followed: %v %v", res, err)
	}
	_ = res.Body.Close()
}

func TestAddresses(t *testing.T) {
	strict, loose := guard(t, ""), guard(t, "10.0.0.0/8")
	for text, want := range map[string][2]bool{
		"https://example.com/hook?x=1": {true, true},
		"http://example.com/":          {false, true}, // refused when it is called, unless it lies in 10.0.0.0/8
		"https://":                     {false, false},
		"https://me:pw@example.com":    {false, false},
		"https://example.com/#x":       {false, false},
		"ftp://example.com":            {false, false},
		"javascript:alert(1)":          {false, false},
		"example.com":                  {false, false},
		"https://exa mple.com":         {false, false},
	} {
		if got := [2]bool{strict.CheckURL(text) == "", loose.CheckURL(text) == ""}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if _, err := netguard.New("10.0.0.1"); err == nil {
		t.Error("an address was taken for a network")
	}
}
