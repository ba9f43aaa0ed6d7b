package main

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	bearerScheme  = "BearerAuth"
	problemSchema = "Problem"
	problemType   = "application/problem+json"
	streamType    = "text/event-stream"
	jsonType      = "application/json"
	schemaPrefix  = "#/components/schemas/"
)

// problems are the errors that an operation can answer by the conventions of
// the API, whatever it does. Handlers document only their own (409, say).
var problems = []struct {
	status      int
	name        string
	description string
	applies     func(o operation) bool
}{
	{http.StatusBadRequest, "BadRequest", "The request, a parameter or a field is wrong; `errors` names the fields", always},
	{http.StatusUnauthorized, "Unauthenticated", "Not signed in, or the token is no longer valid", operation.signedIn},
	{http.StatusForbidden, "Forbidden", "The caller may see this, but not do this", operation.signedIn},
	{http.StatusNotFound, "NotFound", "There is no such thing or page, or the caller cannot see it", operation.canMiss},
	{http.StatusPreconditionFailed, "Stale", "`If-Match` names a version that is no longer the current one", operation.checksVersion},
	{http.StatusRequestEntityTooLarge, "TooLarge", "The body is too large", operation.hasBody},
	{http.StatusUnsupportedMediaType, "UnsupportedMediaType", "The body is not `application/json`", operation.hasBody},
	{http.StatusUnprocessableEntity, "KeyReused", "This `Idempotency-Key` was used with another body", operation.takesKey},
	{http.StatusTooManyRequests, "TooManyRequests", "Too many requests; `Retry-After` says when to come back", always},
}

func always(operation) bool { return true }

// operation is one verb of one path.
type operation struct {
	*openapi3.Operation
	method, path string
}

func operations(doc *openapi3.T) []operation {
	var all []operation
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"} {
			if o := item.GetOperation(method); o != nil {
				all = append(all, operation{o, method, path})
			}
		}
	}
	return all
}

func (o operation) String() string { return o.method + " " + o.path }

func (o operation) hasBody() bool { return o.RequestBody != nil }

// canMiss operations name a thing in their path, or a page of a list.
func (o operation) canMiss() bool {
	return strings.Contains(o.path, "{") || o.Parameters.GetByInAndName("query", "page") != nil
}

func (o operation) checksVersion() bool { return o.conditional() || o.takes("If-Match") }
func (o operation) takesKey() bool      { return o.repeatable() || o.takes("Idempotency-Key") }

func (o operation) takes(name string) bool {
	return o.Parameters.GetByInAndName("header", name) != nil
}

// signedIn reports whether the operation needs a bearer token: everything
// does, unless its x-authz names anonymous callers.
func (o operation) signedIn() bool {
	authz, _ := o.Extensions["x-authz"].(map[string]any)
	_, public := authz["anonymous"]
	return !public
}

// conditional operations change an object that has an ETag.
func (o operation) conditional() bool {
	switch o.method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return o.signedIn()
	default:
		return false
	}
}

// repeatable operations take an Idempotency-Key.
func (o operation) repeatable() bool { return o.method == http.MethodPost && o.signedIn() }

// addConventions writes into every operation what holds for all of them:
// who authenticates how, the errors of the conventions and their content type,
// conditional requests and idempotency keys. What a handler documents itself
// is left as it is.
func addConventions(doc *openapi3.T) {
	doc.Security = nil
	doc.Components.SecuritySchemes = openapi3.SecuritySchemes{
		bearerScheme: {Value: openapi3.NewJWTSecurityScheme().WithDescription(
			"An access token from `POST /api/auth/login`, or a personal API token.")},
	}
	doc.Components.Parameters = openapi3.ParametersMap{
		"IfMatch": header("If-Match", "The `ETag` of the version to change; 412 when it is no longer the current one"),
		"IfNoneMatch": header("If-None-Match",
			"The `ETag` that the caller has; 304 when it is still the current one"),
		"IdempotencyKey": header("Idempotency-Key",
			"Any string of the caller's; the same key within 24 hours gives the first answer again"),
	}
	doc.Components.Responses = openapi3.ResponseBodies{}
	for _, p := range problems {
		doc.Components.Responses[p.name] = &openapi3.ResponseRef{Value: problemResponse(p.status, p.description)}
	}
	doc.Components.Responses["InternalError"] = &openapi3.ResponseRef{
		Value: problemResponse(0, "Any other error; `request_id` finds it in the server's log"),
	}
	doc.Components.Responses["NotModified"] = &openapi3.ResponseRef{
		Value: openapi3.NewResponse().WithDescription("The version in `If-None-Match` is the current one"),
	}

	// swag writes an empty contact where none is given.
	if c := doc.Info.Contact; c != nil && c.Name+c.URL+c.Email == "" {
		doc.Info.Contact = nil
	}
	for _, o := range operations(doc) {
		if o.hasBody() && o.RequestBody.Value != nil {
			delete(o.RequestBody.Value.Extensions, "x-originalParamName")
		}
		o.secure()
		o.retypeProblems()
		o.addResponses()
		o.addHeaders()
	}
}

