package attachment

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of attachments and of their upload.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.POST("/uploads", keys.Post(s.begin))
	signedIn.HEAD("/uploads/:id", web.Handle(s.progress))
	signedIn.PATCH("/uploads/:id", web.Handle(s.receive))
	signedIn.DELETE("/uploads/:id", web.Handle(s.cancel))
	signedIn.POST("/attachments", keys.Post(s.upload))
	signedIn.GET("/attachments/quarantine", web.Handle(s.quarantine))
	signedIn.GET("/attachments/:id", web.Handle(s.get))
	signedIn.DELETE("/attachments/:id", web.Handle(s.remove))
	signedIn.GET("/attachments/:id/content", web.Handle(s.download))
	signedIn.GET("/attachments/:id/thumbnail", web.Handle(s.thumbnail))
	signedIn.GET("/tickets/:id/attachments", web.Handle(s.list))
}

// The protocol of resumable uploads: tus 1.0, core, creation and termination
// (https://tus.io/protocols/resumable-upload).
const (
	tusVersion   = "1.0.0"
	offsetHeader = "Upload-Offset"
	lengthHeader = "Upload-Length"
	chunkType    = "application/offset+octet-stream"
)

// speaksTus answers in the version of the protocol; clients need not name one.
func speaksTus(c *gin.Context) error {
	c.Header("Tus-Resumable", tusVersion)
	if v := c.GetHeader("Tus-Resumable"); v != "" && v != tusVersion {
		c.Header("Tus-Version", tusVersion)
		return fault.New(fault.Stale, "attachment.tus_version", "This server speaks tus %s.", tusVersion)
	}
	return nil
}

// patience gives a transfer the time that its size needs on a slow line, beyond
// the server's limits for other requests.
func patience(bytes int64) time.Duration {
	const slowest = 16 << 10 // bytes in a second
	return 60*time.Second + time.Duration(bytes/slowest)*time.Second
}

// begin answers POST /api/uploads.
//
// @Summary Announce a file
// @Description Begins a resumable upload (tus 1.0 with creation and termination): send the content with PATCH to the address in Location, in one piece or several; after a broken connection ask for the offset with HEAD and go on from there. Name the finished file in `attachment_ids` of a new ticket, comment, note or message within 24 hours.
// @ID createUpload
// @Tags attachments
// @Produce json
// @Param Upload-Length header int true "The size of the file in bytes" example(48213)
// @Param Upload-Metadata header string false "filename and its value in Base64" example(filename c2NyZWVuLnBuZw==)
// @Param Tus-Resumable header string false "1.0.0" example(1.0.0)
// @Success 201 {object} View
// @Header 201 {string} Location "Where to send the content"
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too many uploads of yours wait to be sent (attachment.quota)"
// @Failure 413 {object} web.Problem "Larger than files may be (attachment.too_large)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Failure 412 {object} web.Problem "Another version of the protocol (attachment.tus_version)"
// @Router /api/uploads [post]
func (s *Service) begin(c *gin.Context) error {
	if err := speaksTus(c); err != nil {
		return err
	}
	size, err := strconv.ParseInt(c.GetHeader(lengthHeader), 10, 64)
	if errors.Is(err, strconv.ErrRange) && size > 0 {
		err = nil // larger than any file may be, and refused as that
	}
	if err != nil || size < 0 {
		return fault.New(fault.Invalid, "request.invalid", "Send the size of the file in bytes in the header %s.", lengthHeader)
	}
	name, err := metadataName(c.GetHeader("Upload-Metadata"))
	if err != nil {
		return err
	}
	by := authz.From(c.Request.Context())
	a, err := s.Begin(c.Request.Context(), by, name, size)
	if err != nil {
		return err
	}
	c.Header("Location", "/api/uploads/"+strconv.FormatInt(a.ID, 10))
	c.Header(offsetHeader, "0")
	return web.Send(c, http.StatusCreated, ViewFor(by)(Listed{Attachment: a}), a.Version)
}

