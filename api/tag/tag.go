// Package tag keeps the words that IT staff put on tickets, typed freely and
// tidied up by administrators.
package tag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/user"
)

// Tag is a word. One that was merged into another one stays as a second name, and so
// does a name that it had earlier.
type Tag struct {
	ID         int64
	Name       string
	NameKey    string
	MergedInto *int64
	Leaving    bool // its tickets are being taken from it, by a merge or for good
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// TableName names the table for GORM.
func (Tag) TableName() string { return "tags" }

// Link is a tag on a ticket.
type Link struct {
	TagID    int64 `gorm:"primaryKey;autoIncrement:false"`
	TicketID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// TableName names the table for GORM.
func (Link) TableName() string { return "ticket_tags" }

// What this package announces; the subject is the tag.
const (
	Created = "tag.created"
	Renamed = "tag.renamed"
	Merged  = "tag.merged"
	Deleted = "tag.deleted"

	// Subject is the subject type of these events.
	Subject = "tag"
)

// The limits of tags.
const (
	MaxName   = 50 // code points
	PerTicket = 30
	maxTags   = 10_000
)

// canRead is for those who work on tickets; canManage for who tidies up.
func canRead(by authz.Actor) bool   { return by.Can(authz.TicketWork) }
func canManage(by authz.Actor) bool { return by.Can(authz.DeskConfigure) }

var (
	errMissing   = fault.Missing(Subject)
	errDenied    = fault.Denied("tag.denied", "Tags are for IT staff and administrators.")
	errManage    = fault.Denied("tag.manage_denied", "Only administrators rename, merge and delete tags.")
	errChanged   = fault.New(fault.Conflict, "tag.changed", "Somebody changed this tag at the same moment. Fetch it again, then repeat your change.").Because(db.ErrLostRace)
	errTaken     = fault.Field("name", "There is a tag of this name already; merge the two instead.")
	errSelf      = fault.Field("into", "A tag cannot be merged into itself, or into what was merged into it.")
	errTooMany   = fault.New(fault.Conflict, "tag.too_many", "There are %d tags; delete some first.", maxTags)
	errPerTicket = fault.Field("tags", "A ticket may have at most %d tags.", PerTicket)
)

// Key is what makes two names the same tag.
func Key(name string) string { return user.Fold(strings.Join(strings.Fields(name), " ")) }

// Clean returns a name as it is kept, or what is wrong with it.
func Clean(name string) (string, string) {
	name = strings.Join(strings.Fields(name), " ")
	switch n := len([]rune(name)); {
	case n == 0:
		return "", "A tag may not be blank."
	case n > MaxName:
		return "", fmt.Sprintf("A tag may have at most %d characters.", MaxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r == ',' || r == '"' || !unicode.IsPrint(r) }):
		return "", "A tag may not contain commas, quotation marks or control characters."
	}
	return name, ""
}

// Find returns the tags of these names; second names lead to what they were
// merged into. Unknown names are left out.
func Find(tx *gorm.DB, names []string) ([]Tag, error) {
	if len(names) == 0 {
		return nil, nil
	}
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = Key(n)
	}
	var found []Tag
	if err := tx.Where("name_key IN ?", keys).Order("name_key").Find(&found).Error; err != nil {
		return nil, fmt.Errorf("find tags: %w", err)
	}
	return Roots(tx, found)
}

// Roots replaces tags that were merged by what they were merged into, without
// repetition. Those that are being deleted are left out.
func Roots(tx *gorm.DB, tags []Tag) ([]Tag, error) {
	var out []Tag
	for _, t := range tags {
		for steps := 0; t.MergedInto != nil && steps < 100; steps++ {
			var next Tag
			err := tx.Take(&next, *t.MergedInto).Error
			if errors.Is(err, gorm.ErrRecordNotFound) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("follow a merged tag: %w", err)
			}
			t = next
		}
		gone := t.MergedInto != nil || t.Leaving
		if !gone && !slices.ContainsFunc(out, func(o Tag) bool { return o.ID == t.ID }) {
			out = append(out, t)
		}
	}
	return out, nil
}

