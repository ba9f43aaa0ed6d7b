// Package web is the edge: it reads requests strictly, answers in the shapes
// that docs/reference/api.md promises, and is the only platform package that
// knows Gin.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/locale"
)

// Problem is the body of every error (RFC 9457), sent as application/problem+json.
type Problem struct {
	Type      string              `json:"type" example:"about:blank"`
	Title     string              `json:"title" example:"Bad Request"`
	Status    int                 `json:"status" example:"400"`
	Detail    string              `json:"detail" example:"One or more fields are wrong."`
	Code      string              `json:"code" example:"request.invalid"`
	RequestID string              `json:"request_id" example:"01JD7K3V0Q8Z"`
	Errors    map[string][]string `json:"errors,omitempty" validate:"optional"`
}

var statusOf = map[fault.Kind]int{
	fault.Internal:         http.StatusInternalServerError,
	fault.Invalid:          http.StatusBadRequest,
	fault.Unauthenticated:  http.StatusUnauthorized,
	fault.Forbidden:        http.StatusForbidden,
	fault.NotFound:         http.StatusNotFound,
	fault.Conflict:         http.StatusConflict,
	fault.TooMany:          http.StatusTooManyRequests,
	fault.Unavailable:      http.StatusServiceUnavailable,
	fault.Stale:            http.StatusPreconditionFailed,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.UnsupportedMedia: http.StatusUnsupportedMediaType,
	fault.KeyReused:        http.StatusUnprocessableEntity,
}

// Fail answers with the problem that err is. What is no fault is internal: it
// is logged with its request id, and the client sees nothing of it.
func Fail(c *gin.Context, err error) {
	var f *fault.Error
	ctx := c.Request.Context()
	switch {
	case errors.As(err, &f):
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		// The client has gone; the status is for the log only.
		c.AbortWithStatus(499)
		return
	case errors.Is(err, context.DeadlineExceeded):
		slog.ErrorContext(ctx, "request timed out", "error", err, "request_id", RequestID(c))
		f = fault.New(fault.Unavailable, "server.busy", "The server could not answer in time. Try again in a moment.")
		f.RetryAfter = 2e9
	default:
		f = fault.New(fault.Internal, "server.error", "Something went wrong on our side. Tell your administrator the request id.")
		slog.ErrorContext(ctx, "request failed", "error", err, "request_id", RequestID(c), "route", c.FullPath())
		_ = c.Error(err)
	}
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	if f.Kind == fault.Unauthenticated {
		c.Header("WWW-Authenticate", `Bearer realm="fixdesk"`)
	}
	problem(c, statusOf[f.Kind], f)
}

// FailStatus answers with a problem that only HTTP knows.
func FailStatus(c *gin.Context, status int, code, detail string) {
	problem(c, status, &fault.Error{Code: code, Detail: detail})
}

func problem(c *gin.Context, status int, f *fault.Error) {
	lang := Language(c)
	if lang != locale.Default {
		c.Header("Content-Language", lang)
	}
	body, err := json.Marshal(Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: locale.Translate(lang, f.Detail), Code: f.Code, RequestID: RequestID(c), Errors: translated(lang, f.Fields),
	})
	if err != nil {
		body = []byte("{}")
	}
	c.Header("Cache-Control", "no-store")
	c.Abort()
	c.Data(status, "application/problem+json", body)
}

// Language returns the language that the client asks for in Accept-Language;
// English unless it prefers another one that the server speaks.
func Language(c *gin.Context) string { return locale.Match(c.GetHeader("Accept-Language")) }

// Say returns a sentence as an answer, in the language of the client.
func Say(c *gin.Context, message string) Detail {
	return Detail{Detail: locale.Translate(Language(c), message)}
}

// Complaint returns what an error finds wrong with a field, in the language of the client;
// nothing when it is about something else, or there is none.
func Complaint(c *gin.Context, err error, field string) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	return locale.Translate(Language(c), strings.Join(f.Fields[field], " "))
}

func translated(lang string, fields map[string][]string) map[string][]string {
	if lang == locale.Default || fields == nil {
		return fields
	}
	out := make(map[string][]string, len(fields))
	for name, messages := range fields {
		for _, m := range messages {
			out[name] = append(out[name], locale.Translate(lang, m))
		}
	}
	return out
}

const requestIDKey = "request_id"

// SetRequestID remembers the id under which the request is logged.
func SetRequestID(c *gin.Context, id string) { c.Set(requestIDKey, id) }

// RequestID returns the id under which the request is logged.
func RequestID(c *gin.Context) string { return c.GetString(requestIDKey) }
