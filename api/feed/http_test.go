package feed_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/feed"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

type obj = map[string]any

func newTicket(c *house.Client, body obj) int64 {
	body["title"], body["description"] = "Printer", "It smokes."
	return int64(c.Post("/api/tickets", body).Want(201).JSON["id"].(float64))
}

// readAll reads the feed to its end, a few at a time.
func readAll(c *house.Client, after float64, query string) (types []string, next float64) {
	for {
		a := c.Get(fmt.Sprintf("/api/events?after=%d&limit=2%s", int64(after), query)).Want(200)
		for _, e := range a.Results() {
			types = append(types, e["type"].(string))
		}
		after = a.JSON["next"].(float64)
		if a.JSON["more"] != true {
			return types, after
		}
	}
}

func TestTheFeed(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		_, start := readAll(ada, 0, "")
		id := newTicket(ada, obj{})
		ada.Post(fmt.Sprintf("/api/tickets/%d/notes", id), obj{"content": "the secret word"}).Want(201)
		ada.Patch(fmt.Sprintf("/api/tickets/%d", id), obj{"status": "in_progress", "title": "Lamp"}).Want(200)
		got, next := readAll(ada, start, "")
		if want := "[ticket.created note.created ticket.updated ticket.status_changed]"; fmt.Sprint(got) != want {
			t.Errorf("%v, want %s", got, want)
		}
		if again, at := readAll(ada, next, ""); len(again) != 0 || at != next {
			t.Errorf("nothing happened and %v came, next %v", again, at)
		}
		if some, at := readAll(ada, start, "&types=note.*,ticket.updated"); fmt.Sprint(some) != "[note.created ticket.updated]" || at != next {
			t.Errorf("by type: %v, next %v, want %v", some, at, next)
		}
		if all := string(ada.Get("/api/events?limit=500").Want(200).Raw); strings.Contains(all, "secret word") || strings.Contains(all, "Printer") {
			t.Errorf("texts are in the feed: %s", all)
		}
		ada.Get("/api/events?after=-1&limit=0&types=x,y").WantFields("after", "limit", "types")
		ada.Get("/api/events?since=1").WantFields("since")
		for _, role := range []authz.Role{authz.ITStaff, authz.Employee} {
			c := h.Person(string(role)+"1", role)
			c.Get("/api/events").WantCode(403, "feed.denied")
			c.Get("/api/events/stream").Want(403)
		}
		h.Nobody().Get("/api/events").Want(401)
	})
}

// TestALateCommitIsNotMissed lets a transaction write its event first and commit
// last, as it happens where replicas share a server.
func TestALateCommitIsNotMissed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		if w.DB.Engine() == "sqlite" {
			t.Skip("SQLite has one writer at a time")
		}
		h := house.New(t, w, nil)
		ada := h.Person("ada", authz.Admin)
		_, start := readAll(ada, 0, "")
		wrote, commit, done := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			done <- h.Bus.Do(context.Background(), authz.System("test"), func(tx *event.Tx) error {
				if err := tx.Emit("lamp.late", "lamp", 1, nil); err != nil {
					return err
				}
				close(wrote)
				<-commit
				return nil
			})
		}()
		<-wrote
		newTicket(ada, obj{})
		got, next := readAll(ada, start, "")
		if fmt.Sprint(got) != "[ticket.created]" {
			t.Errorf("before the commit: %v", got)
		}
		close(commit)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got, _ = readAll(ada, next, ""); fmt.Sprint(got) != "[lamp.late]" {
			t.Errorf("after the commit: %v, want what came late", got)
		}
		if got, _ = readAll(ada, start, ""); fmt.Sprint(got) != "[ticket.created lamp.late]" {
			t.Errorf("from the start: %v", got)
		}
	})
}

