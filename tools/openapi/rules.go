package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

var (
	authzRoles = []string{"anonymous", "employee", "it_staff", "admin"}
	authzRules = []string{"any", "visible", "own", "author", "limited"}
)

// checkRules says everything that the document lacks or contradicts, so that
// it is complete for people, for generated clients and for the checks that
// read x-authz.
func checkRules(doc *openapi3.T) error {
	var wrong complaints
	if doc.Info.Title == "" || doc.Info.Version == "" || doc.Info.Description == "" || doc.Info.License == nil {
		wrong.add("info needs a title, a version, a description and a licence")
	}
	if doc.Components.Schemas[problemSchema] == nil {
		wrong.add("no schema is named %s: the errors need it", problemSchema)
	}
	for _, o := range operations(doc) {
		checkOperation(o, &wrong)
	}
	checkSchemas(doc, &wrong)
	return wrong.err()
}

func checkOperation(o operation, wrong *complaints) {
	if o.path != "/" && strings.HasSuffix(o.path, "/") {
		wrong.add("%s: paths are documented without a trailing slash", o)
	}
	if o.OperationID == "" {
		wrong.add("%s: no @ID", o)
	}
	if o.Summary == "" {
		wrong.add("%s: no @Summary", o)
	}
	if len(o.Tags) == 0 {
		wrong.add("%s: no @Tags", o)
	}
	for _, parameter := range o.Parameters {
		if parameter.Value != nil && parameter.Value.Description == "" {
			wrong.add("%s: parameter %s has no description", o, parameter.Value.Name)
		}
	}
	checkAuthz(o, wrong)
	checkResponses(o, wrong)
}

func checkAuthz(o operation, wrong *complaints) {
	authz, ok := o.Extensions["x-authz"].(map[string]any)
	if !ok || len(authz) == 0 {
		wrong.add(`%s: no @x-authz {"role":"rule"}`, o)
		return
	}
	for _, role := range slices.Sorted(maps.Keys(authz)) {
		rule, _ := authz[role].(string)
		if !slices.Contains(authzRoles, role) {
			wrong.add("%s: x-authz names the unknown role %q", o, role)
		}
		if !slices.Contains(authzRules, rule) {
			wrong.add("%s: x-authz gives %s the unknown rule %q", o, role, authz[role])
		}
	}
}

func checkResponses(o operation, wrong *complaints) {
	success := false
	for _, status := range slices.Sorted(maps.Keys(o.Responses.Map())) {
		response := o.Responses.Value(status)
		if response.Ref != "" || response.Value == nil {
			continue
		}
		if response.Value.Description == nil || *response.Value.Description == "" {
			wrong.add("%s: response %s has no description", o, status)
		}
		success = success || strings.HasPrefix(status, "2")
		if status == "204" || strings.HasPrefix(status, "3") {
			continue
		}
		if len(response.Value.Content) == 0 {
			wrong.add("%s: response %s has no schema", o, status)
		}
		for _, media := range response.Value.Content {
			if media.Schema == nil {
				wrong.add("%s: response %s has no schema", o, status)
			} else if isProblem(status) && media.Schema.Ref != schemaPrefix+problemSchema {
				wrong.add("%s: response %s is an error and must be a %s", o, status, problemSchema)
			}
		}
	}
	if !success {
		wrong.add("%s: no response for success", o)
	}
}

func checkSchemas(doc *openapi3.T, wrong *complaints) {
	answers := map[*openapi3.Schema]bool{}
	answered(doc, func(name string, s *openapi3.Schema) {
		answers[s] = true
		checkSchema(name, s, wrong)
	})
	sent(doc, func(name string, s *openapi3.Schema) {
		checkSchema(name, s, wrong)
		if isObject(s) && answers[s] {
			wrong.add("schema %s is used in a request and in a response: "+
				"a response is sealed, a request is not, so they need a shape each", name)
		}
	})
}

func checkSchema(name string, s *openapi3.Schema, wrong *complaints) {
	if len(s.AllOf) > 1 {
		wrong.add("schema %s is composed of several: name one type for it (a generic one for lists)", name)
	}
	if isObject(s) && len(s.Properties) == 0 && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
		wrong.add("schema %s is an object of nothing: did swag follow a type alias?", name)
	}
	for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
		if p := s.Properties[property].Value; s.Properties[property].Ref == "" && needsExample(p) {
			wrong.add("schema %s: property %s has no example", name, property)
		}
	}
}

// needsExample is true of plain values that say too little by their type.
// Times and addresses, choices, booleans, objects and lists explain themselves,
// and null is an example of what may be null.
func needsExample(s *openapi3.Schema) bool {
	if s == nil || s.Example != nil || len(s.Enum) > 0 || len(s.AllOf) > 0 || s.Nullable {
		return false
	}
	switch s.Format {
	case "date-time", "date", "uri", "email", "binary":
		return false
	}
	return s.Type.Is("string") || s.Type.Is("integer") || s.Type.Is("number")
}

type complaints []error

func (c *complaints) add(format string, args ...any) {
	*c = append(*c, fmt.Errorf(format, args...))
}

func (c *complaints) err() error {
	if len(*c) == 0 {
		return nil
	}
	return fmt.Errorf("the document is not complete:\n%w", errors.Join(*c...))
}
