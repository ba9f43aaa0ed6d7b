// Package template keeps tickets that are opened again and again, to begin new
// ones with.
package template

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Template is what a new ticket can begin with.
type Template struct {
	ID           int64
	OwnerID      int64
	Name         string
	Shared       bool // with all of the IT staff
	ForEmployees bool
	Data         []byte
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
	DeletedAt    *time.Time // can be restored for a while
}

// TableName names the table for GORM.
func (Template) TableName() string { return "ticket_templates" }

// Content is the data of a template.
type Content struct {
	Title       string                     `json:"title"`
	Description string                     `json:"description"`
	Priority    string                     `json:"priority"` // "" for what the category says
	CategoryID  *int64                     `json:"category"`
	Tags        []string                   `json:"tags"`
	Fields      map[string]json.RawMessage `json:"fields"`
	AssignedTo  *int64                     `json:"assigned_to"`
	TeamID      *int64                     `json:"team_id"`
	Checklist   []string                   `json:"checklist"`
}

// What this package announces; the subject is the template.
const (
	Created  = "template.created"
	Updated  = "template.updated"
	Deleted  = "template.deleted"
	Restored = "template.restored"

	subject = "template"
)

// PruneJob removes deleted templates for good.
const PruneJob = "template.prune"

const keep = 24 * time.Hour

// MaxTemplates is how many templates a desk can have.
const MaxTemplates = 1000

var (
	errMissing = fault.Missing(subject)
	errDenied  = fault.Denied("template.denied", "Templates are made by IT staff and administrators.")
	errChange  = fault.Denied("template.change_denied", "Only whoever made this template or an administrator may change it.")
	errOffer   = fault.Denied("template.offer_denied", "Only administrators offer templates to employees.")
	errChanged = fault.New(fault.Conflict, "template.changed", "Somebody changed this template at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errFull    = fault.New(fault.Conflict, "template.full", "There are %d templates; delete some first.", MaxTemplates)
	errNone    = fault.Field("template_id", "There is no such template, or it is not for you.")
)

func canRead(by authz.Actor, t *Template) bool {
	switch {
	case by.Can(authz.DeskConfigure), by.ID != 0 && t.OwnerID == by.ID:
		return true
	case by.Can(authz.TicketWork):
		return t.Shared || t.ForEmployees
	}
	return t.ForEmployees && !by.IsNobody()
}

func canChange(by authz.Actor, t *Template) bool {
	return by.Can(authz.DeskConfigure) || (by.Can(authz.TicketWork) && by.ID != 0 && t.OwnerID == by.ID)
}

// Items adds what is to be done to a new ticket; checklists are a feature of
// their own.
type Items func(tx *event.Tx, by authz.Actor, ticketID int64, texts []string) error

// Service holds the verbs.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
	items Items
}

// New returns the service, and lets new tickets begin with templates.
func New(d *db.DB, bus *event.Bus, c clock.Clock, tickets *ticket.Service, items Items) *Service {
	s := &Service{d, bus, c, items}
	tickets.SetTemplates(s.begin)
	return s
}

// List returns the templates that the actor may use, by name.
func (s *Service) List(ctx context.Context, by authz.Actor) ([]Template, error) {
	var all []Template
	if err := s.db.Read(ctx).Where("deleted_at IS NULL").Order("name, id").Limit(MaxTemplates).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("list the templates: %w", err)
	}
	out := all[:0]
	for _, t := range all {
		if canRead(by, &t) {
			out = append(out, t)
		}
	}
	return out, nil
}

// Get returns a template that the actor may use.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Template, error) {
	return find(s.db.Read(ctx), by, id, false)
}

func find(tx *gorm.DB, by authz.Actor, id int64, deleted bool) (Template, error) {
	var t Template
	err := tx.Take(&t, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && ((t.DeletedAt != nil) != deleted || !canRead(by, &t))) {
		return t, errMissing
	}
	if err != nil {
		return t, fmt.Errorf("read template %d: %w", id, err)
	}
	return t, nil
}

// Draft is what somebody wants a template to be; nil leaves what it is.
type Draft struct {
	Name         *string
	Shared       *bool
	ForEmployees *bool
	Content      *Content
}

