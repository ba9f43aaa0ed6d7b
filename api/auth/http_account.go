package auth

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// register answers POST /api/auth/register.
//
// @Summary Register
// @Description Makes an employee's account that stays inactive until the link in the mail that follows is used, within 24 hours. A role is ignored.
// @ID registerAccount
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body RegisterRequest true "The account"
// @Success 201 {object} RegistrationView
// @Failure 400 {object} web.Problem "A wrong body; `errors` names every wrong field"
// @Failure 403 {object} web.Problem "This desk does not let people register"
// @Failure 409 {object} web.Problem "The username or the address is taken; `errors` says which"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many registrations; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/register [post]
func (s *Service) register(c *gin.Context) error {
	if !s.set.Registration {
		return errNoSignUp
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	if err := s.brake.count(c.Request.Context(), use{"auth:register:" + origin(c.ClientIP()), registersPerOrigin}); err != nil {
		return err
	}
	d := user.ReadRegistration(b)
	if err := b.Err(); err != nil {
		return err
	}
	if d.Language == "" {
		d.Language = web.Language(c) // for the mail with the link, and as a beginning
	}
	u, err := s.Register(c.Request.Context(), d)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusCreated, RegistrationView{
		ID: u.ID, Username: u.Username, Email: u.Email, FullName: u.FullName, IsActive: u.IsActive,
	})
}

// verifyEmail answers POST /api/auth/verify_email.
//
// @Summary Confirm an e-mail address
// @Description Activates the registration whose mailed token is sent. A token works once, for 24 hours.
// @ID verifyEmail
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body VerifyRequest true "The token of the link"
// @Success 200 {object} web.Detail
// @Failure 400 {object} web.Problem "A wrong body, or a token that is wrong, used or expired"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many attempts; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/verify_email [post]
func (s *Service) verifyEmail(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	token := b.Text("token")
	b.Require("token")
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.brake.count(c.Request.Context(), use{"auth:link:" + origin(c.ClientIP()), linksPerOrigin}); err != nil {
		return err
	}
	if err := s.VerifyEmail(c.Request.Context(), *token); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, web.Say(c, "Your address is confirmed. You can sign in now."))
}

// resendVerification answers POST /api/auth/resend_verification.
//
// @Summary Get the mail with the link once more
// @Description Answers alike whether there is such a registration or not.
// @ID resendVerification
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body EmailRequest true "The address"
// @Success 200 {object} web.Detail
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many mails; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/resend_verification [post]
func (s *Service) resendVerification(c *gin.Context) error {
	email, err := s.readEmail(c)
	if err != nil {
		return err
	}
	if err := s.ResendVerification(c.Request.Context(), email); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, web.Say(c, "If a registration with this address waits to be confirmed, a message is on its way."))
}

// forgotPassword answers POST /api/auth/forgot_password.
//
// @Summary Get a mail with a link to choose a new password
// @Description Answers alike whether there is such an account or not. The link works once, for an hour.
// @ID forgotPassword
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body EmailRequest true "The address"
// @Success 200 {object} web.Detail
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many mails; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/forgot_password [post]
func (s *Service) forgotPassword(c *gin.Context) error {
	email, err := s.readEmail(c)
	if err != nil {
		return err
	}
	if err := s.ForgotPassword(c.Request.Context(), email); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, web.Say(c, "If an account has this address, a message is on its way."))
}

func (s *Service) readEmail(c *gin.Context) (string, error) {
	b, err := web.ReadBody(c)
	if err != nil {
		return "", err
	}
	email := b.Text("email", user.EmailRule)
	b.Require("email")
	if err := b.Err(); err != nil {
		return "", err
	}
	return *email, s.brake.count(c.Request.Context(), use{"auth:mails:" + origin(c.ClientIP()), mailsPerOrigin})
}

// resetPassword answers POST /api/auth/reset_password.
//
// @Summary Choose a new password by a mailed link
// @Description Ends all sessions of the account and confirms its address. Works with the links of forgotten passwords and of invitations.
// @ID resetPassword
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body ResetRequest true "The token of the link, and the new password"
// @Success 200 {object} web.Detail
// @Failure 400 {object} web.Problem "A wrong body, a token that is wrong, used or expired, or a password that is not good enough"
// @Failure 409 {object} web.Problem "The account changed at the same moment"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many attempts; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/reset_password [post]
func (s *Service) resetPassword(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	token, secret := b.Text("token"), b.Text("password")
	b.Require("token", "password")
	if err := b.Err(); err != nil {
		return err
	}
	if err := s.brake.count(c.Request.Context(), use{"auth:link:" + origin(c.ClientIP()), linksPerOrigin}); err != nil {
		return err
	}
	if err := s.ResetPassword(c.Request.Context(), *token, *secret); err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, web.Say(c, "Your password is changed. You can sign in now."))
}

// changePassword answers POST /api/auth/change_password.
//
// @Summary Change the own password
// @Description Needs the current one, and a sign-in by password. All sessions end; the answer holds a new one.
// @ID changePassword
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body ChangePasswordRequest true "Both passwords"
// @Success 200 {object} SessionView
// @Header 200 {string} Set-Cookie "The refresh token"
// @Failure 400 {object} web.Problem "A wrong body, a wrong current password, or a new one that is not good enough"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Signed in by a personal API token"
// @Failure 409 {object} web.Problem "The account changed at the same moment"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Failure 429 {object} web.Problem "Too many wrong passwords; see Retry-After"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/change_password [post]
func (s *Service) changePassword(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !hasSession(by) {
		return errNeedSession
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	current, secret := b.Text("current_password"), b.Text("new_password")
	b.Require("current_password", "new_password")
	if err := b.Err(); err != nil {
		return err
	}
	g, err := s.ChangePassword(c.Request.Context(), by, c.ClientIP(), *current, *secret)
	return s.answer(c, g, err)
}