// metadataName reads the file's name out of Upload-Metadata.
func metadataName(header string) (string, error) {
	for _, pair := range strings.Split(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key != "filename" && key != "name" {
			continue
		}
		name, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			return "", fault.New(fault.Invalid, "request.invalid", "Upload-Metadata must be pairs of a key and a value in Base64, separated by commas.")
		}
		return string(name), nil
	}
	return "", nil
}

// progress answers HEAD /api/uploads/{id}.
//
// @Summary Ask how much of a file has come
// @ID getUploadOffset
// @Tags attachments
// @Param id path int true "The upload" example(12)
// @Success 204 "Upload-Offset says how far the upload has come, Upload-Length how far it goes"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/uploads/{id} [head]
func (s *Service) progress(c *gin.Context) error {
	if err := speaksTus(c); err != nil {
		return err
	}
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	a, err := s.Progress(c.Request.Context(), authz.From(c.Request.Context()), id)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header(lengthHeader, strconv.FormatInt(a.Size, 10))
	return sendOffset(c, a)
}

func sendOffset(c *gin.Context, a Attachment) error {
	c.Header(offsetHeader, strconv.FormatInt(a.Received, 10))
	return web.SendNothing(c)
}

// receive answers PATCH /api/uploads/{id}.
//
// @Summary Send a piece of a file
// @Description The piece that begins at Upload-Offset, which must be where the upload has come to. What has come when the connection breaks is kept. With the last piece the file is complete: its type is found out from its content.
// @ID sendUpload
// @Tags attachments
// @Accept application/offset+octet-stream
// @Produce json
// @Param id path int true "The upload" example(12)
// @Param Upload-Offset header int true "Where the piece begins" example(0)
// @Param body body string true "The bytes" format(binary)
// @Success 204 "Upload-Offset says how far the upload has come now"
// @Failure 409 {object} web.Problem "The upload has come to another offset (attachment.wrong_offset)"
// @Failure 413 {object} web.Problem "More than was announced (attachment.longer_than_announced)"
// @Failure 415 {object} web.Problem "Wrong Content-Type, or a type of file that is not accepted (attachment.type_refused)"
// @Failure 503 {object} web.Problem "The server has no room left (attachment.no_space), or the store of files does not answer (attachment.store_away)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/uploads/{id} [patch]
func (s *Service) receive(c *gin.Context) error {
	if err := speaksTus(c); err != nil {
		return err
	}
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.ContentType()); err != nil || kind != chunkType {
		return fault.New(fault.UnsupportedMedia, "request.unsupported_media_type", "Send the bytes as %s.", chunkType)
	}
	offset, err := strconv.ParseInt(c.GetHeader(offsetHeader), 10, 64)
	if err != nil || offset < 0 {
		return fault.New(fault.Invalid, "request.invalid", "Say in the header %s where the piece begins.", offsetHeader)
	}
	if err := s.deadlines(c, max(c.Request.ContentLength, 0)); err != nil {
		return err
	}
	a, err := s.Receive(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), offset, c.Request.Body, c.Request.ContentLength)
	if err != nil {
		return err
	}
	return sendOffset(c, a)
}

func (s *Service) deadlines(c *gin.Context, bytes int64) error {
	// A lie about the length buys no more time than the largest file needs.
	until := s.wall().Add(patience(min(bytes, s.Limits.MaxSize)))
	rc := http.NewResponseController(c.Writer)
	err := errors.Join(rc.SetReadDeadline(until), rc.SetWriteDeadline(until.Add(30*time.Second)))
	if errors.Is(err, http.ErrNotSupported) {
		return nil // with an Idempotency-Key all of it is here already
	}
	return err
}

