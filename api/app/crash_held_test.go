package app_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// TestHeldMessagesAndBulkRunsSurviveAKill kills the program while messages are
// due and a bulk run is under way, three times, and lets it finish.
func TestHeldMessagesAndBulkRunsSurviveAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real program several times")
	}
	eachProgram(t, func(t *testing.T, p *program) {
		p.run(house.Password, "user", "create", "--username", "ada", "--email", "ada@example.com", "--role", "admin", "--password-stdin")
		p.start()
		token := p.signIn()
		const tickets = 60
		ids := make([]int64, tickets)
		held := map[int64]string{}
		for i := range ids {
			status, made := p.call(http.MethodPost, "/api/tickets", token, "", ticketBody(fmt.Sprint("held ", i)))
			id, _ := made["id"].(float64)
			ids[i] = int64(id)
			kind := "reply"
			if i%2 == 1 {
				kind = "note"
			}
			s, _ := p.call(http.MethodPost, path("/api/tickets/%d/messages", ids[i]), token, fmt.Sprint("m", i),
				obj{"kind": kind, "content": fmt.Sprint("word ", i), "hold_seconds": 1 + i%4})
			if status != http.StatusCreated || s != http.StatusCreated {
				t.Fatalf("ticket %d: %d, its message: %d", i, status, s)
			}
			held[ids[i]] = kind
		}
		status, run := p.call(http.MethodPost, "/api/bulk", token, "b",
			obj{"action": obj{"type": "set_priority", "priority": "urgent"}, "ids": ids})
		if status != http.StatusAccepted {
			t.Fatalf("bulk: %d %v", status, run)
		}
		for range 3 {
			time.Sleep(150 * time.Millisecond)
			p.kill()
			p.start()
		}
		token = p.signIn()
		runPath := path("/api/bulk/%d", int64(run["id"].(float64)))
		p.eventually("the bulk run ends", func() bool {
			_, now := p.call(http.MethodGet, runPath, token, "", nil)
			return now["state"] == "done" && now["done"] == float64(tickets) && now["failed"] == float64(0)
		})
		p.eventually("every message is sent", func() bool {
			for id, kind := range held {
				if p.words(token, id, kind) == 0 {
					return false
				}
			}
			return true
		})
		for id, kind := range held {
			if n := p.words(token, id, kind); n != 1 {
				t.Errorf("ticket %d has its %s %d times", id, kind, n)
			}
			_, events := p.call(http.MethodGet, path("/api/tickets/%d/events", id), token, "", nil)
			rows, _ := events["results"].([]any)
			changes := 0
			for _, r := range rows {
				if r.(obj)["type"] == "ticket.priority_changed" {
					changes++
				}
			}
			if changes != 1 {
				t.Errorf("the priority of ticket %d changed %d times", id, changes)
			}
		}
	})
}

// words counts the messages of a kind on a ticket that people wrote.
func (p *program) words(token string, id int64, kind string) int {
	p.t.Helper()
	if kind == "note" {
		_, list := p.call(http.MethodGet, path("/api/tickets/%d/notes", id), token, "", nil)
		rows, _ := list["results"].([]any)
		return len(rows)
	}
	_, one := p.call(http.MethodGet, path("/api/tickets/%d", id), token, "", nil)
	comments, _ := one["comments"].([]any)
	n := 0
	for _, c := range comments {
		if c.(obj)["is_system_message"] == false {
			n++
		}
	}
	return n
}

// eventually waits for what the program does by itself: after a kill, the lease
// of the job that was running has to end first.
func (p *program) eventually(what string, holds func() bool) {
	p.t.Helper()
	for range 600 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.t.Fatalf("not within a minute: %s", what)
}
