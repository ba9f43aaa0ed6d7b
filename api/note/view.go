package note

import (
	"time"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
	"github.com/fixdesk/fixdesk/api/user"
)

// Can says what the caller may do with a note.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name NoteCan

// View is an internal note.
type View struct {
	ID          int64     `json:"id" example:"3"`
	TicketID    int64     `json:"ticket_id" example:"42"`
	Author      user.Card `json:"author"`
	Content     string    `json:"content" example:"The **spare** is in room 12."`
	ContentHTML string    `json:"content_html" example:"<p>The <strong>spare</strong> is in room 12.</p>"`
	// MovedFrom is the ticket that it was written on, before a merge or a split.
	MovedFrom   *int64            `json:"moved_from" extensions:"x-nullable" example:"41"`
	CreatedAt   time.Time         `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt   time.Time         `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Attachments []attachment.View `json:"attachments"`
	Version     int64             `json:"version" example:"1"`
	Can         Can               `json:"can"`
} //@name Note

// ContentRequest is the body of a new or changed note.
type ContentRequest struct {
	Content     string  `json:"content" validate:"required" minLength:"1" example:"The **spare** is in room 12."`
	Attachments []int64 `json:"attachment_ids" validate:"optional" maxItems:"20" example:"12"`
} //@name NoteContent

func viewFor(by authz.Actor, people map[int64]user.Card, files []attachment.Listed) func(Note) View {
	return func(n Note) View {
		return View{
			ID: n.ID, TicketID: n.TicketID, Author: people[n.AuthorID], MovedFrom: n.OriginID,
			Content: n.Content, ContentHTML: markdown.Render(n.Content),
			CreatedAt: n.CreatedAt.UTC(), UpdatedAt: n.UpdatedAt.UTC(), Version: n.Version,
			Attachments: attachment.Views(by, files, func(l attachment.Listed) bool { return l.NoteID != nil && *l.NoteID == n.ID }),
			Can:         Can{Update: canChange(by, &n), Delete: canChange(by, &n)},
		}
	}
}
