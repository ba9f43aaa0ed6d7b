// Package house builds the whole desk for tests and calls it as an integrator
// would: over HTTP, with every answer held against the OpenAPI document.
package house

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/testkit"
	"github.com/fixdesk/fixdesk/api/user"
	"github.com/fixdesk/fixdesk/docs"
)

// Password is the password of every person in a house.
const Password = "quiet-harbour-lantern-52"

// House is a running desk on an empty database.
type House struct {
	*testkit.World
	App *app.App
	URL string
	t   testing.TB
}

// Each runs a test in a house on each engine.
func Each(t *testing.T, test func(t *testing.T, h *House)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, w *testkit.World) { test(t, New(t, w, nil)) })
}

// New builds a house; change adjusts its settings.
func New(t testing.TB, w *testkit.World, change func(*config.Settings)) *House {
	t.Helper()
	set := config.Settings{
		Listen: "127.0.0.1:0", Database: w.URL, DataDir: t.TempDir(), PublicURL: "http://desk.example.com",
		RateLimit: "off", Registration: "on", StaffScope: "queue", LogLevel: "error", ReopenDays: 14, AttachmentMax: 25,
		ConfidentialScope: "all", DepartmentTickets: "off",
	}
	if change != nil {
		change(&set)
	}
	// Only what is wrong is worth the reader's time.
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	a, err := app.New(set, "test", app.Parts{DB: w.DB, Clock: w.Clock, Mail: w.Mail})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Server.Handler())
	t.Cleanup(srv.Close)
	w.Worker, w.Bus = a.Worker, a.Bus
	return &House{World: w, App: a, URL: srv.URL, t: t}
}

// Client calls the API as one person, or as nobody.
type Client struct {
	House *House
	Token string
	ID    int64
	Name  string
	http  *http.Client
	t     testing.TB
}

