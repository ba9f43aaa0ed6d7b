package user

import "time"

// AccountView is an account as its owner and administrators see it.
type AccountView struct {
	Card
	FullName      string     `json:"full_name" example:"Amara Okafor"`
	Phone         string     `json:"phone" example:"+49 30 1234567"`
	Language      string     `json:"language" enums:",en,de" example:"de"`
	TimeZone      string     `json:"time_zone" example:"Europe/Berlin"`
	IsActive      bool       `json:"is_active" example:"true"`
	EmailVerified bool       `json:"email_verified" example:"true"`
	CreatedAt     time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:00:00Z"`
	UpdatedAt     time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:30:00Z"`
	LastLoginAt   *time.Time `json:"last_login_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T10:00:00Z"`
	Version       int64      `json:"version" example:"2"`
} //@name Account

// Account returns what the account's owner and administrators see of it.
func (u User) Account() AccountView {
	v := AccountView{
		Card: u.Card(), FullName: u.FullName, Phone: u.Phone, Language: u.Language, TimeZone: u.TimeZone, IsActive: u.IsActive, EmailVerified: u.EmailVerified,
		CreatedAt: u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(), Version: u.Version,
	}
	if u.LastLoginAt != nil {
		at := u.LastLoginAt.UTC()
		v.LastLoginAt = &at
	}
	return v
}

// CreateRequest documents the body of POST /api/users.
type CreateRequest struct {
	Username   string `json:"username" minLength:"3" maxLength:"150" example:"amara"`
	Email      string `json:"email" format:"email" maxLength:"254" example:"amara@example.com"`
	Role       string `json:"role" enums:"employee,it_staff,admin" example:"it_staff"`
	FullName   string `json:"full_name" validate:"optional" maxLength:"300" example:"Amara Okafor"`
	FirstName  string `json:"first_name" validate:"optional" maxLength:"150" example:"Amara"`
	LastName   string `json:"last_name" validate:"optional" maxLength:"150" example:"Okafor"`
	Department string `json:"department" validate:"optional" maxLength:"150" example:"Finance"`
	Phone      string `json:"phone" validate:"optional" maxLength:"50" example:"+49 30 1234567"`
	Language   string `json:"language" validate:"optional" enums:",en,de" example:"de"`
	TimeZone   string `json:"time_zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
	Password   string `json:"password" validate:"optional" format:"password" minLength:"12" maxLength:"256" example:"seven-quiet-lanterns"`
} //@name CreateUserRequest

// ReplaceRequest documents the body of PUT /api/users/{id}.
type ReplaceRequest struct {
	Username   string `json:"username" minLength:"3" maxLength:"150" example:"amara"`
	Email      string `json:"email" format:"email" maxLength:"254" example:"amara@example.com"`
	Role       string `json:"role" enums:"employee,it_staff,admin" example:"it_staff"`
	FullName   string `json:"full_name" validate:"optional" maxLength:"300" example:"Amara Okafor"`
	FirstName  string `json:"first_name" validate:"optional" maxLength:"150" example:"Amara"`
	LastName   string `json:"last_name" validate:"optional" maxLength:"150" example:"Okafor"`
	Department string `json:"department" validate:"optional" maxLength:"150" example:"Finance"`
	Phone      string `json:"phone" validate:"optional" maxLength:"50" example:"+49 30 1234567"`
	Language   string `json:"language" validate:"optional" enums:",en,de" example:"de"`
	TimeZone   string `json:"time_zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
	IsActive   bool   `json:"is_active" validate:"optional" example:"true"`
} //@name ReplaceUserRequest

// UpdateRequest documents the body of PATCH /api/users/{id}.
type UpdateRequest struct {
	Username   string `json:"username" validate:"optional" minLength:"3" maxLength:"150" example:"amara"`
	Email      string `json:"email" validate:"optional" format:"email" maxLength:"254" example:"amara@example.com"`
	Role       string `json:"role" validate:"optional" enums:"employee,it_staff,admin" example:"it_staff"`
	FullName   string `json:"full_name" validate:"optional" maxLength:"300" example:"Amara Okafor"`
	FirstName  string `json:"first_name" validate:"optional" maxLength:"150" example:"Amara"`
	LastName   string `json:"last_name" validate:"optional" maxLength:"150" example:"Okafor"`
	Department string `json:"department" validate:"optional" maxLength:"150" example:"Finance"`
	Phone      string `json:"phone" validate:"optional" maxLength:"50" example:"+49 30 1234567"`
	Language   string `json:"language" validate:"optional" enums:",en,de" example:"de"`
	TimeZone   string `json:"time_zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
	IsActive   bool   `json:"is_active" validate:"optional" example:"true"`
} //@name UpdateUserRequest
