package mailbox_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// form is a form with a file, and the header that goes with it.
func form(t *testing.T, name, content string, fields map[string]string) (string, map[string]string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile(name, "message.eml")
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), map[string]string{"Content-Type": w.FormDataContentType()}
}

// TestTryALargeMessage tries a message that is larger than a JSON body may be.
func TestTryALargeMessage(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		url := at("/api/mailboxes/%d/try", s.box)
		var box map[string]string
		large := s.letter("lee@other.example", "Large", strings.Repeat("It jams. ", 8)+strings.Repeat(strings.Repeat("x", 70)+"\r\n", 100_000))
		try := func(by *house.Client, fields map[string]string, name, content string) *house.Answer {
			t.Helper()
			body, head := form(t, name, content, fields)
			head["Idempotency-Key"] = at("try-%d", len(content)) // as the app sends it
			return by.Do("POST", url, body, head)
		}
		try(s.ada, box, "file", large).Want(200).Is("state", "done").Is("title", "Large").Is("ticket_id", nil)
		s.ada.Get("/api/tickets").Is("count", 0)
		s.ada.Get("/api/mail_messages").Is("count", 0)
		// To another recipient than it names.
		id := is(t, s.take(s.letter("emma@example.com", "Printer", "It jams.")), "done", "")
		if id == 0 {
			t.Fatal("no ticket")
		}
		try(s.ada, map[string]string{"to": "x@example.com"}, "file", "From: emma@example.com\r\nSubject: x\r\nReferences: <m2@example.com>\r\n\r\nx").Is("ticket_id", float64(id))

		try(s.ada, box, "file", strings.Repeat("x", parse.MaxSize+1)).WantCode(413, "mail_message.too_large")
		try(s.ada, box, "other", "x").WantFields("file")
		body, head := form(t, "file", "x", nil)
		s.ada.Do("POST", at("/api/mailboxes/%d/try", s.box+99), body, head).Want(404)
		try(s.ada, map[string]string{"to": strings.Repeat("x", 400)}, "file", "x").WantFields("to")
		try(s.sam, box, "file", "x").Want(403)
		s.ada.Do("POST", url, obj{"file": "x"}, nil).WantCode(415, "request.unsupported_media_type")
		s.ada.Do("POST", url, "nonsense", map[string]string{"Content-Type": "multipart/form-data"}).Want(400)
		s.ada.Do("POST", url, "nonsense", map[string]string{"Content-Type": "multipart/form-data; boundary=b"}).Want(400)
	})
}
