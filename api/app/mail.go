package app

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/mailbox"
	"github.com/fixdesk/fixdesk/api/mailbox/smtpd"
	"github.com/fixdesk/fixdesk/api/mailbox/thread"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/platform/secret"
)

// newMail builds what takes mail in and sends it out.
func (a *App) newMail(set config.Settings, key []byte, options authz.Options) error {
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
	if _, err := smtpd.Read(set.SMTPListen); err != nil {
		return err
	}
	a.Mailbox = mailbox.New(mailbox.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Store: store, Tickets: a.Ticket, Users: a.User, Files: a.Attachment,
		Options: options, Signer: thread.NewSigner(signing), Box: box,
	})
	return nil
}

// takeMail begins to take mail in. The function that it returns ends that, once
// nobody asks for anything any more.
func (a *App) takeMail(ctx context.Context, running *sync.WaitGroup) (func(), error) {
	ctx, stop := context.WithCancel(ctx)
	listeners, err := smtpd.Read(a.set.SMTPListen)
	if err != nil {
		return stop, err
	}
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
	return stop, nil
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
