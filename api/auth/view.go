package auth

import (
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/user"
)

// MeView is the caller's own account, and what it may do at all.
type MeView struct {
	user.AccountView
	Permissions []string `json:"permissions" example:"ticket.queue,ticket.work"`
	// TourDone is true once the person has seen the tour of the app, or skipped it.
	TourDone bool `json:"tour_done" example:"true"`
} //@name Me

// SessionView is the answer to a sign-in. The refresh token comes as a cookie.
type SessionView struct {
	AccessToken string `json:"access_token" example:"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"`
	TokenType   string `json:"token_type" enums:"Bearer" example:"Bearer"`
	ExpiresIn   int    `json:"expires_in" example:"900"` // seconds
	User        MeView `json:"user"`
} //@name Session

// RegistrationView is the answer to a registration.
type RegistrationView struct {
	ID       int64  `json:"id" example:"7"`
	Username string `json:"username" example:"amara"`
	Email    string `json:"email" example:"amara@example.com"`
	FullName string `json:"full_name" example:"Amara Okafor"`
	IsActive bool   `json:"is_active" example:"false"`
} //@name Registration

// TokenView is a personal API token.
type TokenView struct {
	ID         int64      `json:"id" example:"3"`
	Name       string     `json:"name" example:"Monitoring"`
	Prefix     string     `json:"prefix" example:"fxd_Ab3dEf"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	LastUsedAt *time.Time `json:"last_used_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T10:00:00Z"`
	ExpiresAt  *time.Time `json:"expires_at" format:"date-time" extensions:"x-nullable" example:"2026-06-02T09:00:00Z"`
} //@name ApiToken

// NewTokenView is a personal API token when it is made: the only time that the
// token itself is shown.
type NewTokenView struct {
	TokenView
	Token string `json:"token" example:"fxd_Ab3dEfGhIjKlMnOpQrStUvWxYz0123456789_-Ab"`
} //@name NewApiToken

// ConfigView is what the app needs to know before anybody has signed in.
type ConfigView struct {
	Registration      bool             `json:"registration" example:"true"`
	PasswordMinLength int              `json:"password_min_length" example:"12"`
	Version           string           `json:"version" example:"1.0.0"`
	Demo              bool             `json:"demo" example:"false"`
	Attachments       AttachmentLimits `json:"attachments"`
} //@name Config

// AttachmentLimits are what files may be.
type AttachmentLimits struct {
	MaxSize  int64    `json:"max_size" example:"26214400"` // bytes of one file
	MaxCount int      `json:"max_count" example:"20"`      // files of one message
	Allowed  []string `json:"allowed" example:"image/*,application/pdf"`
	Denied   []string `json:"denied" example:"application/vnd.microsoft.portable-executable"`
} //@name AttachmentLimits

// LoginRequest documents the body of POST /api/auth/login.
type LoginRequest struct {
	Username string `json:"username" example:"amara"`
	Password string `json:"password" format:"password" example:"seven-quiet-lanterns"`
} //@name LoginRequest

// ProfileRequest documents the body of PATCH /api/auth/me.
type ProfileRequest struct {
	FullName   string `json:"full_name" validate:"optional" maxLength:"300" example:"Amara Okafor"`
	FirstName  string `json:"first_name" validate:"optional" maxLength:"150" example:"Amara"`
	LastName   string `json:"last_name" validate:"optional" maxLength:"150" example:"Okafor"`
	Department string `json:"department" validate:"optional" maxLength:"150" example:"Finance"`
	Phone      string `json:"phone" validate:"optional" maxLength:"50" example:"+49 30 1234567"`
	Language   string `json:"language" validate:"optional" enums:",en,de" example:"de"`
	TimeZone   string `json:"time_zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
	TourDone   bool   `json:"tour_done" validate:"optional" example:"true"`
} //@name UpdateMeRequest

// RegisterRequest documents the body of POST /api/auth/register.
type RegisterRequest struct {
	Username string `json:"username" minLength:"3" maxLength:"150" example:"amara"`
	Email    string `json:"email" format:"email" maxLength:"254" example:"amara@example.com"`
	FullName string `json:"full_name" minLength:"1" maxLength:"300" example:"Amara Okafor"`
	Password string `json:"password" format:"password" minLength:"12" maxLength:"256" example:"seven-quiet-lanterns"`
	Language string `json:"language" validate:"optional" enums:",en,de" example:"de"`
	TimeZone string `json:"time_zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
} //@name RegisterRequest

// VerifyRequest documents the body of POST /api/auth/verify_email.
type VerifyRequest struct {
	Token string `json:"token" example:"cJ0n2sXQkZ2mX0b5Gm0lYbqk1l7c3wq0m5rJpYv8x1E"`
} //@name VerifyEmailRequest

// EmailRequest documents the body of the requests for a mail.
type EmailRequest struct {
	Email string `json:"email" format:"email" maxLength:"254" example:"amara@example.com"`
} //@name EmailRequest

// ResetRequest documents the body of POST /api/auth/reset_password.
type ResetRequest struct {
	Token    string `json:"token" example:"cJ0n2sXQkZ2mX0b5Gm0lYbqk1l7c3wq0m5rJpYv8x1E"`
	Password string `json:"password" format:"password" minLength:"12" maxLength:"256" example:"seven-quiet-lanterns"`
} //@name ResetPasswordRequest

// ChangePasswordRequest documents the body of POST /api/auth/change_password.
type ChangePasswordRequest struct {
	CurrentPassword string `json:"current_password" format:"password" example:"seven-quiet-lanterns"`
	NewPassword     string `json:"new_password" format:"password" minLength:"12" maxLength:"256" example:"nine-early-sparrows"`
} //@name ChangePasswordRequest

// TokenRequest documents the body of POST /api/auth/tokens.
type TokenRequest struct {
	Name          string `json:"name" minLength:"1" maxLength:"100" example:"Monitoring"`
	ExpiresInDays *int   `json:"expires_in_days" validate:"optional" minimum:"1" maximum:"3650" extensions:"x-nullable" example:"90"`
} //@name CreateApiTokenRequest

func meFor(u user.User, o authz.Options) MeView {
	v := MeView{AccountView: u.Account(), Permissions: []string{}, TourDone: u.TourDone}
	for _, p := range authz.Permissions(u.Role, o) {
		v.Permissions = append(v.Permissions, string(p))
	}
	return v
}

func sessionFor(g Granted, o authz.Options) SessionView {
	return SessionView{
		AccessToken: g.Access, TokenType: "Bearer", ExpiresIn: int(accessLifetime.Seconds()), User: meFor(g.User, o),
	}
}

func tokenFor(t APIToken) TokenView {
	return TokenView{
		ID: t.ID, Name: t.Name, Prefix: t.Prefix, CreatedAt: t.CreatedAt.UTC(),
		LastUsedAt: utc(t.LastUsedAt), ExpiresAt: utc(t.ExpiresAt),
	}
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