func (d Draft) apply(by authz.Actor, t *Template) error {
	if d.Name != nil {
		t.Name = *d.Name
	}
	if d.Shared != nil {
		t.Shared = *d.Shared
	}
	if d.ForEmployees != nil && *d.ForEmployees != t.ForEmployees {
		if !by.Can(authz.DeskConfigure) {
			return errOffer
		}
		t.ForEmployees = *d.ForEmployees
	}
	if d.Content != nil {
		raw, err := json.Marshal(d.Content)
		if err != nil {
			return fmt.Errorf("encode a template: %w", err)
		}
		t.Data = raw
	}
	return nil
}

// Create makes a template.
func (s *Service) Create(ctx context.Context, by authz.Actor, d Draft) (Template, error) {
	var t Template
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !by.Can(authz.TicketWork) || by.ID == 0 {
			return errDenied
		}
		var n int64
		if err := tx.Model(&Template{}).Where("deleted_at IS NULL").Count(&n).Error; err != nil {
			return fmt.Errorf("count the templates: %w", err)
		}
		if n >= MaxTemplates {
			return errFull
		}
		t = Template{OwnerID: by.ID, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := d.apply(by, &t); err != nil {
			return err
		}
		if err := tx.Create(&t).Error; err != nil {
			return fmt.Errorf("make a template: %w", err)
		}
		return tx.Emit(Created, subject, t.ID, nil)
	})
	return t, err
}

// Update changes a template.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, d Draft) (Template, error) {
	var t Template
	err := s.change(ctx, by, id, want, false, func(tx *event.Tx, now *Template) error {
		was := now.Version
		if err := d.apply(by, now); err != nil {
			return err
		}
		now.Version++
		now.UpdatedAt = tx.Now
		t = *now
		return written(tx, tx.Model(&Template{}).Where("id = ? AND version = ?", id, was).Updates(map[string]any{
			"name": t.Name, "shared": t.Shared, "for_employees": t.ForEmployees, "data": t.Data, "version": t.Version, "updated_at": t.UpdatedAt,
		}), id, Updated)
	})
	return t, err
}

// Delete deletes a template; for a day, Restore brings it back. Tickets that began
// with it stay.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.change(ctx, by, id, want, false, func(tx *event.Tx, t *Template) error {
		return written(tx, tx.Model(&Template{}).Where("id = ? AND version = ?", id, t.Version).
			Updates(map[string]any{"deleted_at": tx.Now, "version": t.Version + 1, "updated_at": tx.Now}), id, Deleted)
	})
}

// Restore brings a deleted template back.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64) (Template, error) {
	var t Template
	err := s.change(ctx, by, id, etag.Condition{}, true, func(tx *event.Tx, was *Template) error {
		t = *was
		t.DeletedAt, t.Version, t.UpdatedAt = nil, was.Version+1, tx.Now
		return written(tx, tx.Model(&Template{}).Where("id = ? AND version = ?", id, was.Version).
			Updates(map[string]any{"deleted_at": nil, "version": t.Version, "updated_at": tx.Now}), id, Restored)
	})
	return t, err
}

// Prune handles PruneJob.
func (s *Service) Prune(ctx context.Context, _ job.Job) error {
	err := s.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Where("deleted_at < ?", s.clock.Now().Add(-keep)).Delete(&Template{}).Error
	})
	if err != nil {
		return fmt.Errorf("prune templates: %w", err)
	}
	return nil
}

func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, deleted bool, fn func(*event.Tx, *Template) error) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := find(tx.DB, by, id, deleted)
		if err != nil {
			return err
		}
		if !canChange(by, &t) {
			return errChange
		}
		if err := want.Check(t.Version); err != nil {
			return err
		}
		return fn(tx, &t)
	})
}

