package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/user"
)

const (
	maxMailboxes = 100
	defaultCap   = 1000
)

// Changes is what a change asks for; nil leaves a field.
type Changes struct {
	Name, Address, Host, Username, Folder *string
	Secret, OAuthSecret                   *string // in clear; "" removes it
	OAuthTokenURL, OAuthClientID          *string
	SenderName, Language                  *string
	Active, PlusAddress                   *bool
	CatchAll, Acknowledge                 *bool
	Source                                *Source
	Security                              *Security
	Auth                                  *Auth
	UnknownSenders                        *Unknown
	Port, SenderCap                       *int64
	SetCategory, SetTeam                  bool
	CategoryID, TeamID                    *int64
}

func set[T comparable](changed *[]string, name string, to *T, from *T) {
	if from != nil && *from != *to {
		*to = *from
		*changed = append(*changed, name)
	}
}

func sameID(a, b *int64) bool { return (a == nil && b == nil) || (a != nil && b != nil && *a == *b) }

// apply sets what is asked for and returns the names of what differs.
func (s *Service) apply(ch Changes, b *Mailbox) ([]string, error) {
	var c []string
	set(&c, "name", &b.Name, ch.Name)
	set(&c, "address", &b.Address, ch.Address)
	b.AddressKey = thread.Key(b.Address)
	set(&c, "host", &b.Host, ch.Host)
	set(&c, "username", &b.Username, ch.Username)
	set(&c, "folder", &b.Folder, ch.Folder)
	set(&c, "oauth_token_url", &b.OAuthTokenURL, ch.OAuthTokenURL)
	set(&c, "oauth_client_id", &b.OAuthClientID, ch.OAuthClientID)
	set(&c, "sender_name", &b.SenderName, ch.SenderName)
	set(&c, "language", &b.Language, ch.Language)
	set(&c, "active", &b.Active, ch.Active)
	set(&c, "plus_address", &b.PlusAddress, ch.PlusAddress)
	set(&c, "catch_all", &b.CatchAll, ch.CatchAll)
	set(&c, "acknowledge", &b.Acknowledge, ch.Acknowledge)
	set(&c, "source", &b.Source, ch.Source)
	set(&c, "security", &b.Security, ch.Security)
	set(&c, "auth", &b.Auth, ch.Auth)
	set(&c, "unknown_senders", &b.UnknownSenders, ch.UnknownSenders)
	if ch.Port != nil && int(*ch.Port) != b.Port {
		b.Port, c = int(*ch.Port), append(c, "port")
	}
	if ch.SenderCap != nil && int(*ch.SenderCap) != b.SenderCap {
		b.SenderCap, c = int(*ch.SenderCap), append(c, "sender_cap")
	}
	if ch.SetCategory && !sameID(ch.CategoryID, b.CategoryID) {
		b.CategoryID, c = ch.CategoryID, append(c, "category_id")
	}
	if ch.SetTeam && !sameID(ch.TeamID, b.TeamID) {
		b.TeamID, c = ch.TeamID, append(c, "team_id")
	}
	for _, sealed := range []struct {
		name  string
		to    *string
		plain *string
	}{{"secret", &b.Secret, ch.Secret}, {"oauth_secret", &b.OAuthSecret, ch.OAuthSecret}} {
		if sealed.plain == nil {
			continue
		}
		if before, err := s.Box.Open(*sealed.to); err == nil && before == *sealed.plain {
			continue
		}
		value, err := s.Box.Seal(*sealed.plain)
		if err != nil {
			return nil, err
		}
		*sealed.to, c = value, append(c, sealed.name)
	}
	// A password belongs to its server: whoever moves a mailbox to another one, or
	// its tokens to another place, enters it again.
	for name, secretOf := range map[string]*string{"host": ch.Secret, "oauth_token_url": ch.OAuthSecret} {
		if slices.Contains(c, name) && secretOf == nil && (b.Secret != "" || b.OAuthSecret != "") {
			if name == "host" || b.OAuthSecret != "" || b.Auth == OAuth {
				b.Secret, b.OAuthSecret = "", ""
			}
		}
	}
	return c, nil
}

