package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"

	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/limit"
	"github.com/fixdesk/fixdesk/api/user"
)

// The limits. Those per address are wide enough for an office behind one.
var (
	failuresPerAccount = limit.Rate{Burst: 10, Every: time.Minute}
	failuresPerAddress = limit.Rate{Burst: 60, Every: 10 * time.Second}
	registersPerOrigin = limit.Rate{Burst: 20, Every: 3 * time.Minute}
	mailsPerOrigin     = limit.Rate{Burst: 20, Every: time.Minute}
	linksPerOrigin     = limit.Rate{Burst: 30, Every: 10 * time.Second}
	mailsPerRecipient  = limit.Rate{Burst: 3, Every: 20 * time.Minute}
)

// brake slows down guessing and flooding.
type brake struct{ limit limit.Limiter }

type use struct {
	key  string
	rate limit.Rate
}

// origin is where a caller comes from: an IPv4 address, or the 64-bit network
// that a subscriber has all the IPv6 addresses of.
func origin(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// signIn are the limits of failed sign-ins to an account from an address. The
// name is what was typed, so that unknown accounts are limited alike.
func signIn(address, name string) []use {
	return []use{
		{"auth:account:" + digest(user.Key(name)), failuresPerAccount},
		{"auth:address:" + origin(address), failuresPerAddress},
	}
}

// confirm are the limits of wrong passwords of somebody who is signed in.
func confirm(address string, userID int64) []use {
	return []use{
		{"auth:confirm:" + strconv.FormatInt(userID, 10), failuresPerAccount},
		{"auth:address:" + origin(address), failuresPerAddress},
	}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

func errTooMany(wait time.Duration) error {
	f := fault.New(fault.TooMany, "auth.too_many_attempts", "Too many attempts. Wait a while, then try again.")
	f.RetryAfter = wait
	return f
}

// check refuses when one of the limits is reached, without using them up.
func (b brake) check(ctx context.Context, uses []use) error {
	return b.each(ctx, uses, b.limit.Wait)
}

// count uses each of the limits once, and refuses when one was reached before.
func (b brake) count(ctx context.Context, uses ...use) error {
	return b.each(ctx, uses, b.limit.Allow)
}

func (b brake) each(ctx context.Context, uses []use, ask func(context.Context, string, limit.Rate) (time.Duration, error)) error {
	var longest time.Duration
	for _, u := range uses {
		wait, err := ask(ctx, u.key, u.rate)
		if err != nil {
			return fault.New(fault.Unavailable, "server.busy", "This cannot be done right now. Try again in a moment.").Because(err)
		}
		longest = max(longest, wait)
	}
	if longest > 0 {
		return errTooMany(longest)
	}
	return nil
}

// mayMail reports whether one more mail may go to a recipient.
func (b brake) mayMail(ctx context.Context, email string) (bool, error) {
	wait, err := b.limit.Allow(ctx, "auth:mail:"+digest(user.Key(email)), mailsPerRecipient)
	return wait == 0, err
}
