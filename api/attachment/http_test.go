package attachment_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/etag"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type scene struct {
	*house.House
	emma, eric, sam, sue, ada *house.Client
	ticket                    string
	data                      string // the data folder
}

func newScene(t *testing.T, w *testkit.World, change func(*config.Settings)) scene {
	s := scene{data: t.TempDir()}
	s.House = house.New(t, w, func(set *config.Settings) {
		set.DataDir, set.AttachmentMax = s.data, 1
		if change != nil {
			change(set)
		}
	})
	s.emma, s.eric = s.Person("emma", authz.Employee), s.Person("eric", authz.Employee)
	s.sam, s.sue, s.ada = s.Person("sam", authz.ITStaff), s.Person("sue", authz.ITStaff), s.Person("ada", authz.Admin)
	s.ticket = at("/api/tickets/%d", s.emma.Post("/api/tickets", obj{"title": "Printer", "description": "No toner."}).Want(201).Int("id"))
	return s
}

func each(t *testing.T, test func(t *testing.T, s scene)) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) { test(t, newScene(t, w, nil)) })
}

func begin(c *house.Client, name string, size int) *house.Answer {
	return c.Do(http.MethodPost, "/api/uploads", nil, map[string]string{
		"Upload-Length": fmt.Sprint(size), "Tus-Resumable": "1.0.0",
		"Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte(name)) + ",filetype dGV4dC9wbGFpbg==",
	})
}

func piece(c *house.Client, id int64, offset int, data string) *house.Answer {
	return c.Do(http.MethodPatch, at("/api/uploads/%d", id), data, map[string]string{
		"Upload-Offset": fmt.Sprint(offset), "Content-Type": "application/offset+octet-stream",
	})
}

// send uploads a file whole.
func send(c *house.Client, name, content string) int64 {
	id := begin(c, name, len(content)).Want(201).Int("id")
	piece(c, id, 0, content).Want(204)
	return id
}

func content(id int64) string { return at("/api/attachments/%d/content", id) }

// TestFilesGoWhereTheirTextGoes sends files with each kind of text and asks
// everybody for them.
func TestFilesGoWhereTheirTextGoes(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		reply, secret, described := send(s.sam, "reply.txt", "for emma"), send(s.sam, "note.txt", "not for emma"), send(s.emma, "mine.txt", "mine")
		for _, id := range []int64{reply, secret} { // nobody else's before they are sent
			s.sam.Get(content(id)).Want(200)
			for _, c := range []*house.Client{s.emma, s.ada, s.sue} {
				c.Get(content(id)).Want(404)
				c.Get(at("/api/attachments/%d", id)).Want(404)
				c.Delete(at("/api/attachments/%d", id)).Want(404)
				c.Delete(at("/api/uploads/%d", id)).Want(404)
			}
		}
		c := s.sam.Post(s.ticket+"/add_comment", obj{"content": "See this.", "attachment_ids": []int64{reply}}).Want(201).
			Is("attachments.0.id", reply).Is("attachments.0.name", "reply.txt").Is("attachments.0.preview", "text").Is("attachments.0.state", "unscanned")
		s.sam.Post(s.ticket+"/notes", obj{"content": "And this.", "attachment_ids": []int64{secret}}).Want(201).Is("attachments.0.id", secret)
		own := at("/api/tickets/%d", s.emma.Post("/api/tickets", obj{"title": "Mouse", "description": "Gone.", "attachment_ids": []int64{described}}).
			Want(201).Is("attachments.0.id", described).Int("id"))

		if a := s.emma.Get(content(reply)).Want(200); string(a.Raw) != "for emma" {
			t.Errorf("the reply's file holds %q", a.Raw)
		}
		s.emma.Get(s.ticket).Is("comments.0.attachments.0.id", reply).Is("attachments", "[]")
		s.emma.Get(content(secret)).WantCode(404, "attachment.not_found")
		s.emma.Get(at("/api/attachments/%d", secret)).Want(404)
		s.emma.Delete(at("/api/attachments/%d", secret)).Want(404)
		s.eric.Get(content(reply)).Want(404)
		s.sue.Get(content(secret)).Want(200)
		s.emma.Get(own).Is("attachments.0.id", described)
		s.emma.Get(at("/api/comments/%d", c.Int("id"))).Is("attachments.0.id", reply)
		for who, want := range map[*house.Client]int{s.emma: 1, s.sam: 2} {
			if n := len(who.Get(s.ticket + "/attachments").Want(200).Results()); n != want {
				t.Errorf("%s finds %d files, want %d", who.Name, n, want)
			}
		}
		s.eric.Get(s.ticket + "/attachments").Want(404)
		if raw := s.emma.Get(s.ticket + "/events?page_size=100").Want(200).Raw; bytes.Contains(raw, []byte("note")) {
			t.Errorf("the timeline tells an employee of a note's file: %s", raw)
		}
		// Nobody sends what is somebody else's, or twice.
		for _, ids := range []any{[]int64{reply}, []int64{described}, []int64{999}, "x", []string{"1"}, make([]int64, 21)} {
			s.eric.Post("/api/tickets", obj{"title": "x", "description": "x", "attachment_ids": ids}).WantFields("attachment_ids")
		}
		s.sam.Post(s.ticket+"/add_comment", obj{"content": "Again.", "attachment_ids": []int64{reply}}).WantFields("attachment_ids")
		if n := len(s.emma.Get(s.ticket).Field("comments").([]any)); n != 1 {
			t.Errorf("a refused comment was written: %d comments", n)
		}
		// The ticket goes to the trash and comes back with its files.
		s.ada.Delete(s.ticket).Want(204)
		s.emma.Get(content(reply)).Want(404)
		s.ada.Get(content(secret)).Want(404)
		s.ada.Post(s.ticket+"/restore", nil).Want(200).Is("comments.0.attachments.0.id", reply)
		s.emma.Get(content(reply)).Want(200)
		// Whoever is deleted leaves their files.
		s.ada.Delete(at("/api/users/%d", s.sam.ID)).Want(204)
		s.emma.Get(content(reply)).Want(200)
	})
}

