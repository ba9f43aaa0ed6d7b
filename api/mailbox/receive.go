package mailbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

// inline is how large a message may be to lie in its row.
const inline = 128 << 10

// Envelope is what the way of a message says about it.
type Envelope struct {
	From string
	To   []string
	Via  string // smtp, lmtp, imap
	// TooLarge says that only the header was taken, and how large all of it is.
	TooLarge int64
}

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = io.WriteString(h, p) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashOfID is the hash of a message with an id.
func hashOfID(id string) string { return hashOf("id\x00", parse.NormaliseID(id)) }

func fromKey(address string) string { return hashOf("from\x00", thread.Key(address)) }

// Receive stores a message that came for a mailbox, unless it is there. When it
// returns without an error, the message survives whatever happens next.
func (s *Service) Receive(ctx context.Context, mailboxID int64, raw []byte, env Envelope) (id int64, fresh bool, err error) {
	head := parse.ReadHead(raw)
	now := s.Clock.Now()
	m := Message{
		MailboxID: mailboxID, MessageID: head.MessageID, State: Received, Subject: db.Cut(head.Subject, 1000),
		FromName: db.Cut(head.From.Name, 300), FromAddress: db.Cut(head.From.Address, 320), FromKey: fromKey(head.From.Address),
		Size: int64(len(raw)), EnvelopeFrom: db.Cut(plain(env.From), 320), EnvelopeTo: env.To, Source: env.Via,
		Trace: []thread.Step{}, NextAt: now, ReceivedAt: now, Version: 1,
	}
	if m.EnvelopeTo == nil {
		m.EnvelopeTo = []string{}
	}
	if head.MessageID != "" {
		m.Hash = hashOfID(head.MessageID)
	} else {
		m.Hash = hashOf("raw\x00", string(raw))
	}
	if env.TooLarge > 0 {
		m.State, m.Reason, m.Size = Failed, "too_large", env.TooLarge
		m.ReasonText = fmt.Sprintf("It has %d MB, more than the %d MB that a message may have. It stayed in the mailbox; only its header was taken.", env.TooLarge>>20, parse.MaxSize>>20)
	}
	var there []int64
	if err := s.DB.Read(ctx).Model(&Message{}).Where("mailbox_id = ? AND hash = ?", mailboxID, m.Hash).Pluck("id", &there).Error; err != nil {
		return 0, false, fmt.Errorf("look for a message: %w", err)
	}
	if len(there) > 0 {
		return there[0], false, nil
	}
	if len(raw) <= inline {
		m.Raw = raw
	} else {
		m.BlobKey = fmt.Sprintf("mail/%s/%s-%s", now.Format("2006/01"), m.Hash[:16], strings.ToLower(rand.Text()[:12]))
		if err := s.Store.Put(ctx, m.BlobKey, bytes.NewReader(raw), int64(len(raw))); err != nil {
			return 0, false, fmt.Errorf("store a message: %w", err)
		}
	}
	err = s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		m.ID = 0
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&m)
		fresh = res.RowsAffected == 1
		return res.Error
	})
	if err == nil && !fresh {
		err = s.DB.Read(ctx).Model(&Message{}).Where("mailbox_id = ? AND hash = ?", mailboxID, m.Hash).Pluck("id", &there).Error
		if len(there) > 0 {
			m.ID = there[0]
		}
	}
	if m.BlobKey != "" && (err != nil || !fresh) {
		err = errors.Join(err, s.Store.Delete(context.WithoutCancel(ctx), m.BlobKey))
	}
	if err != nil {
		return 0, false, fmt.Errorf("store a message: %w", err)
	}
	if fresh {
		s.Wake()
	}
	return m.ID, fresh, nil
}

// raw returns a message as it came.
func (s *Service) raw(ctx context.Context, m *Message) ([]byte, error) {
	if m.PrunedAt != nil || m.Reason == purged {
		return nil, errUnreadable
	}
	if m.BlobKey == "" {
		return m.Raw, nil
	}
	f, err := s.Store.Open(ctx, m.BlobKey)
	if errors.Is(err, blob.ErrMissing) {
		return nil, errUnreadable
	}
	if err != nil {
		return nil, fmt.Errorf("open message %d: %w", m.ID, err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, parse.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read message %d: %w", m.ID, err)
	}
	return raw, nil
}

// For returns the mailboxes that the listener takes mail to an address for: the
// one with it, with any tag, or else the one that takes everything.
func (s *Service) For(ctx context.Context, address string) (*Mailbox, error) {
	all, err := All(s.DB.Read(ctx))
	if err != nil {
		return nil, err
	}
	var other *Mailbox
	for i := range all {
		b := &all[i]
		if !b.Active {
			continue
		}
		if b.AddressKey == thread.Key(address) || (b.PlusAddress && b.AddressKey == thread.Plain(address)) {
			return b, nil
		}
		if b.CatchAll && other == nil {
			other = b
		}
	}
	return other, nil
}

// Deliver stores what the listener got, once for each mailbox that the
// recipients lead to.
func (s *Service) Deliver(ctx context.Context, raw []byte, env Envelope) error {
	to := map[int64][]string{}
	for _, a := range env.To {
		b, err := s.For(ctx, a)
		if err != nil {
			return err
		}
		if b != nil {
			to[b.ID] = append(to[b.ID], a)
		}
	}
	ids := make([]int64, 0, len(to))
	for id := range to {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		one := env
		one.To = to[id]
		if _, _, err := s.Receive(ctx, id, raw, one); err != nil {
			return err
		}
	}
	return nil
}

// plain makes a text of anything.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
