package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Split is that a ticket was made of a part of another one.
type Split struct {
	TicketID  int64 `gorm:"primaryKey;autoIncrement:false"`
	SourceID  int64
	Version   int64 // of the new ticket when it was made
	Data      []byte
	CreatedBy int64
	CreatedAt time.Time
}

// TableName names the table for GORM.
func (Split) TableName() string { return "ticket_splits" }

// Part is what of a ticket becomes a new one.
type Part struct {
	Title       string
	Description string  // "" for the title
	Comments    []int64 // of the ticket
	Notes       []int64
}

type splitData struct {
	Comments []int64 `json:"comments,omitempty"`
	Notes    []int64 `json:"notes,omitempty"`
}

// MaxParts is how many comments, and how many notes, can be split off at once.
const MaxParts = 500

var (
	errNotSplit  = fault.New(fault.Conflict, "ticket.not_split", "This ticket was not split from another one.")
	errSplitUsed = fault.New(fault.Conflict, "ticket.split_used", "Somebody has worked on this ticket since it was split off. Merge it instead.")
	errNothing   = fault.Field("comment_ids", "Choose at least one comment or note.")
)

// Split makes a new ticket of comments and notes of a ticket, which go there.
func (s *Service) Split(ctx context.Context, by authz.Actor, id int64, want etag.Condition, p Part) (int64, error) {
	var made int64
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if _, err := worked(tx.DB, by, id); err != nil {
			return err
		}
		held, err := ticket.Hold(tx.DB, []int64{id})
		if err != nil || len(held) == 0 {
			return errors.Join(err, fault.Missing(ticket.Subject))
		}
		t := &held[0]
		if err := want.Check(t.Version); err != nil {
			return err
		}
		if t.MergedIntoID != nil {
			return ticket.ErrMerged
		}
		draft, people, err := s.part(tx.DB, t, p)
		if err != nil {
			return err
		}
		full, err := s.tickets.Open(tx.Ctx, by, draft)
		if err != nil {
			return err
		}
		made = full.ID
		return s.fill(tx, by, t, &full.Ticket, p, people)
	})
	return made, err
}

// fill moves the parts into the new ticket.
func (s *Service) fill(tx *event.Tx, by authz.Actor, t, into *ticket.Ticket, p Part, people []ticket.Watcher) error {
	if _, err := ticket.Join(tx, by, into, people); err != nil {
		return err
	}
	n, err := ticket.MoveComments(tx, p.Comments, t, into)
	if err != nil {
		return err
	}
	if int(n) != len(p.Comments) {
		return fault.Field("comment_ids", "Must be comments of this ticket that people wrote.")
	}
	if n, err = s.moved.Notes.Move(tx, p.Notes, t.ID, into.ID); err != nil {
		return err
	}
	if int(n) != len(p.Notes) {
		return fault.Field("note_ids", "Must be notes of this ticket.")
	}
	raw, err := json.Marshal(splitData{p.Comments, p.Notes})
	if err != nil {
		return fmt.Errorf("encode the split of ticket %d: %w", t.ID, err)
	}
	row := Split{TicketID: into.ID, SourceID: t.ID, Version: into.Version, Data: raw, CreatedBy: by.ID, CreatedAt: tx.Now}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("note the split of ticket %d: %w", t.ID, err)
	}
	return between(tx, t.ID, ticket.SplitOff, into.ID, ticket.SplitFrom)
}

// part drafts the new ticket: about the same, for whoever wrote what it begins
// with. Others who wrote parts of it take part.
func (s *Service) part(tx *gorm.DB, t *ticket.Ticket, p Part) (ticket.Draft, []ticket.Watcher, error) {
	if len(p.Comments)+len(p.Notes) == 0 {
		return ticket.Draft{}, nil, errNothing
	}
	requester := t.CreatedByID
	var authors []int64
	if err := tx.Model(&ticket.Comment{}).Where("id IN ? AND ticket_id = ?", p.Comments, t.ID).Order("created_at, id").Pluck("author_id", &authors).Error; err != nil {
		return ticket.Draft{}, nil, fmt.Errorf("read the authors of what is split off: %w", err)
	}
	cards, err := user.Cards(tx, authors...)
	if err != nil {
		return ticket.Draft{}, nil, err
	}
	outside := func(id int64) bool { return !authz.Role(cards[id].Role).WorksTickets() }
	if i := slices.IndexFunc(authors, outside); i >= 0 {
		if u, err := user.Find(tx, authors[i]); err == nil && u.IsActive {
			requester = u.ID
		}
	}
	var people []ticket.Watcher
	for _, id := range authors {
		if id != requester && outside(id) {
			people = append(people, ticket.Watcher{UserID: &id, Kind: ticket.CC})
		}
	}
	d := ticket.Draft{
		Title: p.Title, Description: p.Description, Priority: t.Priority, AssignedTo: t.AssignedToID,
		Requester: &requester, TeamID: t.TeamID, Confidential: t.Confidential, Channel: t.Channel,
	}
	if d.Description == "" {
		d.Description = p.Title
	}
	if d.Facets, err = sameFacets(tx, t); err != nil {
		return ticket.Draft{}, nil, err
	}
	return d, people, nil
}