// TestEditsAndDeletions adds files to what is there and takes them away.
func TestEditsAndDeletions(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		a, b, n := send(s.emma, "a", "a"), send(s.emma, "b", "b"), send(s.sam, "n", "n")
		c := s.emma.Post(s.ticket+"/add_comment", obj{"content": "One.", "attachment_ids": []int64{a}}).Want(201).Int("id")
		one := at("/api/comments/%d", c)
		s.emma.Patch(one, obj{"attachment_ids": []int64{a, b}}).Want(200).Is("attachments.1.id", b)
		s.emma.Patch(s.ticket, obj{"attachment_ids": []int64{send(s.emma, "d", "d")}}).Want(200).Is("attachments.0.name", "d")
		s.sam.Delete(at("/api/attachments/%d", a)).WantCode(403, "attachment.remove_denied")
		s.emma.Do(http.MethodDelete, at("/api/attachments/%d", a), nil, map[string]string{"If-Match": `"v1"`}).Want(412)
		s.emma.Delete(at("/api/attachments/%d", a)).Want(204)
		s.emma.Get(content(a)).Want(404)
		s.emma.Get(one).Is("attachments.0.id", b)
		s.emma.Delete(one).Want(204)
		s.emma.Get(content(b)).Want(404)
		note := s.sam.Post(s.ticket+"/notes", obj{"content": "N."}).Want(201).Int("id")
		s.sam.Patch(at("/api/notes/%d", note), obj{"attachment_ids": []int64{n}}).Want(200).Is("attachments.0.id", n)
		s.sue.Delete(at("/api/attachments/%d", n)).Want(403)
		s.sam.Delete(at("/api/notes/%d", note)).Want(204)
		s.ada.Get(content(n)).Want(404)
		s.sam.Post(s.ticket+"/notes", obj{"content": "N.", "attachment_ids": []int64{n}}).Want(201) // taken back
		s.ada.Get(content(n)).Want(200)
		s.emma.Get(content(n)).Want(404)
		for _, e := range s.sam.Get(s.ticket + "/events?page_size=100").Want(200).Results() {
			if e["type"] == "attachment.removed" {
				return
			}
		}
		t.Error("the timeline does not say that a file was taken away")
	})
}

// TestHeldMessagesHoldTheirFiles sends, takes back and sends again.
func TestHeldMessagesHoldTheirFiles(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		f := send(s.sam, "f.txt", "held")
		url := s.ticket + "/messages"
		m := s.sam.Post(url, obj{"kind": "reply", "content": "Oops", "attachment_ids": []int64{f}}).Want(201).Is("attachment_ids.0", f).Int("id")
		s.emma.Get(content(f)).Want(404)
		s.sam.Post(url, obj{"kind": "reply", "content": "Twice", "attachment_ids": []int64{f}}).WantFields("attachment_ids")
		s.sam.Delete(at("/api/messages/%d", m)).Want(204)
		m = s.sam.Post(url, obj{"kind": "note", "content": "Now", "attachment_ids": []int64{f}}).Want(201).Int("id")
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.sam.Get(at("/api/messages/%d", m)).Want(200).Is("state", "sent")
		s.emma.Get(content(f)).Want(404)
		s.sue.Get(content(f)).Want(200)
		s.sam.Get(s.ticket+"/notes").Is("results.0.attachments.0.id", f)
	})
}

