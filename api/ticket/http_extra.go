package ticket

import (
	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
)

// SendTicket answers with a ticket as it is now, for the verbs of features above.
func (s *Service) SendTicket(c *gin.Context, status int, id int64) error {
	ctx := c.Request.Context()
	by := authz.From(ctx)
	f, err := s.Get(ctx, by, id)
	return s.answer(c, status, by, f, err)
}
