package auth

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/fixdesk/fixdesk/api/platform/clock"
)

const (
	issuer   = "fixdesk"
	audience = "fixdesk-api"
)

// claims is what an access token says. The role is not among it: it is read
// with each request.
type claims struct {
	jwt.RegisteredClaims
	SessionID    int64 `json:"sid,string"`
	TokenVersion int64 `json:"ver"`
}

// access signs and reads access tokens.
type access struct {
	key   []byte
	clock clock.Clock
}

// sign returns an access token for a session.
func (a access) sign(userID, sessionID, version int64) (string, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return "", fmt.Errorf("name an access token: %w", err)
	}
	now := a.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Audience: jwt.ClaimStrings{audience}, Subject: strconv.FormatInt(userID, 10),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(accessLifetime)), ID: id.String(),
		},
		SessionID: sessionID, TokenVersion: version,
	})
	signed, err := token.SignedString(a.key)
	if err != nil {
		return "", fmt.Errorf("sign an access token: %w", err)
	}
	return signed, nil
}

// grant is what a valid access token stands for.
type grant struct{ userID, sessionID, version int64 }

var errBadToken = errors.New("not a valid access token")

// read checks a token's signature, algorithm, issuer, audience and time.
func (a access) read(raw string) (grant, error) {
	var c claims
	_, err := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(), jwt.WithTimeFunc(func() time.Time { return a.clock.Now() }),
	).ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) { return a.key, nil })
	if err != nil {
		return grant{}, fmt.Errorf("%w: %w", errBadToken, err)
	}
	id, err := strconv.ParseInt(c.Subject, 10, 64)
	if err != nil || id < 1 || c.SessionID < 1 {
		return grant{}, errBadToken
	}
	return grant{userID: id, sessionID: c.SessionID, version: c.TokenVersion}, nil
}
