package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/realtime"
	"github.com/fixdesk/fixdesk/api/testkit/house"
	"github.com/fixdesk/fixdesk/api/ticket"
)

type obj = map[string]any

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }

const patience = 10 * time.Second

// next returns the next event of one of the names; others are skipped.
func next(t *testing.T, stream <-chan house.Event, names ...string) house.Event {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case e, open := <-stream:
			if !open {
				t.Fatal("the stream ended")
			}
			if slices.Contains(names, e.Name) {
				return e
			}
		case <-limit:
			t.Fatalf("no %v within %s", names, patience)
		}
	}
}

func change(t *testing.T, e house.Event) realtime.Change {
	t.Helper()
	var c realtime.Change
	if err := json.Unmarshal([]byte(e.Data), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// quiet demands that nothing about a ticket comes before the marker, a ticket of
// the listener's own.
func quiet(t *testing.T, c *house.Client, stream <-chan house.Event) {
	t.Helper()
	marker := c.Post("/api/tickets", obj{"title": "marker", "description": "d"}).Want(201).Int("id")
	for {
		if got := change(t, next(t, stream, "change")); got.TicketID == marker {
			return
		} else if got.TicketID != 0 {
			t.Errorf("%s hears of %s on ticket %d", c.Name, got.Type, got.TicketID)
		}
	}
}

// run lets the hub of a house follow the events until the test ends.
func run(t *testing.T, h *house.House) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.App.Realtime.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

// TestEachHearsOfWhatTheySee follows several people at once.
func TestEachHearsOfWhatTheySee(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		run(t, h)
		emma, eric := h.Person("emma", authz.Employee), h.Person("eric", authz.Employee)
		sam, sue := h.Person("sam", authz.ITStaff), h.Person("sue", authz.ITStaff)
		emmas, erics, sams, sues := emma.Stream(""), eric.Stream(""), sam.Stream(""), sue.Stream("")
		for _, s := range []<-chan house.Event{emmas, erics, sams, sues} {
			next(t, s, "hello")
		}
		id := emma.Post("/api/tickets", obj{"title": "Printer", "description": "d"}).Want(201).Int("id")
		for _, s := range []<-chan house.Event{emmas, sams, sues} {
			if c := change(t, next(t, s, "change")); c.Type != ticket.Created || c.TicketID != id || c.Version != 1 {
				t.Errorf("%+v", c)
			}
		}
		quiet(t, eric, erics)

		// The one who loses sight of it hears of that, and of nothing after it.
		sam.Post(at("/api/tickets/%d/assign", id), obj{"user_id": sam.ID}).Want(200)
		for {
			if c := change(t, next(t, sues, "change")); c.Type == ticket.Assigned && c.TicketID == id {
				break
			}
		}
		sam.Post(at("/api/tickets/%d/add_comment", id), obj{"content": "hi @emma"}).Want(201)
		sam.Post(at("/api/tickets/%d/notes", id), obj{"content": "psst"}).Want(201)
		quiet(t, sue, sues)
		var types []string
		for len(types) < 4 {
			c := change(t, next(t, emmas, "change"))
			types = append(types, c.Type)
			if c.Type == ticket.Commented {
				if c.ForMe == nil || *c.ForMe != "mention" || c.CommentID == 0 {
					t.Errorf("%+v", c)
				}
				break
			}
		}
		quiet(t, emma, emmas) // the note
		for {
			if c := change(t, next(t, sams, "change")); c.Type == "note.created" {
				break
			}
		}
	})
}

// TestNothingIsMissed reconnects while others write.
func TestNothingIsMissed(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		run(t, h)
		ada, sam := h.Person("ada", authz.Admin), h.Person("sam", authz.ITStaff)
		stream := ada.Stream("")
		last := next(t, stream, "hello").ID
		want := map[int64]bool{}
		for range 5 {
			want[sam.Post("/api/tickets", obj{"title": "t", "description": "d"}).Want(201).Int("id")] = true
		}
		got := map[int64]bool{}
		again := ada.Stream(last)
		go func() {
			for range 5 {
				sam.Post("/api/tickets", obj{"title": "t", "description": "d"})
			}
		}()
		for len(got) < 10 {
			got[change(t, next(t, again, "change")).TicketID] = true
		}
		for id := range want {
			if !got[id] {
				t.Errorf("ticket %d was missed", id)
			}
		}
	})
}

