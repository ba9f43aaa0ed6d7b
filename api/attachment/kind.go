package attachment

import (
	"image"
	_ "image/gif" // known to DecodeConfig
	_ "image/jpeg"
	_ "image/png"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	_ "golang.org/x/image/webp" // known to DecodeConfig

	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Preview says how a file can be shown without saving it.
type Preview string

// The kinds of previews. What can run (SVG, HTML, XML) has none.
const (
	NoPreview    Preview = "none"
	ImagePreview Preview = "image"
	TextPreview  Preview = "text"
	PDFPreview   Preview = "pdf"
)

// pictures are the types that browsers show and that thumbnails are made of.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// texts are what is text and cannot run.
var texts = []string{"text/plain", "text/csv", "text/tab-separated-values", "application/json", "application/x-ndjson"}

func is(mediaType string, of []string) bool {
	bare, _, _ := strings.Cut(mediaType, ";")
	for _, t := range of {
		if bare == t {
			return true
		}
	}
	return false
}

func previewOf(l Listed) Preview {
	switch {
	case drawable(l):
		return ImagePreview
	case is(l.MediaType, texts):
		return TextPreview
	case is(l.MediaType, []string{"application/pdf"}):
		return PDFPreview
	}
	return NoPreview
}

// look finds out from its content alone what a file is, and how large an image.
func look(f io.ReadSeeker) (mediaType string, width, height int, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", 0, 0, err
	}
	m, err := mimetype.DetectReader(f)
	if err != nil {
		return "", 0, 0, err
	}
	mediaType = m.String()
	if len(mediaType) > 127 {
		mediaType = "application/octet-stream"
	}
	if is(mediaType, pictures) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return "", 0, 0, err
		}
		// A picture that cannot be read is a file like any other.
		if c, _, err := image.DecodeConfig(f); err == nil {
			width, height = c.Width, c.Height
		}
	}
	return mediaType, width, height, nil
}

// matches reports whether a media type is one of the patterns: text/plain, image/*.
func matches(mediaType string, patterns []string) bool {
	bare, _, _ := strings.Cut(mediaType, ";")
	for _, p := range patterns {
		if p == bare || p == "*/*" || (strings.HasSuffix(p, "/*") && strings.HasPrefix(bare, strings.TrimSuffix(p, "*"))) {
			return true
		}
	}
	return false
}

func (l Limits) check(mediaType string) error {
	if matches(mediaType, l.Denied) || (len(l.Allowed) > 0 && !matches(mediaType, l.Allowed)) {
		bare, _, _ := strings.Cut(mediaType, ";")
		return fault.New(fault.UnsupportedMedia, "attachment.type_refused", "Files of the type %s are not accepted here.", bare)
	}
	return nil
}