// Nobody returns a client that is not signed in. It keeps cookies.
func (h *House) Nobody() *Client {
	return &Client{House: h, http: &http.Client{
		Jar:           newJar(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, t: h.t}
}

// Person creates an active account and signs it in.
func (h *House) Person(name string, role authz.Role) *Client {
	h.t.Helper()
	u, err := h.App.User.Create(context.Background(), authz.System("test"), user.Draft{
		Username: name, Email: name + "@example.com", FullName: "The " + name, Role: role,
		PasswordHash: passwordHash(h.t, h.App), Active: true, Verified: true,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	c := h.Nobody()
	c.ID, c.Name = u.ID, name
	c.SignIn(name, Password)
	return c
}

var hashOnce struct {
	sync.Once
	hash string
}

// passwordHash hashes the common password once per test binary.
func passwordHash(t testing.TB, a *app.App) string {
	hashOnce.Do(func() {
		h, err := a.User.Passwords().Hash(context.Background(), Password)
		if err != nil {
			t.Fatal(err)
		}
		hashOnce.hash = h
	})
	return hashOnce.hash
}

// Event is one event of a stream.
type Event struct{ ID, Name, Data string }

// Stream follows GET /api/stream until the test ends. The channel is closed when
// the stream ends.
func (c *Client) Stream(lastEventID string) <-chan Event {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.House.URL+"/api/stream", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		c.t.Fatalf("GET /api/stream: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	out := make(chan Event, 1000)
	c.t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		defer close(out)
		var e Event
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.ID = value
			case "event":
				e.Name = value
			case "data":
				e.Data = value
			case "":
				if e.Name != "" {
					out <- e
				}
				e = Event{}
			}
		}
	}()
	return out
}

// SignIn signs the client in and keeps the access token.
func (c *Client) SignIn(name, password string) {
	c.t.Helper()
	a := c.Post("/api/auth/login", map[string]any{"username": name, "password": password})
	a.Want(http.StatusOK)
	c.Token = a.Text("access_token")
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Raw    []byte
	JSON   map[string]any
	what   string
	t      testing.TB
}

// Get calls an endpoint.
func (c *Client) Get(path string) *Answer { return c.Do(http.MethodGet, path, nil, nil) }

// GetQuery calls an endpoint with a parameter.
func (c *Client) GetQuery(path, name, value string) *Answer {
	return c.Get(path + "?" + url.Values{name: {value}}.Encode())
}

// Post sends a body, which is JSON-encoded unless it is a string or bytes.
func (c *Client) Post(path string, body any) *Answer { return c.Do(http.MethodPost, path, body, nil) }

// Put sends a body.
func (c *Client) Put(path string, body any) *Answer { return c.Do(http.MethodPut, path, body, nil) }

// Patch sends a body.
func (c *Client) Patch(path string, body any) *Answer { return c.Do(http.MethodPatch, path, body, nil) }

// Delete sends no body.
func (c *Client) Delete(path string) *Answer { return c.Do(http.MethodDelete, path, nil, nil) }

// Do calls an endpoint with extra headers and checks the answer against the
// OpenAPI document.
func (c *Client) Do(method, path string, body any, header map[string]string) *Answer {
	c.t.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case string:
		data = []byte(b)
	case []byte:
		data = b
	default:
		var err error
		if data, err = json.Marshal(b); err != nil {
			c.t.Fatal(err)
		}
	}
	target := path
	if !strings.HasPrefix(path, "http") {
		target = c.House.URL + path
	}
	req, err := http.NewRequestWithContext(context.Background(), method, target, bytes.NewReader(data))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for k, v := range header {
		if v == "" {
			req.Header.Del(k)
			continue
		}
		req.Header.Set(k, v)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := &Answer{Status: res.StatusCode, Header: res.Header, Raw: raw, what: method + " " + path, t: c.t}
	if len(raw) > 0 && strings.Contains(res.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(raw, &a.JSON) // an array or scalar stays nil
	}
	c.check(req, a)
	return a
}

// check holds an answer against the OpenAPI document. Addresses that it does
// not describe answer 404 or 405 with a problem.
func (c *Client) check(req *http.Request, a *Answer) {
	c.t.Helper()
	if a.Status >= 500 {
		c.t.Errorf("%s: %d %s", a.what, a.Status, a.Raw)
	}
	if a.Status >= 400 && a.JSON["code"] == nil && req.Method != http.MethodHead {
		c.t.Errorf("%s: %d without a problem: %s", a.what, a.Status, a.Raw)
	}
	if !strings.HasPrefix(req.URL.Path, "/api") {
		return
	}
	plain := *req
	u := *req.URL
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.Scheme, u.Host = "", ""
	plain.URL = &u
	plain.Host = ""
	route, params, err := document(c.t).FindRoute(&plain)
	if err != nil {
		if a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
			c.t.Errorf("%s answers %d but is not documented", a.what, a.Status)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: &plain, PathParams: params, Route: route}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.Status, Header: a.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if req.Method == http.MethodHead {
		return // which has no body to look at
	}
	out.SetBodyBytes(a.Raw)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		c.t.Errorf("%s: the answer breaks the OpenAPI document: %v\n%s", a.what, err, a.Raw)
	}
}

// Workbooks and pages are checked as bytes.
func init() {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", openapi3filter.FileBodyDecoder)
}

var documentOnce struct {
	sync.Once
	router routers.Router
	err    error
}

func document(t testing.TB) routers.Router {
	t.Helper()
	documentOnce.Do(func() {
		openapi3filter.RegisterBodyDecoder("image/jpeg", openapi3filter.FileBodyDecoder)
		doc, err := openapi3.NewLoader().LoadFromData(docs.OpenAPI)
		if err == nil {
			doc.Servers = nil
			documentOnce.router, err = gorillamux.NewRouter(doc)
		}
		documentOnce.err = err
	})
	if documentOnce.err != nil {
		t.Fatal(documentOnce.err)
	}
	return documentOnce.router
}

// Want fails the test unless the answer has the status.
func (a *Answer) Want(status int) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: got %d, want %d: %s", a.what, a.Status, status, a.Raw)
	}
	return a
}

// WantCode fails the test unless the answer is the problem.
func (a *Answer) WantCode(status int, code string) *Answer {
	a.t.Helper()
	a.Want(status)
	if a.JSON["code"] != code {
		a.t.Errorf("%s: code %v, want %s", a.what, a.JSON["code"], code)
	}
	return a
}

