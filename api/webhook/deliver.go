package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/secret"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// waits is the schedule that Standard Webhooks recommends: how long after an
// attempt the next one follows. The first is made at once.
var waits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	maxResponse = 1 << 10
	maxError    = 500
	// disableAfter is how long a webhook may take nothing at all.
	disableAfter = 5 * 24 * time.Hour
	throttled    = time.Minute // after 429, 502, 503 and 504 without Retry-After
	maxWait      = 24 * time.Hour
	// After so many failures in a row a webhook gets one message at a time, so that
	// one that hangs does not hold up the work of the others.
	patience = 5
	maxPause = 10 * time.Minute
)

// jitter spreads what failed together over a tenth more of its time.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration(rand.Float64()*0.1*float64(d)) //nolint:gosec // no secret
}

// outcome is what came of an attempt.
type outcome struct {
	Attempt
	retryAfter time.Duration
}

func (o outcome) ok() bool { return o.Error == "" && o.Status >= 200 && o.Status <= 299 }

func (o outcome) throttles() bool {
	switch o.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return o.retryAfter > 0
}

var system = authz.System("webhook")

// RunDeliver makes one attempt; it is a job.
func (s *Service) RunDeliver(ctx context.Context, j job.Job) error {
	var ref deliverRef
	if err := j.Decode(&ref); err != nil {
		return err
	}
	var d Delivery
	err := s.db.Read(ctx).Take(&d, ref.DeliveryID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read delivery %d: %w", ref.DeliveryID, err)
	}
	if d.State != Pending || d.Run != ref.Run {
		return nil // another job has taken it further
	}
	w, err := get(s.db.Read(ctx), d.WebhookID)
	if err != nil {
		return err
	}
	if !w.Active {
		return s.cancel(ctx, d, "The webhook is disabled.")
	}
	if now := s.clock.Now(); w.PausedUntil != nil && now.Before(*w.PausedUntil) {
		return s.postpone(ctx, d, now.Add(jitter(w.PausedUntil.Sub(now))))
	}
	o, err := s.attempt(ctx, &w, &d)
	if errors.Is(err, errUnheard) {
		return s.cancel(ctx, d, "The webhook may not hear of this ticket any more.")
	}
	if err != nil {
		return err
	}
	return s.record(ctx, d, o, false)
}

var errUnheard = errors.New("the webhook may not hear of it")

func (s *Service) cancel(ctx context.Context, d Delivery, why string) error {
	return s.move(ctx, d, map[string]any{"state": Cancelled, "finished_at": s.clock.Now(), "next_at": nil, "last_error": why})
}

func (s *Service) postpone(ctx context.Context, d Delivery, at time.Time) error {
	return s.bus.Do(ctx, system, func(tx *event.Tx) error {
		ok, err := moved(tx, d, map[string]any{"run": d.Run + 1, "next_at": at})
		if err != nil || !ok {
			return err
		}
		return enqueue(tx, d.ID, d.Run+1, at)
	})
}

func (s *Service) move(ctx context.Context, d Delivery, to map[string]any) error {
	return s.bus.Do(ctx, system, func(tx *event.Tx) error {
		_, err := moved(tx, d, to)
		return err
	})
}

// moved changes a delivery unless another job has taken it further.
func moved(tx *event.Tx, d Delivery, to map[string]any) (bool, error) {
	res := tx.Model(&Delivery{}).Where("id = ? AND state = ? AND run = ?", d.ID, Pending, d.Run).Updates(to)
	if res.Error != nil {
		return false, fmt.Errorf("save delivery %d: %w", d.ID, res.Error)
	}
	return res.RowsAffected == 1, nil
}

