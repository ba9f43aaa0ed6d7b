package attachment

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// wall is the time of the network, which tests do not move.
func (s *Service) wall() time.Time { return clock.System{}.Now() }

// download answers GET /api/attachments/{id}/content.
//
// @Summary Download a file
// @Description Always application/octet-stream and always to be saved, never to be shown in place, whatever the file is: `media_type` of the attachment says what was found in it. Knows ranges and If-None-Match.
// @ID downloadAttachment
// @Tags attachments
// @Produce octet-stream
// @Param id path int true "The attachment" example(12)
// @Param Range header string false "A part of it" example(bytes=0-1023)
// @Success 200 {file} file
// @Success 206 {file} file
// @Success 304 "Unchanged"
// @Failure 404 {object} web.Problem "No such attachment, not visible, or lost (attachment.lost)"
// @Failure 409 {object} web.Problem "Not to be had: attachment.incomplete, attachment.scanning, attachment.infected, attachment.scan_failed"
// @Failure 412 {object} web.Problem "Another content than If-Match names"
// @Failure 416 {object} web.Problem "The file has no such range"
// @Failure 503 {object} web.Problem "The store of files does not answer (attachment.store_away)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/attachments/{id}/content [get]
func (s *Service) download(c *gin.Context) error {
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	l, f, err := s.Open(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	c.Header("Content-Disposition", disposition(l.Name))
	c.Header("Content-Type", "application/octet-stream")
	return s.serve(c, f, *l.SHA256)
}

// thumbnail answers GET /api/attachments/{id}/thumbnail.
//
// @Summary Show a small picture of an image
// @Description A JPEG of the image, or of the first of several, the right way up.
// @ID getThumbnail
// @Tags attachments
// @Produce jpeg
// @Param id path int true "The attachment" example(12)
// @Param size query string false "The longest side: small (320 pixels) or large (1600)" Enums(small, large) default(small)
// @Success 200 {file} file
// @Success 206 {file} file
// @Success 304 "Unchanged"
// @Failure 404 {object} web.Problem "No such attachment, not visible, or there is no picture of it (attachment.no_thumbnail)"
// @Failure 409 {object} web.Problem "Not to be had: attachment.incomplete, attachment.scanning, attachment.infected, attachment.scan_failed"
// @Failure 412 {object} web.Problem "Another content than If-Match names"
// @Failure 416 {object} web.Problem "The file has no such range"
// @Failure 503 {object} web.Problem "The store of files does not answer (attachment.store_away)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/attachments/{id}/thumbnail [get]
func (s *Service) thumbnail(c *gin.Context) error {
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, "size")
	size := Small
	if q.OneOf("size", "small", "large") == "large" {
		size = Large
	}
	if err := q.Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	l, f, err := s.Thumbnail(ctx, authz.From(ctx), id, size)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	c.Header("Content-Disposition", "inline")
	c.Header("Content-Type", "image/jpeg")
	return s.serve(c, f, *l.SHA256+"-"+strconv.Itoa(size))
}

// serve sends a file so that a browser does nothing with it by itself.
func (s *Service) serve(c *gin.Context, f blob.File, tag string) error {
	h := c.Writer.Header()
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("No-Gzip-Compression", "1") // for gzhttp: ranges count the bytes as they are
	until := s.wall().Add(patience(f.Info().Size))
	if err := http.NewResponseController(c.Writer).SetWriteDeadline(until); err != nil {
		return err
	}
	w := &refusals{ResponseWriter: c.Writer}
	http.ServeContent(w, c.Request, "", time.Time{}, f)
	if w.status == 0 {
		return nil
	}
	for _, name := range []string{"Content-Disposition", "Content-Type", "Content-Length", "ETag"} {
		h.Del(name)
	}
	if w.status == http.StatusPreconditionFailed {
		return fault.New(fault.Stale, "request.stale", "The file is not the one that If-Match names.")
	}
	web.FailStatus(c, http.StatusRequestedRangeNotSatisfiable, "attachment.no_such_range", "The file has no such range.")
	return nil
}

// refusals keeps the answers of ServeContent that are errors back, so that they
// leave as problems like all others.
type refusals struct {
	gin.ResponseWriter
	status int
}

func (r *refusals) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		r.status = status
		return
	}
	r.ResponseWriter.WriteHeader(status)
	r.WriteHeaderNow()
}

func (r *refusals) Write(b []byte) (int, error) {
	if r.status != 0 {
		return len(b), nil
	}
	return r.ResponseWriter.Write(b)
}
