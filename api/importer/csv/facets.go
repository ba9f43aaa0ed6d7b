package csv

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/category"
	"github.com/fixdesk/fixdesk/api/field"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/substatus"
	"github.com/fixdesk/fixdesk/api/tag"
	"github.com/fixdesk/fixdesk/api/team"
	"github.com/fixdesk/fixdesk/api/ticket"
	"github.com/fixdesk/fixdesk/api/ticket/channel"
)

// setup is what the desk has for tickets to hang on: an import adds tags, but no
// categories, statuses, teams or fields.
type setup struct {
	tree   *category.Tree
	finer  substatus.Set
	fields field.Set
}

// loadSetup reads the setup, and says which of the mapped fields there are not.
func loadSetup(tx *gorm.DB, m mapping) (*setup, error) {
	s := &setup{}
	var err error
	if s.tree, err = category.Load(tx); err != nil {
		return nil, err
	}
	if s.finer, err = substatus.Load(tx); err != nil {
		return nil, err
	}
	if s.fields, err = field.Load(tx); err != nil {
		return nil, err
	}
	for _, target := range slices.Sorted(maps.Keys(m)) {
		slug, ok := strings.CutPrefix(target, toCustom)
		if f := s.fields.Named(slug); ok && (f == nil || f.ArchivedAt != nil) {
			return nil, &OptionError{fmt.Errorf("--map %s: the desk has no such field; make it first", target)}
		}
	}
	return s, nil
}

// hangings are what a row says about what hangs on its ticket, by target.
func (v values) hangings() (map[string]string, error) {
	out := map[string]string{}
	for target := range v.mapping {
		if !slices.Contains([]string{toCategory, toSubstatus, toTeam, toTags, toChannel, toDue, toWatchers, toCC}, target) && !strings.HasPrefix(target, toCustom) {
			continue
		}
		text, err := v.text(target)
		if err != nil {
			return nil, err
		}
		if text != "" {
			out[target] = text
		}
	}
	return out, nil
}

// hang gives a ticket what its row says. What the desk does not know is left out,
// with a word about it: the ticket is worth more than that.
func (b *batchRun) hang(tx *gorm.DB, d draft, rec *ticket.Record) (notes []string, err error) {
	t := &rec.Ticket
	for _, target := range slices.Sorted(maps.Keys(d.hangings)) {
		text := d.hangings[target]
		before := len(notes)
		unknown := func() { notes = append(notes, target+" unknown, left empty: "+importer.OneLine(text)) }
		switch target {
		case toCategory:
			if ids := b.setup.tree.Named(text); len(ids) == 1 {
				t.CategoryID = &ids[0]
			} else {
				unknown()
			}
		case toSubstatus:
			x := b.setup.finer.Named(plain(text))
			if i := slices.IndexFunc(b.setup.finer, func(x substatus.Substatus) bool { return strings.EqualFold(x.Label, text) }); x == nil && i >= 0 {
				x = &b.setup.finer[i]
			}
			switch {
			case x == nil:
				unknown()
			case ticket.Status(x.State) != t.Status:
				notes = append(notes, "substatus lies in another status, left empty: "+importer.OneLine(text))
			default:
				t.SubstatusID = &x.ID
			}
		case toTeam:
			g, ok, err := team.Named(tx, text)
			if err != nil {
				return nil, err
			}
			if ok {
				t.TeamID = &g.ID
			} else {
				unknown()
			}
		case toChannel:
			if t.Channel = channel.Named(plain(text)); t.Channel == nil {
				unknown()
			}
		case toDue:
			at, err := b.plan.dates.parse(text)
			if err != nil {
				notes = append(notes, toDue+" left empty: "+err.Error()+": "+importer.OneLine(text))
				break
			}
			t.DueAt, t.DueSource = &at, ticket.DueByHand
		case toWatchers, toCC:
			notes = append(notes, b.follow(rec, target, text)...)
		case toTags:
			var wrong []string
			rec.Tags, wrong = tagsOf(text)
			notes = append(notes, wrong...)
		default:
			note, err := b.fill(tx, rec, strings.TrimPrefix(target, toCustom), text)
			if err != nil {
				return nil, err
			}
			if note != "" {
				notes = append(notes, note)
			}
		}
		for i := before; i < len(notes); i++ {
			notes[i] = b.plan.mapping.where(target, notes[i])
		}
	}
	return notes, nil
}