// WantFields fails the test unless exactly these fields are reported as wrong.
func (a *Answer) WantFields(names ...string) *Answer {
	a.t.Helper()
	a.Want(http.StatusBadRequest)
	got, _ := a.JSON["errors"].(map[string]any)
	ok := len(got) == len(names)
	for _, n := range names {
		if _, has := got[n]; !has {
			ok = false
		}
	}
	if !ok {
		a.t.Errorf("%s: wrong fields %v, want %v", a.what, got, names)
	}
	return a
}

// Field returns a value of the answer by its path, such as "created_by.id" or
// "comments.0.content".
func (a *Answer) Field(path string) any {
	a.t.Helper()
	var v any = a.JSON
	for _, key := range strings.Split(path, ".") {
		if list, ok := v.([]any); ok {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(list) {
				a.t.Fatalf("%s: no %s in %s", a.what, path, a.Raw)
			}
			v = list[i]
			continue
		}
		m, ok := v.(map[string]any)
		if !ok {
			a.t.Fatalf("%s: no %s in %s", a.what, path, a.Raw)
		}
		if v, ok = m[key]; !ok {
			a.t.Fatalf("%s: no %s in %s", a.what, path, a.Raw)
		}
	}
	return v
}

// Text returns a text of the answer.
func (a *Answer) Text(path string) string {
	a.t.Helper()
	s, ok := a.Field(path).(string)
	if !ok {
		a.t.Fatalf("%s: %s is no text in %s", a.what, path, a.Raw)
	}
	return s
}

// Int returns a whole number of the answer.
func (a *Answer) Int(path string) int64 {
	a.t.Helper()
	f, ok := a.Field(path).(float64)
	if !ok {
		a.t.Fatalf("%s: %s is no number in %s", a.what, path, a.Raw)
	}
	return int64(f)
}

// Results returns the rows of a list.
func (a *Answer) Results() []map[string]any {
	a.t.Helper()
	list, ok := a.Field("results").([]any)
	if !ok {
		a.t.Fatalf("%s: no list: %s", a.what, a.Raw)
	}
	out := make([]map[string]any, len(list))
	for i, v := range list {
		out[i], _ = v.(map[string]any)
	}
	return out
}

// Is fails the test unless a value of the answer prints as want.
func (a *Answer) Is(path string, want any) *Answer {
	a.t.Helper()
	if got := fmt.Sprint(a.Field(path)); got != fmt.Sprint(want) {
		a.t.Errorf("%s: %s is %s, want %v", a.what, path, got, want)
	}
	return a
}

// Has fails the test unless the answer contains a text.
func (a *Answer) Has(text string) *Answer {
	a.t.Helper()
	if !strings.Contains(string(a.Raw), text) {
		a.t.Errorf("%s: no %q in %s", a.what, text, a.Raw)
	}
	return a
}

// Lacks fails the test if the answer contains a text.
func (a *Answer) Lacks(text string) *Answer {
	a.t.Helper()
	if strings.Contains(string(a.Raw), text) {
		a.t.Errorf("%s: %q in %s", a.what, text, a.Raw)
	}
	return a
}

// jar keeps cookies whatever their Secure and Path say, as curl's user would.
type jar struct {
	mu      sync.Mutex
	cookies map[string]*http.Cookie
}

func newJar() *jar { return &jar{cookies: map[string]*http.Cookie{}} }

func (j *jar) SetCookies(_ *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		if c.MaxAge < 0 || c.Value == "" {
			delete(j.cookies, c.Name)
			continue
		}
		j.cookies[c.Name] = c
	}
}

func (j *jar) Cookies(*url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []*http.Cookie
	for _, c := range j.cookies {
		out = append(out, &http.Cookie{Name: c.Name, Value: c.Value})
	}
	return out
}

// Cookie returns the value of a cookie that the client keeps, or "".
func (c *Client) Cookie(name string) string {
	j, ok := c.http.Jar.(*jar)
	if !ok {
		return ""
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if k := j.cookies[name]; k != nil {
		return k.Value
	}
	return ""
}

// SetCookie puts a cookie into the client's jar.
func (c *Client) SetCookie(name, value string) {
	if j, ok := c.http.Jar.(*jar); ok {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.cookies[name] = &http.Cookie{Name: name, Value: value}
	}
}
