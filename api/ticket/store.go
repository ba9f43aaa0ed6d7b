package ticket

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// load reads a ticket, or returns the fault that there is none.
func load(tx *gorm.DB, id int64) (*Ticket, error) {
	var t Ticket
	err := tx.Take(&t, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errMissing
	}
	if err != nil {
		return nil, fmt.Errorf("read ticket %d: %w", id, err)
	}
	return &t, nil
}

func ticketsInOrder(tx *gorm.DB, ids []int64) ([]Ticket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []Ticket
	if err := tx.Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read the tickets: %w", err)
	}
	byID := make(map[int64]Ticket, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	out := make([]Ticket, 0, len(ids))
	for _, id := range ids {
		if t, ok := byID[id]; ok { // else deleted in between
			out = append(out, t)
		}
	}
	return out, nil
}

var errChanged = fault.New(fault.Conflict, "ticket.changed", "Somebody changed this ticket at the same moment. Fetch it again, then repeat your change.").
	Because(db.ErrLostRace)

// create writes a new ticket with its search text.
func create(d *db.DB, tx *gorm.DB, t *Ticket) error {
	t.Version = 1
	if err := tx.Create(t).Error; err != nil {
		return fmt.Errorf("create the ticket: %w", err)
	}
	return putText(d, tx, t)
}

// unchanged adds the condition that the ticket is as it was read, in what is
// counted of it: the first answer comes without a new version.
func (t *Ticket) unchanged(tx *gorm.DB) *gorm.DB {
	tx = tx.Where("id = ? AND version = ?", t.ID, t.Version)
	if t.FirstRespondedAt == nil {
		return tx.Where("first_responded_at IS NULL")
	}
	return tx.Where("first_responded_at = ?", t.FirstRespondedAt.UTC())
}

