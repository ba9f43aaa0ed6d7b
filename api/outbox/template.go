package outbox

import (
	"context"
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox/parse"
	"github.com/fixdesk/fixdesk/api/platform/db"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/markdown"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

// Template is what a kind of mail says in a language, with names of values in
// double braces. That of mailbox 0 is for all.
type Template struct {
	ID        int64
	MailboxID int64
	Kind      Kind
	Language  string
	Subject   string
	Text      string
	HTML      string `gorm:"column:html"`
	Version   int64
	UpdatedAt time.Time
}

// TableName names the table for GORM.
func (Template) TableName() string { return "mail_templates" }

// Placeholders are the names that templates may use.
var Placeholders = []string{
	"ticket.id", "ticket.title", "ticket.status", "ticket.url", "person.name", "author.name", "comment.text", "desk.name", "desk.url", "reply.line", "leave.line",
}

const (
	foot = "\n\n-- \n{{desk.name}}\n{{ticket.url}}\n"
	// answerFoot also says how people in CC get no more; for others the line is empty.
	answerFoot = foot + "\n{{leave.line}}"
	wrap       = `<p><small>{{line}}</small></p>`
)

// defaults are what mails say unless somebody wrote something else.
var defaults = map[string]map[Kind]Template{
	"en": {
		Acknowledged: {Subject: "[#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nHello {{person.name}},\n\nthank you, your message has arrived. It is now ticket {{ticket.id}}: {{ticket.title}}.\nAnswer this mail to add something." + foot},
		Opened:       {Subject: "[#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nHello {{person.name}},\n\nticket {{ticket.id}} was opened for you: {{ticket.title}}.\nAnswer this mail to add something." + foot},
		Replied:      {Subject: "Re: [#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\n{{author.name}} wrote:\n\n{{comment.text}}" + answerFoot},
		Finished:     {Subject: "Re: [#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nHello {{person.name}},\n\nticket {{ticket.id}} is now {{ticket.status}}: {{ticket.title}}.\nIf it is not, answer this mail, and we take it up again." + foot},
	},
	"de": {
		Acknowledged: {Subject: "[#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nGuten Tag {{person.name}},\n\nvielen Dank, Ihre Nachricht ist angekommen. Sie ist jetzt Ticket {{ticket.id}}: {{ticket.title}}.\nAntworten Sie auf diese Mail, um etwas zu ergänzen." + foot},
		Opened:       {Subject: "[#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nGuten Tag {{person.name}},\n\nfür Sie wurde Ticket {{ticket.id}} geöffnet: {{ticket.title}}.\nAntworten Sie auf diese Mail, um etwas zu ergänzen." + foot},
		Replied:      {Subject: "Re: [#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\n{{author.name}} schrieb:\n\n{{comment.text}}" + answerFoot},
		Finished:     {Subject: "Re: [#{{ticket.id}}] {{ticket.title}}", Text: "{{reply.line}}\n\nGuten Tag {{person.name}},\n\nTicket {{ticket.id}} ist jetzt {{ticket.status}}: {{ticket.title}}.\nFalls nicht, antworten Sie auf diese Mail, und wir nehmen es wieder auf." + foot},
	},
}

func replyLine(lang string) string {
	if lang == "de" {
		return parse.ReplyMarkStart + " Bitte schreiben Sie Ihre Antwort über diese Zeile " + parse.ReplyMarkEnd
	}
	return parse.ReplyMarkStart + " Please write your answer above this line " + parse.ReplyMarkEnd
}

// leaveLine says how somebody in CC gets no more mail about a ticket.
func leaveLine(lang, link string) string {
	if lang == "de" {
		return "Sie stehen in CC. Keine weiteren Mails zu diesem Ticket: " + link
	}
	return "You are in CC. To get no more mail about this ticket: " + link
}

var statusWords = map[string]map[ticket.Status]string{
	"en": {ticket.Open: "open", ticket.InProgress: "in progress", ticket.Resolved: "resolved", ticket.Closed: "closed"},
	"de": {ticket.Open: "offen", ticket.InProgress: "in Bearbeitung", ticket.Resolved: "gelöst", ticket.Closed: "geschlossen"},
}

func (s *Service) deskValues() map[string]string {
	return map[string]string{"desk.name": "Fixdesk", "desk.url": s.Public, "reply.line": "", "leave.line": ""}
}

func ticketValues(d map[string]string, t *ticket.Ticket, lang, public string) {
	words := statusWords[lang]
	if words == nil {
		words = statusWords["en"]
	}
	id := strconv.FormatInt(t.ID, 10)
	d["ticket.id"], d["ticket.title"], d["ticket.status"], d["ticket.url"] = id, t.Title, words[t.Status], public+"/tickets/"+id
}

// template returns what a kind of mail says: of the mailbox, of the desk, or from
// the beginning.
func (s *Service) template(tx *gorm.DB, box int64, kind Kind, lang string) (Template, error) {
	if defaults[lang] == nil {
		lang = "en"
	}
	var found []Template
	err := tx.Where("kind = ? AND language = ? AND mailbox_id IN ?", kind, lang, []int64{0, box}).Order("mailbox_id DESC").Limit(1).Find(&found).Error
	if err != nil {
		return Template{}, fmt.Errorf("read a template: %w", err)
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return standard(kind, lang), nil
}

func standard(kind Kind, lang string) Template {
	t := defaults[lang][kind]
	t.Kind, t.Language = kind, lang
	return t
}

var placeholder = regexp.MustCompile(`\{\{\s*([a-z_.]{1,40})\s*\}\}`)

// fill puts values in the place of their names. In HTML they are escaped, but for
// the comment, which is the HTML that the app shows.
func (t Template) fill(d map[string]string, comment string) (subject, text, rich string) {
	put := func(source string, value func(name string) string) string {
		return placeholder.ReplaceAllStringFunc(source, func(m string) string { return value(placeholder.FindStringSubmatch(m)[1]) })
	}
	subject = strings.Join(strings.Fields(put(t.Subject, func(n string) string { return d[n] })), " ")
	text = strings.TrimSpace(put(t.Text, func(n string) string { return d[n] })) + "\n"
	source := t.HTML
	if source == "" {
		source = htmlOf(t.Text)
	}
	rich = put(source, func(n string) string {
		switch {
		case n == "comment.text" && comment != "":
			return comment
		case n == "ticket.url" || n == "desk.url":
			return `<a href="` + html.EscapeString(d[n]) + `">` + html.EscapeString(d[n]) + `</a>`
		case n == "reply.line" && d[n] != "":
			return strings.Replace(wrap, "{{line}}", html.EscapeString(d[n]), 1)
		case n == "leave.line" && d[n] != "":
			words, link, _ := strings.Cut(d[n], ": ")
			link = html.EscapeString(link)
			return strings.Replace(wrap, "{{line}}", html.EscapeString(words)+`: <a href="`+link+`">`+link+`</a>`, 1)
		}
		return strings.ReplaceAll(html.EscapeString(d[n]), "\n", "<br>")
	})
	return subject, text, parse.Sanitise(rich)
}

// htmlOf makes HTML of a plain template: paragraphs and line breaks.
func htmlOf(text string) string {
	var out strings.Builder
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		p = strings.TrimPrefix(p, "-- \n")
		if p == "{{comment.text}}" || p == "{{reply.line}}" || p == "{{leave.line}}" {
			out.WriteString(p)
			continue
		}
		out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
	}
	return out.String()
}

var picture = regexp.MustCompile(`!\[([^\]]*)\]\(attachment:[0-9]+\)`)

// plainText is a comment as a mail says it: Markdown is readable as it is.
func plainText(content string) string { return picture.ReplaceAllString(content, "[$1]") }

func commentHTML(content string) string { return markdown.Render(plainText(content)) }

// check returns what is wrong with a template.
func (t Template) check() error {
	wrong := map[string][]string{}
	for field, text := range map[string]string{"subject": t.Subject, "text": t.Text, "html": t.HTML} {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(Placeholders, m[1]) {
				wrong[field] = []string{fmt.Sprintf("There is no value %s for mails.", m[1])}
			}
		}
	}
	if strings.ContainsAny(t.Subject, "\r\n") {
		wrong["subject"] = append(wrong["subject"], "Must be one line.")
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "request.invalid", "One or more fields are wrong.")
	f.Fields = wrong
	return f
}

