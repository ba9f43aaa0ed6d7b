package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/testkit/house"
)

// program is the real binary with a database and a port of its own.
type program struct {
	t    *testing.T
	path string
	env  []string
	url  string
	cmd  *exec.Cmd
}

func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fixdesk")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/fixdesk/fixdesk/api")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

func newProgram(t *testing.T, path, database string) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return &program{t: t, path: path, url: "http://" + address, env: append(os.Environ(),
		"FIXDESK_LISTEN="+address, "FIXDESK_DATABASE="+database, "FIXDESK_DATA_DIR="+t.TempDir(),
		"FIXDESK_RATE_LIMIT=off", "FIXDESK_LOG_LEVEL=warn", "FIXDESK_PUBLIC_URL=http://"+address)}
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.CommandContext(context.Background(), p.path, "serve")
	p.cmd.Env = p.env
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(p.kill)
	for range 300 {
		req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/readyz", nil)
		if err != nil {
			p.t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatal("the program does not get ready")
}

// kill ends the program without any warning.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_, _ = p.cmd.Process.Wait()
}

func (p *program) run(stdin string, args ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), p.path, args...)
	cmd.Env = p.env
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// call returns the status and the answer, or 0 when the connection broke.
func (p *program) call(method, path, token, key string, body any) (int, obj) {
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Error(err)
		return 0, nil
	}
	req, err := http.NewRequestWithContext(context.Background(), method, p.url+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Error(err)
		return 0, nil
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	var out obj
	_ = json.Unmarshal(data, &out)
	return res.StatusCode, out
}

func (p *program) signIn() string {
	p.t.Helper()
	status, answer := p.call(http.MethodPost, "/api/auth/login", "", "", obj{"username": "ada", "password": house.Password})
	token, _ := answer["access_token"].(string)
	if status != http.StatusOK || token == "" {
		p.t.Fatalf("sign-in: %d %v", status, answer)
	}
	return token
}

// TestNothingIsLostOrDoubledWhenKilled kills the program in the middle of writes,
// starts it again, and has every client repeat what it got no answer to.
func TestNothingIsLostOrDoubledWhenKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real program several times")
	}
	eachProgram(t, killed)
}

// eachProgram runs a test with the real program on an empty database of each engine.
func eachProgram(t *testing.T, test func(*testing.T, *program)) {
	t.Helper()
	path := buildProgram(t)
	t.Run("sqlite", func(t *testing.T) { test(t, newProgram(t, path, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))) })
	if os.Getenv(testkit.MySQLEnv) != "" {
		t.Run("mysql", func(t *testing.T) {
			url, drop, err := testkit.FreshMySQL()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(drop)
			test(t, newProgram(t, path, url))
		})
	}
}

func killed(t *testing.T, p *program) {
	p.run(house.Password, "user", "create", "--username", "ada", "--email", "ada@example.com", "--role", "admin", "--password-stdin")
	var mu sync.Mutex
	sent, answered := map[string]bool{}, map[string]int64{}
	var unanswered []string
	for round := range 2 {
		p.start()
		token := p.signIn()
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for client := range 4 {
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					title := fmt.Sprintf("order %d-%d-%d", round, client, i)
					mu.Lock()
					sent[title] = true
					mu.Unlock()
					status, made := p.call(http.MethodPost, "/api/tickets", token, title, ticketBody(title))
					id, _ := made["id"].(float64)
					mu.Lock()
					if status == http.StatusCreated {
						answered[title] = int64(id)
					} else {
						unanswered = append(unanswered, title)
					}
					mu.Unlock()
					if status == http.StatusCreated {
						p.call(http.MethodPost, path("/api/tickets/%d/update_status", int64(id)), token, "", obj{"status": "in_progress"})
						p.call(http.MethodPost, path("/api/tickets/%d/add_comment", int64(id)), token, "c"+title, obj{"content": "x"})
					}
				}
			})
		}
		time.Sleep(700 * time.Millisecond)
		p.kill()
		close(stop)
		wg.Wait()
	}
	p.start()
	token := p.signIn()
	for _, title := range unanswered {
		status, made := p.call(http.MethodPost, "/api/tickets", token, title, ticketBody(title))
		if status != http.StatusCreated {
			t.Fatalf("repeat %s: %d %v", title, status, made)
		}
		id, _ := made["id"].(float64)
		answered[title] = int64(id)
	}
	if len(answered) < 20 {
		t.Fatalf("only %d tickets were written; the test proves little", len(answered))
	}
	// Every order is there exactly once, and each is whole.
	found := map[string]int{}
	var total, working int64
	next := "/api/tickets?page_size=100"
	for next != "" {
		status, list := p.call(http.MethodGet, next, token, "", nil)
		if status != http.StatusOK {
			t.Fatalf("list: %d %v", status, list)
		}
		rows, _ := list["results"].([]any)
		for _, r := range rows {
			row, _ := r.(obj)
			found[fmt.Sprint(row["title"])]++
			total++
			if row["status"] == "in_progress" {
				working++
			}
		}
		next, _ = list["next"].(string)
		next = strings.TrimPrefix(next, p.url)
	}
	for title := range sent {
		if found[title] != 1 {
			t.Errorf("%s exists %d times", title, found[title])
		}
	}
	for title, id := range answered {
		_, one := p.call(http.MethodGet, path("/api/tickets/%d", id), token, "", nil)
		if one["title"] != title {
			t.Errorf("ticket %d is %v, want %s", id, one["title"], title)
		}
		comments, _ := one["comments"].([]any)
		changed := false
		for _, c := range comments {
			m, _ := c.(obj)
			changed = changed || m["content"] == "Status changed from Open to In Progress"
		}
		if changed != (one["status"] == "in_progress") {
			t.Errorf("ticket %d: status %v and its history part ways", id, one["status"])
		}
	}
	_, dash := p.call(http.MethodGet, "/api/dashboard", token, "", nil)
	per, _ := dash["per_status"].(obj)
	if dash["total"] != float64(total) || per["in_progress"] != float64(working) {
		t.Errorf("the dashboard counts %v and %v, the list has %d and %d", dash["total"], per["in_progress"], total, working)
	}
	t.Logf("%d tickets, %d of them repeated after a crash", total, len(unanswered))
}
