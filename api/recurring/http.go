package recurring

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/fault"
	"github.com/fixdesk/fixdesk/api/platform/web"
	"github.com/fixdesk/fixdesk/api/template"
	"github.com/fixdesk/fixdesk/api/user"
)

const previewed = 10 // dates that a preview shows

// Can is what the caller may do with a recurring ticket.
type Can struct {
	Update bool `json:"update" example:"true"`
	Delete bool `json:"delete" example:"true"`
} //@name RecurrenceCan

// TemplateCard names the template of a recurring ticket.
type TemplateCard struct {
	ID   int64  `json:"id" example:"4"`
	Name string `json:"name" example:"Backup test"`
} //@name TemplateCard

// View is a ticket that is opened again and again.
type View struct {
	ID        int64         `json:"id" example:"5"`
	Name      string        `json:"name" example:"Backup test"`
	Owner     user.Card     `json:"owner"`
	Rule      string        `json:"rule" example:"FREQ=MONTHLY;BYDAY=1MO"`
	Start     string        `json:"start" example:"2026-03-02T09:00"`
	Zone      string        `json:"zone" example:"Europe/Berlin"`
	CatchUp   string        `json:"catch_up" enums:"latest,all" example:"latest"`
	Enabled   bool          `json:"enabled" example:"true"`
	Requester user.Card     `json:"requester"`
	Template  *TemplateCard `json:"template" extensions:"x-nullable"`
	// Title is "" for that of the template, or else the name.
	Title string `json:"title" example:"Test the backup"`
	// Description is "" for that of the template, or else the title.
	Description string `json:"description" example:"Restore one file of each server."`
	// NextRunAt is the next date; null when there is none any more, or it is switched off.
	NextRunAt *time.Time `json:"next_run_at" format:"date-time" extensions:"x-nullable" example:"2026-04-06T07:00:00Z"`
	// Problem says why the ticket of the next date could not be opened; "" when nothing is wrong. It is tried again.
	Problem      string     `json:"problem" example:""`
	LastRunAt    *time.Time `json:"last_run_at" format:"date-time" extensions:"x-nullable" example:"2026-03-02T08:00:00Z"`
	LastTicketID *int64     `json:"last_ticket_id" extensions:"x-nullable" example:"42"`
	Version      int64      `json:"version" example:"1"`
	CreatedAt    time.Time  `json:"created_at" format:"date-time" example:"2026-03-02T08:00:00Z"`
	UpdatedAt    time.Time  `json:"updated_at" format:"date-time" example:"2026-03-02T08:00:00Z"`
	Can          Can        `json:"can"`
} //@name Recurrence

// ListView lists recurring tickets by name.
type ListView struct {
	Results []View `json:"results"`
} //@name Recurrences

// CreateRequest is the body of a new recurring ticket.
type CreateRequest struct {
	Name string `json:"name" validate:"required" minLength:"1" maxLength:"100" example:"Backup test"`
	// Rule is one of RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST.
	Rule string `json:"rule" validate:"required" maxLength:"300" example:"FREQ=MONTHLY;BYDAY=1MO"`
	// Start is a local time: from when on, and the time of day.
	Start string `json:"start" validate:"required" example:"2026-03-02T09:00"`
	Zone  string `json:"zone" validate:"required" maxLength:"64" example:"Europe/Berlin"`
	// CatchUp says what follows when dates passed while the program did not run: one ticket for the latest of them, or one for each, up to 31.
	CatchUp string `json:"catch_up" validate:"optional" enums:"latest,all" default:"latest" example:"latest"`
	Enabled bool   `json:"enabled" validate:"optional" default:"true" example:"true"`
	// RequesterID is for whom the tickets are; the caller without.
	RequesterID *int64 `json:"requester_id" validate:"optional" example:"7"`
	TemplateID  *int64 `json:"template_id" validate:"optional" extensions:"x-nullable" example:"4"`
	Title       string `json:"title" validate:"optional" maxLength:"200" example:"Test the backup"`
	Description string `json:"description" validate:"optional" maxLength:"20000" example:"Restore one file of each server."`
} //@name RecurrenceCreate

// UpdateRequest changes a recurring ticket; what is left out stays.
type UpdateRequest struct {
	Name        string `json:"name" validate:"optional" minLength:"1" maxLength:"100" example:"Backup test"`
	Rule        string `json:"rule" validate:"optional" maxLength:"300" example:"FREQ=WEEKLY;BYDAY=MO"`
	Start       string `json:"start" validate:"optional" example:"2026-03-02T09:00"`
	Zone        string `json:"zone" validate:"optional" maxLength:"64" example:"Europe/Berlin"`
	CatchUp     string `json:"catch_up" validate:"optional" enums:"latest,all" example:"all"`
	Enabled     bool   `json:"enabled" validate:"optional" example:"false"`
	RequesterID *int64 `json:"requester_id" validate:"optional" example:"7"`
	TemplateID  *int64 `json:"template_id" validate:"optional" extensions:"x-nullable" example:"4"`
	Title       string `json:"title" validate:"optional" maxLength:"200" example:"Test the backup"`
	Description string `json:"description" validate:"optional" maxLength:"20000" example:"Restore one file of each server."`
} //@name RecurrenceUpdate