// Templates returns what every kind of mail says in every language: of a mailbox,
// or, for 0, of the desk.
func (s *Service) Templates(ctx context.Context, by authz.Actor, box int64) ([]Template, error) {
	if !canManage(by) {
		return nil, errDenied
	}
	var out []Template
	for _, lang := range user.Languages {
		for _, kind := range Kinds {
			t, err := s.template(s.DB.Read(ctx), box, kind, lang)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// SaveTemplate writes what a kind of mail says.
func (s *Service) SaveTemplate(ctx context.Context, by authz.Actor, t Template) (Template, error) {
	if !canManage(by) {
		return t, errDenied
	}
	if err := t.check(); err != nil {
		return t, err
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		if t.MailboxID != 0 {
			var n int64
			if err := tx.Table("mailboxes").Where("id = ?", t.MailboxID).Count(&n).Error; err != nil || n == 0 {
				return errors.Join(err, fault.Field("mailbox_id", "Does not exist."))
			}
		}
		var was Template
		err := tx.Where("mailbox_id = ? AND kind = ? AND language = ?", t.MailboxID, t.Kind, t.Language).Take(&was).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("read a template: %w", err)
		}
		t.ID, t.Version, t.UpdatedAt = was.ID, was.Version+1, tx.Now
		if err := tx.Save(&t).Error; err != nil {
			return fmt.Errorf("save a template: %w", err)
		}
		return tx.Emit("mail_template.updated", "mail_template", t.ID, nil)
	})
	return t, err
}

// ResetTemplate goes back to what a kind of mail says otherwise.
func (s *Service) ResetTemplate(ctx context.Context, by authz.Actor, box int64, kind Kind, lang string) (Template, error) {
	if !canManage(by) {
		return Template{}, errDenied
	}
	err := s.Bus.Do(ctx, by, func(tx *event.Tx) error {
		return tx.Where("mailbox_id = ? AND kind = ? AND language = ?", box, kind, lang).Delete(&Template{}).Error
	})
	if err != nil {
		return Template{}, fmt.Errorf("reset a template: %w", err)
	}
	return s.template(s.DB.Read(ctx), box, kind, lang)
}

// Preview fills a template with values of nobody's ticket.
func (s *Service) Preview(by authz.Actor, t Template) (mail.Message, error) {
	if !canManage(by) {
		return mail.Message{}, errDenied
	}
	if err := t.check(); err != nil {
		return mail.Message{}, err
	}
	d := s.deskValues()
	sample := &ticket.Ticket{ID: 42, Title: "The printer jams", Status: ticket.Resolved}
	ticketValues(d, sample, t.Language, s.Public)
	d["person.name"], d["author.name"], d["reply.line"] = "Amara Okafor", "Sam Staff", replyLine(t.Language)
	d["leave.line"] = leaveLine(t.Language, s.Public+"/api/mail/unsubscribe?…")
	d["comment.text"] = "A new cartridge is **on its way**"
	var m mail.Message
	m.Subject, m.Text, m.HTML = t.fill(d, markdown.Render(d["comment.text"]))
	return m, nil
}

// Test sends what a preview shows to an address, at once.
func (s *Service) Test(ctx context.Context, by authz.Actor, t Template, to string) (problem string, err error) {
	m, err := s.Preview(by, t)
	if err != nil {
		return "", err
	}
	m.ID = "test." + strconv.FormatInt(s.Clock.Now().UnixNano(), 36)
	m.To, m.From, m.FromName = to, s.From, "Fixdesk"
	if t.MailboxID != 0 {
		var from []string
		if err := s.DB.Read(ctx).Table("mailboxes").Where("id = ?", t.MailboxID).Pluck("address", &from).Error; err != nil {
			return "", err
		}
		if len(from) > 0 {
			m.From = from[0]
		}
	}
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := s.Sender.Send(ctx, m); err != nil {
		return db.Cut(err.Error(), 500), nil
	}
	return "", nil
}
