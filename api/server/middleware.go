package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// requestTimeout bounds how long a request may work.
const requestTimeout = 30 * time.Second

// endless are the routes that last as long as somebody listens, or as a line is
// slow.
var endless = map[string]bool{
	"/api/stream": true, "/api/events/stream": true, "/api/tickets/export": true,
	"/api/uploads/:id": true, "/api/attachments": true, "/api/attachments/:id/content": true,
}

// identify gives each request an id, or keeps the one a proxy gave it.
func identify(c *gin.Context) {
	id := c.GetHeader("X-Request-ID")
	if !wellFormed(id) {
		u, err := uuid.NewV7()
		if err != nil {
			u = uuid.New()
		}
		id = u.String()
	}
	web.SetRequestID(c, id)
	c.Header("X-Request-ID", id)
	if !endless[c.FullPath()] {
		ctx, cancel := context.WithTimeout(c.Request.Context(), requestTimeout)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
	}
	c.Next()
}

func wellFormed(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	return strings.Trim(id, allowed) == ""
}

// recoverPanics turns a panic into an internal error.
func recoverPanics(c *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the documented sentinel
				panic(p)
			}
			err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			if c.Writer.Written() {
				slog.ErrorContext(c.Request.Context(), "panic after the answer began", "error", err, "request_id", web.RequestID(c))
				c.Abort()
				return
			}
			web.Fail(c, err)
		}
	}()
	c.Next()
}

// record logs and counts each request under its route, never its raw path,
// query or body.
func (s *Server) record(c *gin.Context) {
	start := s.clock.Now()
	c.Next()
	took := s.clock.Now().Sub(start)
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	status := c.Writer.Status()
	s.requests.WithLabelValues(c.Request.Method, route, strconv.Itoa(status)).Inc()
	s.durations.WithLabelValues(c.Request.Method, route).Observe(took.Seconds())
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case route == "/healthz" || route == "/readyz" || route == "/metrics" || strings.HasPrefix(c.Request.URL.Path, "/assets/"):
		level = slog.LevelDebug
	}
	slog.Log(c.Request.Context(), level, "request",
		"request_id", web.RequestID(c), "method", c.Request.Method, "route", route, "path", c.Request.URL.Path,
		"status", status, "ms", float64(took.Microseconds())/1000, "bytes", c.Writer.Size(),
		"actor_id", authz.From(c.Request.Context()).ID, "ip", c.ClientIP())
}

const (
	appPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
		"font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; " +
		"base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	// The worker that reads PDFs, which strangers wrote: it talks to the page and to nothing
	// else. Its decoders of scanned pages are WebAssembly; of all the app, only it may run any.
	pdfWorkerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'"

	apiPolicy = "default-src 'none'; frame-ancestors 'none'"
	// Swagger UI's own styles and pictures; its scripts are files, too.
	swaggerPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

// protect sets the headers that keep browsers from being tricked.
func (s *Server) protect(c *gin.Context) {
	h := c.Writer.Header()
	policy := appPolicy
	switch path := c.Request.URL.Path; {
	case strings.HasPrefix(path, "/api"), path == "/healthz", path == "/readyz", path == "/metrics":
		policy = apiPolicy
	case strings.HasPrefix(path, "/assets/pdf.worker."):
		policy = pdfWorkerPolicy
	case strings.HasPrefix(path, "/swagger"):
		policy = swaggerPolicy
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	if s.https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

func notFound(c *gin.Context) {
	web.Fail(c, fault.New(fault.NotFound, "route.not_found", "There is nothing at this address."))
}

func methodNotAllowed(c *gin.Context) {
	web.FailStatus(c, http.StatusMethodNotAllowed, "route.method_not_allowed", "This address does not know the method "+c.Request.Method+".")
}

// metrics are the numbers for Prometheus.
func (s *Server) initMetrics() {
	s.registry = prometheus.NewRegistry()
	s.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "fixdesk_http_requests_total", Help: "HTTP requests by method, route and status.",
	}, []string{"method", "route", "status"})
	s.durations = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "fixdesk_http_request_duration_seconds", Help: "Time to answer, by method and route.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route"})
	s.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "fixdesk_jobs_total", Help: "Finished runs of jobs by kind and result.",
	}, []string{"kind", "result"})
	s.registry.MustRegister(s.requests, s.durations, s.jobs,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}
