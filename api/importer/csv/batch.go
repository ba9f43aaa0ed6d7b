package csv

import (
	"cmp"
	"slices"

	"gorm.io/gorm"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/importer"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/ticket"
)

// noun of tickets among what was taken.
const noun = "ticket"

// batchRun is one batch on its way. Building it again, as a transaction that
// lost a race does, begins anew.
type batchRun struct {
	*run
	drafts  []draft
	found   map[string]importer.Person
	made    []string
	results []result
}

// result is what becomes of a draft.
type result struct {
	draft  draft
	record *ticket.Record // nil when it is not taken
	line   importer.Line
	notes  []string
}

// build decides what becomes of each draft. Without a transaction it writes
// nothing.
func (b *batchRun) build(tx *event.Tx, read *gorm.DB) error {
	b.results = nil
	keys := make([]string, len(b.drafts))
	for i, d := range b.drafts {
		keys[i] = importer.Key(noun, d.key)
	}
	before, err := b.Source.Taken(read, keys)
	if err != nil {
		return err
	}
	names := map[string]authz.Role{}
	for i, d := range b.drafts {
		if _, ok := before[keys[i]]; !ok {
			d.names(names)
			for _, who := range b.setup.people(d) {
				if names[who] == "" {
					names[who] = authz.Employee
				}
			}
		}
	}
	if b.found, b.made, err = b.people.Resolve(tx, read, names); err != nil {
		return err
	}
	for i, d := range b.drafts {
		res := result{draft: d, line: importer.Line{Line: d.line, Key: d.key}}
		if id, ok := before[keys[i]]; ok {
			res.line.Outcome, res.line.ID = importer.Before, id
		} else if err := b.decide(read, &res); err != nil {
			return err
		}
		b.results = append(b.results, res)
	}
	return nil
}

// names collects who a draft names, with the role that the account of somebody
// unknown gets.
func (d draft) names(into map[string]authz.Role) {
	add := func(name string, role authz.Role) {
		if name != "" && (into[name] == "" || role == authz.ITStaff) {
			into[name] = role
		}
	}
	add(d.requester, authz.Employee)
	add(d.last.assignee, authz.ITStaff)
	for _, s := range d.history {
		add(s.assignee, authz.ITStaff)
		add(s.actor, authz.ITStaff)
	}
}

func (b *batchRun) decide(read *gorm.DB, res *result) error {
	d := res.draft
	requester, ok := b.found[d.requester]
	switch {
	case ok && d.requester != "":
	case b.requester != nil:
		requester = *b.requester
		switch {
		case b.plan.mapping[toRequester] == nil: // as the operator wants it
		case d.requester == "":
			res.notes = append(res.notes, "no requester, the one of --requester is used")
		default:
			res.notes = append(res.notes, "unknown requester replaced by the one of --requester: "+d.requester)
		}
	case d.requester == "":
		res.line.Outcome, res.line.Reason = importer.Skipped, b.plan.mapping.where(toRequester, "no requester, --requester names one")
		return nil
	default:
		res.line.Outcome = importer.Skipped
		res.line.Reason = b.plan.mapping.where(toRequester, "unknown requester, --create-users makes accounts, --requester names one: "+d.requester)
		return nil
	}
	record, notes, err := d.record(b.found, requester, b.Clock.Now())
	if err != nil {
		return err
	}
	hung, err := b.hang(read, d, record)
	if err != nil {
		return err
	}
	notes = append(notes, hung...)
	res.record, res.line.Outcome = record, importer.Taken
	res.notes = append(append(res.notes, d.notes...), notes...)
	return nil
}

// store writes what was built, with the memory of it.
func (b *batchRun) store(tx *event.Tx) error {
	var records []*ticket.Record
	for _, res := range b.results {
		if res.record != nil {
			records = append(records, res.record)
		}
	}
	if len(records) == 0 {
		return nil
	}
	if err := b.Tickets.Import(tx, importer.By(), records); err != nil {
		return err
	}
	ids := map[string]int64{}
	for i, res := range b.results {
		if res.record != nil {
			ids[importer.Key(noun, res.draft.key)] = res.record.Ticket.ID
			b.results[i].line.ID = res.record.Ticket.ID
		}
	}
	return b.Source.Remember(tx, noun, ids)
}

// tell reports the batch, in the order of the file, once it is committed.
func (b *batchRun) tell() error {
	b.people.Keep(b.found)
	for range b.made {
		b.report.Note(0, "accounts made for people who are not known here (inactive, without a password)")
	}
	slices.SortFunc(b.results, func(x, y result) int { return cmp.Compare(x.line.Line, y.line.Line) })
	for _, res := range b.results {
		slices.Sort(res.notes)
		for _, n := range slices.Compact(res.notes) {
			b.report.Note(res.draft.line, n)
			res.line.Notes = append(res.line.Notes, n)
		}
		if err := b.report.Add(res.line); err != nil {
			return err
		}
	}
	return nil
}
