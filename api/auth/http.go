package auth

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/setting"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/api/user/password"
)

// Routes registers the endpoints of signing in, those for everybody and those
// for whoever is signed in.
func (s *Service) Routes(public, signedIn *gin.RouterGroup, keys *web.Keys) {
	public.GET("/config", web.Handle(s.config))
	public.POST("/auth/login", keys.Post(s.login))
	public.POST("/auth/refresh", keys.Post(s.refresh))
	public.POST("/auth/logout", keys.Post(s.logout))
	public.POST("/auth/register", keys.Post(s.register))
	public.POST("/auth/verify_email", keys.Post(s.verifyEmail))
	public.POST("/auth/resend_verification", keys.Post(s.resendVerification))
	public.POST("/auth/forgot_password", keys.Post(s.forgotPassword))
	public.POST("/auth/reset_password", keys.Post(s.resetPassword))

	signedIn.GET("/auth/me", web.Handle(s.me))
	signedIn.PATCH("/auth/me", web.Handle(s.updateMe))
	signedIn.POST("/auth/change_password", keys.Post(s.changePassword))
	signedIn.GET("/auth/tokens", web.Handle(s.listTokens))
	signedIn.POST("/auth/tokens", keys.Post(s.createToken))
	signedIn.DELETE("/auth/tokens/:id", web.Handle(s.deleteToken))
}

const unknownCaller = "auth.unknown_caller"

// Authenticate finds out who is calling, and lets nobody pass as nobody.
func (s *Service) Authenticate() gin.HandlerFunc {
	return func(c *gin.Context) {
		header := c.GetHeader("Authorization")
		if header == "" {
			return
		}
		by, err := s.identify(c.Request.Context(), header)
		switch {
		case err != nil:
			web.Fail(c, err)
		case by.IsNobody():
			c.Set(unknownCaller, true)
		default:
			c.Request = c.Request.WithContext(authz.With(c.Request.Context(), by))
		}
	}
}

// Required refuses whoever is nobody.
func Required() gin.HandlerFunc {
	return web.Handle(func(c *gin.Context) error {
		switch {
		case !authz.From(c.Request.Context()).IsNobody():
			return nil
		case c.GetBool(unknownCaller):
			return errToken
		}
		return errRequired
	})
}

// CookieName is the cookie that holds the refresh token; cookiePath is where
// browsers send it.
const (
	CookieName = "fixdesk_refresh"
	cookiePath = "/api/auth"
)

