package ticket

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mention"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Comment adds to the conversation of a ticket that the actor sees, with uploads
// of the actor's own.
func (s *Service) Comment(ctx context.Context, by authz.Actor, ticketID int64, content string, files ...int64) (Comment, error) {
	return s.comment(ctx, by, ticketID, content, files, canComment)
}

// CommentAnywhere is Comment, but IT staff may use it on any ticket.
func (s *Service) CommentAnywhere(ctx context.Context, by authz.Actor, ticketID int64, content string, files ...int64) (Comment, error) {
	return s.comment(ctx, by, ticketID, content, files, func(by authz.Actor, t *Ticket) bool {
		return canCommentAnywhere(by, t) || canComment(by, t)
	})
}

// CommentByMail is Comment for whoever answered a mail about a ticket; that lets
// them see nothing of it.
func (s *Service) CommentByMail(ctx context.Context, by authz.Actor, ticketID int64, content string, files ...int64) (Comment, error) {
	return s.comment(ctx, by, ticketID, content, files, func(authz.Actor, *Ticket) bool { return by.ID != 0 })
}

func (s *Service) comment(ctx context.Context, by authz.Actor, ticketID int64, content string, files []int64, allowed func(authz.Actor, *Ticket) bool) (Comment, error) {
	var c Comment
	err := s.bus.Do(ctx, by, func(tx *event.Tx) error {
		t, err := load(tx.DB, ticketID)
		if err != nil {
			return err
		}
		switch {
		case allowed(by, t):
		case canRead(by, t):
			return errCommentRefused
		default:
			return errMissing
		}
		if t.MergedIntoID != nil {
			if t, err = Final(tx.DB, t); err != nil {
				return err
			}
			if !allowed(by, t) {
				return ErrMerged // whoever sees one side only learns nothing of the other
			}
		}
		c = Comment{AuthorID: by.ActorID(), Content: content, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := addComment(tx.DB, t, &c); err != nil {
			return err
		}
		if err := s.respond(tx, by, t, c.CreatedAt); err != nil {
			return err
		}
		mentions, err := mention.In(tx.DB, content, t.CreatedByID)
		if err != nil {
			return err
		}
		if err := tx.Emit(Commented, subject, t.ID, CommentRef{CommentID: c.ID, Mentions: mentions}); err != nil {
			return err
		}
		return attachment.Bind(tx, by, files, attachment.Target{TicketID: t.ID, CommentID: &c.ID})
	})
	return c, err
}

// GetComment returns a comment of a ticket that the actor sees.
func (s *Service) GetComment(ctx context.Context, by authz.Actor, id int64) (Comment, error) {
	tx := s.db.Read(ctx)
	c, err := loadComment(tx, id)
	if err != nil {
		return Comment{}, err
	}
	if _, err := readable(tx, by, c.TicketID); err != nil {
		if fault.Is(err, fault.NotFound) {
			return Comment{}, errCommentMissing
		}
		return Comment{}, err
	}
	return *c, nil
}

// EditComment changes what a comment says; nil leaves it. Files are added to it.
func (s *Service) EditComment(ctx context.Context, by authz.Actor, id int64, want etag.Condition, content *string, files ...int64) (Comment, error) {
	var out Comment
	err := s.changeComment(ctx, by, id, want, func(tx *event.Tx, c *Comment) error {
		if content != nil && *content != c.Content {
			c.Content, c.UpdatedAt = *content, tx.Now
			if err := saveComment(tx.DB, c); err != nil {
				return err
			}
			if err := tx.Emit(CommentUpdated, subject, c.TicketID, CommentRef{CommentID: c.ID}); err != nil {
				return err
			}
		}
		out = *c
		return attachment.Bind(tx, by, files, attachment.Target{TicketID: c.TicketID, CommentID: &c.ID, Later: true})
	})
	return out, err
}

// DeleteComment takes a comment from the conversation.
func (s *Service) DeleteComment(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	return s.changeComment(ctx, by, id, want, func(tx *event.Tx, c *Comment) error {
		if err := removeComment(tx.DB, c); err != nil {
			return err
		}
		if err := s.withdrawResponse(tx, c); err != nil {
			return err
		}
		if err := attachment.Drop(tx.DB, attachment.Target{TicketID: c.TicketID, CommentID: &c.ID}); err != nil {
			return err
		}
		return tx.Emit(CommentDeleted, subject, c.TicketID, CommentRef{CommentID: c.ID})
	})
}

func (s *Service) changeComment(ctx context.Context, by authz.Actor, id int64, want etag.Condition, fn func(*event.Tx, *Comment) error) error {
	return s.bus.Do(ctx, by, func(tx *event.Tx) error {
		c, err := s.GetComment(tx.Ctx, by, id)
		if err != nil {
			return err
		}
		if c.IsSystemMessage {
			return errSystemMessage
		}
		if !canChangeComment(by, &c) {
			return errCommentDenied
		}
		if err := want.Check(c.Version); err != nil {
			return err
		}
		return fn(tx, &c)
	})
}

// commentSort names the one order of comment lists: newest first.
const commentSort = web.ByID

// ListComments returns a page of the comments of one ticket that the actor
// sees, or, for ticketID 0, of all of them, newest first.
func (s *Service) ListComments(ctx context.Context, by authz.Actor, ticketID int64, page web.Page) (web.Rows[Comment], error) {
	out := web.Rows[Comment]{CursorOf: func(c Comment) web.Cursor { return web.Cursor{Sort: commentSort, ID: c.ID} }}
	tx := s.db.Read(ctx)
	if ticketID != 0 {
		if _, err := readable(tx, by, ticketID); err != nil {
			return out, err
		}
	}
	var walks []*sqlText
	if ticketID != 0 {
		walks = []*sqlText{s.commentWalk(scope{}, ticketID)}
	} else {
		for _, sc := range scopesOf(by) {
			walks = append(walks, s.commentWalk(sc, 0))
		}
	}
	if len(walks) == 0 {
		return out, nil
	}
	count := &sqlText{}
	unionOf(count, "SELECT COUNT(*) FROM (", walks, func(q *sqlText) { q.add(" LIMIT ?", web.MaxCount+1) }, ") AS u")
	var err error
	if out.Count, err = scanCount(tx, count); err != nil {
		return out, err
	}
	skip, err := page.Skip(out.Count)
	if err != nil {
		return out, err
	}
	dir, op := " DESC", " < "
	if page.Cursor != nil && page.Cursor.Back {
		dir, op = " ASC", " > "
	}
	list := &sqlText{}
	unionOf(list, "SELECT u.id FROM (", walks, func(q *sqlText) {
		if page.Cursor != nil {
			q.add(" AND c.id"+op+"?", page.Cursor.ID)
		}
		q.add(" ORDER BY c.id"+dir+" LIMIT ?", skip+page.Size+1)
	}, ") AS u ORDER BY u.id"+dir+" LIMIT ? OFFSET ?", page.Size+1, skip)
	var ids []int64
	if err := tx.Raw(list.sql.String(), list.args...).Scan(&ids).Error; err != nil {
		return out, fmt.Errorf("list the comments: %w", err)
	}
	ids = web.Cut(&out, ids, page)
	if len(ids) > 0 {
		if err := tx.Where("id IN ?", ids).Order("id DESC").Find(&out.Rows).Error; err != nil {
			return out, fmt.Errorf("read the comments: %w", err)
		}
	}
	return out, nil
}

// commentWalk is a walk along the comments of one scope, or of one ticket. The
// comments repeat the people of their ticket; what else the scope says is looked
// up at the ticket.
func (s *Service) commentWalk(sc scope, ticketID int64) *sqlText {
	q := &sqlText{}
	const atTicket = " CROSS JOIN tickets AS t ON t.id = c.ticket_id"
	from := func(index string, whole bool) {
		q.add("SELECT c.id FROM " + s.db.UseIndex("comments", "c", index))
		if !whole {
			q.add(atTicket)
		}
		q.add(" WHERE 1 = 1")
	}
	switch {
	case ticketID != 0:
		from("idx_comments_ticket", true)
		q.add(" AND c.ticket_id = ?", ticketID)
		return q
	case sc.watcher != nil:
		q.add("SELECT c.id FROM "+s.db.UseIndex("ticket_watchers", "w", "idx_ticket_watchers_user")+
			" CROSS JOIN comments AS c ON c.ticket_id = w.ticket_id"+atTicket+" WHERE w.user_id = ?", *sc.watcher)
	case sc.secret:
		q.add("SELECT c.id FROM " + s.db.UseIndex("tickets", "t", "idx_tickets_confidential") +
			" CROSS JOIN comments AS c ON c.ticket_id = t.id WHERE 1 = 1")
	case sc.requester != nil:
		from("idx_comments_requester", sc.except.queue == nil)
		q.add(" AND c.ticket_requester = ?", *sc.requester)
	case sc.assignee != nil:
		from("idx_comments_assignee", true)
		q.add(" AND c.ticket_assignee = ?", *sc.assignee)
		return q
	case sc.unassigned:
		from("idx_comments_assignee", false)
		q.add(" AND c.ticket_assignee IS NULL")
	case sc.team != nil:
		from("idx_comments_team", false)
		q.add(" AND c.ticket_team = ? AND c.ticket_assignee <> ?", *sc.team, *sc.notAssignee)
	case sc.department != "":
		from("idx_comments_department", false)
		q.add(" AND c.ticket_department = ?", sc.department)
	default:
		from("PRIMARY", !sc.public)
	}
	sc.hidden(q)
	return q
}

// unionOf joins walks, each with an ending of its own.
func unionOf(all *sqlText, head string, walks []*sqlText, ending func(*sqlText), tail string, args ...any) {
	all.add(head)
	for i, w := range walks {
		if i > 0 {
			all.add(" UNION ALL ")
		}
		part := &sqlText{}
		part.add(w.sql.String(), w.args...)
		ending(part)
		all.add("SELECT * FROM ("+part.sql.String()+") AS b"+strconv.Itoa(i), part.args...)
	}
	all.add(tail, args...)
}

// AnsweredSince reports whether somebody else wrote a public comment after the
// one with the id.
func AnsweredSince(tx *gorm.DB, ticketID, last, author int64) (bool, error) {
	var found []int64
	err := tx.Model(&Comment{}).Where("ticket_id = ? AND id > ? AND author_id <> ? AND is_system_message = ?", ticketID, last, author, false).
		Limit(1).Pluck("id", &found).Error
	if err != nil {
		return false, fmt.Errorf("look for newer comments of ticket %d: %w", ticketID, err)
	}
	return len(found) > 0, nil
}
