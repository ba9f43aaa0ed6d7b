package csv

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/fixdesk/fixdesk/api/importer"
)

// group is all rows of one record; in events mode one per state, else one.
type group struct {
	key  string
	rows []row
}

// broken hears of each line that cannot be read.
type broken func(line int64, reason string) error

// digest is a short stand-in for a key or a record in maps over a whole file.
type digest [16]byte

func digestOf(s string) digest {
	sum := sha256.Sum256([]byte(s))
	return digest(sum[:16])
}

// single gives each row as a group of its own. Rows without a key of their own
// are known by their content and by how often it has come before.
type single struct {
	r      *reader
	plan   plan
	broken broken
	seen   map[digest]int
}

func (s *single) next() (group, error) {
	for {
		r, err := s.r.next()
		var bad *lineError
		if errors.As(err, &bad) {
			if err := s.broken(bad.line, bad.reason); err != nil {
				return group{}, err
			}
			continue
		}
		if err != nil {
			return group{}, err
		}
		if s.plan.mapping[toKey] == nil {
			content := strings.Join(r.fields, "\x1f")
			d := digestOf(content)
			s.seen[d]++
			return group{key: "content:" + hex.EncodeToString(d[:]) + "#" + strconv.Itoa(s.seen[d]), rows: []row{r}}, nil
		}
		key, err := s.plan.key(r)
		if err != nil {
			if err := s.broken(r.line, err.Error()); err != nil {
				return group{}, err
			}
			continue
		}
		return group{key: key, rows: []row{r}}, nil
	}
}

func (p plan) key(r row) (string, error) {
	key, err := p.values(r.fields).text(toKey)
	if err != nil {
		return "", err
	}
	if key == "" {
		return "", p.mapping.fault(toKey, errors.New("no key"))
	}
	if err := importer.CheckText(key); err != nil {
		return "", p.mapping.fault(toKey, err)
	}
	return key, nil
}

// adjacent joins rows with the same key that follow each other.
type adjacent struct {
	single
	ahead *group
}

func (a *adjacent) next() (group, error) {
	var g group
	if a.ahead != nil {
		g, a.ahead = *a.ahead, nil
	}
	for {
		next, err := a.single.next()
		if errors.Is(err, io.EOF) && len(g.rows) > 0 {
			return g, nil
		}
		if err != nil {
			return g, err
		}
		if len(g.rows) > 0 && next.key != g.key {
			a.ahead = &next
			return g, nil
		}
		g.key = next.key
		g.rows = append(g.rows, next.rows...)
	}
}

// scattered reads the whole file first and joins rows with the same key
// wherever they stand.
type scattered struct {
	single
	groups []*group
	loaded bool
}

func (s *scattered) next() (group, error) {
	if !s.loaded {
		byKey := map[string]*group{}
		for {
			next, err := s.single.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return group{}, err
			}
			if g := byKey[next.key]; g != nil {
				g.rows = append(g.rows, next.rows...)
				continue
			}
			byKey[next.key] = &next
			s.groups = append(s.groups, &next)
		}
		s.loaded = true
	}
	if len(s.groups) == 0 {
		return group{}, io.EOF
	}
	g := s.groups[0]
	s.groups = s.groups[1:]
	return *g, nil
}

// together reports whether the rows of each key follow each other.
func together(s *single) (bool, error) {
	seen := map[digest]bool{}
	last := ""
	for {
		g, err := s.next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if g.key == last {
			continue
		}
		if seen[digestOf(g.key)] {
			return false, nil
		}
		seen[digestOf(g.key)] = true
		last = g.key
	}
}

// sorted puts the rows of a record into the order of columns that hold numbers,
// times or texts.
func (p plan) sorted(rows []row, columns []int) []row {
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, c := range columns {
			if n := p.compare(p.values(a.fields).column(c), p.values(b.fields).column(c)); n != 0 {
				return n
			}
		}
		return 0
	})
	return rows
}

func (p plan) compare(a, b string) int {
	x, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if err1 == nil && err2 == nil {
		return cmp.Compare(x, y)
	}
	s, err1 := p.dates.parse(a)
	t, err2 := p.dates.parse(b)
	if err1 == nil && err2 == nil {
		return s.Compare(t)
	}
	return strings.Compare(a, b)
}

// story reads the rows of a record as states of one ticket. Rows that cannot be
// read are told to skip and left out. What the last row leaves blank is taken
// from the one before it.
func (p plan) story(g group, columns []int, skip broken) (draft, error) {
	var out draft
	var texts error
	titled := false
	for _, r := range p.sorted(g.rows, columns) {
		d, err := p.standing(r)
		if err == nil && d.last.at.IsZero() {
			err = p.mapping.fault(toChanged, fmt.Errorf("no %s", toChanged))
		}
		if err != nil {
			if err := skip(r.line, err.Error()); err != nil {
				return out, err
			}
			continue
		}
		if err := p.texts(p.values(r.fields), &d); err == nil {
			titled = true
		} else {
			texts = err
			d.title, d.description, d.notes = out.title, out.description, out.notes
		}
		if d.requester == "" {
			d.requester = out.requester
		}
		for target, text := range out.hangings {
			if d.hangings[target] == "" {
				if d.hangings == nil {
					d.hangings = map[string]string{}
				}
				d.hangings[target] = text
			}
		}
		if d.created.IsZero() {
			d.created = out.created
		}
		d.history = append(out.history, d.last)
		out = d
	}
	switch {
	case len(out.history) == 0:
		return out, errNothing
	case !titled:
		return out, texts
	}
	for _, r := range g.rows {
		out.line = min(out.line, r.line)
	}
	return out, nil
}

var errNothing = errors.New("no row of the record can be read")
