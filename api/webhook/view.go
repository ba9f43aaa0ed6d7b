package webhook

import "time"

// View is a webhook. Its secret is shown once, when it is made.
type View struct {
	ID int64 `json:"id" example:"1"`
	// URL is where it is called; of a chat only the server is shown, because whoever has
	// the address can write there. Sent back as it is shown, it stays.
	URL         string `json:"url" example:"https://example.com/hook"`
	Description string `json:"description" example:"Inventory"`
	Kind        Kind   `json:"kind" enums:"standard,slack,teams,mattermost" example:"standard"`
	// Events are the types it hears of; none are all that it may hear of.
	Events         []string   `json:"events" example:"ticket.created,ticket.status_changed"`
	Internal       bool       `json:"internal" example:"false"`
	Confidential   bool       `json:"confidential" example:"false"`
	Active         bool       `json:"active" example:"true"`
	DisabledReason *Reason    `json:"disabled_reason" enums:"gone,failing" extensions:"x-nullable"`
	Failures       int        `json:"failures" example:"0"`
	FailingSince   *time.Time `json:"failing_since" format:"date-time" extensions:"x-nullable"`
	PausedUntil    *time.Time `json:"paused_until" format:"date-time" extensions:"x-nullable"`
	LastSuccessAt  *time.Time `json:"last_success_at" format:"date-time" extensions:"x-nullable"`
	OldSecretUntil *time.Time `json:"old_secret_until" format:"date-time" extensions:"x-nullable"`
	Version        int64      `json:"version" example:"2"`
	CreatedAt      time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt      time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Webhook

// NewView is a webhook with its secret.
type NewView struct {
	View
	Secret string `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="`
} //@name WebhookWithSecret

// DeliveryView is one event on its way to a webhook.
type DeliveryView struct {
	ID         int64      `json:"id" example:"7"`
	WebhookID  int64      `json:"webhook_id" example:"1"`
	MessageID  string     `json:"message_id" example:"msg_2KWPBgLlAfxdpx2AI54pPJ85f4"`
	EventID    *int64     `json:"event_id" extensions:"x-nullable" example:"1203"`
	Type       string     `json:"type" example:"ticket.created"`
	TicketID   *int64     `json:"ticket_id" extensions:"x-nullable" example:"42"`
	State      State      `json:"state" enums:"pending,delivered,dead,cancelled" example:"delivered"`
	Attempts   int        `json:"attempts" example:"1"`
	LastStatus *int       `json:"last_status" extensions:"x-nullable" example:"200"`
	LastError  string     `json:"last_error" example:""`
	NextAt     *time.Time `json:"next_at" format:"date-time" extensions:"x-nullable"`
	CreatedAt  time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable"`
} //@name WebhookDelivery

// AttemptView is one try to deliver.
type AttemptView struct {
	ID         int64     `json:"id" example:"9"`
	At         time.Time `json:"at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	DurationMS int64     `json:"duration_ms" example:"84"`
	Status     *int      `json:"status" extensions:"x-nullable" example:"200"`
	Error      string    `json:"error" example:""`
	// Request is the body that was sent, where it is not the payload: chats get
	// words of their own.
	Request string `json:"request" example:""`
	// Response is the beginning of the answer.
	Response string `json:"response" example:"ok"`
} //@name WebhookAttempt

// TypeView is a type of event.
type TypeView struct {
	Type string `json:"type" example:"ticket.created"`
	// Internal ones are heard of by webhooks that may hear of internal notes.
	Internal bool `json:"internal" example:"false"`
} //@name WebhookType

// TypeList is every type of event that webhooks hear of.
type TypeList struct {
	Results []TypeView `json:"results"`
} //@name WebhookTypeList

// LogView is a delivery with what was sent and the attempts to send it.
type LogView struct {
	DeliveryView
	Payload string        `json:"payload" example:"{\"type\":\"ticket.created\"}"`
	Log     []AttemptView `json:"log"`
} //@name WebhookDeliveryLog

// ReplayView says how many deliveries are sent again.
type ReplayView struct {
	Count int `json:"count" example:"12"`
	// More says that there are more than fit into one request.
	More bool `json:"more" example:"false"`
} //@name WebhookReplay

// CreateRequest is the body of a new webhook.
type CreateRequest struct {
	URL          string   `json:"url" validate:"required" maxLength:"2000" example:"https://example.com/hook"`
	Kind         Kind     `json:"kind" validate:"optional" enums:"standard,slack,teams,mattermost" example:"standard"`
	Description  string   `json:"description" validate:"optional" maxLength:"200" example:"Inventory"`
	Events       []string `json:"events" validate:"optional" example:"ticket.created,ticket.status_changed"`
	Internal     bool     `json:"internal" validate:"optional" example:"false"`
	Confidential bool     `json:"confidential" validate:"optional" example:"false"`
	Active       bool     `json:"active" validate:"optional" example:"true"`
} //@name WebhookCreate

// UpdateRequest is the body of a changed webhook; what is left out stays.
type UpdateRequest struct {
	URL          string   `json:"url" validate:"optional" maxLength:"2000" example:"https://example.com/hook"`
	Description  string   `json:"description" validate:"optional" maxLength:"200" example:"Inventory"`
	Events       []string `json:"events" validate:"optional" example:"ticket.created,ticket.status_changed"`
	Internal     bool     `json:"internal" validate:"optional" example:"false"`
	Confidential bool     `json:"confidential" validate:"optional" example:"false"`
	Active       bool     `json:"active" validate:"optional" example:"true"`
} //@name WebhookUpdate

// ReplayRequest says which deliveries to send again.
type ReplayRequest struct {
	State State     `json:"state" validate:"optional" enums:"delivered,dead,cancelled" example:"dead"`
	From  time.Time `json:"from" validate:"optional" format:"date-time" example:"2026-03-02T09:00:00Z"`
	To    time.Time `json:"to" validate:"optional" format:"date-time" example:"2026-03-03T09:00:00Z"`
} //@name WebhookReplayRequest

func viewOf(w Webhook) View {
	v := View{
		ID: w.ID, URL: w.URL, Description: w.Description, Kind: w.Kind, Events: w.Events, Internal: w.Internal,
		Confidential: w.Confidential, Active: w.Active, Failures: w.Failures, FailingSince: w.FailingSince,
		PausedUntil: w.PausedUntil, LastSuccessAt: w.LastSuccessAt, OldSecretUntil: w.OldSecretUntil,
		Version: w.Version, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
	if v.Events == nil {
		v.Events = []string{}
	}
	if w.DisabledReason != "" {
		v.DisabledReason = &w.DisabledReason
	}
	return v
}

func deliveryView(d Delivery) DeliveryView {
	v := DeliveryView{
		ID: d.ID, WebhookID: d.WebhookID, MessageID: d.MessageID, Type: d.Type, TicketID: d.TicketID, State: d.State,
		Attempts: d.Attempts, LastError: d.LastError, NextAt: d.NextAt, CreatedAt: d.CreatedAt, FinishedAt: d.FinishedAt,
	}
	if d.EventID != 0 {
		v.EventID = &d.EventID
	}
	if d.LastStatus != 0 {
		v.LastStatus = &d.LastStatus
	}
	return v
}

func logView(d Delivery, attempts []Attempt) LogView {
	v := LogView{DeliveryView: deliveryView(d), Payload: d.Payload, Log: make([]AttemptView, 0, len(attempts))}
	for _, a := range attempts {
		one := AttemptView{ID: a.ID, At: a.At, DurationMS: a.DurationMS, Error: a.Error, Response: a.Response}
		if a.Status != 0 {
			one.Status = &a.Status
		}
		if a.Request != nil {
			one.Request = *a.Request
		}
		v.Log = append(v.Log, one)
	}
	return v
}