// sameFacets is what hangs on a ticket, for another one.
func sameFacets(tx *gorm.DB, t *ticket.Ticket) (ticket.Facets, error) {
	f := ticket.Facets{SetCategory: t.CategoryID != nil, CategoryID: t.CategoryID, Fields: map[string]json.RawMessage{}}
	tags, err := tag.Of(tx, t.ID)
	if err != nil {
		return f, err
	}
	var names []string
	for _, g := range tags[t.ID] {
		names = append(names, g.Name)
	}
	f.Tags = &names
	set, err := field.Load(tx)
	if err != nil {
		return f, err
	}
	has, err := field.Of(tx, t.ID)
	if err != nil {
		return f, err
	}
	for i := range set {
		x := &set[i]
		if values := has[t.ID][x.ID]; len(values) > 0 && x.ArchivedAt == nil {
			raw, err := json.Marshal(x.Raw(values))
			if err != nil {
				return f, fmt.Errorf("encode a value of ticket %d: %w", t.ID, err)
			}
			f.Fields[x.Slug] = raw
		}
	}
	return f, nil
}

// Unsplit takes a split back on whose new ticket nobody has worked since: what
// was split off returns, and the new ticket is deleted. It returns where to.
func (s *Service) Unsplit(ctx context.Context, by authz.Actor, id int64, want etag.Condition) (int64, error) {
	var back int64
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if _, err := worked(tx.DB, by, id); err != nil {
			return err
		}
		var row Split
		err := tx.Take(&row, id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errNotSplit
		}
		if err != nil {
			return fmt.Errorf("read the split of ticket %d: %w", id, err)
		}
		made, source, err := both(tx, by, id, row.SourceID)
		if errors.Is(err, errOther) {
			return errNotSplit
		}
		if err != nil {
			return err
		}
		if err := want.Check(made.Version); err != nil {
			return err
		}
		var d splitData
		if err := json.Unmarshal(row.Data, &d); err != nil {
			return fmt.Errorf("decode the split of ticket %d: %w", id, err)
		}
		if err := s.unused(tx.DB, made, row, d); err != nil {
			return err
		}
		if source.MergedIntoID != nil {
			return errFurther
		}
		if _, err := ticket.MoveComments(tx, d.Comments, made, source); err != nil {
			return err
		}
		if _, err := s.moved.Notes.Move(tx, d.Notes, made.ID, source.ID); err != nil {
			return err
		}
		if err := tx.Where("ticket_id = ?", id).Delete(&Split{}).Error; err != nil {
			return fmt.Errorf("forget the split of ticket %d: %w", id, err)
		}
		if err := tx.Emit(ticket.SplitUndone, ticket.Subject, source.ID, ticket.Other{TicketID: made.ID}); err != nil {
			return err
		}
		back = source.ID
		now, err := ticket.Readable(tx.DB, by, made.ID)
		if err != nil {
			return err
		}
		return s.tickets.Discard(tx, by, now)
	})
	return back, err
}

// unused reports whether nothing happened to what was split off.
func (s *Service) unused(tx *gorm.DB, made *ticket.Ticket, row Split, d splitData) error {
	comments, err := ticket.CommentIDs(tx, made.ID)
	if err != nil {
		return err
	}
	notes, err := s.moved.Notes.IDs(tx, made.ID)
	if err != nil {
		return err
	}
	slices.Sort(d.Comments)
	slices.Sort(d.Notes)
	var merged int64
	if err := tx.Model(&Merge{}).Where("target_id = ?", made.ID).Count(&merged).Error; err != nil {
		return fmt.Errorf("look for what was merged into ticket %d: %w", made.ID, err)
	}
	if made.Version != row.Version || made.MergedIntoID != nil || merged > 0 || !slices.Equal(comments, d.Comments) || !slices.Equal(notes, d.Notes) {
		return errSplitUsed
	}
	return nil
}
