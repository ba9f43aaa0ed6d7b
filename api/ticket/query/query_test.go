package query

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func env(t testing.TB) Env {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return Env{
		// The second day of daylight saving.
		Now: time.Date(2026, 3, 30, 9, 0, 0, 0, time.UTC), Zone: berlin, Me: 7,
		Person: func(name string) (int64, bool, error) { return 12, name == "jon", nil },
		More: func() ([]Field, error) {
			return []Field{
				{Name: "tag", Kind: KindChoice, Optional: true, Resolve: func(text string) ([]string, error) {
					return map[string][]string{"vpn": {"4", "9"}}[text], nil
				}},
				{Name: "cf.cost", Kind: KindNumber, Optional: true, Scale: 100},
				{Name: "cf.day", Kind: KindTime, Optional: true, Days: true},
				{Name: "cf.asset", Kind: KindText, Resolve: func(text string) ([]string, error) { return []string{strings.ToLower(text)}, nil }},
			}, nil
		},
		Team:  func(name string) (int64, bool, error) { return 3, name == "network", nil },
		Teams: []int64{3, 4},
	}
}

func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return &t
}

func n(i int64) *int64 { return &i }

func TestParse(t *testing.T) {
	cases := []struct {
		in   string
		want Node
	}{
		{"", And{}},
		{" \t ", And{}},
		{"printer", And{Text{Phrase: "printer"}}},
		{`printer "paper \"jam\""`, And{Text{Phrase: "printer"}, Text{Phrase: `paper "jam"`}}},
		{"status:open,in_progress", And{Choice{"status", []string{"open", "in_progress"}, false}}},
		{"status:unfinished -priority:low", And{Choice{"status", []string{"open", "in_progress"}, false}, Not{Choice{"priority", []string{"low"}, false}}}},
		{"priority:>=high", And{Choice{"priority", []string{"high", "urgent"}, false}}},
		{"priority:<medium", And{Choice{"priority", []string{"low"}, false}}},
		{"assignee:me OR assignee:none", Or{And{Person{"assignee", []int64{7}, false}}, And{Person{"assignee", nil, true}}}},
		{"assignee:jon,5,none", And{Person{"assignee", []int64{12, 5}, true}}},
		{"assignee:any", And{Not{Person{"assignee", nil, true}}}},
		{`a (b OR c) NOT d`, And{Text{Phrase: "a"}, Or{And{Text{Phrase: "b"}}, And{Text{Phrase: "c"}}}, Not{Text{Phrase: "d"}}}},
		{"a AND (b c)", And{Text{Phrase: "a"}, Text{Phrase: "b"}, Text{Phrase: "c"}}},
		{"-(a b)", And{Not{And{Text{Phrase: "a"}, Text{Phrase: "b"}}}}},
		{"ORANGE nothing", And{Text{Phrase: "ORANGE"}, Text{Phrase: "nothing"}}},
		{"LT-04417 x..y", And{Text{Phrase: "LT-04417"}, Text{Phrase: "x..y"}}},
		{"title:jam", And{Text{"title", "jam"}}},
		{"team:network team:mine,none", And{Person{"team", []int64{3}, false}, Person{"team", []int64{3, 4}, true}}},
		{"watching:me -is:confidential", And{Watching{}, Not{Confidential{}}}},
		{"is:unread waiting:staff", And{Unread{}, Choice{"waiting", []string{"staff"}, false}}},
		{`department:"Human Resources"`, And{Choice{"department", []string{"Human Resources"}, false}}},
		{"id:>100", And{Range{"id", n(101), nil}}},
		{"comments:2..5", And{Range{"comments", n(2), n(5)}}},
		{"created:2026-03-29", And{Times{Field: "created", From: at("2026-03-28T23:00:00Z"), To: at("2026-03-29T22:00:00Z")}}},
		{"created:today", And{Times{Field: "created", From: at("2026-03-29T22:00:00Z"), To: at("2026-03-30T22:00:00Z")}}},
		{"created:2026-03", And{Times{Field: "created", From: at("2026-02-28T23:00:00Z"), To: at("2026-03-31T22:00:00Z")}}},
		{"updated:>=-7d", And{Times{Field: "updated", From: at("2026-03-23T10:00:00Z")}}}, // the same wall clock
		{"updated:<-2h", And{Times{Field: "updated", To: at("2026-03-30T07:00:00Z")}}},
		{"resolved:2026-01-01..", And{Times{Field: "resolved", From: at("2025-12-31T23:00:00Z")}}},
		{"closed:-7d..-1d", And{Times{Field: "closed", From: at("2026-03-23T10:00:00Z"), To: at("2026-03-29T09:00:00Z")}}},
		{"tag:vpn,none", And{Choice{"tag", []string{"4", "9"}, true}}},
		{"-tag:any", And{Not{Not{Choice{"tag", nil, true}}}}},
		{"cf.cost:>12.5 cf.cost:-3..-1", And{Range{"cf.cost", n(1251), nil}, Range{"cf.cost", n(-300), n(-100)}}},
		{"cf.cost:any", And{Not{Not{Range{"cf.cost", nil, nil}}}}},
		{"cf.asset:LT-*", And{Prefix{"cf.asset", "lt-"}}},
		{`cf.asset:"LT-*"`, And{Choice{"cf.asset", []string{"lt-*"}, false}}},
		{"cf.day:>=2026-03-29", And{Times{Field: "cf.day", From: at("2026-03-29T00:00:00Z")}}},
		{"cf.day:today", And{Times{Field: "cf.day", From: at("2026-03-30T00:00:00Z"), To: at("2026-03-31T00:00:00Z")}}},
		{"cf.day:-1d", And{Times{Field: "cf.day", From: at("2026-03-29T00:00:00Z"), To: at("2026-03-30T00:00:00Z")}}},
		{"cf.day:<-1d", And{Times{Field: "cf.day", To: at("2026-03-29T00:00:00Z")}}},
		{"closed:never", And{Times{Field: "closed", Never: true}}},
		{"created:>2026-03-30T08:00:00Z", And{Times{Field: "created", From: at("2026-03-30T08:00:00Z")}}},
	}
	same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	for _, c := range cases {
		got, err := Parse(c.in, env(t))
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
		} else if diff := cmp.Diff(c.want, got, same); diff != "" {
			t.Errorf("%q: %s", c.in, diff)
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	cases := []struct {
		in, message string
		position    int
	}{
		{"foo:bar", "Unknown field \"foo\"", 1},
		{"a status:dead", "status: knows no \"dead\"", 10},
		{"assignee:nobody", "Nobody has the user name", 10},
		{`"open`, "not closed", 1},
		{"ä (b", "missing at the end", 5},
		{"a )", "parenthesis", 3},
		{"status:", "missing at the end", 8},
		{"a , b", "comma", 3},
		{`""`, "nothing between", 1},
		{"created:soon", "takes a day", 9},
		{"created:now", "nothing hits", 9},
		{"created:9999999y", "takes a day", 9},
		{"tag:mail", "knows no \"mail\"", 5},
		{"cf.cost:1.234", "takes a number", 9},
		{"cf.cost:1e-9", "takes a number", 9}, {"cf.cost:1e999", "takes a number", 9},
		{"id:x", "takes a number", 4},
		{"id:9223372036854775807x", "takes a number", 4},
		{"id:>9223372036854775807", "takes a number", 4},
		{"is:read", "only unread", 4}, {"watching:jon", "only me", 10},
		{"OR", `"OR" was not expected`, 1}, {"OR status:open", `"OR" was not expected`, 1}, {"a (AND b)", `"AND" was not expected`, 4},
		{"a OR", "missing at the end", 5}, {"status:open OR", "missing at the end", 15},
		{strings.Repeat("(", 11) + "a" + strings.Repeat(")", 11), "at most 10 deep", 11},
		{strings.Repeat("a ", 101), "at most 100 conditions", 201},
		{"status:" + strings.Repeat("open,", 120) + "open", "at most 100 conditions", 503},
		{strings.Repeat("a", 2001), "at most 2000 characters", 2001},
	}
	for _, c := range cases {
		_, err := Parse(c.in, env(t))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.30q: %v", c.in, err)
			continue
		}
		if !strings.Contains(e.Message, c.message) || e.Position != c.position {
			t.Errorf("%.30q: %s at %d, want %q at %d", c.in, e.Message, e.Position, c.message, c.position)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a (b OR -c) status:open,"x" created:>=-7d..`, `"\"`, "id:1..2 NOT", "((((", "\xff:\x00"} {
		f.Add(s)
	}
	e := env(f)
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s, e)
		var bad *Error
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("%q: %v", s, err)
		}
		if err == nil && n == nil {
			t.Errorf("%q: nothing", s)
		}
	})
}
