// Package server answers HTTP: the API, its documentation, the single-page app
// and the addresses that operators watch.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Options are what the server needs to know of the installation.
type Options struct {
	Proxies []netip.Prefix // who may set X-Forwarded-For and -Proto
	HTTPS   bool           // people reach the desk by https
	Files   fs.FS          // the built single-page app
	Ready   func(context.Context) error
}

// Server is the HTTP side of the desk.
type Server struct {
	handler   http.Handler
	clock     clock.Clock
	https     bool
	ready     func(context.Context) error
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	jobs      *prometheus.CounterVec
	engine    *gin.Engine
}

// New builds the server around the features.
func New(c clock.Clock, o Options, f Features) (*Server, error) {
	gin.SetMode(gin.ReleaseMode)
	s := &Server{clock: c, https: o.HTTPS, ready: o.Ready, engine: gin.New()}
	s.initMetrics()
	e := s.engine
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	trusted := make([]string, len(o.Proxies))
	for i, p := range o.Proxies {
		trusted[i] = p.String()
	}
	if err := e.SetTrustedProxies(trusted); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	e.Use(identify, s.record, s.protect, web.TrustProxies(o.Proxies), recoverPanics)
	s.routes(e, f, newAssets(o.Files))
	gz, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(1))
	if err != nil {
		return nil, fmt.Errorf("compression: %w", err)
	}
	s.handler = gz(withoutTrailingSlash(e))
	return s, nil
}

// withoutTrailingSlash serves every API path with and without a slash at its
// end, never by a redirect, which would lose the body of a POST.
func withoutTrailingSlash(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; len(p) > 1 && strings.HasSuffix(p, "/") && strings.HasPrefix(p, "/api/") {
			r.URL.Path = strings.TrimSuffix(p, "/")
			r.URL.RawPath = strings.TrimSuffix(r.URL.RawPath, "/")
		}
		next.ServeHTTP(w, r)
	})
}

// Handler returns the whole server as a handler, for tests.
func (s *Server) Handler() http.Handler { return s.handler }

// Routes returns every route as "METHOD /path/:id".
func (s *Server) Routes() gin.RoutesInfo { return s.engine.Routes() }

// CountJob counts a finished run of a job.
func (s *Server) CountJob(kind, result string) { s.jobs.WithLabelValues(kind, result).Inc() }

// shutdownTime is how long requests under way may take when the program stops.
const shutdownTime = 20 * time.Second

// Serve answers on the listener until ctx ends, and then lets the requests
// under way finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return errors.Join(fmt.Errorf("stop serving: %w", err), srv.Close())
	}
	return nil
}
