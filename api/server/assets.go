package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// assets serves the single-page app that is built into the program. Files under
// assets/ carry a hash in their name and may be kept for ever; the rest is
// asked for each time and mostly answered with 304. The build writes a file
// NAME.br beside what Brotli makes smaller.
type assets struct {
	files fs.FS
	mu    sync.Mutex
	tags  map[string]string
}

func newAssets(files fs.FS) *assets { return &assets{files: files, tags: map[string]string{}} }

// serve answers GET and HEAD of anything outside the API. Paths without a file
// belong to the app's own router.
func (a *assets) serve(c *gin.Context) {
	asked := strings.TrimPrefix(c.Request.URL.Path, "/")
	name := strings.TrimPrefix(path.Clean("/"+asked), "/")
	switch {
	// As asked and as cleaned: dots must not lead from the API to the app.
	case name == "api" || strings.HasPrefix(name, "api/") || strings.HasPrefix(asked, "api/"):
		notFound(c)
		return
	case c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead:
		c.Header("Allow", "GET, HEAD")
		methodNotAllowed(c)
		return
	}
	data, err := fs.ReadFile(a.files, name)
	if name == "" || err != nil {
		if path.Ext(name) != "" && !strings.Contains(c.GetHeader("Accept"), "text/html") {
			notFound(c)
			return
		}
		name = "index.html"
		if data, err = fs.ReadFile(a.files, name); errors.Is(err, fs.ErrNotExist) {
			c.Data(http.StatusServiceUnavailable, "text/plain; charset=utf-8",
				[]byte("This program was built without its front end. Run `make build`, or use the API under /api.\n"))
			return
		}
	}
	if strings.HasPrefix(name, "assets/") {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	kind := kindOf(name)
	if small, err := fs.ReadFile(a.files, name+".br"); err == nil && takesBrotli(c.GetHeader("Accept-Encoding")) {
		c.Header("Content-Encoding", "br")
		name, data = name+".br", small
	}
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	tag := a.tag(name, data)
	c.Header("ETag", tag)
	if c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Data(http.StatusOK, kind, data)
}

// kindOf returns the media type of a file. The manifest's is not in every
// system's list, and browsers refuse it under another one.
func kindOf(name string) string {
	ext := path.Ext(name)
	if ext == ".webmanifest" {
		return "application/manifest+json"
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// takesBrotli reports whether an Accept-Encoding header (RFC 9110, section
// 12.5.3) names br without refusing it.
func takesBrotli(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "br") {
			q := strings.TrimLeft(strings.TrimSpace(weight), "qQ= ")
			return q == "" || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

func (a *assets) tag(name string, data []byte) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t, ok := a.tags[name]; ok {
		return t
	}
	sum := sha256.Sum256(data)
	t := `"` + hex.EncodeToString(sum[:12]) + `"`
	a.tags[name] = t
	return t
}