// save writes a changed ticket if nobody else has since it was read.
func save(d *db.DB, tx *gorm.DB, before *Ticket, t *Ticket) error {
	t.Version = before.Version + 1
	res := before.unchanged(tx.Model(&Ticket{})).Updates(map[string]any{
		"title": t.Title, "description": t.Description, "status": t.Status, "priority": t.Priority,
		"assigned_to_id": t.AssignedToID, "team_id": t.TeamID, "confidential": t.Confidential, "merged_into_id": t.MergedIntoID, "category_id": t.CategoryID, "substatus_id": t.SubstatusID, "version": t.Version, "updated_at": t.UpdatedAt,
		"resolved_at": t.ResolvedAt, "closed_at": t.ClosedAt, "solved_at": t.SolvedAt,
	})
	if res.Error != nil {
		return fmt.Errorf("save ticket %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	if !sameID(before.AssignedToID, t.AssignedToID) || !sameID(before.TeamID, t.TeamID) {
		err := tx.Model(&Comment{}).Where("ticket_id = ?", t.ID).
			// Columns only: GORM would set updated_at otherwise, and every comment would count as edited.
			UpdateColumns(map[string]any{"ticket_assignee": t.AssignedToID, "ticket_team": t.TeamID}).Error
		if err != nil {
			return fmt.Errorf("save the assignee and the team at the comments of ticket %d: %w", t.ID, err)
		}
	}
	if before.Title != t.Title || before.Description != t.Description {
		return putText(d, tx, t)
	}
	return nil
}

func putText(d *db.DB, tx *gorm.DB, t *Ticket) error {
	text := ticketText{TicketID: t.ID, Folded: folded(t)}
	if err := tx.Save(&text).Error; err != nil {
		return fmt.Errorf("write the search text of ticket %d: %w", t.ID, err)
	}
	if err := d.PutTexts(tx, textIndex, db.Text{ID: t.ID, Text: text.Folded}); err != nil {
		return fmt.Errorf("index ticket %d: %w", t.ID, err)
	}
	return nil
}

// remove deletes a ticket with all that belongs to it.
func remove(d *db.DB, tx *gorm.DB, t *Ticket) error {
	res := t.unchanged(tx).Delete(&Ticket{})
	if res.Error != nil {
		return fmt.Errorf("delete ticket %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errChanged
	}
	if err := tx.Where("ticket_id = ?", t.ID).Delete(&Comment{}).Error; err != nil {
		return fmt.Errorf("delete the comments of ticket %d: %w", t.ID, err)
	}
	if err := tx.Where("ticket_id = ?", t.ID).Delete(&ticketText{}).Error; err != nil {
		return fmt.Errorf("delete the search text of ticket %d: %w", t.ID, err)
	}
	if err := d.DeleteText(tx, textIndex, t.ID); err != nil {
		return fmt.Errorf("take ticket %d from the index: %w", t.ID, err)
	}
	return nil
}

// repeat copies to a comment what lists of comments need of its ticket.
func (c *Comment) repeat(t *Ticket) {
	c.TicketRequester, c.TicketAssignee = t.CreatedByID, t.AssignedToID
	c.TicketTeam, c.TicketDepartment = t.TeamID, t.Department
}

// addComment writes a comment and counts it at its ticket. The ticket row is
// locked by that, so a ticket cannot vanish in between.
func addComment(tx *gorm.DB, t *Ticket, c *Comment) error {
	c.TicketID, c.Version = t.ID, 1
	c.repeat(t)
	change := map[string]any{"updated_at": c.CreatedAt}
	if !c.IsSystemMessage {
		change["comment_count"] = gorm.Expr("comment_count + 1")
		t.LastReply = t.replyAfter(c.AuthorID)
		change["last_reply"] = t.LastReply
	}
	q := tx.Model(&Ticket{}).Where("id = ?", t.ID)
	if !c.IsSystemMessage {
		q = q.Where("merged_into_id IS NULL")
	}
	res := q.Updates(change)
	if res.Error != nil {
		return fmt.Errorf("count the comment at ticket %d: %w", t.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		if _, err := load(tx, t.ID); err == nil {
			return errMergedMeanwhile
		}
		return errMissing
	}
	if err := tx.Create(c).Error; err != nil {
		return fmt.Errorf("comment on ticket %d: %w", t.ID, err)
	}
	t.UpdatedAt = c.CreatedAt
	if !c.IsSystemMessage {
		t.CommentCount++
	}
	return nil
}

func loadComment(tx *gorm.DB, id int64) (*Comment, error) {
	var c Comment
	err := tx.Take(&c, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errCommentMissing
	}
	if err != nil {
		return nil, fmt.Errorf("read comment %d: %w", id, err)
	}
	return &c, nil
}

func commentsOf(tx *gorm.DB, ticketID int64) ([]Comment, error) {
	var out []Comment
	if err := tx.Where("ticket_id = ?", ticketID).Order("created_at, id").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the comments of ticket %d: %w", ticketID, err)
	}
	return out, nil
}

var errCommentChanged = fault.New(fault.Conflict, "comment.changed", "Somebody changed this comment at the same moment. Fetch it again, then repeat your change.").
	Because(db.ErrLostRace)

func saveComment(tx *gorm.DB, c *Comment) error {
	was := c.Version
	c.Version++
	res := tx.Model(&Comment{}).Where("id = ? AND version = ?", c.ID, was).
		Updates(map[string]any{"content": c.Content, "version": c.Version, "updated_at": c.UpdatedAt})
	if res.Error != nil {
		return fmt.Errorf("save comment %d: %w", c.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errCommentChanged
	}
	return nil
}

func removeComment(tx *gorm.DB, c *Comment) error {
	res := tx.Where("id = ? AND version = ?", c.ID, c.Version).Delete(&Comment{})
	if res.Error != nil {
		return fmt.Errorf("delete comment %d: %w", c.ID, res.Error)
	}
	if res.RowsAffected != 1 {
		return errCommentChanged
	}
	t, err := load(tx, c.TicketID)
	if err != nil {
		return err
	}
	var last Comment
	reply := NoReply
	err = tx.Where("ticket_id = ? AND is_system_message = ? AND origin_id IS NULL AND author_id <> 0", c.TicketID, false).Order("id DESC").Take(&last).Error
	switch {
	case err == nil:
		reply = t.replyBy(last.AuthorID)
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("find the last comment of ticket %d: %w", c.TicketID, err)
	}
	err = tx.Model(&Ticket{}).Where("id = ?", c.TicketID).
		Updates(map[string]any{"comment_count": gorm.Expr("comment_count - 1"), "last_reply": reply}).Error
	if err != nil {
		return fmt.Errorf("count the comments of ticket %d: %w", c.TicketID, err)
	}
	return nil
}
