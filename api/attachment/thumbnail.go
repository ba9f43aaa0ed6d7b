package attachment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

const (
	blobs  = "blobs/"
	thumbs = "thumbs/"
)

// The sizes of thumbnails: the longest side, in pixels.
const (
	Small = 320
	Large = 1600
)

// maxPixels is how large an image may say it is for it to be decoded. A pixel
// needs up to 12 bytes while that lasts.
const maxPixels = 25_000_000

var errNoThumbnail = fault.New(fault.NotFound, "attachment.no_thumbnail", "There is no small picture of this file: it is no image, or is too large or broken.")

// thumbnailKey is where the thumbnail of a content lies.
func thumbnailKey(blobKey string, size int) string {
	return thumbs + strconv.Itoa(size) + "/" + strings.TrimPrefix(blobKey, blobs)
}

func thumbnailKeys(blobKey string) []string {
	return []string{thumbnailKey(blobKey, Small), thumbnailKey(blobKey, Large)}
}

// Thumbnail opens a small JPEG of an image, which is drawn when it is first
// asked for.
func (s *Service) Thumbnail(ctx context.Context, by authz.Actor, id int64, size int) (Listed, blob.File, error) {
	l, err := s.content(ctx, by, id)
	if err != nil {
		return l, nil, err
	}
	if !drawable(l) {
		return l, nil, errNoThumbnail
	}
	key := thumbnailKey(l.Blob.BlobKey, size)
	f, err := s.drawn(ctx, key)
	if f != nil || err != nil {
		return l, f, err
	}
	select {
	case s.drawing <- struct{}{}:
		defer func() { <-s.drawing }()
	case <-ctx.Done():
		return l, nil, fmt.Errorf("wait to draw a thumbnail: %w", ctx.Err())
	}
	if f, err := s.drawn(ctx, key); f != nil || err != nil {
		return l, f, err // somebody else has drawn it
	}
	data, err := s.draw(ctx, l.Blob, size)
	if err != nil {
		return l, nil, err
	}
	if err := s.Store.Put(ctx, key, bytes.NewReader(data), int64(len(data))); err != nil {
		return l, nil, storeError(ctx, err)
	}
	f, err = s.drawn(ctx, key)
	return l, f, err
}

// drawn opens a picture, or returns nil where it was not drawn yet.
func (s *Service) drawn(ctx context.Context, key string) (blob.File, error) {
	f, err := s.Store.Open(ctx, key)
	if errors.Is(err, blob.ErrMissing) {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	if err != nil {
		return nil, storeError(ctx, err)
	}
	return f, nil
}

func drawable(l Listed) bool {
	return is(l.MediaType, pictures) && l.Blob.Width > 0 && l.Blob.Height > 0 && l.Blob.Width*l.Blob.Height <= maxPixels
}

func (s *Service) draw(ctx context.Context, b Blob, size int) ([]byte, error) {
	f, err := s.Store.Open(ctx, b.BlobKey)
	if errors.Is(err, blob.ErrMissing) {
		return nil, errLost
	}
	if err != nil {
		return nil, storeError(ctx, err)
	}
	data, err := shrink(f, size)
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		// What somebody sent is broken, not we.
		slog.InfoContext(ctx, "an image cannot be drawn", "sha256", b.SHA256, "error", err)
		return nil, errNoThumbnail
	}
	return data, nil
}

// shrink draws an image, or the first of several, so that it fits into a square,
// the way its Exif says it was held, on white.
func shrink(f io.ReadSeeker, size int) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil { // a decoder gave up on hostile input
			err = fmt.Errorf("decode an image: %v", p)
		}
	}()
	c, format, err := image.DecodeConfig(f)
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width*c.Height > maxPixels {
		return nil, errors.New("too many pixels")
	}
	turn := orientation(f, format)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	src, _, err := image.Decode(f)
	if err != nil {
		return nil, err
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if longest := max(w, h); longest > size {
		w, h = max(1, w*size/longest), max(1, h*size/longest)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), src, src.Bounds(), draw.Over, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, turned(small, turn), &jpeg.Options{Quality: 85}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// orientation returns how the camera was held: 1 to 8, as Exif counts.
func orientation(f io.ReadSeeker, format string) int {
	formats := map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP}
	kind, ok := formats[format]
	if !ok {
		return 1
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 1
	}
	turn := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: f, ImageFormat: kind, Sources: imagemeta.EXIF, LimitNumTags: 200, LimitTagSize: 4096,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				turn = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1 // wrong Exif is no reason not to show a picture
	}
	return turn
}

// turned returns a picture as it was meant to be looked at.
func turned(src *image.RGBA, orientation int) image.Image {
	if orientation <= 1 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			var dx, dy int
			switch orientation {
			case 2:
				dx, dy = w-1-x, y
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dx, dy = x, h-1-y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			default:
				dx, dy = y, w-1-x
			}
			dst.SetRGBA(dx, dy, src.RGBAAt(x, y))
		}
	}
	return dst
}