// fault is an error in a value of a target, with the column that it is in.
func (m mapping) fault(target string, err error) error {
	return errors.New(m.where(target, err.Error()))
}

// where adds to what is said about a target from which column its value comes.
// What no column was named for is not the file's.
func (m mapping) where(target, note string) string {
	if m[target] == nil {
		return note
	}
	var from []string
	for _, s := range m[target].sources {
		for _, p := range s.pieces {
			if p.column != "" && !slices.Contains(from, p.column) {
				from = append(from, p.column)
			}
		}
	}
	what, details, cut := strings.Cut(note, ": ")
	what += fmt.Sprintf(" (column %s)", strings.Join(from, " or "))
	if cut {
		what += ": " + details
	}
	return what
}

// namesIn splits a list of people.
func namesIn(text string) []string {
	var out []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// follow lets people watch a ticket, or take part in it.
func (b *batchRun) follow(rec *ticket.Record, target, text string) (notes []string) {
	for _, name := range namesIn(text) {
		who, ok := b.found[name]
		w := ticket.Watcher{UserID: &who.ID, Kind: ticket.CC}
		if target == toWatchers {
			w.Kind = ticket.Watching
		}
		switch {
		case !ok:
			notes = append(notes, target+" names somebody unknown, left out: "+name)
		case w.Kind == ticket.Watching && !who.WorksTickets:
			notes = append(notes, target+" names an employee, who cannot watch, left out: "+name)
		case slices.ContainsFunc(rec.Followers, func(o ticket.Watcher) bool { return *o.UserID == who.ID }):
		case len(rec.Followers) == ticket.MaxWatchers:
			return append(notes, fmt.Sprintf("%s after the first %d left out", target, ticket.MaxWatchers))
		default:
			rec.Followers = append(rec.Followers, w)
		}
	}
	return notes
}

// tagsOf splits a list of tags, as exports write it.
func tagsOf(text string) (names, notes []string) {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if strings.TrimSpace(name) == "" {
			continue
		}
		name, wrong := tag.Clean(name)
		switch {
		case wrong != "":
			notes = append(notes, "tag left out: "+wrong)
		case len(names) == tag.PerTicket:
			return names, append(notes, fmt.Sprintf("tags after the first %d left out", tag.PerTicket))
		default:
			names = append(names, name)
		}
	}
	return names, notes
}

// fill reads a value of one of the desk's own fields.
func (b *batchRun) fill(tx *gorm.DB, rec *ticket.Record, slug, text string) (note string, err error) {
	f := b.setup.fields.Named(slug)
	if f.Kind == field.User {
		who, ok := b.found[text]
		if !ok {
			return toCustom + slug + " names somebody unknown, left empty: " + text, nil
		}
		rec.Values = append(rec.Values, field.Value{FieldID: f.ID, NumberValue: &who.ID})
		return "", nil
	}
	raw, err := json.Marshal(worded(f, text))
	if err != nil {
		return "", fmt.Errorf("encode a value of %s: %w", slug, err)
	}
	values, wrong, err := f.Read(tx, raw)
	if err != nil {
		return "", err
	}
	if wrong != "" {
		return toCustom + slug + " left empty: " + wrong, nil
	}
	rec.Values = append(rec.Values, values...)
	return "", nil
}

// worded is a text as the API takes values of a field.
func worded(f *field.Field, text string) any {
	switch f.Kind {
	case field.Number:
		n := json.Number(strings.ReplaceAll(text, " ", ""))
		if _, err := n.Float64(); err != nil {
			return text // which is told to be none
		}
		return n
	case field.Checkbox:
		switch strings.ToLower(text) {
		case "yes", "true", "1", "x", "y":
			return true
		case "no", "false", "0", "n":
			return false
		}
	case field.MultiChoice:
		if f.Chosen(text) != nil {
			return []string{text}
		}
		var out []string
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	case field.Text, field.URL, field.Date, field.Choice, field.User:
	}
	return text
}

// people returns who values of fields name.
func (s *setup) people(d draft) []string {
	var out []string
	for target, text := range d.hangings {
		if target == toWatchers || target == toCC {
			out = append(out, namesIn(text)...)
			continue
		}
		if f := s.fields.Named(strings.TrimPrefix(target, toCustom)); strings.HasPrefix(target, toCustom) && f != nil && f.Kind == field.User {
			out = append(out, text)
		}
	}
	return out
}
