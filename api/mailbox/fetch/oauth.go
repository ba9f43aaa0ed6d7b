package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/fixdesk/fixdesk/api/mailbox"
)

type token struct {
	access string
	until  time.Time
	of     string // the sealed refresh token that it was fetched with
}

// xoauth2 is the mechanism of Google and Microsoft
// (https://developers.google.com/gmail/imap/xoauth2-protocol).
type xoauth2 struct{ user, token string }

func (x xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's reasons for a refusal with nothing, as it wants.
func (xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

func (f *Fetcher) signIn(ctx context.Context, c *imapclient.Client, b mailbox.Mailbox) error {
	secret, err := f.boxes.Box.Open(b.Secret)
	if err != nil {
		return err
	}
	if b.Auth == mailbox.OAuth {
		access, err := f.access(ctx, b, secret)
		if err != nil {
			return err
		}
		if err := c.Authenticate(xoauth2{b.Username, access}); err != nil {
			// It may have been taken back before its time: the next try asks for another.
			f.mu.Lock()
			delete(f.tokens, b.ID)
			f.mu.Unlock()
			return err
		}
		return nil
	}
	return c.Login(b.Username, secret).Wait()
}

// access returns an access token, a new one when the last is about to end.
func (f *Fetcher) access(ctx context.Context, b mailbox.Mailbox, refresh string) (string, error) {
	now := f.boxes.Clock.Now()
	f.mu.Lock()
	last := f.tokens[b.ID]
	f.mu.Unlock()
	if last.access != "" && last.of == b.Secret && now.Before(last.until) {
		return last.access, nil
	}
	secret, err := f.boxes.Box.Open(b.OAuthSecret)
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {b.OAuthClientID}}
	if secret != "" {
		form.Set("client_secret", secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.OAuthTokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("ask for a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return "", errors.New("the address for new tokens cannot be reached")
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read a token: %w", err)
	}
	var answer struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int    `json:"expires_in"`
		Error        string `json:"error"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.AccessToken == "" {
		return "", fmt.Errorf("no token was given (%d %s)", res.StatusCode, answer.Error)
	}
	of := b.Secret
	if answer.RefreshToken != "" && answer.RefreshToken != refresh {
		if of, err = f.boxes.Renew(ctx, b, answer.RefreshToken); err != nil {
			return "", err
		}
	}
	f.mu.Lock()
	f.tokens[b.ID] = token{answer.AccessToken, now.Add(time.Duration(max(answer.ExpiresIn-60, 0)) * time.Second), of}
	f.mu.Unlock()
	return answer.AccessToken, nil
}
