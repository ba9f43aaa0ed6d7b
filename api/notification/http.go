package notification

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

const maxDeviceName = 200

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/notifications", web.Handle(s.list))
	signedIn.GET("/notifications/unread", web.Handle(s.unread))
	signedIn.POST("/notifications/read", keys.Post(s.read))
	signedIn.POST("/notifications/:id/read", keys.Post(s.readOne))
	signedIn.GET("/notification_settings", web.Handle(s.settings))
	signedIn.PATCH("/notification_settings", web.Handle(s.choose))
	signedIn.GET("/push_key", web.Handle(s.pushKey))
	signedIn.GET("/push_subscriptions", web.Handle(s.devices))
	signedIn.POST("/push_subscriptions", keys.Post(s.subscribe))
	signedIn.DELETE("/push_subscriptions/:id", web.Handle(s.unsubscribe))
}

// list answers GET /api/notifications.
//
// @Summary List one's own notifications
// @Description Newest first; kept for 90 days. What one may not see any more is not in it.
// @ID listNotifications
// @Tags notifications
// @Produce json
// @Param unread query bool false "Only those that were not read"
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notifications [get]
func (s *Service) list(c *gin.Context) error {
	q := web.ReadQuery(c, append([]string{"unread"}, web.PageParams...)...)
	unread, page := q.Bool("unread"), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), authz.From(c.Request.Context()), unread != nil && *unread, page)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewOf)
}

// unread answers GET /api/notifications/unread.
//
// @Summary Count one's unread notifications
// @Description Counts to 99; `more` says that there are more.
// @ID countNotifications
// @Tags notifications
// @Produce json
// @Success 200 {object} CountView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notifications/unread [get]
func (s *Service) unread(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	n, err := s.Unread(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, CountView{min(n, maxUnread-1), n >= maxUnread})
}

// read answers POST /api/notifications/read.
//
// @Summary Mark notifications as read
// @Description Those of a ticket, or all up to one. Again changes nothing.
// @ID readNotifications
// @Tags notifications
// @Accept json
// @Produce json
// @Param body body ReadRequest true "Which"
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notifications/read [post]
func (s *Service) read(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ticketID, upTo := b.ID("ticket_id"), b.Int("up_to")
	if (ticketID == nil) == (upTo == nil) {
		b.Wrong("ticket_id", "Name a ticket or the last notification, one of them.")
	}
	if err := b.Err(); err != nil {
		return err
	}
	var what Selection
	if ticketID != nil {
		what.TicketID = *ticketID
	} else {
		what.UpTo = *upTo
	}
	if err := s.Read(c.Request.Context(), authz.From(c.Request.Context()), what); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// readOne answers POST /api/notifications/{id}/read.
//
// @Summary Mark a notification as read
// @Description Needs no body. Again changes nothing.
// @ID readNotification
// @Tags notifications
// @Produce json
// @Param id path int true "The notification" example(7)
// @Success 204 "Done"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notifications/{id}/read [post]
func (s *Service) readOne(c *gin.Context) error {
	id, err := web.PathID(c, "notification")
	if err != nil {
		return err
	}
	if err := s.ReadOne(c.Request.Context(), authz.From(c.Request.Context()), id); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// settings answers GET /api/notification_settings.
//
// @Summary Show how one wants to be told
// @ID getNotificationSettings
// @Tags notifications
// @Produce json
// @Success 200 {object} SettingsView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notification_settings [get]
func (s *Service) settings(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	by := authz.From(c.Request.Context())
	st, err := s.Settings(c.Request.Context(), by)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, settingsView(st, by.TimeZone), st.Version)
}

// choose answers PATCH /api/notification_settings.
//
// @Summary Choose how one wants to be told
// @Description Each kind by the app, by mail (at once, each full hour, once a day, or not) and by push to one's devices. In quiet hours mail and push wait, and then come as one. Requesters hear of answers by the mail of the ticket itself, whatever stands here.
// @ID updateNotificationSettings
// @Tags notifications
// @Accept json
// @Produce json
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body SettingsRequest true "What changes"
// @Success 200 {object} SettingsView
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/notification_settings [patch]
func (s *Service) choose(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readSettings(b)
	if err := b.Err(); err != nil {
		return err
	}
	by := authz.From(c.Request.Context())
	st, err := s.Choose(c.Request.Context(), by, web.IfMatch(c), ch)
	if err != nil {
		return err
	}
	return web.Send(c, http.StatusOK, settingsView(st, by.TimeZone), st.Version)
}

// timeOfDay reads a time such as 22:00, nil for null.
func timeOfDay(b *web.Body, name string) *int {
	if !b.Has(name) || b.IsNull(name) {
		return nil
	}
	text := b.Text(name)
	if text == nil {
		return nil
	}
	at, err := time.Parse("15:04", *text)
	if err != nil || len(*text) != 5 {
		b.Wrong(name, "Must be a time of day such as 22:00.")
		return nil
	}
	n := minute(at)
	return &n
}

func readSettings(b *web.Body) SettingChanges {
	ch := SettingChanges{DigestAt: timeOfDay(b, "digest_at"), From: timeOfDay(b, "quiet_from"), To: timeOfDay(b, "quiet_to")}
	if b.IsNull("digest_at") {
		b.Wrong("digest_at", "Must be a time of day such as 22:00.")
	}
	if ch.Quiet = b.Has("quiet_from") || b.Has("quiet_to"); ch.Quiet && (ch.From == nil) != (ch.To == nil) {
		b.Wrong("quiet_to", "Quiet hours need a beginning and an end.")
	}
	raw := b.Raw("kinds")
	if raw == nil {
		return ch
	}
	var list []struct {
		Kind  Kind  `json:"kind"`
		InApp *bool `json:"in_app"`
		Mail  Mode  `json:"mail"`
		Push  *bool `json:"push"`
	}
	wrong := json.Unmarshal(raw, &list) != nil || list == nil
	ch.Kinds = map[Kind]Channels{}
	for _, k := range list {
		if wrong = wrong || !slices.Contains(Kinds, k.Kind) || !slices.Contains(Modes, k.Mail) || k.InApp == nil || k.Push == nil; wrong {
			break
		}
		ch.Kinds[k.Kind] = Channels{*k.InApp, k.Mail, *k.Push}
	}
	if wrong {
		b.Wrong("kinds", "Must be a list of kinds, each with in_app, mail and push.")
	}
	return ch
}

// pushKey answers GET /api/push_key.
//
// @Summary Show the key with which a browser subscribes
// @Description The public key of the desk for Web Push (RFC 8292), as `applicationServerKey` wants it.
// @ID getPushKey
// @Tags notifications
// @Produce json
// @Success 200 {object} PushKeyView
// @Security BearerAuth
// @x-authz {"employee":"any","it_staff":"any","admin":"any"}
// @Router /api/push_key [get]
func (s *Service) pushKey(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	key, err := s.PushKey(c.Request.Context())
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, PushKeyView{key})
}