func (s *Service) setCookie(c *gin.Context, secret string) {
	cookie := &http.Cookie{ //nolint:gosec // Secure wherever people reach the desk by https
		Name: CookieName, Value: secret, Path: cookiePath, MaxAge: int(sessionLifetime.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(s.set.PublicURL, "https://"),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

func cookie(c *gin.Context) string {
	found, err := c.Request.Cookie(CookieName)
	if err != nil {
		return ""
	}
	return found.Value
}

func (s *Service) answer(c *gin.Context, g Granted, err error) error {
	if err != nil {
		return err
	}
	s.setCookie(c, g.Refresh)
	o, err := setting.Widen(s.db.Read(c.Request.Context()), g.User.Role, s.set.Authz)
	if err != nil {
		return err
	}
	return web.SendSecret(c, http.StatusOK, sessionFor(g, o))
}

// config answers GET /api/config.
//
// @Summary Show what the app needs to know
// @ID getConfig
// @Tags auth
// @Produce json
// @Success 200 {object} ConfigView
// @Header 200 {string} ETag "Changes when the answer does"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/config [get]
func (s *Service) config(c *gin.Context) error {
	return web.SendPlain(c, http.StatusOK, ConfigView{
		Registration: s.set.Registration, PasswordMinLength: password.MinLength, Version: s.set.Version, Demo: s.set.Demo,
		Attachments: s.set.Attachments,
	})
}

// login answers POST /api/auth/login.
//
// @Summary Sign in
// @Description Takes the username or the e-mail address. The answer is the same whatever is wrong. A refresh token comes as an HttpOnly cookie `fixdesk_refresh`.
// @ID login
// @Tags auth
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body LoginRequest true "Who, and the password"
// @Success 200 {object} SessionView
// @Header 200 {string} Set-Cookie "The refresh token"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Wrong credentials of any kind"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 429 {object} web.Problem "Too many failed attempts; see Retry-After"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/login [post]
func (s *Service) login(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	name, secret := b.Text("username"), b.Text("password")
	b.Require("username", "password")
	if err := b.Err(); err != nil {
		return err
	}
	g, err := s.Login(c.Request.Context(), c.ClientIP(), *name, *secret)
	return s.answer(c, g, err)
}

// refresh answers POST /api/auth/refresh.
//
// @Summary Get a new access token
// @Description Needs the cookie `fixdesk_refresh` and no body. Each refresh token works once and is replaced; presenting one that was used before ends the session. A client that may lose an answer repeats the request with the same Idempotency-Key.
// @ID refreshSession
// @Tags auth
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Success 200 {object} SessionView
// @Header 200 {string} Set-Cookie "The next refresh token"
// @Failure 401 {object} web.Problem "No session, or it has ended"
// @x-authz {"anonymous":"any","employee":"any","it_staff":"any","admin":"any"}
// @Router /api/auth/refresh [post]
func (s *Service) refresh(c *gin.Context) error {
	g, err := s.Refresh(c.Request.Context(), cookie(c))
	if errors.Is(err, errReused) {
		// An answer and not an error: an error would undo, with the transaction of
		// an Idempotency-Key, that the session was ended.
		s.setCookie(c, "")
		web.Fail(c, err)
		return nil
	}
	return s.answer(c, g, err)
}

// logout answers POST /api/auth/logout.
//
// @Summary Sign out
// @Description Ends the session of the cookie and that of the access token; without either it does nothing.
// @ID logout
// @Tags auth
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Success 204 "Signed out"
// @x-authz {"anonymous":"any","employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/logout [post]
func (s *Service) logout(c *gin.Context) error {
	if err := s.Logout(c.Request.Context(), authz.From(c.Request.Context()), cookie(c)); err != nil {
		return err
	}
	s.setCookie(c, "")
	return web.SendNothing(c)
}

// me answers GET /api/auth/me.
//
// @Summary Show the own account
// @ID getMe
// @Tags auth
// @Produce json
// @Param If-None-Match header string false "Answers 304 when the ETag is still the same"
// @Success 200 {object} MeView
// @Header 200 {string} ETag "For If-Match and If-None-Match"
// @Success 304 "Unchanged"
// @Failure 401 {object} web.Problem "Not signed in"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/me [get]
func (s *Service) me(c *gin.Context) error {
	u, err := s.users.Me(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return s.sendMe(c, u)
}

func (s *Service) sendMe(c *gin.Context, u user.User) error {
	o, err := setting.Widen(s.db.Read(c.Request.Context()), u.Role, s.set.Authz)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, meFor(u, o), u.Version)
}

// updateMe answers PATCH /api/auth/me.
//
// @Summary Change the own names, department and phone
// @Description Changes the fields that are sent. Username, address and role are changed by administrators.
// @ID updateMe
// @Tags auth
// @Accept json
// @Produce json
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ProfileRequest true "The fields"
// @Success 200 {object} MeView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body; nothing is changed"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 409 {object} web.Problem "Changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/auth/me [patch]
func (s *Service) updateMe(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	changes := user.ReadProfile(b)
	if err := b.Err(); err != nil {
		return err
	}
	u, err := s.users.UpdateProfile(c.Request.Context(), authz.From(c.Request.Context()), web.IfMatch(c), changes)
	if err != nil {
		return err
	}
	return s.sendMe(c, u)
}