// IDs returns the ids under which the tickets of a tag are found: its own, and
// those of tags that are being merged into it.
func IDs(tx *gorm.DB, id int64) ([]int64, error) {
	out := []int64{id}
	for at := 0; at < len(out) && at < 100; at++ {
		var more []int64
		if err := tx.Model(&Tag{}).Where("merged_into = ? AND leaving = ?", out[at], true).Pluck("id", &more).Error; err != nil {
			return nil, fmt.Errorf("find what is merged into a tag: %w", err)
		}
		for _, m := range more {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// Ensure returns the tags of these names and makes those that are missing.
func Ensure(tx *event.Tx, names []string) ([]Tag, error) {
	var out []Tag
	for _, n := range names {
		found, err := Find(tx.DB, []string{n})
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			t, err := create(tx, n)
			if err != nil {
				return nil, err
			}
			found = []Tag{t}
		}
		if !slices.ContainsFunc(out, func(o Tag) bool { return o.ID == found[0].ID }) {
			out = append(out, found[0])
		}
	}
	return out, nil
}

func create(tx *event.Tx, name string) (Tag, error) {
	name, wrong := Clean(name)
	if wrong != "" {
		return Tag{}, fault.Field("name", "%s", wrong)
	}
	if err := room(tx.DB); err != nil {
		return Tag{}, err
	}
	t := Tag{Name: name, NameKey: Key(name), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	err := tx.Create(&t).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return Tag{}, errTaken.Because(db.ErrLostRace) // somebody made it at the same moment
	}
	if err != nil {
		return Tag{}, fmt.Errorf("create a tag: %w", err)
	}
	return t, tx.Emit(Created, Subject, t.ID, named{Name: t.Name})
}

// room returns what is wrong with one name more.
func room(tx *gorm.DB) error {
	var n int64
	if err := tx.Model(&Tag{}).Count(&n).Error; err != nil {
		return fmt.Errorf("count the tags: %w", err)
	}
	if n >= maxTags {
		return errTooMany
	}
	return nil
}

// named is the data of this package's events.
type named struct {
	Name string   `json:"name"`
	From string   `json:"from,omitempty"`
	Also []string `json:"also,omitempty"` // the second names of one that goes
}

// Gone returns the names of the tag that an event says was deleted, its own first; nil
// for another event.
func Gone(e event.Event) ([]string, error) {
	if e.Type != Deleted {
		return nil, nil
	}
	var data named
	if err := e.Decode(&data); err != nil {
		return nil, err
	}
	return append([]string{data.Name}, data.Also...), nil
}

// Of returns the tags of each of the tickets, by name, in one query.
func Of(tx *gorm.DB, tickets ...int64) (map[int64][]Tag, error) {
	out := map[int64][]Tag{}
	if len(tickets) == 0 {
		return out, nil
	}
	var rows []struct {
		Tag
		TicketID int64
	}
	err := tx.Raw("SELECT g.*, k.ticket_id FROM ticket_tags AS k JOIN tags AS l ON l.id = k.tag_id"+
		" JOIN tags AS g ON g.id = COALESCE(l.merged_into, l.id) WHERE k.ticket_id IN ? AND (l.leaving = ? OR l.merged_into IS NOT NULL)"+
		" AND g.leaving = ? ORDER BY g.name_key", tickets, false, false).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the tags of tickets: %w", err)
	}
	for _, r := range rows {
		list := out[r.TicketID]
		if !slices.ContainsFunc(list, func(t Tag) bool { return t.ID == r.ID }) {
			out[r.TicketID] = append(list, r.Tag)
		}
	}
	return out, nil
}

// Put takes tags from a ticket and puts others on it. It returns what changed.
func Put(tx *event.Tx, ticketID int64, add, remove []Tag) (added, removed []Tag, err error) {
	has, err := Of(tx.DB, ticketID)
	if err != nil {
		return nil, nil, err
	}
	there := func(t Tag) bool { return slices.ContainsFunc(has[ticketID], func(o Tag) bool { return o.ID == t.ID }) }
	for _, t := range remove {
		if !there(t) {
			continue
		}
		ids, err := IDs(tx.DB, t.ID)
		if err != nil {
			return nil, nil, err
		}
		if err := tx.Where("ticket_id = ? AND tag_id IN ?", ticketID, ids).Delete(&Link{}).Error; err != nil {
			return nil, nil, fmt.Errorf("take a tag from ticket %d: %w", ticketID, err)
		}
		removed = append(removed, t)
	}
	for _, t := range add {
		if there(t) {
			continue
		}
		err := tx.Create(&Link{TagID: t.ID, TicketID: ticketID}).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return nil, nil, errChanged // put there at the same moment
		}
		if err != nil {
			return nil, nil, fmt.Errorf("tag ticket %d: %w", ticketID, err)
		}
		added = append(added, t)
	}
	if len(has[ticketID])+len(added)-len(removed) > PerTicket {
		return nil, nil, errPerTicket
	}
	return added, removed, nil
}

// Import tags tickets that have just come.
func Import(tx *event.Tx, links []Link) error {
	if len(links) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(links, 500).Error; err != nil {
		return fmt.Errorf("tag imported tickets: %w", err)
	}
	return nil
}