func check(tx *gorm.DB, b *Mailbox) error {
	wrong := map[string][]string{}
	if p := user.EmailRule(b.Address); p != "" || strings.Contains(b.Address, "+") {
		wrong["address"] = []string{"Must be an e-mail address without a +, such as help@example.com."}
	}
	if b.Source == IMAP {
		if b.Host == "" {
			wrong["host"] = []string{"Must be the name of the IMAP server."}
		}
		if b.Username == "" {
			wrong["username"] = []string{"Must be the name to sign in with."}
		}
		if b.Auth == OAuth && b.OAuthTokenURL == "" {
			wrong["oauth_token_url"] = []string{"Must be where a new access token is fetched."}
		}
	}
	for field, table := range map[string]struct {
		id   *int64
		from string
	}{"category_id": {b.CategoryID, "categories"}, "team_id": {b.TeamID, "teams"}} {
		if table.id == nil {
			continue
		}
		var n int64
		if err := tx.Table(table.from).Where("id = ?", *table.id).Count(&n).Error; err != nil {
			return fmt.Errorf("look for the %s of a mailbox: %w", field, err)
		}
		if n == 0 {
			wrong[field] = []string{"Does not exist."}
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "request.invalid", "One or more fields are wrong.")
	f.Fields = wrong
	return f
}

// List returns a page of the mailboxes, the oldest first.
func (s *Service) List(ctx context.Context, by authz.Actor, page web.Page) (web.Rows[Mailbox], error) {
	if !canManage(by) {
		return web.Rows[Mailbox]{}, errDenied
	}
	return web.OldestFirst(s.DB.Read(ctx), page, func(b Mailbox) int64 { return b.ID })
}

// Get returns a mailbox.
func (s *Service) Get(ctx context.Context, by authz.Actor, id int64) (Mailbox, error) {
	if !canManage(by) {
		return Mailbox{}, errDenied
	}
	return find(s.DB.Read(ctx), id)
}

// Create makes a mailbox.
func (s *Service) Create(ctx context.Context, by authz.Actor, ch Changes) (Mailbox, error) {
	var b Mailbox
	if !canManage(by) {
		return b, errDenied
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		b = Mailbox{
			Active: true, Source: Listener, Port: 993, Security: TLS, Auth: Password, Folder: "INBOX", UnknownSenders: CreateSender,
			SenderCap: defaultCap, PlusAddress: true, Acknowledge: true, Language: "en", Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if _, err := s.apply(ch, &b); err != nil {
			return err
		}
		if err := check(tx.DB, &b); err != nil {
			return err
		}
		var n int64
		if err := tx.Model(&Mailbox{}).Count(&n).Error; err != nil {
			return fmt.Errorf("count the mailboxes: %w", err)
		}
		if n >= maxMailboxes {
			return fault.New(fault.Conflict, "mailbox.too_many", "There can be at most %d mailboxes.", maxMailboxes)
		}
		err := tx.DB.Create(&b).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if err != nil {
			return fmt.Errorf("make a mailbox: %w", err)
		}
		return tx.Emit(Created, Subject, b.ID, nil)
	})
	return b, err
}

// columns are what a change may write.
var columns = []string{
	"name", "address", "address_key", "active", "source", "host", "port", "security", "username", "auth", "secret", "oauth_token_url",
	"oauth_client_id", "oauth_secret", "folder", "category_id", "team_id", "sender_name", "language", "unknown_senders", "sender_cap",
	"plus_address", "catch_all", "acknowledge", "version", "updated_at", "last_error", "uid_validity", "last_uid",
}

// Update changes a mailbox.
func (s *Service) Update(ctx context.Context, by authz.Actor, id int64, want etag.Condition, ch Changes) (Mailbox, error) {
	var b Mailbox
	if !canManage(by) {
		return b, errDenied
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		var err error
		if b, err = find(tx.DB, id); err != nil {
			return err
		}
		if err := want.Check(b.Version); err != nil {
			return err
		}
		changed, err := s.apply(ch, &b)
		if err != nil {
			return err
		}
		if err := check(tx.DB, &b); err != nil || len(changed) == 0 {
			return err
		}
		if slices.ContainsFunc([]string{"host", "folder", "username", "source"}, func(n string) bool { return slices.Contains(changed, n) }) {
			b.UIDValidity, b.LastUID = 0, 0 // another box, with other numbers
		}
		b.LastError, b.Version, b.UpdatedAt = "", b.Version+1, tx.Now
		res := tx.Model(&Mailbox{}).Where("id = ? AND version = ?", id, b.Version-1).Select(columns).Updates(&b)
		if errors.Is(res.Error, gorm.ErrDuplicatedKey) {
			return errTaken
		}
		if res.Error != nil {
			return fmt.Errorf("save mailbox %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Updated, Subject, id, Fields{changed})
	})
	return b, err
}

// Delete removes a mailbox that never got a message.
func (s *Service) Delete(ctx context.Context, by authz.Actor, id int64, want etag.Condition) error {
	if !canManage(by) {
		return errDenied
	}
	return s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		b, err := find(tx.DB, id)
		if err != nil {
			return err
		}
		if err := want.Check(b.Version); err != nil {
			return err
		}
		var found []int64
		if err := tx.Model(&Message{}).Where("mailbox_id = ?", id).Limit(1).Pluck("id", &found).Error; err != nil {
			return fmt.Errorf("look for messages of mailbox %d: %w", id, err)
		}
		if len(found) > 0 {
			return errInUse
		}
		res := tx.Where("id = ? AND version = ?", id, b.Version).Delete(&Mailbox{})
		if res.Error != nil {
			return fmt.Errorf("delete mailbox %d: %w", id, res.Error)
		}
		if res.RowsAffected != 1 {
			return errChanged
		}
		return tx.Emit(Deleted, Subject, id, nil)
	})
}

// testPatience is how long a try to reach a server may take.
const testPatience = 20 * time.Second

// Test signs in to the server of a mailbox, as it is set up, and says why that
// does not work.
func (s *Service) Test(ctx context.Context, by authz.Actor, id int64) (problem string, err error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return "", err
	}
	if b.Source != IMAP || s.connect == nil {
		return "", errNoServer
	}
	ctx, stop := context.WithTimeout(ctx, testPatience)
	defer stop()
	if err := s.connect(ctx, b); err != nil {
		return db.Cut(plain(err.Error()), 500), nil
	}
	return "", nil
}

// EnsureDefault makes the first mailbox where the listener is on and there is
// none: it takes whatever comes.
func (s *Service) EnsureDefault(ctx context.Context, address string) error {
	var n int64
	if err := s.DB.Read(ctx).Model(&Mailbox{}).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	name, yes := "Help desk", true
	_, err := s.Create(ctx, system, Changes{Name: &name, Address: &address, CatchAll: &yes})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// Messages returns a page of the messages, newest first, without what they hold.
func (s *Service) Messages(ctx context.Context, by authz.Actor, mailboxID int64, state State, page web.Page) (web.Rows[Message], error) {
	if !canManage(by) {
		return web.Rows[Message]{}, errDenied
	}
	q := s.DB.Read(ctx).Omit("raw", "trace")
	if mailboxID != 0 {
		q = q.Where("mailbox_id = ?", mailboxID)
	}
	if state != "" {
		q = q.Where("state = ?", state)
	}
	return web.NewestFirst(q, page, func(m Message) int64 { return m.ID })
}