// TestANumberThatCommitsLate writes an event with a smaller number than one that
// was sent already, as MySQL does with transactions that overlap.
func TestANumberThatCommitsLate(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		id := ada.Post("/api/tickets", obj{"title": "t", "description": "d"}).Want(201).Int("id")
		run(t, h)
		stream := ada.Stream("")
		next(t, stream, "hello")
		write := func(number int64, kind string) {
			e := event.Event{ID: number, Type: kind, SubjectType: ticket.Subject, SubjectID: id, ActorID: ada.ID, Data: "{}", CreatedAt: h.Clock.Now()}
			if err := h.DB.Writer(context.Background()).Create(&e).Error; err != nil {
				t.Fatal(err)
			}
		}
		write(150, "ticket.updated")
		if c := change(t, next(t, stream, "change")); c.ID != 150 {
			t.Fatalf("%+v", c)
		}
		write(140, "ticket.updated")
		if c := change(t, next(t, stream, "change")); c.ID != 140 {
			t.Errorf("%+v", c)
		}
	})
}

func TestTooMuchMissedStartsAfresh(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		var rows []event.Event
		for range 1500 {
			rows = append(rows, event.Event{Type: "ticket.updated", SubjectType: ticket.Subject, SubjectID: 1, Data: "{}", CreatedAt: h.Clock.Now()})
		}
		if err := h.DB.Writer(context.Background()).CreateInBatches(&rows, 200).Error; err != nil {
			t.Fatal(err)
		}
		run(t, h)
		next(t, ada.Stream("1"), "reset")
	})
}

// TestAStreamEndsWithTheServer demands that nobody waits for open streams.
func TestAStreamEndsWithTheServer(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); h.App.Realtime.Run(ctx) }()
		stream := h.Person("ada", authz.Admin).Stream("")
		next(t, stream, "hello")
		stop()
		<-done
		limit := time.After(patience)
		for {
			select {
			case _, open := <-stream:
				if !open {
					return
				}
			case <-limit:
				t.Fatal("the stream goes on")
			}
		}
	})
}

func TestPresence(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		run(t, h)
		emma, sam, ada := h.Person("emma", authz.Employee), h.Person("sam", authz.ITStaff), h.Person("ada", authz.Admin)
		id := emma.Post("/api/tickets", obj{"title": "t", "description": "d"}).Want(201).Int("id")
		other := ada.Post("/api/tickets", obj{"title": "t", "description": "d", "assigned_to": ada.ID}).Want(201).Int("id")
		adas, emmas := ada.Stream(""), emma.Stream("")
		next(t, adas, "hello")
		next(t, emmas, "hello")
		sam.Post("/api/presence", obj{"ticket_id": id, "state": "typing", "client_id": "w1"}).Want(204)
		sam.Post("/api/presence", obj{"ticket_id": id, "state": "viewing", "client_id": "w2"}).Want(204)
		for {
			e := next(t, adas, "presence")
			if strings.Contains(e.Data, `"state":"typing"`) && strings.Contains(e.Data, `"username":"sam"`) {
				break
			}
		}
		ada.Get("/api/presence").Want(200).Is("results.0.ticket_id", float64(id)).Is("results.0.people.0.state", "typing")
		sam.Post("/api/presence", obj{"ticket_id": nil, "client_id": "w1"}).Want(204)
		ada.Get("/api/presence").Want(200).Is("results.0.people.0.state", "viewing")
		h.Clock.Advance(time.Minute)
		if rows := ada.Get("/api/presence").Want(200).Results(); len(rows) != 0 {
			t.Errorf("still there: %v", rows)
		}
		for {
			if e := next(t, adas, "presence"); strings.Contains(e.Data, `"people":[]`) {
				break
			}
		}
		quiet(t, emma, emmas)

		emma.Get("/api/presence").WantCode(403, "presence.denied")
		emma.Post("/api/presence", obj{"ticket_id": id, "client_id": "w"}).WantCode(403, "presence.denied")
		sam.Post("/api/presence", obj{"ticket_id": other, "client_id": "w"}).Want(404)
		sam.Post("/api/presence", obj{"ticket_id": "x", "client_id": strings.Repeat("x", 65), "state": "dead"}).WantFields("ticket_id", "client_id", "state")
		sam.Post("/api/presence", obj{}).WantFields("ticket_id", "client_id")
		for i := range 50 {
			sam.Post("/api/presence", obj{"ticket_id": id, "client_id": at("w%d", i)}).Want(204)
		}
		sam.Post("/api/presence", obj{"ticket_id": id, "client_id": "one-more"}).Want(http.StatusTooManyRequests)
	})
}