// Take removes all tags of a ticket that goes, and returns their ids for Give.
func Take(tx *gorm.DB, ticketID int64) ([]int64, error) {
	var ids []int64
	if err := tx.Model(&Link{}).Where("ticket_id = ?", ticketID).Pluck("tag_id", &ids).Error; err != nil {
		return nil, fmt.Errorf("read the tags of ticket %d: %w", ticketID, err)
	}
	if err := tx.Where("ticket_id = ?", ticketID).Delete(&Link{}).Error; err != nil {
		return nil, fmt.Errorf("take the tags from ticket %d: %w", ticketID, err)
	}
	return ids, nil
}

// Give puts tags back on a ticket that returns; those that are gone stay away.
func Give(tx *gorm.DB, ticketID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var found []Tag
	if err := tx.Where("id IN ?", ids).Find(&found).Error; err != nil {
		return fmt.Errorf("find tags: %w", err)
	}
	tags, err := Roots(tx, found)
	if err != nil {
		return err
	}
	for _, t := range tags {
		if err := tx.Create(&Link{TagID: t.ID, TicketID: ticketID}).Error; err != nil {
			return fmt.Errorf("tag ticket %d: %w", ticketID, err)
		}
	}
	return nil
}

// Service holds the verbs of tags.
type Service struct {
	db  *db.DB
	bus *event.Bus
}

// New returns the service.
func New(d *db.DB, bus *event.Bus) *Service { return &Service{db: d, bus: bus} }

// List returns the tags whose names begin with, or contain, a text: at most 500.
func (s *Service) List(ctx context.Context, by authz.Actor, text string) ([]Tag, error) {
	if !canRead(by) {
		return nil, errDenied
	}
	return list(s.db.Read(ctx), text, 500)
}

func list(tx *gorm.DB, text string, limit int) ([]Tag, error) {
	var out []Tag
	q := tx.Where("merged_into IS NULL AND leaving = ?", false).Order("name_key").Limit(limit)
	if key := Key(text); key != "" {
		q = q.Where("INSTR(name_key, ?) > 0", key)
	}
	if err := q.Find(&out).Error; err != nil {
		return nil, fmt.Errorf("list the tags: %w", err)
	}
	return out, nil
}

// Names lists the names of all tags, for completion.
func Names(tx *gorm.DB) ([]string, error) {
	tags, err := list(tx, "", 500)
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.Name
	}
	return out, err
}

// Get returns a tag.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Tag, error) {
	if !canRead(by) {
		return Tag{}, errDenied
	}
	return get(s.db.Read(ctx), id)
}

func get(tx *gorm.DB, id int64) (Tag, error) {
	var t Tag
	err := tx.Where("merged_into IS NULL AND leaving = ?", false).Take(&t, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, errMissing
	}
	if err != nil {
		return t, fmt.Errorf("read tag %d: %w", id, err)
	}
	return t, nil
}

// Create makes a tag.
func (s *Service) Create(ctx context.Context, by authz.Actor, name string) (Tag, error) {
	var t Tag
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canRead(by) {
			return errDenied
		}
		there, err := Find(tx.DB, []string{name})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return errTaken
		}
		t, err = create(tx, name)
		return err
	})
	return t, err
}