func written(tx *event.Tx, res *gorm.DB, id int64, kind string) error {
	if res.Error != nil {
		return fmt.Errorf("save template %d: %w", id, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	return tx.Emit(kind, subject, id, nil)
}

// Read returns a template that the actor may use, and what it says.
func Read(tx *gorm.DB, by authz.Actor, id int64) (Template, Content, error) {
	t, err := find(tx, by, id, false)
	if err != nil {
		return t, Content{}, err
	}
	c, err := t.content()
	return t, c, err
}

// Names returns what templates are called, by id.
func Names(tx *gorm.DB, ids []int64) (map[int64]string, error) {
	var found []Template
	if err := tx.Select("id", "name").Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read the names of templates: %w", err)
	}
	out := map[int64]string{}
	for _, t := range found {
		out[t.ID] = t.Name
	}
	return out, nil
}

func (t Template) content() (Content, error) {
	var c Content
	if err := json.Unmarshal(t.Data, &c); err != nil {
		return c, fmt.Errorf("decode template %d: %w", t.ID, err)
	}
	return c, nil
}

// begin adds to a draft what its template says and the draft does not, and
// returns what is to happen to the ticket once it is there: the template's team,
// assignee, tags, checklist and fields are for whoever may not choose them, too.
// What can no longer be used is left out, since nobody who begins with it can mend it.
func (s *Service) begin(tx *event.Tx, by authz.Actor, id int64, d *ticket.Draft) (ticket.Changes, func(*event.Tx, int64) error, error) {
	t, err := find(tx.DB, by, id, false)
	if fault.Is(err, fault.NotFound) {
		err = errNone
	}
	if err != nil {
		return ticket.Changes{}, nil, err
	}
	c, err := t.content()
	if err != nil {
		return ticket.Changes{}, nil, err
	}
	if d.Priority == 0 {
		d.Priority, _ = ticket.ParsePriority(c.Priority)
	}
	if err := c.usable(tx.DB); err != nil {
		return ticket.Changes{}, nil, err
	}
	if !d.SetCategory && c.CategoryID != nil {
		d.SetCategory, d.CategoryID = true, c.CategoryID
	}
	then := ticket.Changes{Facets: ticket.Facets{AddTags: c.Tags}}
	if err := fill(tx.DB, by, c.Fields, d, &then); err != nil {
		return then, nil, err
	}
	if d.TeamID == nil && c.TeamID != nil {
		then.Move, then.TeamID = true, c.TeamID
	}
	if d.AssignedTo == nil && c.AssignedTo != nil {
		then.Assign, then.AssignedTo = true, c.AssignedTo
	}
	return then, func(tx *event.Tx, ticketID int64) error {
		if len(c.Checklist) == 0 {
			return nil
		}
		return s.items(tx, by, ticketID, c.Checklist)
	}, nil
}

// usable takes out of a template who or what has gone, or was given up, since.
func (c *Content) usable(tx *gorm.DB) error {
	if c.CategoryID != nil {
		tree, err := category.Load(tx)
		if err != nil {
			return err
		}
		if !tree.Usable(*c.CategoryID) {
			c.CategoryID = nil
		}
	}
	if c.AssignedTo != nil {
		u, err := user.Find(tx, *c.AssignedTo)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read the assignee of a template: %w", err)
		}
		if err != nil || !u.Assignable() {
			c.AssignedTo = nil
		}
	}
	if c.TeamID != nil {
		t, err := team.Find(tx, *c.TeamID)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read the team of a template: %w", err)
		}
		if err != nil || !t.IsActive {
			c.TeamID = nil
		}
	}
	return nil
}

// fill puts a template's fields into a draft; what whoever begins with it may not
// set so follows when the ticket is there.
func fill(tx *gorm.DB, by authz.Actor, values map[string]json.RawMessage, d *ticket.Draft, then *ticket.Changes) error {
	if len(values) == 0 {
		return nil
	}
	set, err := field.Load(tx)
	if err != nil {
		return err
	}
	if d.Fields == nil {
		d.Fields = map[string]json.RawMessage{}
	}
	then.Fields = map[string]json.RawMessage{}
	for slug, raw := range values {
		f := set.Named(slug)
		if f == nil || f.ArchivedAt != nil {
			continue
		}
		read, wrong, err := f.Read(tx, raw)
		if err != nil {
			return err
		}
		if wrong != "" || !f.Offered(read) {
			continue
		}
		_, said := d.Fields[slug]
		switch {
		case !field.CanSet(by, f):
			then.Fields[slug] = raw
		case said:
		case f.Kind == field.User && !by.Can(authz.TicketWork): // who names people by e-mail address
			then.Fields[slug] = raw
		default:
			d.Fields[slug] = raw
		}
	}
	return nil
}
