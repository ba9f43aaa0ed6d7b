package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a command is: as a bar on a terminal, else as a line
// every few seconds, which suits logs.
type progress struct {
	w     io.Writer
	noun  string
	bar   *progressbar.ProgressBar
	tty   bool
	begun time.Time
	next  time.Time
}

const progressEvery = 5 * time.Second

func newProgress(w io.Writer, noun string) *progress {
	f, ok := w.(*os.File)
	now := time.Now() //nolint:forbidigo // how long a command takes is not the desk's time
	return &progress{w: w, noun: noun, tty: ok && term.IsTerminal(int(f.Fd())), begun: now, next: now.Add(progressEvery)}
}

// show tells that done of total are done; a total of 0 is unknown.
func (p *progress) show(done, total int64) {
	if p.tty {
		if p.bar == nil {
			size := total
			if size == 0 {
				size = -1 // a spinner
			}
			p.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.w),
				progressbar.OptionSetDescription(p.noun), progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
				progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionClearOnFinish())
		}
		_ = p.bar.Set64(done)
		return
	}
	now := time.Now() //nolint:forbidigo // see newProgress
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(progressEvery)
	percent := ""
	if total > 0 {
		percent = fmt.Sprintf(" of %d (%d %%)", total, done*100/total)
	}
	_, _ = fmt.Fprintf(p.w, "%s: %d%s after %d s\n", p.noun, done, percent, int(now.Sub(p.begun).Seconds()))
}

// done clears the bar.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
