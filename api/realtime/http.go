package realtime

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

const (
	heartbeat = 15 * time.Second
	// writeTime is how long one message may take to be written.
	writeTime = 20 * time.Second
)

// Routes registers the stream and presence.
func (h *Hub) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/stream", web.Handle(h.stream))
	signedIn.GET("/presence", web.Handle(h.listPresence))
	signedIn.POST("/presence", keys.Post(h.setPresence))
}

// stream answers GET /api/stream.
//
// @Summary Follow what changes
// @Description Server-sent events (WHATWG HTML, "Server-sent events"). `hello` begins each stream; `change` names a ticket that changed, why that concerns the caller (`for_me`), and what to fetch; `presence` says who looks at a ticket; `bulk` is the progress of one's bulk runs; `view` names a saved view that changed; `notification` says that one's notifications changed; `reset` says that too much was missed: fetch everything again. Each `change` has an id: reconnect with `Last-Event-ID` and nothing is missed (some may come twice). The stream ends with the access token; a comment is sent every 15 seconds.
// @ID followChanges
// @Tags realtime
// @Produce text/event-stream
// @Param Last-Event-ID header string false "The id of the last event that was received"
// @Success 200 {string} string "The stream"
// @Failure 429 {object} web.Problem "Too many open streams"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"visible","admin":"any"}
// @Router /api/stream [get]
func (h *Hub) stream(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	conn, err := h.join(ctx, by)
	if err != nil {
		return err
	}
	defer h.leave(conn)
	first, err := h.greeting(c, by)
	if err != nil {
		return err
	}
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
	write := func(text string) bool {
		// The deadline is the network's, whatever time it is for the desk.
		_ = rc.SetWriteDeadline(clock.System{}.Now().Add(writeTime))
		if _, err := c.Writer.WriteString(text); err != nil {
			return false
		}
		return rc.Flush() == nil
	}
	for _, m := range first {
		if !write(m.text()) {
			return nil
		}
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	header := c.GetHeader("Authorization")
	for {
		select {
		case m := <-conn.out:
			if !write(m.text()) {
				return nil
			}
		case <-beat.C:
			now, err := h.identify(ctx, header)
			if err != nil || !sameSight(now, by) || !write(": ping\n\n") {
				return nil
			}
		case <-conn.gone:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// sameSight reports whether an actor still is who it was and sees the same. A
// stream ends when that changes; the client comes back as who it is now.
func sameSight(a, b authz.Actor) bool {
	return a.ID == b.ID && a.Role == b.Role && a.Department == b.Department &&
		slices.Equal(a.Teams, b.Teams) && slices.Equal(a.OtherTeams, b.OtherTeams)
}

// greeting is what a stream begins with: where it stands, what was missed, and
// who is there.
func (h *Hub) greeting(c *gin.Context, by authz.Actor) ([]message, error) {
	ctx := c.Request.Context()
	last, err := h.newest(ctx)
	if err != nil {
		return nil, err
	}
	hello, err := json.Marshal(map[string]int64{"last_event_id": last})
	if err != nil {
		return nil, fmt.Errorf("greet a stream: %w", err)
	}
	out := []message{{id: last, name: "hello", data: hello}}
	if since, err := strconv.ParseInt(c.GetHeader("Last-Event-ID"), 10, 64); err == nil && since > 0 {
		missed, all, err := h.missed(ctx, by, since)
		if err != nil {
			return nil, err
		}
		if !all {
			missed = []message{{name: "reset", data: []byte("{}")}}
		}
		// The greeting's own id would skip what follows it if the stream broke here.
		out[0].id = 0
		out = append(out, missed...)
		out = append(out, message{id: last, name: "hello", data: hello})
	}
	if by.Can(authz.TicketQueue) {
		present, err := h.presentFor(ctx, by, nil)
		if err != nil {
			return nil, err
		}
		for _, p := range present {
			data, err := json.Marshal(p)
			if err != nil {
				return nil, fmt.Errorf("say who is there: %w", err)
			}
			out = append(out, message{name: "presence", data: data})
		}
	}
	return out, nil
}

func (m message) text() string {
	id := ""
	if m.id != 0 {
		id = "id: " + strconv.FormatInt(m.id, 10) + "\n"
	}
	return id + "event: " + m.name + "\ndata: " + string(m.data) + "\n\n"
}

// listPresence answers GET /api/presence.
//
// @Summary Show who looks at which ticket
// @ID listPresence
// @Tags realtime
// @Produce json
// @Success 200 {object} PresenceList
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Router /api/presence [get]
func (h *Hub) listPresence(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	if !by.Can(authz.TicketQueue) {
		return errPresenceDenied
	}
	found, err := h.presentFor(ctx, by, nil)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, PresenceList{Results: found})
}

// setPresence answers POST /api/presence.
//
// @Summary Say which ticket one looks at
// @Description Holds for 45 seconds unless said again. Each window names itself with `client_id`; `ticket_id` null says that it looks at none.
// @ID setPresence
// @Tags realtime
// @Accept json
// @Produce json
// @Param body body PresenceRequest true "What is looked at"
// @Success 204 "Noted"
// @Security BearerAuth
// @x-authz {"it_staff":"visible","admin":"any"}
// @Failure 404 {object} web.Problem "No such ticket"
// @Router /api/presence [post]
func (h *Hub) setPresence(c *gin.Context) error {
	ctx := c.Request.Context()
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("client_id", "ticket_id")
	ticketID := b.Int("ticket_id")
	client := b.Text("client_id", web.NotBlank, web.Max(maxClient), asciiOnly)
	state := Viewing
	if text := b.Text("state", web.OneOf(Viewing, Typing, Away)); text != nil {
		state = State(*text)
	}
	if err := b.Err(); err != nil {
		return err
	}
	if err := h.SetPresence(ctx, authz.From(ctx), *client, ticketID, state); err != nil {
		return err
	}
	return web.SendNothing(c)
}
