package feed

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

const (
	defaultLimit = 100
	maxLimit     = 500
	maxTypes     = 50
	heartbeat    = 15 * time.Second
	// pollEvery is how soon what another replica did is seen.
	pollEvery = 2 * time.Second
	writeTime = 20 * time.Second
)

// Routes registers the feed.
func (s *Service) Routes(signedIn *gin.RouterGroup) {
	signedIn.GET("/events", web.Handle(s.list))
	signedIn.GET("/events/stream", web.Handle(s.stream))
}

// Actor is who did something.
type Actor struct {
	ID   int64  `json:"id" example:"3"`
	Name string `json:"name" example:"ada"`
} //@name FeedActor

// Subject is what something happened to.
type Subject struct {
	Type string `json:"type" example:"ticket"`
	ID   int64  `json:"id" example:"42"`
} //@name FeedSubject

// View is an event of the feed.
type View struct {
	// ID is the place in the feed, EventID the number of the event in a ticket's timeline.
	ID        int64     `json:"id" example:"1201"`
	EventID   int64     `json:"event_id" example:"1203"`
	Type      string    `json:"type" example:"ticket.status_changed"`
	Timestamp time.Time `json:"timestamp" format:"date-time" example:"2026-03-02T09:10:00Z"`
	Actor     Actor     `json:"actor"`
	Subject   Subject   `json:"subject"`
	// Data holds ids, names of changed fields and small values, by the type of event.
	Data map[string]any `json:"data"`
} //@name FeedEvent

// SliceView is a piece of the feed.
type SliceView struct {
	Results []View `json:"results"`
	// Next is the `after` of the next request.
	Next int64 `json:"next" example:"1201"`
	// More says that there is more already.
	More bool `json:"more" example:"false"`
} //@name FeedSlice

func viewOf(e Entry) View {
	data := map[string]any{}
	if err := e.Decode(&data); err != nil {
		slog.Error("an event's data cannot be read", "error", err)
	}
	return View{
		ID: e.Seq, EventID: e.ID, Type: e.Type, Timestamp: e.CreatedAt.UTC(), Actor: Actor{e.ActorID, e.ActorName},
		Subject: Subject{e.SubjectType, e.SubjectID}, Data: data,
	}
}

var typeName = regexp.MustCompile(`^[a-z_]{1,40}\.([a-z_]{1,40}|\*)$`)

func readTypes(q *web.Query) []string {
	types := q.List("types")
	if len(types) > maxTypes {
		q.Wrong("types", "Must be at most 50 types.")
	}
	for _, t := range types {
		if !typeName.MatchString(t) {
			q.Wrong("types", "Must be types such as ticket.created, or ticket.* for all of a kind.")
			break
		}
	}
	return types
}

func readAfter(q *web.Query) int64 {
	if after := q.Int("after"); after != nil {
		return *after // which is never negative
	}
	return 0
}

