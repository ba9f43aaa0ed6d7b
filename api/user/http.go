package user

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/fixdesk/fixdesk/api/authz"
	"github.com/fixdesk/fixdesk/api/platform/web"
)

// Routes registers the endpoints of accounts.
func (s *Service) Routes(signedIn *gin.RouterGroup, keys *web.Keys) {
	signedIn.GET("/users", web.Handle(s.list))
	signedIn.POST("/users", keys.Post(s.create))
	signedIn.GET("/users/:id", web.Handle(s.get))
	signedIn.PUT("/users/:id", web.Handle(s.replace))
	signedIn.PATCH("/users/:id", web.Handle(s.update))
	signedIn.DELETE("/users/:id", web.Handle(s.delete))
	signedIn.GET("/assignees", web.Handle(s.listAssignees))
	signedIn.GET("/people", web.Handle(s.listPeople))
}

// list answers GET /api/users.
//
// @Summary List accounts
// @Description All accounts, newest first; deleted ones appear under the name that replaced theirs.
// @ID listUsers
// @Tags users
// @Produce json
// @Param search query string false "Part of a name, username, address or telephone number, upper and lower case alike" example(okafor)
// @Param role query string false "Only this role" Enums(employee, it_staff, admin)
// @Param is_active query bool false "Only active or only inactive accounts" example(true)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[AccountView]
// @Header 200 {string} ETag "Changes when the answer does"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "A page beyond the last"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users [get]
func (s *Service) list(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	q := web.ReadQuery(c, append([]string{"search", "role", "is_active"}, web.PageParams...)...)
	f := Filter{
		Search: q.Text("search"), IsActive: q.Bool("is_active"),
		Role: authz.Role(q.OneOf("role", string(authz.Employee), string(authz.ITStaff), string(authz.Admin))),
	}
	p := q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.List(c.Request.Context(), by, f, p)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, User.Account)
}

// create answers POST /api/users.
//
// @Summary Create an account
// @Description The account is active at once. Without a password its owner gets a mail with a link to choose one, valid for seven days.
// @ID createUser
// @Tags users
// @Accept json
// @Produce json
// @Param Idempotency-Key header string false "Makes the request repeatable for 24 hours"
// @Param body body CreateRequest true "The account"
// @Success 201 {object} AccountView
// @Header 201 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 409 {object} web.Problem "The username or the address is taken; `errors` says which"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Failure 422 {object} web.Problem "The key was used for another request"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users [post]
func (s *Service) create(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	secret := b.Text("password")
	b.Require("username", "email", "role")
	d := Draft{Active: true, Verified: secret != nil, Invite: secret == nil}
	for to, from := range map[*string]*string{
		&d.Username: ch.Username, &d.Email: ch.Email, &d.FullName: ch.FullName, &d.FirstName: ch.FirstName,
		&d.LastName: ch.LastName, &d.Department: ch.Department, &d.Phone: ch.Phone, &d.Password: secret,
		&d.Language: ch.Language, &d.TimeZone: ch.TimeZone,
	} {
		if from != nil {
			*to = *from
		}
	}
	checkPassword(b, secret, d.user(s.clock.Now()))
	if err := b.Err(); err != nil {
		return err
	}
	d.Role = *ch.Role
	if ch.Language == nil {
		d.Language = web.Language(c) // of whoever invites, for the mail
	}
	u, err := s.Create(c.Request.Context(), by, d)
	return answer(c, http.StatusCreated, u, err)
}

// get answers GET /api/users/{id}.
//
// @Summary Show an account
// @ID getUser
// @Tags users
// @Produce json
// @Param id path int true "The account" example(7)
// @Param If-None-Match header string false "Answers 304 when the ETag is still the same"
// @Success 200 {object} AccountView
// @Header 200 {string} ETag "For If-Match and If-None-Match"
// @Success 304 "Unchanged"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such account"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users/{id} [get]
func (s *Service) get(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	u, err := s.Get(c.Request.Context(), by, id)
	return answer(c, http.StatusOK, u, err)
}

// replace answers PUT /api/users/{id}.
//
// @Summary Replace an account's fields
// @Description Needs username, email and role; what is left out stays. Changing the role or deactivating ends the account's sessions at once.
// @ID replaceUser
// @Tags users
// @Accept json
// @Produce json
// @Param id path int true "The account" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body ReplaceRequest true "The fields"
// @Success 200 {object} AccountView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body; nothing is changed"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such account"
// @Failure 409 {object} web.Problem "A name is taken, the account is deleted, it is the last active administrator, or it changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users/{id} [put]
func (s *Service) replace(c *gin.Context) error { return s.put(c, "username", "email", "role") }

