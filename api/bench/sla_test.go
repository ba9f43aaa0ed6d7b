package bench

import (
	"strconv"
	"testing"
	"time"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/sla"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// BenchmarkRecalculate counts the clocks of all tickets anew, every one of them
// open, while somebody else writes: it tells how long the longest transaction of
// the run took, and how long the longest wait of the other writer.
func BenchmarkRecalculate(b *testing.B) {
	each(b, func(b *testing.B, s *subject) {
		err := s.app.DB.Writer(ctx).Exec("UPDATE tickets SET status = ?, solved_at = NULL, resolved_at = NULL, closed_at = NULL", ticket.InProgress).Error
		if err != nil {
			b.Fatal(err)
		}
		by, name := authz.System("bench"), "Everything"
		goals := sla.Goals{FirstResponse: 3600, NextResponse: 3600, Resolution: 8 * 3600}
		if _, err := s.app.SLA.CreatePolicy(ctx, by, sla.PolicyChanges{Name: &name, Targets: &goals}); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			run, err := s.app.SLA.Recalculate(ctx, by, sla.OpenTickets)
			if err != nil {
				b.Fatal(err)
			}
			done, longest := make(chan struct{}), make(chan time.Duration)
			go func() {
				var worst time.Duration
				for {
					select {
					case <-done:
						longest <- worst
						return
					case <-time.After(20 * time.Millisecond):
					}
					begin := time.Now()
					if _, err := s.app.Ticket.Comment(ctx, s.admin, s.recent, "Still there?"); err != nil {
						b.Error(err)
					}
					worst = max(worst, time.Since(begin))
				}
			}()
			j := job.Job{Payload: `{"run_id":` + strconv.FormatInt(run.ID, 10) + `}`}
			if err := s.app.SLA.RunRecalculate(ctx, j); err != nil {
				b.Fatal(err)
			}
			close(done)
			last, err := s.app.SLA.LastRun(ctx, s.admin)
			if err != nil || last.Done == 0 {
				b.Fatal(last, err)
			}
			b.ReportMetric(float64(last.Done), "tickets")
			b.ReportMetric(float64(last.SlowestMS), "ms/longest-transaction")
			b.ReportMetric(float64((<-longest).Milliseconds()), "ms/longest-wait")
		}
	})
}
