package ticket

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
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/user"
)

// KeepDeleted is how long a deleted ticket can be restored.
const KeepDeleted = 24 * time.Hour

// PurgeJob is the kind of job that forgets for good what was deleted long ago.
const PurgeJob = "ticket.purge"

// purgeRows is how many tickets are forgotten in one transaction.
const purgeRows = 100

// deletedTicket is a ticket that nobody sees any more, but that can come back.
// What others keep about it (notes, drafts) stays where it is until Purged.
type deletedTicket struct {
	TicketID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Data      []byte
	DeletedBy int64
	DeletedAt time.Time
}

func (deletedTicket) TableName() string { return "deleted_tickets" }

// remains is the data of a deletedTicket.
type remains struct {
	Ticket   Ticket
	Comments []Comment
	Tags     []int64       `json:",omitempty"`
	Fields   []field.Value `json:",omitempty"`
}

// keepRemains puts a ticket that is about to be deleted aside.
func keepRemains(tx *event.Tx, by authz.Actor, t *Ticket) error {
	comments, err := commentsOf(tx.DB, t.ID)
	if err != nil {
		return err
	}
	kept := remains{Ticket: *t, Comments: comments}
	if kept.Tags, err = tag.Take(tx.DB, t.ID); err != nil {
		return err
	}
	if kept.Fields, err = field.Take(tx.DB, t.ID); err != nil {
		return err
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("keep ticket %d: %w", t.ID, err)
	}
	row := deletedTicket{TicketID: t.ID, Data: data, DeletedBy: by.ID, DeletedAt: tx.Now}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("keep ticket %d: %w", t.ID, err)
	}
	return nil
}

// Restore brings a deleted ticket back as it was, with its conversation, its
// ids and its times. Restoring one that is there changes nothing.
func (s *Service) Restore(ctx context.Context, by authz.Actor, id int64) (Full, error) {
	var out Full
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := readable(tx.DB, by, id)
		switch {
		case err == nil && !canDelete(by, t):
			return errDeleteDenied
		case err == nil:
			out, err = s.Get(tx.Ctx, by, id)
			return err
		case !errors.Is(err, errMissing) || !by.Can(authz.TicketDelete) || !by.Can(authz.TicketViewAll):
			return err
		}
		if err := s.restore(tx, by, id); err != nil {
			return err
		}
		out, err = s.Get(tx.Ctx, by, id)
		return err
	})
	return out, err
}

func (s *Service) restore(tx *event.Tx, by authz.Actor, id int64) error {
	var row deletedTicket
	err := tx.Where("deleted_at > ?", tx.Now.Add(-KeepDeleted)).Take(&row, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errMissing
	}
	if err != nil {
		return fmt.Errorf("find deleted ticket %d: %w", id, err)
	}
	res := tx.Where("ticket_id = ?", id).Delete(&deletedTicket{})
	if res.Error != nil {
		return fmt.Errorf("restore ticket %d: %w", id, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	var was remains
	if err := json.Unmarshal(row.Data, &was); err != nil {
		return fmt.Errorf("read deleted ticket %d: %w", id, err)
	}
	t := &was.Ticket
	if !canRead(by, t) {
		return errMissing
	}
	t.Version++
	roles, err := rolesAmong(tx.DB, was.Comments)
	if err != nil {
		return err
	}
	t.settle(was.Comments, roles)
	if err := s.dropAssignee(tx, t); err != nil {
		return err
	}
	if err := dropFacets(tx, t); err != nil {
		return err
	}
	if err := tx.Create(t).Error; err != nil {
		return fmt.Errorf("restore ticket %d: %w", id, err)
	}
	for i := range was.Comments {
		was.Comments[i].repeat(t)
	}
	if len(was.Comments) > 0 {
		if err := tx.CreateInBatches(was.Comments, bulkRows).Error; err != nil {
			return fmt.Errorf("restore the comments of ticket %d: %w", id, err)
		}
	}
	if err := tag.Give(tx.DB, id, was.Tags); err != nil {
		return err
	}
	if err := field.Give(tx.DB, id, was.Fields); err != nil {
		return err
	}
	if err := putText(s.db, tx.DB, t); err != nil {
		return err
	}
	n := newCounts()
	n.move(nil, t)
	if err := n.write(s.db, tx.DB); err != nil {
		return err
	}
	return tx.Emit(Restored, subject, t.ID, nil)
}

// dropAssignee frees a ticket of somebody who left the IT staff while it was
// deleted, as everything else of theirs was freed.
func (s *Service) dropAssignee(tx *event.Tx, t *Ticket) error {
	if t.AssignedToID == nil {
		return nil
	}
	u, err := user.Find(tx.DB, *t.AssignedToID)
	if errors.Is(err, gorm.ErrRecordNotFound) || (err == nil && !u.Assignable()) {
		t.AssignedToID = nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the assignee of ticket %d: %w", t.ID, err)
	}
	return nil
}

// dropFacets frees a ticket of a category or finer status that was deleted
// while the ticket was.
func dropFacets(tx *event.Tx, t *Ticket) error {
	if t.CategoryID != nil {
		tree, err := category.Load(tx.DB)
		if err != nil {
			return err
		}
		if _, there := tree.Find(*t.CategoryID); !there {
			t.CategoryID = nil
		}
	}
	if t.SubstatusID != nil {
		all, err := substatus.Load(tx.DB)
		if err != nil {
			return err
		}
		if all.Find(*t.SubstatusID) == nil {
			t.SubstatusID = nil
		}
	}
	return nil
}

// RunPurge handles PurgeJob: it forgets what can no longer be restored, and
// tells everybody who keeps something about it.
func (s *Service) RunPurge(ctx context.Context, _ job.Job) error {
	for {
		var ids []int64
		err := s.bus.Do(ctx, authz.System("ticket"), func(tx *event.Tx) error {
			ids = nil
			err := tx.Model(&deletedTicket{}).Where("deleted_at <= ?", tx.Now.Add(-KeepDeleted)).
				Order("deleted_at").Limit(purgeRows).Pluck("ticket_id", &ids).Error
			if err != nil {
				return fmt.Errorf("find what was deleted: %w", err)
			}
			if len(ids) == 0 {
				return nil
			}
			if err := tx.Where("ticket_id IN ?", ids).Delete(&deletedTicket{}).Error; err != nil {
				return fmt.Errorf("forget what was deleted: %w", err)
			}
			for _, id := range ids {
				if err := tx.Emit(Purged, subject, id, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(ids) < purgeRows {
			return err
		}
	}
}
