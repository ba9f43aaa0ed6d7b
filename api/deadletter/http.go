package deadletter

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/job"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of jobs.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/jobs", web.Handle(s.list))
	signedIn.POST("/jobs/:id/replay", keys.Post(s.replay))
	signedIn.DELETE("/jobs/:id", web.Handle(s.remove))
}

// list answers GET /api/jobs.
//
// @Summary List background jobs
// @Description Newest first. Jobs that are done are kept for a week.
// @ID listJobs
// @Tags jobs
// @Produce json
// @Param state query string false "Only jobs in this state" Enums(ready, running, done, dead)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[View]
// @Header 200 {string} ETag "Changes when the answer does"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "A page beyond the last"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/jobs [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	q := web.ReadQuery(c, append([]string{"state"}, web.PageParams...)...)
	states := make([]string, len(job.States))
	for i, st := range job.States {
		states[i] = string(st)
	}
	state, p := q.OneOf("state", states...), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), by, job.State(state), p)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, viewFor)
}

// replay answers POST /api/jobs/{id}/replay.
//
// @Summary Run a dead job again
// @Description Needs no body. The job is tried as often as a new one.
// @ID replayJob
// @Tags jobs
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param id path int true "The job" example(12)
// @Success 200 {object} View
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such job"
// @Failure 409 {object} web.Problem "The job is not dead"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/jobs/{id}/replay [post]
func (s *Service) replay(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	j, err := s.Replay(c.Request.Context(), by, id)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, viewFor(j))
}

// remove answers DELETE /api/jobs/{id}.
//
// @Summary Delete a dead job
// @Description What it was to do is not done.
// @ID discardJob
// @Tags jobs
// @Produce json
// @Param id path int true "The job" example(12)
// @Success 204 "It is gone"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such job"
// @Failure 409 {object} web.Problem "The job is not dead"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/jobs/{id} [delete]
func (s *Service) remove(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errDenied
	}
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Discard(c.Request.Context(), by, id); err != nil {
		return err
	}
	return web.SendNothing(c)
}
