package stat

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPercentilesAgainstSorting compares with the nearest rank of the sorted
// durations themselves.
func TestPercentilesAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.SliceOfN(rapid.OneOf(
			rapid.Int64Range(0, 600), rapid.Int64Range(0, 100_000), rapid.Int64Range(0, 400*86400),
		), 1, 200).Draw(t, "seconds")
		h := Histogram{}
		for _, s := range seconds {
			h[Bucket(time.Duration(s)*time.Second)]++
		}
		slices.Sort(seconds)
		for _, p := range []float64{0, 0.5, 0.9, 0.95, 1} {
			want := time.Duration(seconds[max(1, int(math.Ceil(p*float64(len(seconds))-1e-9)))-1]) * time.Second
			got, ok := h.Percentile(p)
			off := (got - want).Abs()
			if !ok || off > max(30*time.Second, time.Duration(MaxError*float64(want))) {
				t.Fatalf("p%v is %v, want %v", p*100, got, want)
			}
		}
	})
}

func TestBuckets(t *testing.T) {
	for d, want := range map[time.Duration]int64{
		-time.Hour: 0, 0: 0, time.Minute - 1: 0, time.Minute: 1, 2*time.Minute - 1: 8, 2 * time.Minute: 9,
		1<<63 - 1: int64(len(ends)),
	} {
		if got := Bucket(d); got != want {
			t.Errorf("%v is in bucket %d, want %d", d, got, want)
		}
	}
	if _, ok := (Histogram{}).Percentile(0.5); ok {
		t.Error("nothing has a median")
	}
	for _, at := range []time.Time{time.Unix(0, 0), time.Unix(-1, 0), time.Unix(86399, 999_999_999), time.Date(2026, 3, 2, 23, 59, 59, 0, time.FixedZone("", -3600))} {
		if got, want := Date(Day(at)), at.UTC().Truncate(24*time.Hour); !got.Equal(want) {
			t.Errorf("%v lies on %v, want %v", at, got, want)
		}
	}
}