// update answers PATCH /api/users/{id}.
//
// @Summary Change an account's fields
// @Description Changes the fields that are sent. Changing the role or deactivating ends the account's sessions at once.
// @ID updateUser
// @Tags users
// @Accept json
// @Produce json
// @Param id path int true "The account" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Param body body UpdateRequest true "The fields"
// @Success 200 {object} AccountView
// @Header 200 {string} ETag "For If-Match"
// @Failure 400 {object} web.Problem "A wrong body; nothing is changed"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such account"
// @Failure 409 {object} web.Problem "A name is taken, the account is deleted, it is the last active administrator, or it changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Failure 413 {object} web.Problem "Too large"
// @Failure 415 {object} web.Problem "Not JSON"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users/{id} [patch]
func (s *Service) update(c *gin.Context) error { return s.put(c) }

func (s *Service) put(c *gin.Context, required ...string) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	b, err := web.ReadBody(c)
	if err != nil {
		return err
	}
	ch := readChanges(b)
	b.Require(required...)
	if err := b.Err(); err != nil {
		return err
	}
	u, err := s.Update(c.Request.Context(), by, id, web.IfMatch(c), ch)
	return answer(c, http.StatusOK, u, err)
}

// delete answers DELETE /api/users/{id}.
//
// @Summary Delete an account
// @Description Deactivates the account for good and replaces its name, address and other personal data. Its tickets and comments stay.
// @ID deleteUser
// @Tags users
// @Produce json
// @Param id path int true "The account" example(7)
// @Param If-Match header string false "The ETag that the change is based on"
// @Success 204 "Deleted"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "Not an administrator"
// @Failure 404 {object} web.Problem "No such account"
// @Failure 409 {object} web.Problem "The last active administrator, or changed at the same moment"
// @Failure 412 {object} web.Problem "Changed since the ETag"
// @Security BearerAuth
// @x-authz {"admin":"any"}
// @Router /api/users/{id} [delete]
func (s *Service) delete(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canManage(by) {
		return errManageDenied
	}
	id, err := web.PathID(c, subject)
	if err != nil {
		return err
	}
	if err := s.Delete(c.Request.Context(), by, id, web.IfMatch(c)); err != nil {
		return err
	}
	return web.SendNothing(c)
}

// listAssignees answers GET /api/assignees.
//
// @Summary List those who can be given tickets
// @Description Active IT staff and administrators, newest first.
// @ID listAssignees
// @Tags users
// @Produce json
// @Param search query string false "Part of a name, username, address or telephone number, upper and lower case alike" example(okafor)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[Card]
// @Header 200 {string} ETag "Changes when the answer does"
// @Failure 400 {object} web.Problem "A wrong or unknown parameter"
// @Failure 401 {object} web.Problem "Not signed in"
// @Failure 403 {object} web.Problem "An employee"
// @Failure 404 {object} web.Problem "A page beyond the last"
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/assignees [get]
func (s *Service) listAssignees(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canListAssignees(by) {
		return errAssigneesDenied
	}
	q := web.ReadQuery(c, append([]string{"search"}, web.PageParams...)...)
	search, p := q.Text("search"), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.Assignees(c.Request.Context(), by, search, p)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, User.Card)
}

// listPeople answers GET /api/people.
//
// @Summary Find those for whom a ticket can be opened
// @Description Everybody with an active account, newest first; for IT staff and administrators.
// @ID listPeople
// @Tags users
// @Produce json
// @Param search query string false "Part of a name, username, address or telephone number, upper and lower case alike" example(okafor)
// @Param page query int false "The page, from 1" minimum(1) default(1)
// @Param page_size query int false "Items on a page" minimum(1) maximum(100) default(10)
// @Param cursor query string false "A place in the list, as next and previous hold it"
// @Success 200 {object} web.List[Card]
// @Security BearerAuth
// @x-authz {"it_staff":"any","admin":"any"}
// @Router /api/people [get]
func (s *Service) listPeople(c *gin.Context) error {
	by := authz.From(c.Request.Context())
	if !canListPeople(by) {
		return errPeopleDenied
	}
	q := web.ReadQuery(c, append([]string{"search"}, web.PageParams...)...)
	search, p := q.Text("search"), q.Page(web.ByID)
	if err := q.Err(); err != nil {
		return err
	}
	rows, err := s.People(c.Request.Context(), by, search, p)
	if err != nil {
		return err
	}
	return web.SendList(c, rows, User.Card)
}

func answer(c *gin.Context, status int, u User, err error) error {
	if err != nil {
		return err
	}
	return web.Send(c, status, u.Account(), u.Version)
}
