// Package clamav asks a clamd whether a content holds a virus, by its INSTREAM
// command (https://docs.clamav.net/manual/Usage/Scanning.html#clamd).
package clamav

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// Client asks one clamd.
type Client struct{ network, address string }

const (
	connectTime = 10 * time.Second
	scanTime    = 5 * time.Minute
	chunk       = 64 << 10
)

// New returns a client for tcp://host:port or unix:///path/to/clamd.ctl.
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
	case u.Scheme == "tcp" && u.Hostname() != "" && u.Port() != "" && strings.Trim(u.Path, "/") == "":
		return &Client{"tcp", u.Host}, nil
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		return &Client{"unix", u.Path}, nil
	}
	return nil, errors.New("write tcp://host:3310 or unix:///path/to/clamd.ctl")
}

// Scan sends a content. found is the name of what was found, or ""; refused is
// why clamd will not look at it, such as its size; an error says that clamd does
// not answer now.
func (c *Client) Scan(ctx context.Context, content io.Reader) (found, refused string, err error) {
	ctx, stop := context.WithTimeout(ctx, scanTime)
	defer stop()
	d := net.Dialer{Timeout: connectTime}
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", "", fmt.Errorf("connect to clamd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return "", "", fmt.Errorf("connect to clamd: %w", err)
		}
	}
	// clamd answers before the end, and hangs up, when it has enough.
	sent := send(conn, content)
	if errors.Is(sent, errContent) {
		return "", "", sent
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	text := strings.Trim(string(answer), "\x00\r\n ")
	switch {
	case strings.HasSuffix(text, " FOUND"):
		_, name, _ := strings.Cut(strings.TrimSuffix(text, " FOUND"), ": ")
		return name, "", nil
	case sent == nil && strings.HasSuffix(text, ": OK"):
		return "", "", nil
	case strings.Contains(text, "size limit exceeded"):
		return "", text, nil
	}
	return "", "", fmt.Errorf("clamd answers %q: %w", text, errors.Join(sent, err, errAnswer))
}

var (
	errAnswer  = errors.New("no verdict")
	errContent = errors.New("read the content to scan")
)

// send writes the command and the content, in chunks with their lengths before
// them and one of no length at the end.
func send(conn io.Writer, content io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	buf := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(content, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := conn.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return errors.Join(errContent, err)
		}
	}
	_, err := conn.Write([]byte{0, 0, 0, 0})
	return err
}
