package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/mailbox/fetch"
	"github.com/fixdesk/fixdesk/api/mailbox/smtpd"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/outbox"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/mail"
	"github.com/fixdesk/fixdesk/api/platform/secret"
)

// newMail builds what takes mail in and sends it out.
func (a *App) newMail(set config.Settings, key []byte, options authz.Options, sender mail.Sender) error {
	box, err := secret.New("mail", key)
	if err != nil {
		return err
	}
	signing, err := secret.Derive(key, "mail-tokens", 32)
	if err != nil {
		return err
	}
	store, err := blob.Open(set.Blob, filepath.Join(set.DataDir, "attachments"))
	if err != nil {
		return fmt.Errorf("FIXDESK_BLOB: %w", err)
	}
	protect, err := smtpd.Certificate(set.SMTPCert, set.SMTPKey)
	if err != nil {
		return err
	}
	if a.listeners, err = smtpd.Read(set.SMTPListen, protect); err != nil {
		return err
	}
	a.Mailbox = mailbox.New(mailbox.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Store: store, Tickets: a.Ticket, Users: a.User, Files: a.Attachment,
		Options: options, Signer: thread.NewSigner(signing), Box: box,
	})
	a.fetcher = fetch.New(a.Mailbox)
	a.Mailbox.SetConnect(a.fetcher.Connect)
	a.Outbox = outbox.New(outbox.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Signer: thread.NewSigner(signing), Box: box, Sender: sender, Options: options,
		Public: set.PublicURL, From: set.MailAddress(), Files: a.filesOf, Tickets: a.Ticket, Lookup: net.DefaultResolver.LookupTXT,
	})
	if smtp, ok := sender.(*mail.SMTP); ok {
		smtp.SetSign(a.Outbox.Sign)
	}
	return nil
}

// maxMailFiles is how many bytes of files are read to go with a mail.
const maxMailFiles = 10 << 20

// filesOf reads the files of a comment that anybody may download.
func (a *App) filesOf(ctx context.Context, commentID int64) ([]mail.File, error) {
	listed, err := attachment.OfComments(a.DB.Read(ctx), commentID)
	if err != nil {
		return nil, err
	}
	var out []mail.File
	var size int64
	for _, l := range listed {
		if size += l.Size; size > maxMailFiles {
			break
		}
		_, f, err := a.Attachment.Open(ctx, authz.System("mail"), l.ID)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue // a virus, or lost: the desk says so
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		out = append(out, mail.File{Name: l.Name, MediaType: l.MediaType, Content: content})
	}
	return out, nil
}

// takeMail begins to take mail in. The function that it returns ends that, once
// nobody asks for anything any more.
func (a *App) takeMail(ctx context.Context, running *sync.WaitGroup) (func(), error) {
	ctx, stop := context.WithCancel(ctx)
	var err error
	listeners := a.listeners
	if len(listeners) > 0 {
		if err := a.Mailbox.EnsureDefault(ctx, a.set.MailAddress()); err != nil {
			return stop, err
		}
	}
	open := make([]net.Listener, len(listeners))
	for i, l := range listeners {
		if open[i], err = l.Open(ctx); err != nil {
			return stop, err
		}
	}
	domain := a.set.MailAddress()[strings.LastIndexByte(a.set.MailAddress(), '@')+1:]
	for i, l := range listeners {
		running.Go(func() { logEnd(ctx, "mail listener", l.Serve(ctx, open[i], domain, a.mailStore())) })
	}
	running.Go(func() { a.Mailbox.Run(ctx) })
	running.Go(func() { a.Outbox.Run(ctx) })
	running.Go(func() { a.Notification.Run(ctx) })
	running.Go(func() { a.fetcher.Run(ctx) })
	return stop, nil
}

// pruneMessages forgets the content of mail that came long ago, if it is to be forgotten at all.
func (a *App) pruneMessages(ctx context.Context) error {
	if a.set.MailKeepDays == 0 {
		return nil
	}
	return a.Mailbox.Prune(ctx, a.Clock.Now().AddDate(0, 0, -a.set.MailKeepDays))
}

func (a *App) mailStore() smtpd.Store {
	return smtpd.Store{
		Takes: func(ctx context.Context, address string) (bool, error) {
			b, err := a.Mailbox.For(ctx, address)
			return b != nil, err
		},
		Deliver: func(ctx context.Context, raw []byte, from string, to []string, via string) error {
			return a.Mailbox.Deliver(ctx, raw, mailbox.Envelope{From: from, To: to, Via: via})
		},
	}
}
