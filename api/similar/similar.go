// Package similar finds what a person has already reported, while they write a
// new ticket.
package similar

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/user"
)

const (
	// compared is how many of a person's newest unfinished tickets are looked at.
	compared = web.MaxPageSize
	shown    = 5
	// shortWord is the length up to which words say little.
	shortWord = 3
)

// Service finds tickets that are alike.
type Service struct{ tickets *ticket.Service }

// New returns the service.
func New(tickets *ticket.Service) *Service { return &Service{tickets} }

// Find returns the actor's own unfinished tickets that share words with a text,
// the likest first.
func (s *Service) Find(ctx context.Context, by authz.Actor, text string) ([]ticket.Ticket, error) {
	words := wordsOf(text)
	if len(words) == 0 || by.ID == 0 {
		return nil, nil
	}
	own := ticket.Filter{Sort: ticket.ByNewest, Statuses: []ticket.Status{ticket.Open, ticket.InProgress}, CreatedBy: &by.ID}
	rows, err := s.tickets.List(ctx, by, own, web.Page{Number: 1, Size: compared})
	if err != nil || len(rows.Rows) == 0 {
		return nil, err
	}
	// A word that many of the tickets share tells little.
	common := map[string]int{}
	in := make([]map[string]bool, len(rows.Rows))
	for i, t := range rows.Rows {
		in[i] = wordsOf(t.Title + " " + t.Description)
		for w := range words {
			if in[i][w] {
				common[w]++
			}
		}
	}
	type scored struct {
		ticket ticket.Ticket
		score  float64
	}
	var found []scored
	for i, t := range rows.Rows {
		score := 0.0
		title := wordsOf(t.Title)
		for w := range words {
			switch {
			case title[w]:
				score += 2 / float64(common[w])
			case in[i][w]:
				score += 1 / float64(common[w])
			}
		}
		if score > 0 {
			found = append(found, scored{t, score})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	out := make([]ticket.Ticket, 0, shown)
	for _, f := range found[:min(shown, len(found))] {
		out = append(out, f.ticket)
	}
	return out, nil
}

// wordsOf returns the words of a text that say something.
func wordsOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(user.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if utf8.RuneCountInString(w) > shortWord {
			out[w] = true
		}
	}
	return out
}
