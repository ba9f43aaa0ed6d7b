package ticket

import (
	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/event"
	"github.com/fixdesk/fixdesk/api/platform/fault"
)

// TemplateSource adds to a draft what its template says and the draft does not. It
// returns what is to be changed of the ticket once it is there, which needs no
// rights of the actor's, and what is to be done then.
type TemplateSource func(tx *event.Tx, by authz.Actor, id int64, d *Draft) (Changes, func(*event.Tx, int64) error, error)

// SetTemplates says where templates come from, before anything runs.
func (s *Service) SetTemplates(source TemplateSource) { s.templates = source }

func (s *Service) begin(tx *event.Tx, by authz.Actor, d *Draft) (Changes, func(*event.Tx, int64) error, error) {
	if d.Template == nil {
		return Changes{}, nil, nil
	}
	if s.templates == nil {
		return Changes{}, nil, fault.Field("template_id", "There is no such template, or it is not for you.")
	}
	return s.templates(tx, by, *d.Template, d)
}

// follow does to a new ticket what its template asks for.
func (s *Service) follow(tx *event.Tx, by authz.Actor, t *Ticket, then Changes, fill func(*event.Tx, int64) error) error {
	if fill == nil {
		return nil
	}
	if !by.Can(authz.TicketWork) { // the template may, in the name of whoever uses it
		by = authz.Person(by.ID, by.Username, authz.ITStaff, authz.Options{})
	}
	if err := s.change(tx, by, t, then); err != nil {
		return err
	}
	return fill(tx, t.ID)
}