func (o operation) secure() {
	o.Security = openapi3.NewSecurityRequirements()
	if o.signedIn() {
		o.Security.With(openapi3.NewSecurityRequirement().Authenticate(bearerScheme))
	}
}

// retypeProblems gives documented errors their content type, which Swagger 2.0
// cannot say per response.
func (o operation) retypeProblems() {
	for status, response := range o.Responses.Map() {
		if response.Value == nil || !isProblem(status) {
			continue
		}
		// Whatever else an operation produces, its errors are problems.
		content := openapi3.Content{}
		for name, media := range response.Value.Content {
			content[problemType] = media
			if name == streamType { // an earlier document promised it
				content[name] = media
			}
		}
		if len(content) > 0 {
			response.Value.Content = content
		}
	}
}

func isProblem(status string) bool {
	code, err := strconv.Atoi(status)
	return status == "default" || (err == nil && code >= 400)
}

func (o operation) addResponses() {
	for _, p := range problems {
		if p.applies(o) {
			o.answer(strconv.Itoa(p.status), p.name)
		}
	}
	o.answer("default", "InternalError")
	if o.versioned() && o.method == http.MethodGet {
		o.answer("304", "NotModified")
	}
}

func (o operation) answer(status, name string) {
	if o.Responses.Value(status) == nil {
		o.Responses.Set(status, &openapi3.ResponseRef{Ref: "#/components/responses/" + name})
	}
}

func (o operation) addHeaders() {
	if o.conditional() {
		o.parameter("If-Match", "IfMatch")
	}
	if o.repeatable() {
		o.parameter("Idempotency-Key", "IdempotencyKey")
	}
	if !o.versioned() {
		return
	}
	if o.method == http.MethodGet {
		o.parameter("If-None-Match", "IfNoneMatch")
	}
	for status, response := range o.Responses.Map() {
		if !strings.HasPrefix(status, "2") || response.Value == nil || len(response.Value.Content) == 0 {
			continue
		}
		if response.Value.Headers == nil {
			response.Value.Headers = openapi3.Headers{}
		}
		if response.Value.Headers["ETag"] == nil {
			response.Value.Headers["ETag"] = &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{
				Description: "The version of this object, for `If-Match` and `If-None-Match`",
				Schema:      openapi3.NewStringSchema().NewRef(),
			}}}
		}
	}
}

func (o operation) parameter(name, component string) {
	if o.Parameters.GetByInAndName("header", name) == nil {
		o.Parameters = append(o.Parameters, &openapi3.ParameterRef{Ref: "#/components/parameters/" + component})
	}
}

// versioned reports whether the operation answers an object with a version.
func (o operation) versioned() bool {
	for status, response := range o.Responses.Map() {
		if !strings.HasPrefix(status, "2") || response.Value == nil {
			continue
		}
		media := response.Value.Content[jsonType]
		if media != nil && media.Schema != nil && media.Schema.Value != nil && media.Schema.Value.Properties["version"] != nil {
			return true
		}
	}
	return false
}

func header(name, description string) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewHeaderParameter(name).
		WithDescription(description).WithSchema(openapi3.NewStringSchema())}
}

func problemResponse(status int, description string) *openapi3.Response {
	response := openapi3.NewResponse().WithDescription(description).WithContent(openapi3.Content{
		problemType: openapi3.NewMediaType().WithSchemaRef(openapi3.NewSchemaRef(schemaPrefix+problemSchema, nil)),
	})
	if status == http.StatusTooManyRequests {
		response.Headers = openapi3.Headers{"Retry-After": {Value: &openapi3.Header{Parameter: openapi3.Parameter{
			Description: "Seconds until the next request may succeed",
			Schema:      openapi3.NewIntegerSchema().NewRef(),
		}}}}
	}
	return response
}
