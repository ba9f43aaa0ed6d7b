package limit_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/fixdesk/fixdesk/api/platform/clock"
	"github.com/fixdesk/fixdesk/api/platform/limit"
)

var ctx = context.Background()

func TestMemory(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	l := limit.NewMemory(c)
	r := limit.Rate{Burst: 3, Every: time.Minute}
	allow := func(key string) time.Duration {
		wait, err := l.Allow(ctx, key, r)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	for range 3 {
		if allow("a") != 0 {
			t.Fatal("refused within the burst")
		}
	}
	if wait := allow("a"); wait <= 0 || wait > time.Minute {
		t.Errorf("the fourth has to wait %s", wait)
	}
	if wait, err := l.Wait(ctx, "a", r); err != nil || wait <= 0 {
		t.Errorf("Wait says %s %v", wait, err)
	}
	if allow("b") != 0 {
		t.Error("another key is refused")
	}
	c.Advance(time.Minute)
	if allow("a") != 0 || allow("a") == 0 {
		t.Error("one more after a minute, and not two")
	}
}

// TestRedis needs the server that FIXDESK_TEST_REDIS names.
func TestRedis(t *testing.T) {
	url := os.Getenv("FIXDESK_TEST_REDIS")
	if url == "" {
		t.Skip("FIXDESK_TEST_REDIS names no Redis server")
	}
	opts, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	t.Cleanup(func() { _ = client.Close() })
	l := limit.NewRedis(client)
	r := limit.Rate{Burst: 2, Every: time.Minute}
	key := "test:" + t.Name() + time.Now().String()
	if wait, err := l.Wait(ctx, key, r); err != nil || wait != 0 {
		t.Fatalf("before the first: %s %v", wait, err)
	}
	for i := range 3 {
		wait, err := l.Allow(ctx, key, r)
		if err != nil || (wait > 0) != (i == 2) {
			t.Errorf("use %d: wait %s %v", i+1, wait, err)
		}
	}
	if wait, err := l.Wait(ctx, key, r); err != nil || wait <= 0 {
		t.Errorf("after the last: %s %v", wait, err)
	}
}
