package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/setting"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/user"
)

// Identify returns whose an Authorization header is now, for streams that
// outlive their request's check.
func (s *Service) Identify(ctx context.Context, header string) (authz.Actor, error) {
	return s.identify(ctx, header)
}

// identify returns whose an Authorization header is. It returns nobody for a
// header that is no good, and an error only when it cannot tell.
func (s *Service) identify(ctx context.Context, header string) (authz.Actor, error) {
	scheme, secret, ok := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !ok || !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return authz.Actor{}, nil
	}
	var c caller
	var err error
	if strings.HasPrefix(secret, tokenPrefix) {
		c, err = callerByToken(s.db.Read(ctx), hashOf(secret))
	} else {
		var g grant
		if g, err = s.access.read(secret); err == nil {
			c, err = callerBySession(s.db.Read(ctx), g.userID, g.sessionID)
			if err == nil && c.TokenVersion != g.version {
				err = errBadToken
			}
		}
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, errBadToken) {
		return authz.Actor{}, nil
	}
	if err != nil {
		return authz.Actor{}, fmt.Errorf("identify the caller: %w", err)
	}
	if !c.valid(s.clock.Now()) {
		return authz.Actor{}, nil
	}
	if c.TokenID != 0 {
		s.touch(ctx, c)
	}
	options, err := setting.Widen(s.db.Read(ctx), c.Role, s.set.Authz)
	if err != nil {
		return authz.Actor{}, err
	}
	by := authz.Person(c.ID, c.Username, c.Role, options).OfDepartment(user.DepartmentKey(c.Department), options)
	if by, err = team.Join(s.db.Read(ctx), by); err != nil {
		return authz.Actor{}, err
	}
	by.SessionID = c.SessionID
	by.TimeZone = c.TimeZone
	return by, nil
}

// touch notes that an API token was used. The request does not depend on it.
func (s *Service) touch(ctx context.Context, c caller) {
	now := s.clock.Now()
	if c.LastUsedAt != nil && now.Sub(*c.LastUsedAt) < touchEvery {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, touchMaxWait)
	defer cancel()
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Model(&APIToken{}).Where("id = ?", c.TokenID).Update("last_used_at", now).Error
	})
	if err != nil {
		slog.WarnContext(ctx, "noting the use of an API token failed", "token_id", c.TokenID, "error", err)
	}
}
