package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// List is the shape of every list.
type List[T any] struct {
	Count      int64   `json:"count" example:"42"`
	CountExact bool    `json:"count_exact" example:"true"`
	Next       *string `json:"next" extensions:"x-nullable" example:"http://localhost:8080/api/tickets?cursor=eyJzIjoi"`
	Previous   *string `json:"previous" extensions:"x-nullable"`
	Results    []T     `json:"results"`
}

// Detail is the answer of an operation that has nothing to show but words.
type Detail struct {
	Detail string `json:"detail" example:"If the address has an account, a message is on its way."`
}

// Rows is one page of rows, with what is needed to go on from it. Count is the
// number of rows of the whole list, or more than MaxCount.
type Rows[T any] struct {
	Rows      []T
	Count     int64
	More      bool // Count is not all of them, however few
	HasBefore bool
	HasAfter  bool
	CursorOf  func(T) Cursor
}

// Cut takes what was fetched for a page, which is one row more than fits when
// there is more, puts it in the list's order, and notes what lies around it.
func Cut[T, R any](r *Rows[R], fetched []T, page Page) []T {
	more := len(fetched) > page.Size
	if more {
		fetched = fetched[:page.Size]
	}
	if page.Cursor != nil && page.Cursor.Back {
		slices.Reverse(fetched)
		r.HasBefore, r.HasAfter = more, true
	} else {
		r.HasBefore, r.HasAfter = page.Cursor != nil || page.Number > 1, more
	}
	return fetched
}

// SendList answers with a page of a list; view turns a row into what is sent.
func SendList[R, V any](c *gin.Context, rows Rows[R], view func(R) V) error {
	out := List[V]{Count: min(rows.Count, MaxCount), CountExact: !rows.More && rows.Count <= MaxCount, Results: make([]V, len(rows.Rows))}
	for i, r := range rows.Rows {
		out.Results[i] = view(r)
	}
	if n := len(rows.Rows); n > 0 {
		if rows.HasAfter {
			out.Next = link(c, rows.CursorOf(rows.Rows[n-1]), false)
		}
		if rows.HasBefore {
			out.Previous = link(c, rows.CursorOf(rows.Rows[0]), true)
		}
	}
	return send(c, http.StatusOK, out, nil)
}

func link(c *gin.Context, cur Cursor, back bool) *string {
	cur.Back = back
	q := url.Values{}
	for k, v := range c.Request.URL.Query() {
		if k != paramPage {
			q[k] = v
		}
	}
	q.Set(paramCursor, cur.encode())
	u := url.URL{Scheme: Scheme(c), Host: c.Request.Host, Path: c.Request.URL.Path, RawQuery: q.Encode()}
	s := u.String()
	return &s
}

// Scheme returns the scheme the client used, believing X-Forwarded-Proto only
// from a trusted proxy.
func Scheme(c *gin.Context) string {
	if c.Request.TLS != nil {
		return "https"
	}
	if trusted, ok := c.Get(trustedKey); ok {
		if nets, ok := trusted.([]netip.Prefix); ok && contains(nets, c.RemoteIP()) {
			proto, _, _ := strings.Cut(c.GetHeader("X-Forwarded-Proto"), ",")
			if strings.TrimSpace(proto) == "https" {
				return "https"
			}
		}
	}
	return "http"
}

const trustedKey = "trusted_proxies"

// TrustProxies remembers who may say how the client called.
func TrustProxies(nets []netip.Prefix) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(trustedKey, nets) }
}

func contains(nets []netip.Prefix, ip string) bool {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, n := range nets {
		if n.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// Send answers with an object and its entity tag; a GET whose If-None-Match
// names the same tag gets 304.
func Send(c *gin.Context, status int, view any, version int64) error {
	return send(c, status, view, &version)
}

// SendPlain answers with something that has no version of its own.
func SendPlain(c *gin.Context, status int, view any) error { return send(c, status, view, nil) }

func send(c *gin.Context, status int, view any, version *int64) error {
	if !c.GetBool(queryReadKey) {
		// A handler that reads no parameters knows none.
		if err := ReadQuery(c).Err(); err != nil {
			return err
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(view); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	if c.Writer.Header().Get("Cache-Control") == "" {
		c.Header("Cache-Control", "private, no-cache")
	}
	c.Header("Vary", "Authorization")
	if version != nil || c.Request.Method == http.MethodGet {
		sum := sha256.Sum256(buf.Bytes())
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		if version != nil {
			tag = etag.Tag(*version, hex.EncodeToString(sum[:8]))
		}
		c.Header("ETag", tag)
		if c.Request.Method == http.MethodGet && matchesNone(c.GetHeader("If-None-Match"), tag) {
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return nil
		}
	}
	c.Data(status, "application/json; charset=utf-8", buf.Bytes())
	return nil
}

// SendSecret answers with something that nobody may keep.
func SendSecret(c *gin.Context, status int, view any) error {
	c.Header("Cache-Control", "no-store")
	return send(c, status, view, nil)
}

// SendNothing answers 204.
func SendNothing(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}

func matchesNone(header, tag string) bool {
	if strings.TrimSpace(header) == "*" {
		return true
	}
	for _, part := range strings.Split(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}

// IfMatch reads the condition of a write.
func IfMatch(c *gin.Context) etag.Condition {
	return etag.Parse(strings.Join(c.Request.Header.Values("If-Match"), ","))
}

// PageMissing is the answer for a page beyond the last one.
func PageMissing() error {
	return fault.New(fault.NotFound, "page.not_found", "The list has no such page.")
}

// PageTooDeep is the answer for a page number that only walking would reach.
func PageTooDeep() error {
	return fault.Field(paramPage, "Page numbers reach the first %d rows; follow next for more.", MaxCount)
}
