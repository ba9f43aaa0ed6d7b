// Package limit slows down whoever asks too often, in the program's memory or,
// for several replicas, in Redis.
package limit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"github.com/fixdesk/fixdesk/api/platform/clock"
)

// Rate allows Burst at once and then one more every Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limiter counts uses of keys.
type Limiter interface {
	// Allow uses the key once. It returns 0 when that is within the rate, else
	// how long to wait.
	Allow(ctx context.Context, key string, r Rate) (time.Duration, error)
	// Wait tells what Allow would answer, without using the key.
	Wait(ctx context.Context, key string, r Rate) (time.Duration, error)
}

// Off allows everything.
type Off struct{}

// Allow returns 0.
func (Off) Allow(context.Context, string, Rate) (time.Duration, error) { return 0, nil }

// Wait returns 0.
func (Off) Wait(context.Context, string, Rate) (time.Duration, error) { return 0, nil }

// Memory limits within one process.
type Memory struct {
	clock   clock.Clock
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	limiter *rate.Limiter
	full    time.Time // when the bucket is full again and may be forgotten
}

const sweepAt = 10_000

// NewMemory returns an empty limiter.
func NewMemory(c clock.Clock) *Memory { return &Memory{clock: c, buckets: map[string]*bucket{}} }

// Allow implements Limiter.
func (m *Memory) Allow(_ context.Context, key string, r Rate) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	b := m.bucket(key, r, now)
	if b.limiter.AllowN(now, 1) {
		b.full = now.Add(time.Duration(r.Burst) * r.Every)
		return 0, nil
	}
	return wait(b.limiter, r, now), nil
}

// Wait implements Limiter.
func (m *Memory) Wait(_ context.Context, key string, r Rate) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock.Now()
	b, ok := m.buckets[key]
	if !ok || b.limiter.TokensAt(now) >= 1 {
		return 0, nil
	}
	return wait(b.limiter, r, now), nil
}

func wait(l *rate.Limiter, r Rate, now time.Time) time.Duration {
	missing := 1 - l.TokensAt(now)
	return max(time.Second, time.Duration(missing*float64(r.Every)))
}

func (m *Memory) bucket(key string, r Rate, now time.Time) *bucket {
	if b, ok := m.buckets[key]; ok {
		return b
	}
	if len(m.buckets) >= sweepAt {
		for k, b := range m.buckets {
			if b.full.Before(now) {
				delete(m.buckets, k)
			}
		}
	}
	b := &bucket{limiter: rate.NewLimiter(rate.Every(r.Every), r.Burst), full: now}
	m.buckets[key] = b
	return b
}

// Redis limits across replicas.
type Redis struct{ limiter *redis_rate.Limiter }

// NewRedis returns a limiter that counts in Redis.
func NewRedis(client *redis.Client) *Redis { return &Redis{redis_rate.NewLimiter(client)} }

// Allow implements Limiter.
func (r *Redis) Allow(ctx context.Context, key string, rt Rate) (time.Duration, error) {
	return r.use(ctx, key, rt, 1)
}

// Wait implements Limiter.
func (r *Redis) Wait(ctx context.Context, key string, rt Rate) (time.Duration, error) {
	return r.use(ctx, key, rt, 0)
}

func (r *Redis) use(ctx context.Context, key string, rt Rate, n int) (time.Duration, error) {
	res, err := r.limiter.AllowN(ctx, "limit:"+key, redis_rate.Limit{
		Rate: 1, Burst: rt.Burst, Period: rt.Every,
	}, n)
	if err != nil {
		return 0, fmt.Errorf("rate limit: %w", err)
	}
	if n == 1 && res.Allowed == 0 {
		return max(time.Second, res.RetryAfter), nil
	}
	if n == 0 && res.Remaining == 0 {
		return max(time.Second, rt.Every), nil
	}
	return 0, nil
}
