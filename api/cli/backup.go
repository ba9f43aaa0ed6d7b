package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/fixdesk/fixdesk/api/app"
	"github.com/fixdesk/fixdesk/api/backup"
	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/db"
)

type backupCmd struct {
	File string `arg:"" help:"The file to write; it may be there already." type:"path"`
}

// Run writes a backup. It works while the server runs, and changes nothing.
func (c backupCmd) Run(w *world) error {
	d, err := db.Open(w.set.Database, clock.System{}.Now)
	if err != nil {
		return err
	}
	bar := newProgress(w.err, "rows")
	rows, err := backup.Writer{
		DB: d, Clock: clock.System{}, Program: version, Progress: func(n int64) { bar.show(n, 0) },
	}.File(w.ctx, c.File)
	bar.done()
	if err != nil {
		return errors.Join(err, d.Close())
	}
	var files struct{ N, Bytes int64 }
	err = d.Read(w.ctx).Raw("SELECT COUNT(*) AS n, COALESCE(SUM(size), 0) AS bytes FROM attachment_blobs").Scan(&files).Error
	if err != nil {
		return errors.Join(err, d.Close())
	}
	_, err = fmt.Fprintf(w.out, "%d rows written to %s\n", rows, c.File)
	if err == nil && files.N > 0 {
		_, err = fmt.Fprintf(w.out, "The files of attachments are not in it: copy %s as well (%d files, %d MiB)\n",
			attachmentPlace(w), files.N, files.Bytes>>20)
	}
	return errors.Join(err, d.Close())
}

type restoreCmd struct {
	File string `arg:"" help:"The backup." type:"existingfile"`
}

// Run restores a backup.
func (c restoreCmd) Run(w *world) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	err = withApp(w, func(a *app.App) error {
		bar := newProgress(w.err, "rows")
		rows, err := backup.Restorer{DB: a.DB, Bus: a.Bus, Tickets: a.Ticket, Progress: bar.show}.Restore(w.ctx, f)
		bar.done()
		if err != nil {
			return err
		}
		if _, err = fmt.Fprintf(w.out, "%d rows restored from %s\n", rows, c.File); err != nil {
			return err
		}
		if err := checkAttachments(w, a); err != nil {
			return fmt.Errorf("all rows are restored, but %w", err)
		}
		return nil
	})
	return errors.Join(err, f.Close())
}
