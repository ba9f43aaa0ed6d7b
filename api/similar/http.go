package similar

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// View is a ticket that is like a text.
type View struct {
	ID        int64     `json:"id" example:"42"`
	Title     string    `json:"title" example:"Printer on floor 3 is out of toner"`
	Status    string    `json:"status" enums:"open,in_progress,resolved,closed" example:"open"`
	UpdatedAt time.Time `json:"updated_at" format:"date-time" example:"2026-03-02T09:30:00Z"`
} //@name SimilarTicket

// ListView lists tickets that are like a text.
type ListView struct {
	Results []View `json:"results"`
} //@name SimilarTickets

// Routes registers the endpoint.
func (s *Service) Routes(signedIn *gin.RouterGroup, _ *web.Keys) {
	signedIn.GET("/tickets/similar", web.Handle(s.find))
}

// find answers GET /api/tickets/similar.
//
// @Summary Find one's own unfinished tickets that are like a text
// @Description For whoever is about to report something: at most five, the likest first.
// @ID findSimilarTickets
// @Tags tickets
// @Produce json
// @Param text query string true "What is being written" example(printer paper jam)
// @Success 200 {object} ListView
// @Security BearerAuth
// @x-authz {"employee":"own","it_staff":"own","admin":"own"}
// @Router /api/tickets/similar [get]
func (s *Service) find(c *gin.Context) error {
	q := web.ReadQuery(c, "text")
	if err := q.Err(); err != nil {
		return err
	}
	found, err := s.Find(c.Request.Context(), authz.From(c.Request.Context()), q.Text("text"))
	if err != nil {
		return err
	}
	out := ListView{Results: []View{}}
	for _, t := range found {
		out.Results = append(out.Results, View{ID: t.ID, Title: t.Title, Status: t.Status.String(), UpdatedAt: t.UpdatedAt.UTC()})
	}
	return web.SendPlain(c, http.StatusOK, out)
}
