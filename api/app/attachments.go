package app

import (
	"fmt"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/attachment"
	"github.com/fixdesk/fixdesk/api/auth"
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/blob"
	"github.com/fixdesk/fixdesk/api/platform/clamav"
	"github.com/fixdesk/fixdesk/api/platform/config"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// newAttachments opens the store of files. Who sees them is the ticket's rule,
// which lies a floor above and is handed down.
func newAttachments(a *App, set config.Settings) (*attachment.Service, error) {
	folder := filepath.Join(set.DataDir, "attachments")
	store, err := blob.Open(set.Blob, folder)
	if err != nil {
		return nil, fmt.Errorf("FIXDESK_BLOB: %w", err)
	}
	d := attachment.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.Clock, Store: store, Spool: filepath.Join(set.DataDir, "uploads"),
		Limits: attachment.Limits{
			MaxSize: set.AttachmentMax << 20,
			Allowed: config.MediaTypes(set.AttachmentAllow), Denied: config.MediaTypes(set.AttachmentDeny),
		},
		Gate: func(tx *gorm.DB, by authz.Actor, id int64) error {
			_, err := ticket.Readable(tx, by, id)
			return err
		},
	}
	if set.ClamAV != "" {
		if d.Scanner, err = clamav.New(set.ClamAV); err != nil {
			return nil, fmt.Errorf("FIXDESK_CLAMAV: %w", err)
		}
	}
	return attachment.New(d), nil
}

// attachmentLimits is what the app is told of them.
func attachmentLimits(set config.Settings) auth.AttachmentLimits {
	return auth.AttachmentLimits{
		MaxSize: set.AttachmentMax << 20, MaxCount: attachment.MaxCount,
		Allowed: config.MediaTypes(set.AttachmentAllow), Denied: config.MediaTypes(set.AttachmentDeny),
	}
}

// attachmentJobs registers what is done about files in the background.
func (a *App) attachmentJobs() {
	w := a.Worker
	w.Handle(attachment.CollectJob, a.Attachment.Collect)
	w.Handle(attachment.SweepJob, a.Attachment.Sweep)
	w.Handle(attachment.ScanJob, a.Attachment.RunScan)
	w.Handle(attachment.RescanJob, a.Attachment.Rescan)
	w.Every(time.Hour, attachment.CollectJob)
	w.Every(24*time.Hour, attachment.SweepJob)
	w.Every(5*time.Minute, attachment.RescanJob)
}
