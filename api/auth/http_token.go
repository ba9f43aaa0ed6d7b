package auth

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// listTokens answers GET /api/auth/tokens.
//
// @Summary List the own API tokens
// @Description Newest first. The tokens themselves are not shown again. Needs a sign-in by password.
// @ID listApiTokens
// @Tags auth
// @Produce json
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[TokenView]
// @Header 200 {string} ETag "Changes when the answer does"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Signed in by a personal API token"
// @Failure 404 {object} web.Problem "A page beyond the last"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/tokens [get]
func (s *Service) listTokens(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !hasSession(by) {
		return errNeedSession
	}
	q := web.ReadQuery(c, web.PageParams...)
	p := q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Tokens(c.Request.Context(), by, p)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, tokenFor)
}

// createToken answers POST /api/auth/tokens.
//
// @Summary Make an API token
// @Description The token acts as the caller and is shown this one time. Needs a sign-in by password.
// @ID createApiToken
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body TokenRequest true "Its name and, if it shall expire, the number of days"
// @Success 201 {object} NewTokenView
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Signed in by a personal API token"
// @Failure 409 {object} web.Problem "Too many tokens"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/tokens [post]
func (s *Service) createToken(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !hasSession(by) {
		return errNeedSession
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	name := b.Text("name", web.NotBlank, web.Max(maxTokenName), user.NameRule)
	days := b.Int("expires_in_days")
	if days != nil && (*days < 1 || *days > maxTokenDays) {
		b.Wrong("expires_in_days", "Must be from 1 to 3650, or null.")
	}
	b.Require("name")
	if err := b.Err(); err != nil {
		return err
	}
	var lifetime time.Duration
	if days != nil {
		lifetime = time.Duration(*days) * 24 * time.Hour
	}
	t, secret, err := s.CreateToken(c.Request.Context(), by, *name, lifetime)
	if err != nil {
		return err
	}
	return web.SendSecret(c, http.StatusCreated, NewTokenView{TokenView: tokenFor(t), Token: secret})
}

// deleteToken answers DELETE /api/auth/tokens/{id}.
//
// @Summary Delete an API token
// @Description It is refused from then on. Needs a sign-in by password.
// @ID deleteApiToken
// @Tags auth
// @Produce json
// @Param id path int true "The token" example(3)
// @Success 204 "Deleted"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Signed in by a personal API token"
// @Failure 404 {object} web.Problem "The caller has no such token"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/tokens/{id} [delete]
func (s *Service) deleteToken(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !hasSession(by) {
		return errNeedSession
	}
	id, err := web.PathID(c, "token")
	if err != nil {
		return err
	}
	if err := web.IfMatch(c).Check(0); err != nil { // tokens never change: no tag is theirs
		return err
	}
	if err := s.DeleteToken(c.Request.Context(), by, id); err != nil {
		return err
	}
	return web.SendNothing(c)
}
