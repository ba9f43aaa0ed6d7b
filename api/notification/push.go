package notification

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/secret"
)

// Subscription is a browser to which somebody lets the desk push (RFC 8030). Its
// keys are sealed.
type Subscription struct {
	ID           int64
	UserID       int64
	EndpointHash string
	Endpoint     string // sealed: whoever knows it may try to push
	P256dh       string `gorm:"column:p256dh"`
	Auth         string // sealed
	Device       string
	CreatedAt    time.Time
	LastAt       *time.Time
}

// TableName names the table for GORM.
func (Subscription) TableName() string { return "push_subscriptions" }

// pushKey is who the desk is for the services that push (RFC 8292).
type pushKey struct {
	ID        int64
	Public    string
	Private   string // sealed
	CreatedAt time.Time
}

func (pushKey) TableName() string { return "push_keys" }

const (
	// maxDevices is how many devices one person has; the oldest makes place.
	maxDevices = 10
	pushTTL    = 24 * 60 * 60 // seconds for which a service keeps what it cannot deliver
)

// keys returns the desk's key, which is made once. One that another secret sealed
// is of no use any more: a new one takes its place, and browsers subscribe anew.
func (s *Service) keys(ctx context.Context) (public, private string, err error) {
	for range 3 {
		var k pushKey
		err := s.DB.Read(ctx).Where("id = 1").Take(&k).Error
		if err == nil {
			private, err = s.Box.Open(k.Private)
			if err == nil {
				return k.Public, private, nil
			}
			if !errors.Is(err, secret.ErrSealed) {
				return "", "", err
			}
		} else if !errors.Is(err, gorm.ErrRecordNotFound) {
			return "", "", fmt.Errorf("read the key for push: %w", err)
		}
		if err := s.makeKey(ctx, k); err != nil && !errors.Is(err, gorm.ErrDuplicatedKey) {
			return "", "", err
		}
	}
	return "", "", errors.New("the key for push cannot be made")
}

func (s *Service) makeKey(ctx context.Context, was pushKey) error {
	private, public, err := webpush.GenerateVAPIDKeys()
	if err != nil {
		return fmt.Errorf("make a key for push: %w", err)
	}
	sealed, err := s.Box.Seal(private)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		if was.ID != 0 {
			res := tx.Where("id = 1 AND public = ?", was.Public).Delete(&pushKey{})
			if res.Error != nil || res.RowsAffected != 1 {
				return res.Error
			}
			if err := tx.Where("1 = 1").Delete(&Subscription{}).Error; err != nil {
				return err
			}
		}
		return tx.Create(&pushKey{ID: 1, Public: public, Private: sealed, CreatedAt: s.Clock.Now()}).Error
	})
}

// PushKey returns the public key with which browsers subscribe.
func (s *Service) PushKey(ctx context.Context) (string, error) {
	public, _, err := s.keys(ctx)
	return public, err
}

// Device is what a browser hands over when it subscribes.
type Device struct {
	Endpoint, P256dh, Auth, Name string
}

// check says what is wrong with what a browser handed over (RFC 8291, section 3.1).
func (s *Service) check(d Device) error {
	if problem := s.Guard.CheckURL(d.Endpoint); problem != "" {
		return fault.Field("endpoint", "%s", problem)
	}
	if key, err := decode(d.P256dh); err != nil || len(key) != 65 || key[0] != 4 {
		return fault.Field("p256dh", "Must be a public key of P-256 in base64url.")
	}
	if key, err := decode(d.Auth); err != nil || len(key) != 16 {
		return fault.Field("auth", "Must be 16 bytes in base64url.")
	}
	return nil
}

func decode(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// Subscribe lets the desk push to a browser of the actor's. A browser that was
// somebody else's is theirs no more.
func (s *Service) Subscribe(ctx context.Context, by authz.Actor, d Device) (Subscription, error) {
	var sub Subscription
	if err := s.check(d); err != nil {
		return sub, err
	}
	endpoint, err := s.Box.Seal(d.Endpoint)
	if err != nil {
		return sub, err
	}
	auth, err := s.Box.Seal(d.Auth)
	if err != nil {
		return sub, err
	}
	sum := sha256.Sum256([]byte(d.Endpoint))
	hash := hex.EncodeToString(sum[:])
	err = s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		if err := tx.Where("endpoint_hash = ?", hash).Delete(&Subscription{}).Error; err != nil {
			return fmt.Errorf("take over a device: %w", err)
		}
		var old []int64
		if err := tx.Model(&Subscription{}).Where("user_id = ?", by.ID).Order("id DESC").Offset(maxDevices-1).Limit(100).Pluck("id", &old).Error; err != nil {
			return fmt.Errorf("read the devices of a person: %w", err)
		}
		if len(old) > 0 {
			if err := tx.Where("id IN ?", old).Delete(&Subscription{}).Error; err != nil {
				return fmt.Errorf("make place for a device: %w", err)
			}
		}
		sub = Subscription{
			UserID: by.ID, EndpointHash: hash, Endpoint: endpoint, P256dh: d.P256dh, Auth: auth, Device: cut(d.Name, maxDeviceName), CreatedAt: tx.Now,
		}
		err := tx.Create(&sub).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return db.ErrLostRace
		}
		return err
	})
	return sub, err
}