// list answers GET /api/events.
//
// @Summary Read the event feed
// @Description Everything that happened, oldest first. Keep `next` and send it as `after`: nothing is missed and nothing comes twice, also where transactions end in another order than they began. A slice may be empty although there is more (`more`): what was not asked for has been walked over. Events of tickets that the caller cannot read are left out.
// @ID listEvents
// @Tags events
// @Produce json
// @Param after query int false "Where to go on: next of the answer before; 0 for the beginning" minimum(0) default(0)
// @Param limit query int false "Events at most" minimum(1) maximum(500) default(100)
// @Param types query string false "Comma list of types, such as ticket.created,note.*" example(ticket.created,note.*)
// @Success 200 {object} SliceView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/events [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canRead(by) {
		return errDenied
	}
	q := web.ReadQuery(c, "after", "limit", "types")
	after := readAfter(q)
	limit, types := defaultLimit, readTypes(q)
	if n := q.Int("limit"); n != nil {
		if *n < 1 || *n > maxLimit {
			q.Wrong("limit", "Must be from 1 to 500.")
		}
		limit = int(*n)
	}
	if err := q.Err(); err != nil {
		return err
	}
	found, err := s.After(ctx, by, after, limit, types)
	if err != nil {
		return err
	}
	out := SliceView{Results: make([]View, 0, len(found.Entries)), Next: found.Next, More: found.More}
	for _, e := range found.Entries {
		out.Results = append(out.Results, viewOf(e))
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// stream answers GET /api/events/stream.
//
// @Summary Follow the event feed
// @Description The feed as server-sent events (WHATWG HTML, "Server-sent events") named `event`, each with its place in the feed as id: reconnect with `Last-Event-ID` and nothing is missed. `after` says the same where a client cannot send that header, which comes first. Without both the stream begins with what happens next; 0 is the beginning of the feed. A comment is sent every 15 seconds. The stream ends with the access token.
// @ID followEvents
// @Tags events
// @Produce text/event-stream
// @Param Last-Event-ID header string false "The id of the last event that was received"
// @Param after query int false "The same, as next of a slice" minimum(0)
// @Param types query string false "Comma list of types, such as ticket.created,note.*" example(ticket.created,note.*)
// @Success 200 {string} string "The stream"
// @Failure 429 {object} web.Problem "Too many open streams"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/events/stream [get]
func (s *Service) stream(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if !canRead(by) {
		return errDenied
	}
	q := web.ReadQuery(c, "after", "types")
	types, after := readTypes(q), q.Int("after")
	if err := q.Err(); err != nil {
		return err
	}
	at, err := strconv.ParseInt(c.GetHeader("Last-Event-ID"), 10, 64)
	switch {
	case err == nil && at >= 0:
	case after != nil:
		at = *after
	default:
		if at, err = s.Newest(ctx, by); err != nil {
			return err
		}
	}
	if err := s.join(by); err != nil {
		return err
	}
	defer s.leave(by)
	rc := http.NewResponseController(c.Writer)
	// The server's limits are for requests that end.
	if err := rc.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("keep a stream open: %w", err)
	}
	head := c.Writer.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no")
	head.Set(gzhttp.HeaderNoCompression, "1")
	c.Status(http.StatusOK)
	s.follow(c, by, at, types, func(text string) error {
		// The deadline is the network's, whatever time it is for the desk.
		_ = rc.SetWriteDeadline(clock.System{}.Now().Add(writeTime))
		if _, err := c.Writer.WriteString(text); err != nil {
			return err
		}
		return rc.Flush()
	})
	return nil
}

// follow writes what happens until the caller or its token is gone.
func (s *Service) follow(c *gin.Context, by authz.Actor, at int64, types []string, write func(string) error) {
	ctx := c.Request.Context()
	header := c.GetHeader("Authorization")
	beat, poll := time.NewTicker(heartbeat), time.NewTicker(pollEvery)
	defer beat.Stop()
	defer poll.Stop()
	if write(": hello\n\n") != nil {
		return
	}
	for {
		// Before looking, so that what happens meanwhile wakes it again.
		news := s.waiting()
		next, more, err := s.send(c, by, at, types, write)
		if err != nil {
			return
		}
		at = next
		if more {
			continue
		}
		select {
		case <-news:
		case <-poll.C:
		case <-beat.C:
			now, err := s.identify(ctx, header)
			if err != nil || now.ID != by.ID || !canRead(now) || write(": ping\n\n") != nil {
				return
			}
			by = now
		case <-s.closed:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) send(c *gin.Context, by authz.Actor, at int64, types []string, write func(string) error) (int64, bool, error) {
	found, err := s.After(c.Request.Context(), by, at, maxLimit, types)
	if err != nil {
		return at, false, err
	}
	for _, e := range found.Entries {
		data, err := json.Marshal(viewOf(e))
		if err != nil {
			return at, false, fmt.Errorf("write event %d of the feed: %w", e.ID, err)
		}
		if err := write(fmt.Sprintf("id: %d\nevent: event\ndata: %s\n\n", e.Seq, data)); err != nil {
			return at, false, err
		}
	}
	return found.Next, found.More, nil
}
