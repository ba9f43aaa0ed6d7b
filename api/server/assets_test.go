package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
)

func TestAssetsAreSentCompressed(t *testing.T) {
	app := newAssets(fstest.MapFS{
		"index.html":          {Data: []byte("page")},
		"index.html.br":       {Data: []byte("small page")},
		"assets/a-hash.js":    {Data: []byte("script")},
		"assets/a-hash.js.br": {Data: []byte("small script")},
		"favicon.svg":         {Data: []byte("<svg/>")},
	})
	e := gin.New()
	e.NoRoute(app.serve)
	for _, c := range []struct{ path, accept, tag, encoding, body string }{
		{"/assets/a-hash.js", "gzip, deflate, br", "", "br", "small script"},
		{"/assets/a-hash.js", "gzip;q=1, BR;q=0.5", "", "br", "small script"},
		{"/assets/a-hash.js", "gzip, br;q=0", "", "", "script"},
		{"/assets/a-hash.js", "gzip, br;q=0.000", "", "", "script"},
		{"/assets/a-hash.js", "gzip, brotli", "", "", "script"},
		{"/assets/a-hash.js", "", "", "", "script"},
		{"/tickets/1", "br", "", "br", "small page"},
		{"/favicon.svg", "br", "", "", "<svg/>"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		r.Header.Set("Accept", "text/html")
		e.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("%s for %q: %d, encoding %q, %q", c.path, c.accept, w.Code, w.Header().Get("Content-Encoding"), w.Body)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s does not say that it depends on Accept-Encoding", c.path)
		}
		again := httptest.NewRecorder()
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		e.ServeHTTP(again, r)
		if again.Code != http.StatusNotModified {
			t.Errorf("%s for %q, asked for again: %d", c.path, c.accept, again.Code)
		}
	}
}

func TestAssetsOfTheInstalledApp(t *testing.T) {
	gin.SetMode(gin.TestMode)
	e := gin.New()
	s := &Server{}
	e.Use(s.protect)
	e.NoRoute(newAssets(fstest.MapFS{
		"index.html":           {Data: []byte("<html>")},
		"sw.js":                {Data: []byte("// worker")},
		"manifest.webmanifest": {Data: []byte("{}")},
		"assets/a-1.js":        {Data: []byte("// code")},

		"assets/pdf.worker.min-1.js": {Data: []byte("// reader")},
	}).serve)
	for _, c := range []struct{ path, kind, cache string }{
		{"/sw.js", "text/javascript", "no-cache"},
		{"/manifest.webmanifest", "application/manifest+json", "no-cache"},
		{"/index.html", "text/html", "no-cache"},
		{"/assets/a-1.js", "text/javascript", "public, max-age=31536000, immutable"},
	} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil))
		h := w.Header()
		if w.Code != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), c.kind) || h.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d, %q, %q", c.path, w.Code, h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		for _, part := range []string{"script-src 'self';", "worker-src 'self'", "manifest-src 'self'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), part) {
				t.Errorf("%s: the policy lacks %s", c.path, part)
			}
		}
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/assets/pdf.worker.min-1.js", nil))
	if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self' 'wasm-") ||
		strings.Contains(policy, "connect-src") {
		t.Errorf("the reader of PDFs: %s", policy)
	}
	w = httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/sw.js", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("below /api: %d", w.Code)
	}
}