// TestResume breaks the line and goes on from where it broke.
func TestResume(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		text := strings.Repeat("0123456789", 1000)
		a := begin(s.emma, "long.txt", len(text)).Want(201)
		id := a.Int("id")
		if a.Header.Get("Location") != at("/api/uploads/%d", id) || a.Header.Get("Tus-Resumable") != "1.0.0" {
			t.Errorf("%v", a.Header)
		}
		offset := func() string {
			return s.emma.Do(http.MethodHead, at("/api/uploads/%d", id), nil, nil).Want(204).Header.Get("Upload-Offset")
		}
		piece(s.emma, id, 0, text[:4000]).Want(204)
		piece(s.emma, id, 0, text[:4000]).WantCode(409, "attachment.wrong_offset")
		piece(s.emma, id, 5000, text[5000:]).WantCode(409, "attachment.wrong_offset")
		if got := offset(); got != "4000" {
			t.Errorf("offset %s", got)
		}
		// A line that breaks in the middle of what it announced.
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, s.URL+at("/api/uploads/%d", id), &broken{text[4000:7000]})
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = 6000
		req.Header.Set("Authorization", "Bearer "+s.emma.Token)
		req.Header.Set("Content-Type", "application/offset+octet-stream")
		req.Header.Set("Upload-Offset", "4000")
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
		}
		for range 200 { // until the server has noticed
			if offset() != "4000" {
				break
			}
			time.Sleep(10 * time.Millisecond) // the line is real
		}
		if got := offset(); got != "7000" {
			t.Errorf("after a broken line the offset is %s", got)
		}
		s.emma.Get(content(id)).WantCode(409, "attachment.incomplete")
		s.emma.Post("/api/tickets", obj{"title": "x", "description": "x", "attachment_ids": []int64{id}}).WantFields("attachment_ids")
		s.eric.Do(http.MethodHead, at("/api/uploads/%d", id), nil, nil).Want(404)
		piece(s.eric, id, 7000, text[7000:]).Want(404)
		piece(s.emma, id, 7000, text[7000:]).Want(204)
		got := s.emma.Get(content(id)).Want(200)
		if string(got.Raw) != text {
			t.Errorf("%d bytes came back", len(got.Raw))
		}
		piece(s.emma, id, len(text), "").Want(409)
		// No pieces are left behind.
		if parts, err := filepath.Glob(filepath.Join(s.data, "attachments", "parts", "*", "*")); err != nil || len(parts) != 0 {
			t.Errorf("%v, %v", parts, err)
		}
		if files, err := os.ReadDir(filepath.Join(s.data, "uploads")); err != nil || len(files) != 0 {
			t.Errorf("%v, %v", files, err)
		}
		// Cancel.
		id = begin(s.emma, "b", 100).Want(201).Int("id")
		piece(s.emma, id, 0, "x").Want(204)
		s.emma.Delete(at("/api/uploads/%d", id)).Want(204)
		piece(s.emma, id, 1, "x").Want(404)
	})
}

// TestLastPieceTwice sends the last piece several times at once, as a client does that lost the answer.
func TestLastPieceTwice(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		for range 8 {
			id := begin(s.emma, "twice.txt", 10).Want(201).Int("id")
			piece(s.emma, id, 0, "01234").Want(204)
			var wg sync.WaitGroup
			statuses := make([]int, 6)
			for i := range statuses {
				wg.Go(func() { statuses[i] = piece(s.emma, id, 5, "56789").Status })
			}
			wg.Wait()
			slices.Sort(statuses)
			if statuses[0] != 204 || statuses[1] != 409 || statuses[5] != 409 {
				t.Errorf("statuses %v", statuses)
			}
			if got := s.emma.Get(content(id)).Want(200); string(got.Raw) != "0123456789" {
				t.Errorf("came back as %q", got.Raw)
			}
		}
	})
}