// devices answers GET /api/push_subscriptions.
//
// @Summary List one's browsers that are pushed to
// @ID listPushSubscriptions
// @Tags notifications
// @Produce json
// @Success 200 {object} DevicesView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/push_subscriptions [get]
func (s *Service) devices(c *gin.Context) error {
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	found, err := s.Devices(c.Request.Context(), authz.From(c.Request.Context()))
	if err != nil {
		return err
	}
	out := DevicesView{Results: make([]DeviceView, len(found))}
	for i, d := range found {
		out.Results[i] = deviceView(d)
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// subscribe answers POST /api/push_subscriptions.
//
// @Summary Let the desk push to a browser
// @Description What `PushSubscription.toJSON()` holds. A browser that somebody else had subscribed is theirs no more. One person has at most 10; the oldest makes place.
// @ID createPushSubscription
// @Tags notifications
// @Accept json
// @Produce json
// @Param body body PushRequest true "The subscription"
// @Success 201 {object} DeviceView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/push_subscriptions [post]
func (s *Service) subscribe(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("endpoint", "p256dh", "auth")
	endpoint, key, auth := b.Text("endpoint", web.Max(2000)), b.Text("p256dh", web.Max(120)), b.Text("auth", web.Max(60))
	name := b.Text("device", web.Max(maxDeviceName))
	if err := b.Err(); err != nil {
		return err
	}
	d := Device{Endpoint: *endpoint, P256dh: *key, Auth: *auth}
	if name != nil {
		d.Name = *name
	}
	sub, err := s.Subscribe(c.Request.Context(), authz.From(c.Request.Context()), d)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusCreated, deviceView(sub))
}

// unsubscribe answers DELETE /api/push_subscriptions/{id}.
//
// @Summary End the push to a browser
// @ID deletePushSubscription
// @Tags notifications
// @Produce json
// @Param id path int true "The subscription" example(3)
// @Success 204 "Ended"
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/push_subscriptions/{id} [delete]
func (s *Service) unsubscribe(c *gin.Context) error {
	id, err := web.PathID(c, "push subscription")
	if err != nil {
		return err
	}
	if err := s.Unsubscribe(c.Request.Context(), authz.From(c.Request.Context()), id); err != nil {
		return err
	}
	return web.SendNothing(c)
}
