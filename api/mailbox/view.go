package mailbox

import (
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/locale"
)

// View is a mailbox. Its secrets are never shown, only whether there are any.
type View struct {
	ID             int64      `json:"id" example:"1"`
	Name           string     `json:"name" example:"Help desk"`
	Address        string     `json:"address" example:"help@example.com"`
	Active         bool       `json:"active" example:"true"`
	Source         Source     `json:"source" enums:"smtp,imap" example:"imap"`
	Host           string     `json:"host" example:"imap.example.com"`
	Port           int        `json:"port" example:"993"`
	Security       Security   `json:"security" enums:"tls,starttls,none" example:"tls"`
	Username       string     `json:"username" example:"help@example.com"`
	Auth           Auth       `json:"auth" enums:"password,oauth" example:"password"`
	HasSecret      bool       `json:"has_secret" example:"true"`
	OAuthTokenURL  string     `json:"oauth_token_url" example:""`
	OAuthClientID  string     `json:"oauth_client_id" example:""`
	HasOAuthSecret bool       `json:"has_oauth_secret" example:"false"`
	Folder         string     `json:"folder" example:"INBOX"`
	CategoryID     *int64     `json:"category_id" extensions:"x-nullable" example:"4"`
	TeamID         *int64     `json:"team_id" extensions:"x-nullable" example:"2"`
	SenderName     string     `json:"sender_name" example:"IT help desk"`
	Language       string     `json:"language" enums:"en,de" example:"en"`
	UnknownSenders Unknown    `json:"unknown_senders" enums:"create,hold" example:"create"`
	SenderCap      int        `json:"sender_cap" example:"1000"`
	PlusAddress    bool       `json:"plus_address" example:"true"`
	CatchAll       bool       `json:"catch_all" example:"false"`
	Acknowledge    bool       `json:"acknowledge" example:"true"`
	LastFetchedAt  *time.Time `json:"last_fetched_at" format:"date-time" extensions:"x-nullable"`
	LastError      string     `json:"last_error" example:""`
	LastErrorAt    *time.Time `json:"last_error_at" format:"date-time" extensions:"x-nullable"`
	Version        int64      `json:"version" example:"2"`
	CreatedAt      time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	UpdatedAt      time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
} //@name Mailbox