// Devices returns the browsers of the actor's, the newest first.
func (s *Service) Devices(ctx context.Context, by authz.Actor) ([]Subscription, error) {
	var out []Subscription
	if err := s.DB.Read(ctx).Where("user_id = ?", by.ID).Order("id DESC").Limit(maxDevices).Find(&out).Error; err != nil {
		return nil, fmt.Errorf("read the devices of a person: %w", err)
	}
	return out, nil
}

// Unsubscribe ends the push to a browser of the actor's.
func (s *Service) Unsubscribe(ctx context.Context, by authz.Actor, id int64) error {
	return s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		res := tx.Where("id = ? AND user_id = ?", id, by.ID).Delete(&Subscription{})
		if res.Error != nil {
			return fmt.Errorf("end the push to a device: %w", res.Error)
		}
		if res.RowsAffected == 0 {
			return errDevice
		}
		return nil
	})
}

// pushed is what a browser gets.
type pushed struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	Path  string `json:"path"`
	Tag   string `json:"tag"`
	Lang  string `json:"lang,omitempty"`
}

// payload says in a few words what a message tells.
func (n *news) payload() ([]byte, error) {
	w := wordsOf(n.to)
	all, _ := n.paragraphs()
	p := pushed{Title: fmt.Sprintf(w.subject, len(all)), Path: "/notifications", Tag: "fixdesk-news", Lang: n.to.Language}
	var lines []string
	if len(all) == 1 {
		p.Title = cut(fmt.Sprintf("#%d %s", all[0].about.ID, oneLine(all[0].about.Title)), 200)
		p.Path, p.Tag = fmt.Sprintf("/tickets/%d", all[0].about.ID), fmt.Sprintf("fixdesk-ticket-%d", all[0].about.ID)
		lines = all[0].lines
	} else {
		for _, a := range all {
			lines = append(lines, fmt.Sprintf("#%d %s", a.about.ID, oneLine(a.about.Title)))
		}
	}
	lines = slices.Compact(lines)
	p.Body = cut(strings.Join(lines[:min(len(lines), 5)], "\n"), 500)
	return json.Marshal(p)
}

// push sends a message to every browser that does not have it yet.
func (s *Service) push(ctx context.Context, m *Message, n *news) (State, error) {
	var devices []Subscription
	if err := s.DB.Read(ctx).Where("user_id = ?", m.UserID).Order("id").Limit(maxDevices).Find(&devices).Error; err != nil {
		return Pending, fmt.Errorf("read the devices of a person: %w", err)
	}
	public, private, err := s.keys(ctx)
	if err != nil {
		return Pending, err
	}
	body, err := n.payload()
	if err != nil {
		return Pending, fmt.Errorf("write a push: %w", err)
	}
	var failed error
	for _, d := range devices {
		if slices.Contains(m.Done, d.ID) {
			continue
		}
		gone, err := s.pushTo(ctx, d, body, public, private)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		m.Done = append(m.Done, d.ID)
		if err := s.settle(ctx, d, gone); err != nil {
			return Pending, err
		}
	}
	switch {
	case failed != nil:
		return Pending, failed
	case len(m.Done) == 0:
		return Dropped, nil
	}
	return Sent, nil
}

// settle notes that a device has a message, or takes away one that is gone.
func (s *Service) settle(ctx context.Context, d Subscription, gone bool) error {
	return s.DB.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		if gone {
			return tx.Where("id = ?", d.ID).Delete(&Subscription{}).Error
		}
		return tx.Model(&Subscription{}).Where("id = ?", d.ID).Update("last_at", s.Clock.Now()).Error
	})
}

// pushTo sends to one browser; gone says that it is none any more, or not ours.
func (s *Service) pushTo(ctx context.Context, d Subscription, body []byte, public, private string) (gone bool, err error) {
	endpoint, err := s.Box.Open(d.Endpoint)
	if err != nil {
		return errors.Is(err, secret.ErrSealed), nil //nolint:nilerr // what cannot be opened is of no use
	}
	auth, err := s.Box.Open(d.Auth)
	if err != nil {
		return errors.Is(err, secret.ErrSealed), nil //nolint:nilerr // the same
	}
	if s.Guard.CheckURL(endpoint) != "" {
		return true, nil
	}
	res, err := webpush.SendNotificationWithContext(ctx, body, &webpush.Subscription{
		Endpoint: endpoint, Keys: webpush.Keys{P256dh: d.P256dh, Auth: auth},
	}, &webpush.Options{
		HTTPClient: s.client, Subscriber: s.subscriber(), TTL: pushTTL, Urgency: webpush.UrgencyNormal, RecordSize: 2048,
		VAPIDPublicKey: public, VAPIDPrivateKey: private,
	})
	if err != nil {
		return false, fmt.Errorf("push to device %d: %w", d.ID, err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<10))
	_ = res.Body.Close()
	switch {
	case res.StatusCode >= 200 && res.StatusCode <= 299:
		return false, nil
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode >= 500, res.StatusCode == http.StatusRequestTimeout:
		return false, fmt.Errorf("push to device %d: the answer was %d", d.ID, res.StatusCode)
	}
	// 404 and 410 end a subscription (RFC 8030, section 7.3); who is refused for
	// another reason is refused for ever.
	return true, nil
}

// subscriber is where the services that push may complain (RFC 8292, section 2.1).
func (s *Service) subscriber() string {
	if strings.HasPrefix(s.Public, "https://") {
		return s.Public
	}
	return s.From
}
