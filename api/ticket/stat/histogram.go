package stat

import (
	"math"
	"sort"
	"time"
)

// Durations are counted in buckets: bucket 0 is below a minute, and from there
// on each bucket ends 2^(1/8) (9 %) above where it begins. A percentile is the
// geometric middle of its bucket, so that it is at most 2^(1/16) (4.5 %) away
// from the duration of the ticket at that rank, or half a minute.
const perDoubling = 8

// MaxError is the largest relative error of a percentile above a minute.
const MaxError = 0.045

// ends holds where each bucket ends: whole numbers, so that every machine puts a
// duration into the same one.
var ends = func() []time.Duration {
	// 2^(i/8) · 10^9
	factors := [perDoubling]int64{1000000000, 1090507733, 1189207115, 1296839555, 1414213562, 1542210825, 1681792831, 1834008086}
	const doublings = 24 // 31 years
	out := make([]time.Duration, 0, doublings*perDoubling)
	for d := range doublings {
		for _, f := range factors {
			out = append(out, time.Duration(60*f)<<d)
		}
	}
	return out
}()

// Bucket returns the bucket of a duration.
func Bucket(d time.Duration) int64 {
	return int64(sort.Search(len(ends), func(i int) bool { return d < ends[i] }))
}

// middle returns the duration that stands for a bucket.
func middle(bucket int64) time.Duration {
	if bucket <= 0 {
		return ends[0] / 2
	}
	if bucket >= int64(len(ends)) {
		return ends[len(ends)-1]
	}
	return time.Duration(math.Sqrt(float64(ends[bucket-1])) * math.Sqrt(float64(ends[bucket])))
}

// Histogram holds the number of durations in each bucket.
type Histogram map[int64]int64

// Count returns how many durations there are.
func (h Histogram) Count() int64 {
	var n int64
	for _, v := range h {
		n += v
	}
	return n
}

// Percentile returns the duration of the ticket at rank ⌈p·n⌉ (the nearest-rank
// method), p between 0 and 1, within MaxError; false when there are none.
func (h Histogram) Percentile(p float64) (time.Duration, bool) {
	total := h.Count()
	if total <= 0 {
		return 0, false
	}
	buckets := make([]int64, 0, len(h))
	for b := range h {
		buckets = append(buckets, b)
	}
	sort.Slice(buckets, func(i, j int) bool { return buckets[i] < buckets[j] })
	rank := max(1, int64(math.Ceil(p*float64(total)-1e-9)))
	for _, b := range buckets {
		if rank -= h[b]; rank <= 0 {
			return middle(b), true
		}
	}
	return middle(buckets[len(buckets)-1]), true
}
