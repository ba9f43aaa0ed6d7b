package outbox

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/platform/locale"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

func domainView(d Domain) DomainView {
	name, text := d.Record()
	return DomainView{d.ID, d.Domain, d.Active, name, text, d.CreatedAt.UTC()}
}

// domains answers GET /api/mail_domains.
//
// @Summary List the domains that the desk signs mail of
// @ID listMailDomains
// @Tags mail
// @Produce json
// @Success 200 {object} DomainList
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_domains [get]
func (s *Service) domains(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	all, err := s.Domains(c.Request.Context(), by)
	if err != nil {
		return err
	}
	out := DomainList{Results: make([]DomainView, len(all)), Senders: []string{domainOf(s.From)}}
	for i, d := range all {
		out.Results[i] = domainView(d)
	}
	var boxes []string
	if err := s.DB.Read(c.Request.Context()).Table("mailboxes").Order("id").Pluck("address", &boxes).Error; err != nil {
		return err
	}
	for _, a := range boxes {
		if d := domainOf(a); !slices.Contains(out.Senders, d) {
			out.Senders = append(out.Senders, d)
		}
	}
	return web.SendPlain(c, http.StatusOK, out)
}

// addDomain answers POST /api/mail_domains.
//
// @Summary Make a key to sign mail of a domain with
// @Description Put the record into the DNS, look with `GET /api/mail_check` whether it is there, then switch signing on.
// @ID addMailDomain
// @Tags mail
// @Accept json
// @Produce json
// @Param body body DomainRequest true "The domain"
// @Success 201 {object} DomainView
// @Failure 409 {object} web.Problem "There is a key for it already"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_domains [post]
func (s *Service) addDomain(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("domain")
	name := b.Text("domain", web.Max(191))
	if err := b.Err(); err != nil {
		return err
	}
	d, err := s.AddDomain(c.Request.Context(), by, *name)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusCreated, domainView(d))
}

// switchDomain answers PATCH /api/mail_domains/{id}.
//
// @Summary Begin or end to sign mail of a domain
// @ID updateMailDomain
// @Tags mail
// @Accept json
// @Produce json
// @Param id path int true "The domain" example(1)
// @Param body body SwitchRequest true "Whether"
// @Success 200 {object} DomainView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_domains/{id} [patch]
func (s *Service) switchDomain(c *gin.Context) error {
	by, id, err := caller(c, "mail domain")
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	b.Require("active")
	on := b.Bool("active")
	if err := b.Err(); err != nil {
		return err
	}
	d, err := s.SwitchDomain(c.Request.Context(), by, id, *on)
	if err != nil {
		return err
	}
	return web.SendPlain(c, http.StatusOK, domainView(d))
}

// dropDomain answers DELETE /api/mail_domains/{id}.
//
// @Summary Forget a domain and its key
// @ID deleteMailDomain
// @Tags mail
// @Produce json
// @Param id path int true "The domain" example(1)
// @Success 204 "Deleted"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_domains/{id} [delete]
func (s *Service) dropDomain(c *gin.Context) error {
	by, id, err := caller(c, "mail domain")
	if err != nil {
		return err
	}
	if err := s.DropDomain(c.Request.Context(), by, id); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// check answers GET /api/mail_check.
//
// @Summary Look at what the DNS says of a domain's mail
// @Description SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).
// @ID checkMailDomain
// @Tags mail
// @Produce json
// @Param domain query string true "The domain" example(example.com)
// @Success 200 {object} CheckView
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/mail_check [get]
func (s *Service) check(c *gin.Context) error {
	by, _, err := caller(c, "")
	if err != nil {
		return err
	}
	q := web.ReadQuery(c, "domain")
	name := q.Text("domain")
	if err := q.Err(); err != nil {
		return err
	}
	found, err := s.CheckDomain(c.Request.Context(), by, name)
	if err != nil {
		return err
	}
	out := CheckView{Domain: name, Results: make([]FindingView, len(found))}
	for i, f := range found {
		f.Problem = locale.Translate(web.Language(c), f.Problem)
		out.Results[i] = FindingView(f)
	}
	return web.SendPlain(c, http.StatusOK, out)
}
