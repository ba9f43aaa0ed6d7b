package web

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// Handler answers a request or returns why it cannot.
type Handler func(c *gin.Context) error

// Handle adapts a Handler to Gin. What changes something takes no query
// parameters, so any is refused.
func Handle(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		var err error
		if c.Request.Method != http.MethodGet {
			err = ReadQuery(c).Err()
		}
		if err == nil {
			err = h(c)
		}
		if err != nil {
			Fail(c, err)
		}
	}
}

// keyLifetime is how long a repeated Idempotency-Key gets the first answer.
const keyLifetime = 24 * time.Hour

// Keys makes POST repeatable: what a request with an Idempotency-Key does and
// what it answers are committed in one transaction, so a repetition gets the
// same answer and does nothing. The kept answers are encrypted, since some hold
// tokens.
type Keys struct {
	db    *db.DB
	clock clock.Clock
	mac   []byte
	aead  cipher.AEAD
	scope func(*gin.Context) string
}

type idempotencyKey struct {
	ID          int64
	Scope       string
	Key         string `gorm:"column:idem_key"`
	Fingerprint string
	Status      int
	ETag        string `gorm:"column:etag"`
	Body        []byte
	CreatedAt   time.Time
}

func (idempotencyKey) TableName() string { return "idempotency_keys" }

// NewKeys returns the keeper of idempotency keys. scope says whose key it is:
// two callers with different scopes may use the same key.
func NewKeys(d *db.DB, c clock.Clock, secret []byte, scope func(*gin.Context) string) (*Keys, error) {
	sum := sha256.Sum256(append([]byte("idempotency encryption\x00"), secret...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, fmt.Errorf("idempotency keys: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("idempotency keys: %w", err)
	}
	mac := sha256.Sum256(append([]byte("idempotency fingerprint\x00"), secret...))
	return &Keys{db: d, clock: c, mac: mac[:], aead: aead, scope: scope}, nil
}

// Post adapts the Handler of a POST route.
func (k *Keys) Post(h Handler) gin.HandlerFunc {
	return Handle(func(c *gin.Context) error {
		key := c.GetHeader("Idempotency-Key")
		if key == "" {
			return h(c)
		}
		if len(key) > 255 || !printable(key) {
			return fault.New(fault.Invalid, "idempotency_key.invalid", "Idempotency-Key may have 1 to 255 printable ASCII characters.")
		}
		return k.once(c, key, h)
	})
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return utf8.ValidString(s)
}

// errKnown undoes a transaction whose key turned out to be taken.
var errKnown = errors.New("the key is known")

func (k *Keys) once(c *gin.Context, key string, h Handler) error {
	print, err := k.fingerprint(c)
	if err != nil {
		return err
	}
	scope := k.scope(c)
	if done, err := k.replay(c, scope, key, print); done || err != nil {
		return err
	}
	outer, request := c.Writer, c.Request
	defer func() { c.Writer, c.Request = outer, request }()
	var rec *recorder
	err = k.db.Tx(request.Context(), func(ctx context.Context, tx *gorm.DB) error {
		row := idempotencyKey{Scope: scope, Key: key, Fingerprint: print, CreatedAt: k.clock.Now()}
		if err := tx.Create(&row).Error; err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return errKnown
			}
			return fmt.Errorf("keep the idempotency key: %w", err)
		}
		rec = newRecorder(outer)
		c.Writer, c.Request = rec, request.WithContext(ctx)
		if err := h(c); err != nil {
			return err
		}
		body, err := k.seal(rec, row.ID)
		if err != nil {
			return err
		}
		return tx.Model(&row).Updates(map[string]any{"status": rec.status, "body": body}).Error
	})
	c.Writer, c.Request = outer, request
	if errors.Is(err, errKnown) {
		if done, err := k.replay(c, scope, key, print); done || err != nil {
			return err
		}
		return fault.New(fault.Conflict, "idempotency_key.in_use", "A request with this Idempotency-Key is still under way. Try again in a moment.")
	}
	if err != nil {
		return err
	}
	rec.sendTo(outer)
	return nil
}

