package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// openingTimes returns n times of the last year, oldest first, the way people
// report problems: at work, on Mondays most, at weekends hardly.
func openingTimes(r *rand.Rand, n int, now time.Time) []time.Time {
	const days = 365
	weights := make([]int, days)
	for i := range weights {
		switch now.AddDate(0, 0, -i).Weekday() {
		case time.Saturday, time.Sunday:
			weights[i] = 4
		case time.Monday:
			weights[i] = 52
		default:
			weights[i] = 40
		}
		weights[i] += (days - i) / 24 // the company grows
	}
	hours := []int{1, 0, 0, 0, 0, 1, 3, 14, 40, 50, 44, 36, 18, 30, 38, 34, 26, 14, 6, 3, 2, 2, 1, 1}
	out := make([]time.Time, n)
	for i := range out {
		day := now.AddDate(0, 0, -weighted(r, weights))
		at := time.Date(day.Year(), day.Month(), day.Day(), weighted(r, hours), r.IntN(60), r.IntN(60), r.IntN(1e6)*1000, time.UTC)
		if at.After(now.Add(-2 * time.Minute)) {
			at = now.Add(-time.Duration(2+r.IntN(600)) * time.Minute)
		}
		out[i] = at
	}
	slices.SortFunc(out, func(a, b time.Time) int { return a.Compare(b) })
	return out
}

// atWork moves a time outside of working hours to the morning after.
func (a *author) atWork(t time.Time) time.Time {
	moved := t
	if moved.Hour() >= 18 {
		moved = moved.AddDate(0, 0, 1)
	}
	for moved.Weekday() == time.Saturday || moved.Weekday() == time.Sunday {
		moved = moved.AddDate(0, 0, 1)
	}
	if moved.Day() == t.Day() && t.Hour() >= 7 {
		return t
	}
	return time.Date(moved.Year(), moved.Month(), moved.Day(), 7, 20+a.r.IntN(150), a.r.IntN(60), t.Nanosecond(), time.UTC)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