// change runs a change of one tag by an administrator, by compare-and-swap.
func (s *Service) change(ctx context.Context, by authz.Actor, id int64, want etag.Condition, do func(tx *event.Tx, t *Tag) (string, any, error)) (Tag, error) {
	var t Tag
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		if !canRead(by) {
			return errDenied
		}
		if !canManage(by) {
			return errManage
		}
		var err error
		if t, err = get(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(t.Version); err != nil {
			return err
		}
		was := t.Version
		t.Version, t.UpdatedAt = was+1, tx.Now
		eventType, data, err := do(tx, &t)
		if err != nil {
			return err
		}
		res := tx.Model(&Tag{}).Where("id = ? AND version = ?", id, was).
			Select("name", "name_key", "merged_into", "leaving", "version", "updated_at").Updates(&t)
		if errors.Is(res.Error, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if res.Error != nil {
			return fmt.Errorf("save tag %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(eventType, Subject, id, data)
	})
	return t, err
}

// Rename gives a tag another name. The old one goes on meaning it, as if it had been
// merged into it: what names the tag somewhere still finds it.
func (s *Service) Rename(ctx context.Context, by authz.Actor, id int64, want etag.Condition, name string) (Tag, error) {
	return s.change(ctx, by, id, want, func(tx *event.Tx, t *Tag) (string, any, error) {
		name, wrong := Clean(name)
		if wrong != "" {
			return "", nil, fault.Field("name", "%s", wrong)
		}
		data := named{Name: name, From: t.Name}
		if Key(name) != t.NameKey {
			if err := keepName(tx, *t, Key(name)); err != nil {
				return "", nil, err
			}
		}
		t.Name, t.NameKey = name, Key(name)
		return Renamed, data, nil
	})
}

// keepName makes the name of a tag a second one of it, in the place of key, if that is one.
func keepName(tx *event.Tx, t Tag, key string) error {
	// The tag itself still has its name: it must not meet the second one on the way.
	res := tx.Model(&Tag{}).Where("id = ?", t.ID).Update("name_key", fmt.Sprintf("\x00%d", t.ID))
	if res.Error != nil {
		return fmt.Errorf("free the name of tag %d: %w", t.ID, res.Error)
	}
	// One whose tickets are still on their way here goes on being that.
	res = tx.Model(&Tag{}).Where("merged_into = ? AND name_key = ?", t.ID, key).
		Updates(map[string]any{"name": t.Name, "name_key": t.NameKey, "updated_at": tx.Now})
	if errors.Is(res.Error, gorm.ErrDuplicatedKey) {
		return errChanged // it was renamed at the same moment
	}
	if res.Error != nil {
		return fmt.Errorf("swap the names of tag %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected > 0 {
		return nil
	}
	if err := room(tx.DB); err != nil {
		return err
	}
	second := Tag{Name: t.Name, NameKey: t.NameKey, MergedInto: &t.ID, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	err := tx.Create(&second).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errChanged
	}
	if err != nil {
		return fmt.Errorf("keep the old name of tag %d: %w", t.ID, err)
	}
	return nil
}

// Merge makes a tag another name of into. Its tickets follow in the background;
// they are found under into at once.
func (s *Service) Merge(ctx context.Context, by authz.Actor, id int64, want etag.Condition, into int64) (Tag, error) {
	target := Tag{}
	_, err := s.change(ctx, by, id, want, func(tx *event.Tx, t *Tag) (string, any, error) {
		var err error
		target, err = get(tx.DB, into)
		if fault.Is(err, fault.NotFound) {
			return "", nil, fault.Field("into", "There is no such tag.")
		}
		if err != nil {
			return "", nil, err
		}
		if into == id {
			return "", nil, errSelf
		}
		// Raising its version makes two merges that cross exclude each other.
		res := tx.Model(&Tag{}).Where("id = ? AND version = ? AND merged_into IS NULL", into, target.Version).
			Updates(map[string]any{"version": target.Version + 1})
		if res.Error != nil {
			return "", nil, fmt.Errorf("hold tag %d: %w", into, res.Error)
		}
		if res.RowsAffected != 1 {
			return "", nil, errChanged
		}
		target.Version++
		// What was merged into it earlier goes along, so that no chain grows.
		err = tx.Model(&Tag{}).Where("merged_into = ?", id).Update("merged_into", into).Error
		if err != nil {
			return "", nil, fmt.Errorf("take along what was merged into tag %d: %w", id, err)
		}
		t.MergedInto, t.Leaving = &into, true
		return Merged, named{Name: target.Name, From: t.Name}, nil
	})
	return target, err
}

// Delete removes a tag; it disappears from tickets at once, and its rows in the
// background.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	_, err := s.change(ctx, by, id, want, func(tx *event.Tx, t *Tag) (string, any, error) {
		data := named{Name: t.Name}
		err := tx.Model(&Tag{}).Where("merged_into = ?", id).Order("name_key").Pluck("name", &data.Also).Error
		if err != nil {
			return "", nil, fmt.Errorf("read the other names of tag %d: %w", id, err)
		}
		if err := dropNames(tx.DB, id); err != nil {
			return "", nil, err
		}
		t.Leaving, t.NameKey = true, fmt.Sprintf("\x00%d", id) // the name is free again
		return Deleted, data, nil
	})
	return err
}

// dropNames forgets the second names of a tag that goes. Those whose tickets are
// still on the way to it go themselves.
func dropNames(tx *gorm.DB, id int64) error {
	if err := tx.Where("merged_into = ? AND leaving = ?", id, false).Delete(&Tag{}).Error; err != nil {
		return fmt.Errorf("forget the other names of tag %d: %w", id, err)
	}
	var ids []int64
	if err := tx.Model(&Tag{}).Where("merged_into = ?", id).Pluck("id", &ids).Error; err != nil {
		return fmt.Errorf("find the other names of tag %d: %w", id, err)
	}
	for _, other := range ids {
		err := tx.Model(&Tag{}).Where("id = ?", other).
			Updates(map[string]any{"merged_into": nil, "name_key": fmt.Sprintf("\x00%d", other)}).Error
		if err != nil {
			return fmt.Errorf("let go of the other names of tag %d: %w", id, err)
		}
	}
	return nil
}