// TestCancelTakesNothingThatWasSent cancels an upload between the check of the request and the end of it.
func TestCancelTakesNothingThatWasSent(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := send(s.emma, "a.txt", "hello")
		s.emma.Post(s.ticket+"/add_comment", obj{"content": "see there", "attachment_ids": []int64{id}}).Want(201)
		by := authz.Person(s.emma.ID, "emma", authz.Employee, authz.Options{})
		if err := s.App.Attachment.Cancel(t.Context(), by, id, etag.Condition{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("cancelling what was sent: %v", err)
		}
		s.emma.Get(content(id)).Want(200)
	})
}

// broken is a body whose source dies.
type broken struct{ rest string }

func (b *broken) Read(p []byte) (int, error) {
	if b.rest == "" {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// TestHostileUploads demands a clear answer, and that nothing is kept.
func TestHostileUploads(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		begin(s.emma, "empty", 0).WantCode(400, "attachment.empty")
		begin(s.emma, "big", 5<<30).WantCode(413, "attachment.too_large")
		for length, status := range map[string]int{"": 400, "-1": 400, "x": 400, "1.5": 400, "99999999999999999999": 413, "1048577": 413} {
			s.emma.Do(http.MethodPost, "/api/uploads", nil, map[string]string{"Upload-Length": length}).Want(status)
		}
		s.emma.Do(http.MethodPost, "/api/uploads", nil, map[string]string{"Upload-Length": "3", "Upload-Metadata": "filename ?"}).Want(400)
		s.emma.Do(http.MethodPost, "/api/uploads", nil, map[string]string{"Upload-Length": "3", "Upload-Metadata": "filename /w=="}).Want(400)
		s.emma.Do(http.MethodPost, "/api/uploads", nil, map[string]string{"Upload-Length": "3", "Tus-Resumable": "0.2.2"}).Want(412)
		id := begin(s.emma, "f", 10).Want(201).Int("id")
		piece(s.emma, id, 0, strings.Repeat("x", 11)).WantCode(413, "attachment.longer_than_announced")
		one := at("/api/uploads/%d", id)
		s.emma.Do(http.MethodPatch, one, "x", map[string]string{"Upload-Offset": "0"}).Want(415)
		s.emma.Do(http.MethodPatch, one, "x", map[string]string{"Upload-Offset": "", "Content-Type": "application/offset+octet-stream"}).Want(400)
		s.emma.Do(http.MethodPatch, one, "x", map[string]string{"Upload-Offset": "-1", "Content-Type": "application/offset+octet-stream"}).Want(400)
		s.emma.Do(http.MethodPatch, one, "x", map[string]string{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "If-Match": `"v9"`}).Want(412)
		// A stream that says nothing of its length, and goes on and on.
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, s.URL+one, io.LimitReader(endless{}, 100<<20))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.emma.Token)
		req.Header.Set("Content-Type", "application/offset+octet-stream")
		req.Header.Set("Upload-Offset", "0")
		if res, err := http.DefaultClient.Do(req); err == nil {
			if res.StatusCode != 413 {
				t.Errorf("an endless stream: %d", res.StatusCode)
			}
			_ = res.Body.Close()
		}
		if got := s.emma.Do(http.MethodHead, one, nil, nil).Want(204).Header.Get("Upload-Offset"); got != "0" {
			t.Errorf("something was kept: %s", got)
		}
		for _, id := range []string{"0", "x", "-1", "99", "9223372036854775808", "1%00"} {
			s.emma.Get("/api/attachments/" + id).Want(404)
			s.emma.Get("/api/attachments/" + id + "/content").Want(404)
		}
		s.emma.Get(content(1) + "?inline=1").Want(400)
		// Too much that waits.
		for range 99 {
			begin(s.eric, "f", 1).Want(201)
		}
		begin(s.eric, "f", 1).Want(201)
		begin(s.eric, "f", 1).WantCode(409, "attachment.quota")
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestForms uploads in one request.
func TestForms(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		form := func(field, name, content string) (string, string) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			p, err := w.CreateFormFile(field, name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(p, content)
			_ = w.Close()
			return b.String(), w.FormDataContentType()
		}
		body, kind := form("file", "log.txt", "hello")
		a := s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind}).Want(201).Is("name", "log.txt").Is("size", 5)
		s.emma.Get(content(a.Int("id"))).Want(200)
		b := s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind, "Idempotency-Key": "k"}).Want(201)
		s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind, "Idempotency-Key": "k"}).Want(201).Is("id", b.Int("id"))
		body, kind = form("other", "log.txt", "hello")
		s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind}).WantFields("file")
		body, kind = form("file", "log.txt", "")
		s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind}).WantCode(400, "attachment.empty")
		body, kind = form("file", "log.txt", strings.Repeat("x", 1<<20+1))
		s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind}).WantCode(413, "attachment.too_large")
		body, kind = form("file", "log.txt", strings.Repeat("x", 1<<20))
		s.emma.Do(http.MethodPost, "/api/attachments", body, map[string]string{"Content-Type": kind}).Want(201)
		s.emma.Do(http.MethodPost, "/api/attachments", body[:len(body)/2], map[string]string{"Content-Type": kind}).Want(400)
		s.emma.Post("/api/attachments", obj{}).Want(415)
		s.emma.Do(http.MethodPost, "/api/attachments", "nonsense", map[string]string{"Content-Type": "multipart/form-data"}).Want(400)
		s.emma.Do(http.MethodPost, "/api/attachments", "nonsense", map[string]string{"Content-Type": kind}).Want(400)
	})
}