// TestNothingIsMissedWhereTransactionsEndInAnyOrder has many writers whose transactions take
// different times, some of which are undone, and readers that follow meanwhile, by two replicas.
func TestNothingIsMissedWhereTransactionsEndInAnyOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, nil)
		ada := h.Person("ada", authz.Admin)
		by := authz.Person(ada.ID, "ada", authz.Admin, authz.Options{})
		replicas := []*feed.Service{h.App.Feed, feed.New(h.DB, h.Clock, nil)}
		_, start := readAll(ada, 0, "")
		const writers, each = 8, 30
		var writing, reading sync.WaitGroup
		var mu sync.Mutex
		committed := map[int64]bool{}
		for n := range writers {
			writing.Go(func() {
				dice := rand.New(rand.NewPCG(7, uint64(n)))
				for i := range each {
					subject, undo := int64(n*each+i+1), dice.IntN(5) == 0
					errUndo := errors.New("undone")
					err := h.Bus.Do(context.Background(), authz.System("test"), func(tx *event.Tx) error {
						if err := tx.Emit("lamp.lit", "lamp", subject, nil); err != nil {
							return err
						}
						if w.DB.Engine() != "sqlite" { // which has one writer at a time
							time.Sleep(time.Duration(dice.IntN(40)) * time.Millisecond)
						}
						if undo {
							return errUndo
						}
						return nil
					})
					if undo && errors.Is(err, errUndo) {
						continue
					}
					if err != nil {
						t.Error(err)
						continue
					}
					mu.Lock()
					committed[subject] = true
					mu.Unlock()
				}
			})
		}
		done := make(chan struct{})
		seen := make([]map[int64]int, 4)
		for i := range seen {
			seen[i] = map[int64]int{}
			reading.Go(func() {
				at, last := int64(start), false
				for {
					s, err := replicas[i%2].After(context.Background(), by, at, 1+7*i, []string{"lamp.*"})
					if err != nil {
						t.Error(err)
						return
					}
					for _, e := range s.Entries {
						if e.Seq <= at {
							t.Errorf("reader %d: %d after %d", i, e.Seq, at)
						}
						seen[i][e.SubjectID]++
					}
					at = s.Next
					if last && !s.More {
						return
					}
					select {
					case <-done:
						last = true // once more, to the end
					default:
					}
				}
			})
		}
		writing.Wait()
		close(done)
		reading.Wait()
		if len(committed) < writers*each/2 || len(committed) == writers*each {
			t.Fatalf("%d of %d were committed: the test proves nothing", len(committed), writers*each)
		}
		for i, s := range seen {
			for subject := range committed {
				if s[subject] != 1 {
					t.Errorf("reader %d saw %d %d times", i, subject, s[subject])
				}
			}
			if len(s) != len(committed) {
				t.Errorf("reader %d saw %d, committed were %d", i, len(s), len(committed))
			}
		}
	})
}

func TestConfidentialTicketsStayHidden(t *testing.T) {
	testkit.Each(t, func(t *testing.T, w *testkit.World) {
		h := house.New(t, w, func(s *config.Settings) { s.ConfidentialScope = "named" })
		ada, eve := h.Person("ada", authz.Admin), h.Person("eve", authz.Admin)
		_, start := readAll(ada, 0, "")
		id := newTicket(ada, obj{"confidential": true})
		ada.Post(fmt.Sprintf("/api/tickets/%d/assign", id), obj{"user_id": ada.ID}).Want(200)
		if got, _ := readAll(eve, start, "&types=ticket.*"); len(got) != 0 {
			t.Errorf("hears of a ticket that she cannot read: %v", got)
		}
		if got, _ := readAll(ada, start, "&types=ticket.*"); len(got) == 0 {
			t.Error("hears nothing of a ticket of her own")
		}
	})
}

func TestTheStream(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		ada := h.Person("ada", authz.Admin)
		follow := func(last string, query ...string) *bufio.Scanner {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+"/api/events/stream?types=ticket.*"+strings.Join(query, ""), nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+ada.Token)
			if last != "" {
				req.Header.Set("Last-Event-ID", last)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = res.Body.Close() })
			lines := bufio.NewScanner(res.Body)
			if lines.Scan(); res.StatusCode != 200 || lines.Text() != ": hello" {
				t.Fatalf("%d %s", res.StatusCode, lines.Text())
			}
			return lines
		}
		next := func(lines *bufio.Scanner) (id, data string) {
			for lines.Scan() {
				name, value, _ := strings.Cut(lines.Text(), ": ")
				switch name {
				case "id":
					id = value
				case "data":
					return id, value
				}
			}
			t.Fatal("the stream ended")
			return "", ""
		}
		lines := follow("")
		newTicket(ada, obj{})
		id, data := next(lines)
		if !strings.Contains(data, `"type":"ticket.created"`) || id == "" {
			t.Errorf("%s %s", id, data)
		}
		ticket := newTicket(ada, obj{})
		again, data := next(follow(id))
		if want := fmt.Sprintf(`"subject":{"type":"ticket","id":%d}`, ticket); !strings.Contains(data, want) || again == id {
			t.Errorf("resumed with %s %s", again, data)
		}
		if by, data := next(follow("", "&after="+id)); by != again {
			t.Errorf("resumed by after with %s %s", by, data)
		}
		if first, data := next(follow(id, "&after=0")); first != again {
			t.Errorf("the header does not come first: %s %s", first, data)
		}
	})
}