// PreviewRequest asks when a rule is due.
type PreviewRequest struct {
	Rule  string `json:"rule" validate:"required" maxLength:"300" example:"FREQ=MONTHLY;BYDAY=1MO"`
	Start string `json:"start" validate:"required" example:"2026-03-02T09:00"`
	Zone  string `json:"zone" validate:"required" maxLength:"64" example:"Europe/Berlin"`
} //@name RecurrencePreviewRequest

// PreviewView is the next dates of a rule.
type PreviewView struct {
	Dates []time.Time `json:"dates" example:"2026-04-06T07:00:00Z"`
} //@name RecurrencePreview

// RunView is a ticket that was opened beside the dates.
type RunView struct {
	TicketID int64 `json:"ticket_id" example:"42"`
} //@name RecurrenceRun

// Routes registers the endpoints.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/recurrences", web.Handle(s.list))
	signedIn.POST("/recurrences", keys.Post(s.create))
	signedIn.POST("/recurrences/preview", keys.Post(s.preview))
	signedIn.GET("/recurrences/:id", web.Handle(s.get))
	signedIn.PATCH("/recurrences/:id", web.Handle(s.update))
	signedIn.DELETE("/recurrences/:id", web.Handle(s.remove))
	signedIn.POST("/recurrences/:id/restore", keys.Post(s.restore))
	signedIn.POST("/recurrences/:id/run", keys.Post(s.run))
}

func (s *Service) views(ctx context.Context, by authz.Actor, rows ...Recurrence) ([]View, error) {
	tx := s.db.Read(ctx)
	var ids, templates []int64
	for _, r := range rows {
		ids = append(ids, r.OwnerID, r.RequesterID)
		if r.TemplateID != nil {
			templates = append(templates, *r.TemplateID)
		}
	}
	people, err := user.Cards(tx, ids...)
	if err != nil {
		return nil, err
	}
	names, err := template.Names(tx, templates)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		may := canChange(by, &r)
		out[i] = View{
			ID: r.ID, Name: r.Name, Owner: people[r.OwnerID], Rule: r.Rule, Start: r.Starts, Zone: r.Zone, CatchUp: r.CatchUp,
			Enabled: r.Enabled, Requester: people[r.RequesterID], Title: r.Title, Description: r.Description,
			NextRunAt: utc(r.DueAt), Problem: r.Problem, LastRunAt: utc(r.LastRunAt), LastTicketID: r.LastTicketID,
			Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Can: Can{may, may},
		}
		if r.TemplateID != nil {
			out[i].Template = &TemplateCard{*r.TemplateID, names[*r.TemplateID]}
		}
	}
	return out, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC()
	return &at
}

func (s *Service) send(c *gin.Context, status int, r Recurrence, err error) error {
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	views, err := s.views(ctx, authz.From(ctx), r)
	if err != nil {
		return err
	}
	return web.Send(c, status, views[0], r.Version)
}

func readChanges(b *web.Body) Changes {
	c := Changes{
		Name: b.Text("name", web.NotBlank, web.Max(100)), Rule: b.Text("rule", web.Max(maxRule)),
		Starts: b.Text("start", startRule), Zone: b.Text("zone", web.Max(64)),
		CatchUp: b.Text("catch_up", web.OneOf(CatchUpLatest, CatchUpAll)), Enabled: b.Bool("enabled"),
		RequesterID: b.ID("requester_id"), Title: b.Text("title", web.Max(200)), Description: b.Text("description", web.Max(20_000)),
	}
	if b.IsNull("requester_id") {
		b.Wrong("requester_id", "Must be an id.")
	}
	if c.Template = b.Has("template_id"); c.Template {
		c.TemplateID = b.ID("template_id")
	}
	c.Wrong = b.Err()
	return c
}

// list answers GET /api/recurrences.
//
// @Summary List the recurring tickets
// @Description One's own, for administrators all, by name.
// @ID listRecurrences
// @Tags recurrences
// @Produce json
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences [get]
func (s *Service) list(c *gin.Context) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	if err := web.ReadQuery(c).Err(); err != nil {
		return err
	}
	rows, err := s.List(ctx, by)
	if err != nil {
		return err
	}
	views, err := s.views(ctx, by, rows...)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, ListView{views})
}