// CreateRequest is the body of a new mailbox.
type CreateRequest struct {
	Name           string   `json:"name" validate:"required" maxLength:"100" example:"Help desk"`
	Address        string   `json:"address" validate:"required" maxLength:"254" example:"help@example.com"`
	Active         bool     `json:"active" validate:"optional" example:"true"`
	Source         Source   `json:"source" validate:"optional" enums:"smtp,imap" example:"imap"`
	Host           string   `json:"host" validate:"optional" maxLength:"255" example:"imap.example.com"`
	Port           int      `json:"port" validate:"optional" minimum:"1" maximum:"65535" example:"993"`
	Security       Security `json:"security" validate:"optional" enums:"tls,starttls,none" example:"tls"`
	Username       string   `json:"username" validate:"optional" maxLength:"254" example:"help@example.com"`
	Auth           Auth     `json:"auth" validate:"optional" enums:"password,oauth" example:"password"`
	Secret         string   `json:"secret" validate:"optional" maxLength:"8000" example:"a password, or a refresh token"`
	OAuthTokenURL  string   `json:"oauth_token_url" validate:"optional" maxLength:"500" example:"https://login.example.com/token"`
	OAuthClientID  string   `json:"oauth_client_id" validate:"optional" maxLength:"255" example:""`
	OAuthSecret    string   `json:"oauth_secret" validate:"optional" maxLength:"8000" example:""`
	Folder         string   `json:"folder" validate:"optional" maxLength:"255" example:"INBOX"`
	CategoryID     *int64   `json:"category_id" validate:"optional" extensions:"x-nullable" example:"4"`
	TeamID         *int64   `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	SenderName     string   `json:"sender_name" validate:"optional" maxLength:"100" example:"IT help desk"`
	Language       string   `json:"language" validate:"optional" enums:"en,de" example:"en"`
	UnknownSenders Unknown  `json:"unknown_senders" validate:"optional" enums:"create,hold" example:"create"`
	SenderCap      int      `json:"sender_cap" validate:"optional" minimum:"0" maximum:"100000" example:"1000"`
	PlusAddress    bool     `json:"plus_address" validate:"optional" example:"true"`
	CatchAll       bool     `json:"catch_all" validate:"optional" example:"false"`
	Acknowledge    bool     `json:"acknowledge" validate:"optional" example:"true"`
} //@name MailboxCreate

// UpdateRequest is the body of a changed mailbox; what is left out stays.
type UpdateRequest struct {
	Name           string   `json:"name" validate:"optional" maxLength:"100" example:"Help desk"`
	Address        string   `json:"address" validate:"optional" maxLength:"254" example:"help@example.com"`
	Active         bool     `json:"active" validate:"optional" example:"true"`
	Source         Source   `json:"source" validate:"optional" enums:"smtp,imap" example:"imap"`
	Host           string   `json:"host" validate:"optional" maxLength:"255" example:"imap.example.com"`
	Port           int      `json:"port" validate:"optional" minimum:"1" maximum:"65535" example:"993"`
	Security       Security `json:"security" validate:"optional" enums:"tls,starttls,none" example:"tls"`
	Username       string   `json:"username" validate:"optional" maxLength:"254" example:"help@example.com"`
	Auth           Auth     `json:"auth" validate:"optional" enums:"password,oauth" example:"password"`
	Secret         string   `json:"secret" validate:"optional" maxLength:"8000" example:"a password, or a refresh token"`
	OAuthTokenURL  string   `json:"oauth_token_url" validate:"optional" maxLength:"500" example:"https://login.example.com/token"`
	OAuthClientID  string   `json:"oauth_client_id" validate:"optional" maxLength:"255" example:""`
	OAuthSecret    string   `json:"oauth_secret" validate:"optional" maxLength:"8000" example:""`
	Folder         string   `json:"folder" validate:"optional" maxLength:"255" example:"INBOX"`
	CategoryID     *int64   `json:"category_id" validate:"optional" extensions:"x-nullable" example:"4"`
	TeamID         *int64   `json:"team_id" validate:"optional" extensions:"x-nullable" example:"2"`
	SenderName     string   `json:"sender_name" validate:"optional" maxLength:"100" example:"IT help desk"`
	Language       string   `json:"language" validate:"optional" enums:"en,de" example:"en"`
	UnknownSenders Unknown  `json:"unknown_senders" validate:"optional" enums:"create,hold" example:"create"`
	SenderCap      int      `json:"sender_cap" validate:"optional" minimum:"0" maximum:"100000" example:"1000"`
	PlusAddress    bool     `json:"plus_address" validate:"optional" example:"true"`
	CatchAll       bool     `json:"catch_all" validate:"optional" example:"false"`
	Acknowledge    bool     `json:"acknowledge" validate:"optional" example:"true"`
} //@name MailboxUpdate

// TestView says whether a mailbox can be reached.
type TestView struct {
	OK      bool   `json:"ok" example:"false"`
	Problem string `json:"problem" example:"The server says: authentication failed."`
} //@name MailboxTest

// StepView is one thing that was found out or decided about a message.
type StepView struct {
	Code string `json:"code" example:"thread.reply_address"`
	Text string `json:"text" example:"Threaded to 42 because of the signed reply address."`
} //@name MailStep

// MessageView is a message as it is listed.
type MessageView struct {
	ID          int64      `json:"id" example:"7"`
	MailboxID   int64      `json:"mailbox_id" example:"1"`
	State       State      `json:"state" enums:"received,done,ignored,held,failed" example:"done"`
	Reason      string     `json:"reason" example:""`
	ReasonText  string     `json:"reason_text" example:""`
	FromName    string     `json:"from_name" example:"Amara Okafor"`
	FromAddress string     `json:"from_address" example:"amara@example.com"`
	Subject     string     `json:"subject" example:"The printer jams"`
	Size        int64      `json:"size" example:"4096"`
	MessageID   string     `json:"message_id" example:"abc@example.com"`
	Source      string     `json:"source" example:"imap"`
	Auto        string     `json:"auto" example:""`
	TicketID    *int64     `json:"ticket_id" extensions:"x-nullable" example:"42"`
	CommentID   *int64     `json:"comment_id" extensions:"x-nullable" example:"9"`
	Attempts    int        `json:"attempts" example:"1"`
	ReceivedAt  time.Time  `json:"received_at" format:"date-time" example:"2026-03-02T09:10:00Z"`
	ProcessedAt *time.Time `json:"processed_at" format:"date-time" extensions:"x-nullable"`
	Version     int64      `json:"version" example:"2"`
} //@name MailMessage

// FileView is a file of a message.
type FileView struct {
	Name      string `json:"name" example:"photo.jpg"`
	MediaType string `json:"media_type" example:"image/jpeg"`
	Size      int    `json:"size" example:"20480"`
	Inline    bool   `json:"inline" example:"false"`
} //@name MailFile

// PartsView is what a message says, taken apart.
type PartsView struct {
	Header    string     `json:"header" example:"From: amara@example.com"`
	New       string     `json:"new" example:"It jams again."`
	Quoted    string     `json:"quoted" example:""`
	Signature string     `json:"signature" example:""`
	HTML      string     `json:"html" example:""`
	Crypto    string     `json:"crypto" example:""`
	Files     []FileView `json:"files"`
} //@name MailParts

// DetailView is a message with what it says and how it was decided about.
type DetailView struct {
	MessageView
	EnvelopeFrom string     `json:"envelope_from" example:"amara@example.com"`
	EnvelopeTo   []string   `json:"envelope_to" example:"help@example.com"`
	Trace        []StepView `json:"trace"`
	Parts        *PartsView `json:"parts" extensions:"x-nullable"`
} //@name MailMessageDetail

// OfTicketView is a message of a ticket, for those who work on it.
type OfTicketView struct {
	MessageView
	Trace     []StepView `json:"trace"`
	New       string     `json:"new" example:"It jams again."`
	Quoted    string     `json:"quoted" example:""`
	Signature string     `json:"signature" example:""`
	HTML      string     `json:"html" example:""`
	Crypto    string     `json:"crypto" example:""`
} //@name MailOfTicket

// OfTicketList is the mail of a ticket.
type OfTicketList struct {
	Results []OfTicketView `json:"results"`
} //@name MailOfTicketList

// ProcessRequest is the body of handling a message again.
type ProcessRequest struct {
	// Accept lets in what was held for somebody to look at.
	Accept bool `json:"accept" validate:"optional" example:"true"`
} //@name MailProcess

// TryRequest is the body of trying a message.
type TryRequest struct {
	MailboxID int64 `json:"mailbox_id" validate:"required" example:"1"`
	// Source is the message, Base64-encoded.
	Source string `json:"source" validate:"required" example:"RnJvbTogYUBleGFtcGxlLmNvbQ=="`
	// To is the recipient of the envelope, if it is to be another one than the
	// message names.
	To string `json:"to" validate:"optional" maxLength:"320" example:""`
} //@name MailTry

// TryView is what would become of a message.
type TryView struct {
	State      State      `json:"state" enums:"received,done,ignored,held,failed" example:"done"`
	Reason     string     `json:"reason" example:""`
	ReasonText string     `json:"reason_text" example:""`
	TicketID   *int64     `json:"ticket_id" extensions:"x-nullable" example:"42"`
	Title      string     `json:"title" example:"The printer jams"`
	Trace      []StepView `json:"trace"`
	Parts      *PartsView `json:"parts" extensions:"x-nullable"`
} //@name MailTryResult

func viewOf(b Mailbox) View {
	return View{
		ID: b.ID, Name: b.Name, Address: b.Address, Active: b.Active, Source: b.Source, Host: b.Host, Port: b.Port, Security: b.Security,
		Username: b.Username, Auth: b.Auth, HasSecret: b.Secret != "", OAuthTokenURL: b.OAuthTokenURL, OAuthClientID: b.OAuthClientID,
		HasOAuthSecret: b.OAuthSecret != "", Folder: b.Folder, CategoryID: b.CategoryID, TeamID: b.TeamID, SenderName: b.SenderName,
		Language: b.Language, UnknownSenders: b.UnknownSenders, SenderCap: b.SenderCap, PlusAddress: b.PlusAddress, CatchAll: b.CatchAll,
		Acknowledge: b.Acknowledge, LastFetchedAt: b.LastFetchedAt, LastError: b.LastError, LastErrorAt: b.LastErrorAt,
		Version: b.Version, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
}

// messageView shows a message; what became of it is said in the reader's language.
func messageView(lang string, m Message) MessageView {
	return MessageView{
		ID: m.ID, MailboxID: m.MailboxID, State: m.State, Reason: m.Reason, ReasonText: locale.Translate(lang, m.ReasonText), FromName: m.FromName,
		FromAddress: m.FromAddress, Subject: m.Subject, Size: m.Size, MessageID: m.MessageID, Source: m.Source, Auto: m.Auto,
		TicketID: m.TicketID, CommentID: m.CommentID, Attempts: m.Attempts, ReceivedAt: m.ReceivedAt, ProcessedAt: m.ProcessedAt, Version: m.Version,
	}
}

// steps says a trace in the reader's language.
func steps(lang string, trace []thread.Step) []StepView {
	out := make([]StepView, len(trace))
	for i, s := range trace {
		out[i] = StepView{s.Code, locale.Translate(lang, s.Text)}
	}
	return out
}

// partsView shows a message. Files that became attachments are shown in their
// place.
func partsView(raw []byte, mail *parse.Message, kept []attachment.Listed) *PartsView {
	if mail == nil {
		return &PartsView{Header: parse.Lines(raw), Files: []FileView{}}
	}
	v := &PartsView{
		Header: parse.Lines(raw), New: mail.New, Quoted: mail.Quoted, Signature: mail.Signature,
		HTML: withImages(mail, kept), Crypto: string(mail.Crypto), Files: make([]FileView, len(mail.Files)),
	}
	for i, f := range mail.Files {
		v.Files[i] = FileView{Name: f.Name, MediaType: f.MediaType, Size: len(f.Content), Inline: f.Inline}
	}
	return v
}

// withImages puts the attachments of a message where its HTML shows them.
func withImages(mail *parse.Message, kept []attachment.Listed) string {
	out := mail.HTML
	for _, f := range mail.Files {
		if f.ContentID == "" {
			continue
		}
		to := `src=""`
		for _, a := range kept {
			if a.Name == f.Name && a.Size == int64(len(f.Content)) {
				to = `data-attachment="` + strconv.FormatInt(a.ID, 10) + `"`
			}
		}
		out = strings.ReplaceAll(out, `src="cid:`+html.EscapeString(f.ContentID)+`"`, to)
	}
	return out
}
