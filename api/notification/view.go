package notification

import (
	"fmt"
	"time"

	"github.com/fixdesk/fixdesk/api/user"
)

// TicketView is the ticket of a notification.
type TicketView struct {
	ID     int64  `json:"id" example:"42"`
	Title  string `json:"title" example:"The printer is on fire"`
	Status string `json:"status" enums:"open,in_progress,resolved,closed" example:"open"`
} //@name NotificationTicket

// View is a notification.
type View struct {
	ID      int64      `json:"id" example:"7"`
	EventID int64      `json:"event_id" example:"1203"`
	Kind    Kind       `json:"kind" enums:"assigned,mention,reply,status,sla,watching" example:"reply"`
	Type    string     `json:"type" example:"ticket.commented"`
	Ticket  TicketView `json:"ticket"`
	// Actor is who did it; the desk itself has the id 0.
	Actor user.Card `json:"actor"`
	// Detail is the new status, or the target of the SLA.
	Detail    string    `json:"detail" example:"resolved"`
	CommentID *int64    `json:"comment_id" extensions:"x-nullable" example:"5"`
	Read      bool      `json:"read" example:"false"`
	CreatedAt time.Time `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Notification

// CountView says how much is unread.
type CountView struct {
	Count int64 `json:"count" example:"3"`
	// More says that there are more than are counted.
	More bool `json:"more" example:"false"`
} //@name NotificationCount

// ReadRequest says what to mark as read: one of the fields.
type ReadRequest struct {
	TicketID int64 `json:"ticket_id" validate:"optional" example:"42"`
	// UpTo marks everything up to a notification, so that what comes meanwhile stays.
	UpTo int64 `json:"up_to" validate:"optional" example:"120"`
} //@name NotificationRead

// ChannelsView says how one hears of a kind.
type ChannelsView struct {
	Kind  Kind `json:"kind" enums:"assigned,mention,reply,status,sla,watching" example:"reply"`
	InApp bool `json:"in_app" example:"true"`
	Mail  Mode `json:"mail" enums:"off,at_once,hourly,daily" example:"at_once"`
	Push  bool `json:"push" example:"true"`
} //@name NotificationChannels

// SettingsView is how one wants to be told. Times are of one's own time zone.
type SettingsView struct {
	Kinds     []ChannelsView `json:"kinds"`
	QuietFrom *string        `json:"quiet_from" extensions:"x-nullable" example:"22:00"`
	QuietTo   *string        `json:"quiet_to" extensions:"x-nullable" example:"06:30"`
	DigestAt  string         `json:"digest_at" example:"08:00"`
	TimeZone  string         `json:"time_zone" example:"Europe/Berlin"`
	Version   int64          `json:"version" example:"1"`
} //@name NotificationSettings

// SettingsRequest is the body of changed settings; what is left out stays.
type SettingsRequest struct {
	Kinds     []ChannelsRequest `json:"kinds" validate:"optional"`
	QuietFrom *string           `json:"quiet_from" validate:"optional" extensions:"x-nullable" example:"22:00"`
	QuietTo   *string           `json:"quiet_to" validate:"optional" extensions:"x-nullable" example:"06:30"`
	DigestAt  string            `json:"digest_at" validate:"optional" example:"08:00"`
} //@name NotificationSettingsUpdate

// ChannelsRequest says how one wants to hear of a kind.
type ChannelsRequest struct {
	Kind  Kind `json:"kind" validate:"required" enums:"assigned,mention,reply,status,sla,watching" example:"reply"`
	InApp bool `json:"in_app" validate:"required" example:"true"`
	Mail  Mode `json:"mail" validate:"required" enums:"off,at_once,hourly,daily" example:"at_once"`
	Push  bool `json:"push" validate:"required" example:"true"`
} //@name NotificationChannelsUpdate

// PushKeyView is the key with which browsers subscribe.
type PushKeyView struct {
	Key string `json:"key" example:"BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"`
} //@name PushKey

// PushRequest is what a browser hands over when it subscribes.
type PushRequest struct {
	Endpoint string `json:"endpoint" validate:"required" maxLength:"2000" example:"https://push.example.com/send/abc"`
	P256dh   string `json:"p256dh" validate:"required" maxLength:"120" example:"BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"`
	Auth     string `json:"auth" validate:"required" maxLength:"60" example:"8eDyX_uCN0XRhSbY5hs7Hg"`
	Device   string `json:"device" validate:"optional" maxLength:"200" example:"Firefox on Linux"`
} //@name PushSubscribe

// DeviceView is a browser to which the desk may push.
type DeviceView struct {
	ID        int64      `json:"id" example:"3"`
	Device    string     `json:"device" example:"Firefox on Linux"`
	CreatedAt time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	LastAt    *time.Time `json:"last_at" format:"date-time" extensions:"x-nullable"`
} //@name PushSubscription

// DevicesView is every browser of one's own to which the desk may push.
type DevicesView struct {
	Results []DeviceView `json:"results"`
} //@name PushSubscriptionList

func viewOf(e Entry) View {
	return View{
		ID: e.ID, EventID: e.EventID, Kind: e.Kind, Type: e.Type, Ticket: TicketView{e.TicketID, e.Title, e.Status.String()}, Actor: e.Actor,
		Detail: e.Detail, CommentID: e.CommentID, Read: !e.Unread, CreatedAt: e.CreatedAt.UTC(),
	}
}

func clockOf(minutes *int) *string {
	if minutes == nil {
		return nil
	}
	text := fmt.Sprintf("%02d:%02d", *minutes/60, *minutes%60)
	return &text
}

func settingsView(st Settings, timeZone string) SettingsView {
	v := SettingsView{
		QuietFrom: clockOf(st.QuietFrom), QuietTo: clockOf(st.QuietTo), DigestAt: *clockOf(&st.DigestAt), TimeZone: timeZone, Version: st.Version,
	}
	if v.TimeZone == "" {
		v.TimeZone = "UTC"
	}
	for _, k := range Kinds {
		c := st.of(k)
		v.Kinds = append(v.Kinds, ChannelsView{k, c.InApp, c.Mail, c.Push})
	}
	return v
}

func deviceView(d Subscription) DeviceView {
	return DeviceView{ID: d.ID, Device: d.Device, CreatedAt: d.CreatedAt.UTC(), LastAt: d.LastAt}
}
