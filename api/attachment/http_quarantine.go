package attachment

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

// QuarantineLine is a file that the scanner keeps from everybody. Where somebody may not
// see its ticket, it has no name and no ticket.
type QuarantineLine struct {
	ID       int64     `json:"id" example:"12"`
	TicketID *int64    `json:"ticket_id" extensions:"x-nullable" example:"42"`
	Name     string    `json:"name" example:"invoice.exe"`
	Size     int64     `json:"size" example:"48213"`
	State    string    `json:"state" enums:"infected,failed" example:"infected"`
	Found    string    `json:"found" example:"Eicar-Signature"`
	Sender   user.Card `json:"sender"`
	SentAt   string    `json:"sent_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name QuarantinedFile

// QuarantineView lists what was found, the newest first.
type QuarantineView struct {
	Results []QuarantineLine `json:"results"`
} //@name Quarantine

// maxQuarantine is how many files are listed.
const maxQuarantine = 200

var errQuarantine = fault.Denied("attachment.quarantine_denied", "Only administrators see what the virus scanner found.")

// Quarantine lists the files in which the scanner found something, or that it could not
// look at, the newest first.
func (s *Service) Quarantine(ctx context.Context, by authz.Actor) ([]QuarantineLine, error) {
	if !by.Can(authz.JobManage) {
		return nil, errQuarantine
	}
	tx := s.DB.Read(ctx)
	var rows []struct {
		Attachment
		Scan     Scan
		ScanWord string
	}
	err := tx.Raw("SELECT a.*, b.scan, b.scan_word FROM attachment_blobs AS b JOIN attachments AS a ON a.sha256 = b.sha256"+
		" WHERE b.scan IN ? ORDER BY a.id DESC LIMIT ?", []Scan{Infected, Failed}, maxQuarantine).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list what the scanner found: %w", err)
	}
	people := make([]int64, len(rows))
	for i, r := range rows {
		people[i] = r.OwnerID
	}
	cards, err := user.Cards(tx, people...)
	if err != nil {
		return nil, err
	}
	out := make([]QuarantineLine, 0, len(rows))
	for _, r := range rows {
		line := QuarantineLine{
			ID: r.ID, TicketID: r.TicketID, Name: r.Name, Size: r.Size, State: string(r.Scan), Found: r.ScanWord,
			Sender: cards[r.OwnerID], SentAt: r.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"),
		}
		if r.TicketID != nil {
			if err := s.Gate(tx, by, *r.TicketID); fault.Is(err, fault.NotFound) {
				line.TicketID, line.Name, line.Sender = nil, "", user.Card{}
			} else if err != nil {
				return nil, err
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// quarantine answers GET /api/attachments/quarantine.
//
// @Summary List the files that the virus scanner keeps back
// @Description The newest first, at most 200: those in which it found something, and those that it could not look at. Nobody can download them.
// @ID listQuarantine
// @Tags attachments
// @Produce json
// @Success 200 {object} QuarantineView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/attachments/quarantine [get]
func (s *Service) quarantine(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	lines, err := s.Quarantine(ctx, authz.From(ctx))
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, QuarantineView{Results: lines})
}