// cancel answers DELETE /api/uploads/{id}.
//
// @Summary Cancel an upload
// @Description Also takes away a finished file that was not sent with anything yet.
// @ID cancelUpload
// @Tags attachments
// @Produce json
// @Param id path int true "The upload" example(12)
// @Success 204 "Gone"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/uploads/{id} [delete]
func (s *Service) cancel(c *gin.Context) error {
	if err := speaksTus(c); err != nil {
		return err
	}
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.Cancel(ctx, authz.From(ctx), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// upload answers POST /api/attachments.
//
// @Summary Upload a file in one request
// @Description For scripts: the whole file as `file` of a form. Name it in `attachment_ids` of a new ticket, comment, note or message within 24 hours. With an Idempotency-Key the request may have at most 1 MiB; larger files that must not come twice go through /api/uploads.
// @ID createAttachment
// @Tags attachments
// @Accept mpfd
// @Produce json
// @Param file formData file true "The file"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "Too many uploads of yours wait to be sent (attachment.quota)"
// @Failure 413 {object} web.Problem "Larger than files may be (attachment.too_large)"
// @Failure 415 {object} web.Problem "No form, or a type of file that is not accepted (attachment.type_refused)"
// @Failure 503 {object} web.Problem "The server has no room left (attachment.no_space), or the store of files does not answer (attachment.store_away)"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/attachments [post]
func (s *Service) upload(c *gin.Context) error {
	const overhead = 1 << 20 // of the form around the file
	if c.Request.ContentLength > s.Limits.MaxSize+overhead {
		return tooLarge(s.Limits.MaxSize)
	}
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return fault.New(fault.UnsupportedMedia, "request.unsupported_media_type", "Send the file as multipart/form-data.")
	}
	if err := s.deadlines(c, max(c.Request.ContentLength, 0)); err != nil {
		return err
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, io.NopCloser(web.Content(c)), s.Limits.MaxSize+overhead)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "request.malformed", "The form cannot be read.").Because(err)
	}
	for {
		p, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fault.Field("file", "This field is required.")
		}
		if err != nil {
			return fault.New(fault.Invalid, "request.malformed", "The form cannot be read.").Because(err)
		}
		if p.FormName() != "file" {
			continue
		}
		ctx := c.Request.Context()
		a, err := s.Upload(ctx, authz.From(ctx), p.FileName(), p)
		if err != nil {
			return err
		}
		return s.answer(c, http.StatusCreated, a)
	}
}

func (s *Service) answer(c *gin.Context, status int, a Attachment) error {
	ctx := c.Request.Context()
	l, err := s.withBlob(s.DB.Read(ctx), a)
	if err != nil {
		return err
	}
	return web.Send(c, status, ViewFor(authz.From(ctx))(l), a.Version)
}

// get answers GET /api/attachments/{id}.
//
// @Summary Show an attachment
// @Description What is known of a file; its content is at /content. Files of internal notes exist only for those who may read these.
// @ID getAttachment
// @Tags attachments
// @Produce json
// @Param id path int true "The attachment" example(12)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/attachments/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	l, err := s.Get(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, ViewFor(authz.From(ctx))(l), l.Version)
}

// remove answers DELETE /api/attachments/{id}.
//
// @Summary Take a file away
// @Description By whoever sent it, or an administrator.
// @ID deleteAttachment
// @Tags attachments
// @Produce json
// @Param id path int true "The attachment" example(12)
// @Success 204 "Gone"
// @Security BearerAuth
// @x-authz {"employee":"author","it_staff":"author","admin":"any"}
// @Router /api/attachments/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, "attachment")
	if err != nil {
		return err
	}
	if err := s.Remove(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// list answers GET /api/tickets/{id}/attachments.
//
// @Summary List the files of a ticket
// @Description Those of its description and its comments, and, for those who read internal notes, of these; in the order in which they came.
// @ID listAttachments
// @Tags attachments
// @Produce json
// @Param id path int true "The ticket" example(42)
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/tickets/{id}/attachments [get]
func (s *Service) list(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	found, err := s.List(ctx, authz.From(ctx), id)
	if err != nil {
		return err
	}
	return web.SendList(c, web.Rows[Listed]{Rows: found, Count: int64(len(found))}, ViewFor(authz.From(ctx)))
}
