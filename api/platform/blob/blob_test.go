package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// each runs a test on a folder and on a server that speaks S3.
func each(t *testing.T, test func(t *testing.T, s Store)) {
	t.Run("disk", func(t *testing.T) { test(t, NewDisk(filepath.Join(t.TempDir(), "new"))) })
	t.Run("s3", func(t *testing.T) {
		backend := s3mem.New()
		if err := backend.CreateBucket("files"); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(srv.Close)
		s, err := Open("s3://key:secret@"+strings.TrimPrefix(srv.URL, "http://")+"/files/desk?tls=off&region=us-east-1", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.(*S3).Ready(context.Background()); err != nil {
			t.Fatal(err)
		}
		test(t, s)
	})
}

func TestStore(t *testing.T) {
	each(t, func(t *testing.T, s Store) {
		ctx := context.Background()
		if _, err := s.Open(ctx, "a/b/c"); !errors.Is(err, ErrMissing) {
			t.Errorf("open nothing: %v", err)
		}
		if _, err := s.Stat(ctx, "a/b/c"); !errors.Is(err, ErrMissing) {
			t.Errorf("stat nothing: %v", err)
		}
		if err := s.Delete(ctx, "a/b/c"); err != nil {
			t.Errorf("delete nothing: %v", err)
		}
		data := bytes.Repeat([]byte("0123456789"), 1000)
		for _, key := range []string{"a/b/c", "a/d", "e/f"} {
			if err := s.Put(ctx, key, bytes.NewReader(data), int64(len(data))); err != nil {
				t.Fatal(err)
			}
		}
		f, err := s.Open(ctx, "a/b/c")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(9995, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		tail, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil || string(tail) != "56789" || f.Info().Size != 10000 {
			t.Errorf("%q, %v, %v", tail, f.Info(), err)
		}
		var keys []string
		list := func(i Info) error { keys = append(keys, i.Key); return nil }
		if err := s.Walk(ctx, "a/", list); err != nil || !slices.Equal(keys, []string{"a/b/c", "a/d"}) {
			t.Errorf("%v, %v", keys, err)
		}
		if err := s.Delete(ctx, "a/b/c", "a/d"); err != nil {
			t.Fatal(err)
		}
		keys = nil
		if err := s.Walk(ctx, "", list); err != nil || !slices.Equal(keys, []string{"e/f"}) {
			t.Errorf("%v, %v", keys, err)
		}
		for _, bad := range []string{"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", `a\b`, "a\x00"} {
			if err := s.Put(ctx, bad, strings.NewReader("x"), 1); err == nil {
				t.Errorf("%q was taken as a key", bad)
			}
			if _, err := s.Open(ctx, bad); err == nil {
				t.Errorf("%q was opened", bad)
			}
		}
	})
}

// TestHalfAFileIsNoFile ends the content in the middle.
func TestHalfAFileIsNoFile(t *testing.T) {
	each(t, func(t *testing.T, s Store) {
		ctx := context.Background()
		broken := io.MultiReader(strings.NewReader("half"), errReader{})
		if err := s.Put(ctx, "k", broken, 8); err == nil {
			t.Error("half a file was kept")
		}
		if err := s.Put(ctx, "k", strings.NewReader("half"), 8); err == nil {
			t.Error("a file that is too short was kept")
		}
		if _, err := s.Stat(ctx, "k"); !errors.Is(err, ErrMissing) {
			t.Errorf("%v", err)
		}
		if err := s.Walk(ctx, "", func(i Info) error { t.Errorf("%s was left", i.Key); return nil }); err != nil {
			t.Error(err)
		}
	})
}

// TestABucketThatDoesNotAnswer has one that cannot, one that refuses and one that is not there.
func TestABucketThatDoesNotAnswer(t *testing.T) {
	for status, want := range map[int]bool{http.StatusServiceUnavailable: true, http.StatusForbidden: false, 0: true} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		if status == 0 {
			srv.Close()
		}
		s, err := Open("s3://key:secret@"+strings.TrimPrefix(srv.URL, "http://")+"/files?tls=off&region=us-east-1", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Open(t.Context(), "k")
		if errors.Is(err, ErrAway) != want {
			t.Errorf("%d: open: %v", status, err)
		}
		if err := s.Put(t.Context(), "k", strings.NewReader("x"), 1); errors.Is(err, ErrAway) != want {
			t.Errorf("%d: put: %v", status, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := s.Open(ctx, "k"); err == nil || errors.Is(err, ErrAway) {
			t.Errorf("%d: nobody waits: %v", status, err)
		}
		srv.Close()
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the line is dead") }

func TestAddresses(t *testing.T) {
	for _, bad := range []string{
		"s3://host/bucket", "s3://k@host/bucket", "s3://k:s@host", "s3://k:s@host/", "http://k:s@host/b", "s3://k:s@host/b?tls=maybe", "s3://k:s@host/b?x=y", "s3://%",
	} {
		err := Check(bad)
		if err == nil {
			t.Errorf("%s was taken", bad)
		} else if strings.Contains(err.Error(), "k:s@") {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
	if err := Check("s3://k:s@minio.example.com:9000/bucket/desk?region=eu&tls=off&path_style=on"); err != nil {
		t.Error(err)
	}
}

// TestAFullDisk writes to the device that is always full.
func TestAFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	_, err = f.WriteString("x")
	if err := full(errors.Join(err, f.Close())); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
}