// get answers GET /api/recurrences/{id}.
//
// @Summary Show a recurring ticket
// @ID getRecurrence
// @Tags recurrences
// @Produce json
// @Param id path int true "The recurring ticket" example(5)
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences/{id} [get]
func (s *Service) get(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	r, err := s.Get(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, http.StatusOK, r, err)
}

// create answers POST /api/recurrences.
//
// @Summary Set up a recurring ticket
// @Description At each date of the rule a ticket is opened for the requester, once: with the template's category, tags, fields, team, assignee and checklist, if it has one. The rule is counted by the clocks of the zone: nine o'clock stays nine o'clock when they are changed. A time that the clocks skip comes as much later, one that they show twice counts at the first time. Dates in the past get no ticket.
// @ID createRecurrence
// @Tags recurrences
// @Accept json
// @Produce json
// @Param body body CreateRequest true "The recurring ticket"
// @Success 201 {object} View
// @Header 201 {string} ETag "For If-Match"
// @Failure 409 {object} web.Problem "There are too many (recurrence.full)"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"own"}
// @Router /api/recurrences [post]
func (s *Service) create(c *gin.Context) error {
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("name", "rule", "start", "zone")
	ch := readChanges(b)
	r, err := s.Create(c.Request.Context(), authz.From(c.Request.Context()), ch)
	return s.send(c, http.StatusCreated, r, err)
}

// update answers PATCH /api/recurrences/{id}.
//
// @Summary Change a recurring ticket
// @Description Another rule, start or zone, and switching it on, plans it anew from now on.
// @ID updateRecurrence
// @Tags recurrences
// @Accept json
// @Produce json
// @Param id path int true "The recurring ticket" example(5)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "What changes"
// @Success 200 {object} View
// @Header 200 {string} ETag "For If-Match"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences/{id} [patch]
func (s *Service) update(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	r, err := s.Update(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c), ch)
	return s.send(c, http.StatusOK, r, err)
}

// remove answers DELETE /api/recurrences/{id}.
//
// @Summary Delete a recurring ticket
// @Description Its tickets stay. It can be restored for a day.
// @ID deleteRecurrence
// @Tags recurrences
// @Produce json
// @Param id path int true "The recurring ticket" example(5)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), authz.From(c.Request.Context()), id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// restore answers POST /api/recurrences/{id}/restore.
//
// @Summary Restore a recurring ticket that was deleted in the last day
// @Description It goes on as if it had not been gone.
// @ID restoreRecurrence
// @Tags recurrences
// @Produce json
// @Param id path int true "The recurring ticket" example(5)
// @Success 200 {object} View
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences/{id}/restore [post]
func (s *Service) restore(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	r, err := s.Restore(c.Request.Context(), authz.From(c.Request.Context()), id)
	return s.send(c, http.StatusOK, r, err)
}

// run answers POST /api/recurrences/{id}/run.
//
// @Summary Open the ticket of a recurring ticket now
// @Description Beside its dates, which stay as they are.
// @ID runRecurrence
// @Tags recurrences
// @Produce json
// @Param id path int true "The recurring ticket" example(5)
// @Success 201 {object} RunView
// @Security BearerAuth
// @x-authz {"it_staff":"own","admin":"any"}
// @Router /api/recurrences/{id}/run [post]
func (s *Service) run(c *gin.Context) error {
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	made, err := s.RunNow(c.Request.Context(), authz.From(c.Request.Context()), id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusCreated, RunView{made})
}

// preview answers POST /api/recurrences/preview.
//
// @Summary Show the next dates of a rule
// @Description The next ten, or fewer when it ends. Nothing is kept.
// @ID previewRecurrence
// @Tags recurrences
// @Accept json
// @Produce json
// @Param body body PreviewRequest true "The rule"
// @Success 200 {object} PreviewView
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/recurrences/preview [post]
func (s *Service) preview(c *gin.Context) error {
	if !authz.From(c.Request.Context()).Can(authz.TicketWork) {
		return errDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("rule", "start", "zone")
	rule, start, zone := b.Text("rule", web.Max(maxRule)), b.Text("start", startRule), b.Text("zone", web.Max(64))
	var r Recurrence
	Changes{Rule: rule, Starts: start, Zone: zone}.apply(&r)
	sched, err := r.schedule()
	if err := fault.All(b.Err(), err); err != nil {
		return err
	}
	out := PreviewView{Dates: []time.Time{}}
	for _, at := range sched.From(s.clock.Now(), previewed) {
		out.Dates = append(out.Dates, at.UTC())
	}
	return web.SendPlain(c, http.StatusOK, out)
}