// TestDownloads looks at the headers that keep a browser from doing anything
// with a file by itself.
func TestDownloads(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	page := "<!doctype html><script>alert(1)</script>"
	id := send(s.emma, `a/..\../evil"name`+"\r\nX: y 🧯.html", page)
	a := s.emma.Get(content(id)).Want(200)
	for name, want := range map[string]string{
		"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
		"Cache-Control":           "private, no-cache", "Accept-Ranges": "bytes", "X": "",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
	if err != nil || kind != "attachment" || params["filename"] != "evil_name__X_ y 🧯.html" {
		t.Errorf("%q: %s %v %v", a.Header.Get("Content-Disposition"), kind, params, err)
	}
	s.emma.Get(at("/api/attachments/%d", id)).Is("preview", "none").Is("thumbnail", false).Is("name", "evil_name__X_ y 🧯.html")
	part := s.emma.Do(http.MethodGet, content(id), nil, map[string]string{"Range": "bytes=2-8"}).Want(206)
	if string(part.Raw) != "doctype" || part.Header.Get("Content-Range") != at("bytes 2-8/%d", len(page)) {
		t.Errorf("%q %v", part.Raw, part.Header)
	}
	s.emma.Do(http.MethodGet, content(id), nil, map[string]string{"Range": "bytes=900-"}).WantCode(416, "attachment.no_such_range")
	s.emma.Do(http.MethodGet, content(id), nil, map[string]string{"If-None-Match": a.Header.Get("ETag")}).Want(304)
	s.emma.Do(http.MethodGet, content(id), nil, map[string]string{"If-Match": `"x"`}).Want(412)
	s.Nobody().Get(content(id)).Want(401)
}

func TestTypes(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), func(set *config.Settings) { set.AttachmentAllow = "image/*,text/plain" })
	id := begin(s.emma, "harmless.txt", 9).Want(201).Int("id")
	piece(s.emma, id, 0, "%PDF-1.7\n").WantCode(415, "attachment.type_refused")
	s.emma.Get(at("/api/attachments/%d", id)).Want(404)
	send(s.emma, "page.pdf", "only text")
	s.emma.Get("/api/config").Is("attachments.allowed.0", "image/*")
}

// TestAnnouncedSize: who announces 5 GB hears at once that it is too much, before
// sending any of it.
func TestAnnouncedSize(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		id := begin(s.emma, "f", 10).Want(201).Int("id")
		for name, head := range map[string]string{
			"a form":             "POST /api/attachments HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x",
			"a piece":            at("PATCH /api/uploads/%d HTTP/1.1\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0", id),
			"a file of a ticket": "POST /api/tickets HTTP/1.1\r\nContent-Type: application/json",
		} {
			line, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			_ = line.SetDeadline(time.Now().Add(10 * time.Second)) // the line is real
			_, _ = fmt.Fprintf(line, "%s\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", head, s.emma.Token, 5<<30)
			answer := make([]byte, 4096)
			n, err := line.Read(answer)
			if _, status, _ := strings.Cut(string(answer[:n]), " "); err != nil || !strings.HasPrefix(status, "413") {
				t.Errorf("%s of 5 GB: %v %s", name, err, answer[:n])
			}
			_ = line.Close()
		}
		if got := s.emma.Do(http.MethodHead, at("/api/uploads/%d", id), nil, nil).Want(204).Header.Get("Upload-Offset"); got != "0" {
			t.Errorf("something was kept: %s", got)
		}
		if files, err := os.ReadDir(filepath.Join(s.data, "uploads")); (err != nil && !os.IsNotExist(err)) || len(files) > 0 {
			t.Errorf("%v, %v", files, err)
		}
	})
}
