package demo

import (
	"math/rand/v2"
	"strings"
)

// vars are the words that stay the same throughout one ticket.
type vars map[string]string

// expand turns a template into text: {word} is replaced by the ticket's word,
// [one|other] by one of the choices.
func expand(r *rand.Rand, template string, words vars) string {
	var b strings.Builder
	b.Grow(len(template) + 64)
	for rest := template; rest != ""; {
		i := strings.IndexAny(rest, "{[")
		if i < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:i])
		closing := byte('}')
		if rest[i] == '[' {
			closing = ']'
		}
		end := strings.IndexByte(rest[i:], closing)
		if end < 0 {
			b.WriteString(rest[i:])
			break
		}
		inner := rest[i+1 : i+end]
		if closing == '}' {
			b.WriteString(words[inner])
		} else {
			choices := strings.Split(inner, "|")
			b.WriteString(expand(r, choices[r.IntN(len(choices))], words))
		}
		rest = rest[i+end+1:]
	}
	return b.String()
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// weighted returns an index with a chance that is its weight.
func weighted(r *rand.Rand, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := r.IntN(total)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}

// sentence gives a text its capital letter.
func sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
