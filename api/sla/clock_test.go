package sla

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fixdesk/fixdesk/api/calendar"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// tale draws a ticket's life in minutes from its creation.
func tale(t *rapid.T, begin time.Time) []moment {
	var out []moment
	at := 0
	done := false
	for range rapid.IntRange(0, 12).Draw(t, "moments") {
		at += rapid.IntRange(0, 600).Draw(t, "after")
		m := moment{at: begin.Add(time.Duration(at) * time.Minute)}
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			m.reply = ticket.StaffReply
		case 1:
			m.reply = ticket.RequesterReply
		case 2:
			m.status = ticket.InProgress
			if !done {
				m.status = ticket.Resolved
			}
			done = !done
		case 3:
			m.finer, m.paused = true, rapid.SampledFrom([]string{"", "Waiting for parts", "On hold"}).Draw(t, "finer")
		default:
			m.status = ticket.InProgress
			if done {
				m.status = ticket.Closed
			}
		}
		out = append(out, m)
	}
	return out
}

// minutes tells the same story minute by minute, from the words of the glossary:
// it asks at each minute which targets are awaited, and counts.
func minutes(s *calendar.Schedule, begin time.Time, moments []moment, until time.Time, pauseWaiting bool) (first, next, whole int) {
	done, answered, asked, last := false, false, false, ticket.NoReply
	held := false // in a finer status in which clocks stand still
	i := 0
	for at := begin; ; at = at.Add(time.Minute) {
		for ; i < len(moments) && !moments[i].at.After(at); i++ {
			m := moments[i]
			switch {
			case m.finer:
				held = m.paused != ""
			case m.reply == ticket.StaffReply:
				last, answered, asked = m.reply, true, false
			case m.reply == ticket.RequesterReply:
				last = m.reply
				asked = answered
			case m.status != 0:
				done = m.status.Done()
			}
		}
		if !at.Before(until) {
			return first, next, whole
		}
		if !s.Open(at) || done || held {
			continue
		}
		if !answered {
			first++
		}
		if asked {
			next++
		}
		if !pauseWaiting || last != ticket.StaffReply {
			whole++
		}
	}
}

func TestRunsAgreeWithTheMinutes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var week calendar.Week
	for d := time.Monday; d <= time.Friday; d++ {
		week[d] = []calendar.Span{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 17 * 60}}
	}
	s, err := calendar.NewSchedule(berlin, week, nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		// Around a change of daylight saving time.
		begin := time.Date(2026, 3, 27, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, time.UTC)
		moments := tale(t, begin)
		pause := rapid.Bool().Draw(t, "pause")
		until := begin.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "until")) * time.Minute)
		seen := moments
		for i, m := range moments {
			if m.at.After(until) {
				seen = moments[:i]
				break
			}
		}
		first, next, whole := minutes(s, begin, moments, until, pause)
		got := map[Target]time.Duration{}
		for _, r := range replay(begin, seen, pause) {
			d := r.elapsed(s, until)
			got[r.target] += d
			if d == 0 {
				continue
			}
			// The time is up when it has passed, and not a second earlier.
			at, err := r.reach(s, d)
			if err != nil || at == nil || r.elapsed(s, *at) != d || at.After(until) {
				t.Fatalf("%s: %s is reached at %v (%v)", r.target, d, at, err)
			}
			read, err := r.read(s, d-time.Minute, until)
			if err != nil || (d > time.Minute && read.breached == nil) || read.elapsed != d {
				t.Fatalf("%s: %+v (%v)", r.target, read, err)
			}
			if read, err = r.read(s, d, until); err != nil || read.breached != nil && !read.breached.Before(until) {
				t.Fatalf("%s: in time, but %+v (%v)", r.target, read, err)
			}
			list, leftOut := explain(&r, s, nil, until)
			var counted time.Duration
			for _, st := range list {
				if st.Counts() {
					counted += st.To.Sub(st.From)
				}
			}
			if leftOut == 0 && counted != d {
				t.Fatalf("%s: the stretches add up to %s, want %s", r.target, counted, d)
			}
		}
		want := map[Target]int{FirstResponse: first, NextResponse: next, Resolution: whole}
		for target, n := range want {
			if got[target] != time.Duration(n)*time.Minute {
				t.Fatalf("%s: %s, want %d minutes", target, got[target], n)
			}
		}
	})
}
