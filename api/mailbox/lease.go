package mailbox

import (
	"context"
	"log/slog"
	"time"
)

// A process that handles mail holds it under a short lease and says every now and
// then that it still lives. What a process that dies had in hand is taken up by
// another one when the lease ends.
const (
	LeaseFor  = 20 * time.Second
	BeatEvery = 5 * time.Second
)

// Hold renews a lease until the function that it returns is called. When that
// returns, no renewal is under way any more.
func Hold(ctx context.Context, renew func(ctx context.Context) error) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		beat := time.NewTicker(BeatEvery)
		defer beat.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
				if err := renew(ctx); err != nil && ctx.Err() == nil {
					slog.WarnContext(ctx, "a lease was not renewed", "error", err)
				}
			}
		}
	}()
	return func() { stop(); <-ended }
}