// attempt sends a delivery once. An error is one of the desk; whatever goes wrong
// at the other end is in the outcome.
func (s *Service) attempt(ctx context.Context, w *Webhook, d *Delivery) (outcome, error) {
	o := outcome{Attempt: Attempt{DeliveryID: d.ID, At: s.clock.Now()}}
	body, err := s.body(ctx, w, d)
	if err != nil {
		return o, err
	}
	if body != d.Payload {
		o.Request = &body
	}
	address, err := s.address(w)
	if errors.Is(err, secret.ErrSealed) {
		o.Error = "Its address was sealed with another FIXDESK_SECRET. Enter it again."
		return o, nil
	}
	if err != nil {
		return o, err
	}
	if problem := s.guard.CheckURL(address); problem != "" {
		o.Error = "The address is not allowed any more. " + problem
		return o, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		o.Error = "The address cannot be called."
		return o, nil //nolint:nilerr // the outcome says it
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Fixdesk-Webhook/1")
	if w.Kind == Standard {
		signed, err := s.signatures(w, d.MessageID, o.At, body)
		if errors.Is(err, secret.ErrSealed) {
			o.Error = "Its secret was sealed with another FIXDESK_SECRET. Give the webhook a new one."
			return o, nil
		}
		if err != nil {
			return o, err
		}
		req.Header.Set("webhook-id", d.MessageID)
		req.Header.Set("webhook-timestamp", strconv.FormatInt(o.At.Unix(), 10))
		req.Header.Set("webhook-signature", signed)
	}
	began := clock.System{}.Now() // how long the network took, whatever time it is for the desk
	res, err := s.client.Do(req)
	if err == nil {
		o.Status = res.StatusCode
		o.retryAfter = retryAfter(res.Header.Get("Retry-After"), o.At)
		var raw []byte
		raw, err = io.ReadAll(io.LimitReader(res.Body, maxResponse))
		o.Response = plain(string(raw), maxResponse)
		_ = res.Body.Close()
		if err != nil && o.Status >= 200 && o.Status <= 299 {
			err = nil // it was taken, whatever became of the words
		}
	}
	o.DurationMS = clock.System{}.Now().Sub(began).Milliseconds()
	switch {
	case err != nil:
		o.Error = plain(withoutAddress(err), maxError)
	case o.Status >= 300 && o.Status <= 399:
		o.Error = "Redirects are not followed."
	case !o.ok():
		o.Error = "The answer was " + strconv.Itoa(o.Status) + "."
	}
	return o, nil
}

// body returns what is sent: the message, or for a chat its words.
func (s *Service) body(ctx context.Context, w *Webhook, d *Delivery) (string, error) {
	if d.EventID == 0 {
		if w.Kind == Standard {
			return d.Payload, nil
		}
		return chatBody(w.Kind, chatText{Text: "Test message from Fixdesk", URL: s.public})
	}
	var t struct {
		Title        string
		Confidential bool
	}
	if d.TicketID != nil {
		err := s.db.Read(ctx).Model(&ticket.Ticket{}).Select("title", "confidential").Where("id = ?", *d.TicketID).Limit(1).Scan(&t).Error
		if err != nil {
			return "", fmt.Errorf("read ticket %d: %w", *d.TicketID, err)
		}
		// It may have become confidential while the message waited.
		if t.Confidential && !w.Confidential {
			return "", errUnheard
		}
	}
	if w.Kind == Standard {
		return d.Payload, nil
	}
	e, err := s.bus.Find(ctx, d.EventID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", errUnheard // its ticket was purged
	}
	if err != nil {
		return "", err
	}
	return chatBody(w.Kind, s.words(e, t.Title))
}

// retryAfter reads the header (RFC 9110): seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(value); err == nil {
		d = time.Duration(min(max(n, 0), int(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxWait)
}

// plain makes a text of anything, at most most bytes long.
func plain(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// record writes down what came of an attempt and decides what follows. A test is
// not tried again.
func (s *Service) record(ctx context.Context, d Delivery, o outcome, test bool) error {
	return s.bus.Do(ctx, system, func(tx *event.Tx) error {
		w, err := get(tx.DB, d.WebhookID)
		if err != nil {
			return err
		}
		to := map[string]any{
			"attempts": d.Attempts + 1, "last_status": o.Status, "last_error": o.Error,
			"state": Dead, "finished_at": tx.Now, "next_at": nil,
		}
		again := false
		at := tx.Now
		switch {
		case o.ok():
			to["state"] = Delivered
		case test || o.Status == http.StatusGone || d.Attempts >= len(waits):
		default:
			again = true
			at = tx.Now.Add(max(jitter(waits[d.Attempts]), o.retryAfter))
			to["state"], to["finished_at"], to["next_at"], to["run"] = Pending, nil, at, d.Run+1
		}
		ok, err := moved(tx, d, to)
		if err != nil || !ok {
			return err
		}
		log := o.Attempt
		if err := tx.Create(&log).Error; err != nil {
			return fmt.Errorf("log an attempt: %w", err)
		}
		if again {
			if err := enqueue(tx, d.ID, d.Run+1, at); err != nil {
				return err
			}
		}
		return judge(tx, w, o, test)
	})
}

// judge keeps how well a webhook does, and disables one that is gone.
func judge(tx *event.Tx, w Webhook, o outcome, test bool) error {
	to := map[string]any{}
	var reason Reason
	switch {
	case o.ok():
		if w.Failures == 0 && w.LastSuccessAt != nil && tx.Now.Sub(*w.LastSuccessAt) < time.Minute {
			return nil // a row that everybody writes is one that everybody waits for
		}
		to = map[string]any{"failures": 0, "failing_since": nil, "paused_until": nil, "last_success_at": tx.Now}
	case o.Status == http.StatusGone:
		reason = Gone
	case test:
		return nil
	default:
		to["failures"] = w.Failures + 1
		since := tx.Now
		if w.FailingSince != nil {
			since = *w.FailingSince
		}
		to["failing_since"] = since
		switch {
		case o.throttles():
			to["paused_until"] = tx.Now.Add(max(o.retryAfter, throttled))
		case w.Failures+1 >= patience:
			to["paused_until"] = tx.Now.Add(min(10*time.Second<<min(w.Failures+1-patience, 6), maxPause))
		}
		if tx.Now.Sub(since) >= disableAfter {
			reason = Failing
		}
	}
	if reason != "" && w.Active {
		to["active"], to["disabled_reason"], to["version"], to["updated_at"] = false, reason, w.Version+1, tx.Now
	}
	if len(to) == 0 {
		return nil
	}
	if err := tx.Model(&Webhook{}).Where("id = ?", w.ID).Updates(to).Error; err != nil {
		return fmt.Errorf("save how webhook %d does: %w", w.ID, err)
	}
	if reason != "" && w.Active {
		return tx.Emit(Disabled, Subject, w.ID, map[string]any{"reason": reason})
	}
	return nil
}
