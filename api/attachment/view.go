package attachment

import (
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
)

// Can says what the caller may do with an attachment.
type Can struct {
	Delete bool `json:"delete" example:"true"`
} //@name AttachmentCan

// View is a file that somebody sent.
type View struct {
	ID        int64  `json:"id" example:"12"`
	TicketID  *int64 `json:"ticket_id" extensions:"x-nullable" example:"42"`
	CommentID *int64 `json:"comment_id" extensions:"x-nullable" example:"7"`
	NoteID    *int64 `json:"note_id" extensions:"x-nullable" example:"3"`
	Name      string `json:"name" example:"screenshot.png"`
	Size      int64  `json:"size" example:"48213"`
	Received  int64  `json:"received" example:"48213"`
	MediaType string `json:"media_type" example:"image/png"`
	// State says whether the content can be had: it is being uploaded or scanned,
	// it is clean, nobody scans here, or the scanner found something or gave up.
	State     string     `json:"state" enums:"uploading,scanning,clean,unscanned,infected,failed" example:"clean"`
	Preview   string     `json:"preview" enums:"none,image,text,pdf" example:"image"`
	Thumbnail bool       `json:"thumbnail" example:"true"`
	Width     *int       `json:"width" extensions:"x-nullable" example:"1280"`
	Height    *int       `json:"height" extensions:"x-nullable" example:"720"`
	SHA256    *string    `json:"sha256" extensions:"x-nullable" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	CreatedAt time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	ExpiresAt *time.Time `json:"expires_at" format:"date-time" extensions:"x-nullable" example:"2026-03-03T09:10:00Z"`
	Version   int64      `json:"version" example:"2"`
	Can       Can        `json:"can"`
} //@name Attachment

// ViewFor turns an attachment into what the actor is sent.
func ViewFor(by authz.Actor) func(Listed) View {
	return func(l Listed) View {
		v := View{
			ID: l.ID, TicketID: l.TicketID, CommentID: l.CommentID, NoteID: l.NoteID, Name: l.Name, Size: l.Size,
			Received: l.Received, MediaType: l.MediaType, State: "uploading", Preview: string(NoPreview),
			SHA256: l.SHA256, CreatedAt: l.CreatedAt.UTC(), Version: l.Version, Can: Can{Delete: canRemove(by, &l.Attachment)},
		}
		if l.ExpiresAt != nil {
			t := l.ExpiresAt.UTC()
			v.ExpiresAt = &t
		}
		if !l.complete() {
			return v
		}
		shown := previewOf(l)
		v.Preview, v.Thumbnail = string(shown), shown == ImagePreview
		if l.Blob.Width > 0 {
			v.Width, v.Height = &l.Blob.Width, &l.Blob.Height
		}
		v.State = map[Scan]string{Unscanned: "unscanned", Pending: "scanning", Clean: "clean", Infected: "infected", Failed: "failed"}[l.Blob.Scan]
		return v
	}
}

// Views returns what the actor is sent of the files that belong to something.
func Views(by authz.Actor, all []Listed, belongs func(Listed) bool) []View {
	out := []View{}
	for _, l := range all {
		if belongs(l) {
			out = append(out, ViewFor(by)(l))
		}
	}
	return out
}