func (k *Keys) replay(c *gin.Context, scope, key, print string) (bool, error) {
	var row idempotencyKey
	err := k.db.Read(c.Request.Context()).Where("scope = ? AND idem_key = ?", scope, key).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the idempotency key: %w", err)
	}
	if k.clock.Now().Sub(row.CreatedAt) > keyLifetime {
		err := k.db.Tx(c.Request.Context(), func(_ context.Context, tx *gorm.DB) error {
			return tx.Where("id = ?", row.ID).Delete(&idempotencyKey{}).Error
		})
		return false, err
	}
	if !hmac.Equal([]byte(row.Fingerprint), []byte(print)) {
		return false, fault.New(fault.KeyReused, "idempotency_key.reused", "This Idempotency-Key was used for another request. Use a new key for each new request.")
	}
	rec, err := k.open(row)
	if err != nil {
		return false, err
	}
	rec.header.Set("Idempotency-Replayed", "true")
	rec.sendTo(c.Writer)
	return true, nil
}

// fingerprint tells whether two requests ask for the same thing.
func (k *Keys) fingerprint(c *gin.Context) (string, error) {
	body, err := raw(c)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, k.mac)
	for _, part := range []string{c.Request.Method, c.Request.URL.Path, c.Request.URL.RawQuery} {
		m.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil)), nil
}

// Prune deletes keys that have outlived their day.
func (k *Keys) Prune(ctx context.Context) error {
	return k.db.Tx(ctx, func(_ context.Context, tx *gorm.DB) error {
		return tx.Where("created_at < ?", k.clock.Now().Add(-keyLifetime)).Delete(&idempotencyKey{}).Error
	})
}

type kept struct {
	Header http.Header `json:"h"`
	Body   []byte      `json:"b"`
}

func (k *Keys) seal(rec *recorder, id int64) ([]byte, error) {
	plain, err := json.Marshal(kept{Header: rec.header, Body: rec.body.Bytes()})
	if err != nil {
		return nil, fmt.Errorf("keep the answer: %w", err)
	}
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("keep the answer: %w", err)
	}
	return k.aead.Seal(nonce, nonce, plain, strconv.AppendInt(nil, id, 10)), nil
}

func (k *Keys) open(row idempotencyKey) (*recorder, error) {
	n := k.aead.NonceSize()
	if len(row.Body) < n {
		return nil, errors.New("the kept answer is cut off")
	}
	plain, err := k.aead.Open(nil, row.Body[:n], row.Body[n:], strconv.AppendInt(nil, row.ID, 10))
	if err != nil {
		return nil, fmt.Errorf("read the kept answer: %w", err)
	}
	var answer kept
	if err := json.Unmarshal(plain, &answer); err != nil {
		return nil, fmt.Errorf("read the kept answer: %w", err)
	}
	return &recorder{header: answer.Header, status: row.Status, body: *bytes.NewBuffer(answer.Body)}, nil
}

// recorder holds an answer back until its transaction is committed.
type recorder struct {
	gin.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

func newRecorder(w gin.ResponseWriter) *recorder {
	return &recorder{ResponseWriter: w, header: http.Header{}, status: http.StatusOK}
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.wrote && status > 0 {
		r.status = status
	}
}

func (r *recorder) WriteHeaderNow() { r.wrote = true }

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.body.Write(b)
}

func (r *recorder) WriteString(s string) (int, error) { return r.Write([]byte(s)) }

func (r *recorder) Status() int   { return r.status }
func (r *recorder) Size() int     { return r.body.Len() }
func (r *recorder) Written() bool { return r.wrote }
func (r *recorder) Flush()        {}

func (r *recorder) sendTo(w gin.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	w.WriteHeaderNow()
	_, _ = w.Write(r.body.Bytes())
}
