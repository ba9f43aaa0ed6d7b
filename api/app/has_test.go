package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// upload sends a small file by the resumable protocol and returns its id.
func upload(c *house.Client, name, content string) int64 {
	made := c.Do(http.MethodPost, "/api/uploads", nil, map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(content)),
		"Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte(name)),
	}).Want(http.StatusCreated)
	where := made.Header.Get("Location")
	where = where[strings.Index(where, "/api/"):]
	c.Do(http.MethodPatch, where, []byte(content), map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
	}).Want(http.StatusNoContent)
	var id int64
	_, _ = fmt.Sscanf(where, "/api/uploads/%d", &id)
	return id
}

// TestTicketsWithFilesAreFound asks for has:attachment, which must not tell employees
// that an internal note has a file.
func TestTicketsWithFilesAreFound(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		emma, sam := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff)
		open := func(body obj) int64 { return emma.Post("/api/tickets", body).Want(201).Int("id") }
		plain := open(ticketBody("plain"))
		file := upload(emma, "a.txt", "content")
		with := open(obj{"title": "with", "description": "d", "attachment_ids": []int64{file}})
		noted := open(ticketBody("noted"))
		upload(emma, "waits.txt", "is bound to nothing")
		sam.Post(path("/api/tickets/%d/notes", noted), obj{"content": "see", "attachment_ids": []int64{upload(sam, "b.txt", "secret")}}).Want(201)
		found := func(c *house.Client, q string) string {
			var out []string
			for _, row := range c.GetQuery("/api/tickets", "q", q).Want(200).Results() {
				out = append(out, fmt.Sprint(row["id"]))
			}
			return strings.Join(out, " ")
		}
		for _, one := range []struct {
			as   *house.Client
			q    string
			want []int64
		}{
			{sam, "has:attachment", []int64{noted, with}},
			{sam, "-has:attachment", []int64{plain}},
			{sam, "has:attachment status:open title:with", []int64{with}},
			{emma, "has:attachment", []int64{with}},
			{emma, "-has:attachment", []int64{noted, plain}},
		} {
			if got, want := found(one.as, one.q), strings.Trim(fmt.Sprint(one.want), "[]"); got != want {
				t.Errorf("%s finds %q for %s, want %q", one.q, got, one.as.Name, want)
			}
		}
		sam.GetQuery("/api/tickets", "q", "has:moon").WantFields("q")
	})
}
