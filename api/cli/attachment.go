package cli

import (
	"fmt"
	"path/filepath"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/attachment"
)

type attachmentCmd struct {
	Check attachmentCheckCmd `cmd:"" help:"Look whether every file that the database knows is in the store."`
}

type attachmentCheckCmd struct{}

// Run checks the files of attachments. It changes nothing.
func (attachmentCheckCmd) Run(w *world) error {
	return withApp(w, func(a *app.App) error { return checkAttachments(w, a) })
}

// attachmentPlace names where the files of attachments lie, without secrets.
func attachmentPlace(w *world) string {
	if w.set.Blob != "" {
		return "the bucket of FIXDESK_BLOB"
	}
	return filepath.Join(w.set.DataDir, "attachments")
}

// checkAttachments says which contents are missing.
func checkAttachments(w *world, a *app.App) error {
	var missing int
	var failed error
	total, err := a.Attachment.Missing(w.ctx, func(b attachment.Blob) {
		if missing++; failed == nil {
			_, failed = fmt.Fprintf(w.out, "missing: %s (%d bytes)\n", b.BlobKey, b.Size)
		}
	})
	if err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d files of attachments are missing: copy them into %s", missing, total, attachmentPlace(w))
	}
	if total > 0 {
		_, err = fmt.Fprintf(w.out, "%d files of attachments are in place\n", total)
	}
	return err
}
