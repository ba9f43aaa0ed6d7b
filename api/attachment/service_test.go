package attachment_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/testkit"
)

// kept lists the files in the store of a scene.
func (s scene) kept(t *testing.T, folder string) []string {
	t.Helper()
	var out []string
	root := filepath.Join(s.data, "attachments", folder)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTheQuotaHoldsForUploadsAtOnce begins uploads of one person from many windows.
func TestTheQuotaHoldsForUploadsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		by := authz.Actor{ID: s.eric.ID, Role: authz.Employee}
		var made atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 15 {
					_, err := s.App.Attachment.Begin(t.Context(), by, "f", 1)
					switch {
					case err == nil:
						made.Add(1)
					case !fault.Is(err, fault.Conflict):
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := made.Load(); n != 100 {
			t.Errorf("%d uploads", n)
		}
	})
}

// TestCollection lets uploads expire and contents lose their last attachment.
func TestCollection(t *testing.T) {
	each(t, func(t *testing.T, s scene) {
		run := func() {
			t.Helper()
			if err := s.App.Attachment.Collect(t.Context(), job.Job{}); err != nil {
				t.Fatal(err)
			}
			if err := s.App.Attachment.Sweep(t.Context(), job.Job{}); err != nil {
				t.Fatal(err)
			}
		}
		wait := func(d time.Duration) {
			s.Clock.Advance(d)
			s.emma.SignIn("emma", "quiet-harbour-lantern-52")
			s.ada.SignIn("ada", "quiet-harbour-lantern-52")
		}
		sent := send(s.emma, "a", "the same")
		s.emma.Post(s.ticket+"/add_comment", obj{"content": "c", "attachment_ids": []int64{sent}}).Want(201)
		twin := send(s.emma, "b", "the same")
		alone := send(s.emma, "c", "another")
		half := begin(s.emma, "d", 10).Want(201).Int("id")
		piece(s.emma, half, 0, "12345").Want(204)
		if n := len(s.kept(t, "blobs")); n != 2 {
			t.Errorf("three files with two contents are %d", n)
		}
		run()
		if len(s.kept(t, "parts")) != 1 || len(s.kept(t, "blobs")) != 2 {
			t.Errorf("collected too early: %v", s.kept(t, ""))
		}
		wait(25 * time.Hour)
		run()
		for _, id := range []int64{twin, alone, half} {
			s.emma.Get(at("/api/attachments/%d", id)).Want(404)
		}
		if len(s.kept(t, "parts")) != 0 || len(s.kept(t, "blobs")) != 1 {
			t.Errorf("left: %v", s.kept(t, ""))
		}
		s.emma.Get(content(sent)).Want(200)
		// An upload of a content that nobody has any more, just before the collector comes.
		s.ada.Delete(at("/api/attachments/%d", sent)).Want(204)
		wait(25 * time.Hour)
		again := send(s.emma, "e", "the same")
		run()
		if a := s.emma.Get(content(again)).Want(200); string(a.Raw) != "the same" {
			t.Errorf("%q", a.Raw)
		}
		// And just after it.
		s.emma.Delete(at("/api/uploads/%d", again)).Want(204)
		wait(25 * time.Hour)
		run()
		if len(s.kept(t, "blobs")) != 0 {
			t.Errorf("left: %v", s.kept(t, ""))
		}
		s.emma.Get(content(send(s.emma, "f", "the same"))).Want(200)
		// What a crash left: files without rows, old and new.
		old := filepath.Join(s.data, "attachments", "blobs", "aa", "bb", "aabb-lost")
		if err := errors.Join(os.MkdirAll(filepath.Dir(old), 0o750), os.WriteFile(old, []byte("x"), 0o600), os.WriteFile(old+"2", []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
		long := s.Clock.Now().Add(-72 * time.Hour)
		if err := os.Chtimes(old, long, long); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(old+"2", s.Clock.Now(), s.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		run()
		if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a file without a row stays: %v", err)
		}
		if _, err := os.Stat(old + "2"); err != nil {
			t.Errorf("a file that may be about to get its row: %v", err)
		}
	})
}

// TestPurgedTicketsTakeTheirFiles deletes a ticket for good.
func TestPurgedTicketsTakeTheirFiles(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	f := send(s.emma, "a", "a")
	s.emma.Post(s.ticket+"/add_comment", obj{"content": "c", "attachment_ids": []int64{f}}).Want(201)
	s.ada.Delete(s.ticket).Want(204)
	s.Clock.Advance(25 * time.Hour)
	if err := s.App.Ticket.RunPurge(t.Context(), job.Job{}); err != nil {
		t.Fatal(err)
	}
	var n int64
	if err := s.DB.Read(t.Context()).Model(&attachment.Attachment{}).Count(&n).Error; err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestLostFiles takes a file out of the store behind the desk's back.
func TestLostFiles(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	id := send(s.emma, "a", "precious")
	if err := os.Remove(s.kept(t, "blobs")[0]); err != nil {
		t.Fatal(err)
	}
	s.emma.Get(content(id)).WantCode(404, "attachment.lost")
	var missing int
	total, err := s.App.Attachment.Missing(t.Context(), func(attachment.Blob) { missing++ })
	if err != nil || total != 1 || missing != 1 {
		t.Errorf("%d of %d, %v", missing, total, err)
	}
	send(s.emma, "b", "precious") // brings it back
	s.emma.Get(content(id)).Want(200)
}

// fullStore has no room.
type fullStore struct{ blob.Store }

func (fullStore) Put(context.Context, string, io.Reader, int64) error { return blob.ErrFull }

func TestNoRoom(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	real := s.App.Attachment.Store
	s.App.Attachment.Store = fullStore{real}
	by := authz.Person(s.emma.ID, "emma", authz.Employee, authz.Options{})
	_, err := s.App.Attachment.Upload(t.Context(), by, "a", strings.NewReader("abc"))
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "attachment.no_space" {
		t.Errorf("%v", err)
	}
	var n int64
	if err := s.DB.Read(t.Context()).Model(&attachment.Attachment{}).Count(&n).Error; err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
	s.App.Attachment.Store = real
	send(s.emma, "a", "abc")
}

// TestTheStoreIsAway takes the bucket away for a while.
func TestTheStoreIsAway(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	real := s.App.Attachment.Store
	id := send(s.emma, "a", "abc")
	by := authz.Person(s.emma.ID, "emma", authz.Employee, authz.Options{})
	is := func(what string, err error) {
		t.Helper()
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "attachment.store_away" {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	away, err := blob.Open("s3://key:secret@"+strings.TrimPrefix(gone.URL, "http://")+"/files?tls=off&region=us-east-1", "")
	if err != nil {
		t.Fatal(err)
	}
	s.App.Attachment.Store = away
	_, _, err = s.App.Attachment.Open(t.Context(), by, id)
	is("open", err)
	_, err = s.App.Attachment.Upload(t.Context(), by, "b", strings.NewReader("another"))
	is("upload", err)
	s.App.Attachment.Store = real
	s.emma.Get(fmt.Sprintf("/api/attachments/%d/content", id)).Want(200)
	send(s.emma, "b", "another")
}

// clamd answers as one does; verdict may change.
func clamd(t *testing.T, verdict *atomic.Value) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				cmd := make([]byte, 10)
				if _, err := io.ReadFull(c, cmd); err != nil || string(cmd) != "zINSTREAM\x00" {
					return
				}
				var all []byte
				for {
					var n uint32
					if binary.Read(c, binary.BigEndian, &n) != nil {
						return
					}
					if n == 0 {
						break
					}
					b := make([]byte, n)
					if _, err := io.ReadFull(c, b); err != nil {
						return
					}
					all = append(all, b...)
				}
				switch v, _ := verdict.Load().(string); {
				case v != "":
					_, _ = io.WriteString(c, v)
				case bytes.Contains(all, []byte("EICAR")):
					_, _ = io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
				default:
					_, _ = io.WriteString(c, "stream: OK\x00")
				}
			}()
		}
	}()
	return "tcp://" + l.Addr().String()
}

// TestScanning lets nothing out before clamd has found it clean.
func TestScanning(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		var verdict atomic.Value
		s := newScene(t, w, func(set *config.Settings) { set.ClamAV = clamd(t, &verdict) })
		good, bad := send(s.emma, "good.txt", "hello"), send(s.emma, "bad.txt", "EICAR")
		s.emma.Get(content(good)).WantCode(409, "attachment.scanning")
		s.emma.Get(at("/api/attachments/%d", good)).Is("state", "scanning")
		s.emma.Post(s.ticket+"/add_comment", obj{"content": "c", "attachment_ids": []int64{good}}).Want(201)
		s.Drain(t)
		s.emma.Get(at("/api/attachments/%d", good)).Is("state", "clean")
		s.emma.Get(content(good)).Want(200)
		s.emma.Get(content(bad)).WantCode(409, "attachment.infected")
		s.emma.Get(at("/api/attachments/%d/thumbnail", bad)).WantCode(409, "attachment.infected")
		s.emma.Post(s.ticket+"/add_comment", obj{"content": "c", "attachment_ids": []int64{bad}}).WantFields("attachment_ids")
		s.emma.Get(content(send(s.emma, "same.txt", "EICAR"))).WantCode(409, "attachment.infected")
		// clamd is unwell, then well again.
		verdict.Store("nonsense")
		late := send(s.emma, "late.txt", "late")
		s.Drain(t)
		s.emma.Get(content(late)).WantCode(409, "attachment.scanning")
		verdict.Store("")
		s.Clock.Advance(time.Minute)
		s.Drain(t)
		s.emma.Get(content(late)).Want(200)
		verdict.Store("INSTREAM size limit exceeded. ERROR\x00")
		large := send(s.emma, "large.txt", "large")
		s.Drain(t)
		s.emma.Get(content(large)).WantCode(409, "attachment.scan_failed")
		// Administrators are told, and nobody else.
		ada := s.Person("quarantine", authz.Admin)
		ada.Get("/api/attachments/quarantine").Want(200).Is("results.0.name", "large.txt").Is("results.0.state", "failed").
			Is("results.1.name", "same.txt").Is("results.2.name", "bad.txt").Is("results.2.sender.username", "emma").Lacks("good.txt")
		s.emma.Get("/api/attachments/quarantine").Want(403)
		s.emma.Get(at("/api/attachments/%d", large)).Is("state", "failed")
	})
}

func encode(t *testing.T, img image.Image, as string) string {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch as {
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// halves is red on the left and blue on the right.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// exif puts an orientation into a JPEG.
func exif(data string, orientation byte) string {
	body := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00"
	return data[:2] + "\xff\xe1" + string([]byte{0, byte(len(body) + 2)}) + body + data[2:]
}

func TestThumbnails(t *testing.T) {
	s := newScene(t, testkit.SQLite(t), nil)
	thumb := func(id int64, query string) image.Image {
		t.Helper()
		a := s.emma.Get(at("/api/attachments/%d/thumbnail%s", id, query)).Want(200)
		if a.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%v", a.Header)
		}
		m, err := jpeg.Decode(bytes.NewReader(a.Raw))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	red := func(m image.Image, x, y int) bool {
		r, _, b, _ := m.At(x, y).RGBA()
		return r > b
	}
	for _, as := range []string{"png", "gif", "jpeg"} {
		id := send(s.emma, "x."+as, encode(t, halves(800, 400), as))
		s.emma.Get(at("/api/attachments/%d", id)).Is("preview", "image").Is("thumbnail", true).Is("width", 800).Is("height", 400)
		if m := thumb(id, ""); m.Bounds().Dx() != 320 || m.Bounds().Dy() != 160 || !red(m, 20, 80) || red(m, 300, 80) {
			t.Errorf("%s: %v", as, m.Bounds())
		}
		if m := thumb(id, "?size=large"); m.Bounds().Dx() != 800 {
			t.Errorf("%s: %v", as, m.Bounds())
		}
	}
	// Held upright: left becomes top.
	m := thumb(send(s.emma, "phone.jpg", exif(encode(t, halves(800, 400), "jpeg"), 6)), "")
	if m.Bounds().Dx() != 160 || m.Bounds().Dy() != 320 || !red(m, 80, 20) || red(m, 80, 300) {
		t.Errorf("turned: %v", m.Bounds())
	}
	// A bomb: 60,000 × 60,000 pixels in a few bytes.
	bomb := []byte(encode(t, halves(1, 1), "png"))
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, data := range map[string]string{
		"bomb.png": string(bomb), "cut.png": encode(t, halves(50, 50), "png")[:60], "cut.jpg": encode(t, halves(50, 50), "jpeg")[:400],
		"text.png": "hello", "drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg"/>`, "zip.png": "PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		id := send(s.emma, name, data)
		s.emma.Get(at("/api/attachments/%d/thumbnail", id)).WantCode(404, "attachment.no_thumbnail")
		s.emma.Get(content(id)).Want(200)
		if name == "bomb.png" {
			s.emma.Get(at("/api/attachments/%d", id)).Is("preview", "none").Is("thumbnail", false).Is("width", 60_000)
		}
	}
	id := send(s.emma, "x.png", encode(t, halves(10, 10), "png"))
	s.emma.Get(at("/api/attachments/%d/thumbnail?size=huge", id)).WantFields("size")
	s.eric.Get(at("/api/attachments/%d/thumbnail", id)).Want(404)
	a := s.emma.Get(at("/api/attachments/%d/thumbnail", id)).Want(200)
	s.emma.Do(http.MethodGet, at("/api/attachments/%d/thumbnail", id), nil, map[string]string{"If-None-Match": a.Header.Get("ETag")}).Want(304)
}
