package main

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// walk visits a schema and every schema that it reaches, each once. visit gets
// the name of the component for a named schema, "" for one written in place.
func walk(doc *openapi3.T, ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool, visit func(name string, s *openapi3.Schema)) {
	if ref == nil {
		return
	}
	name := strings.TrimPrefix(ref.Ref, schemaPrefix)
	schema := ref.Value
	if name != "" && doc.Components.Schemas[name] != nil {
		schema = doc.Components.Schemas[name].Value
	}
	if schema == nil || seen[schema] {
		return
	}
	seen[schema] = true
	visit(name, schema)
	for _, property := range schema.Properties {
		walk(doc, property, seen, visit)
	}
	walk(doc, schema.Items, seen, visit)
	walk(doc, schema.AdditionalProperties.Schema, seen, visit)
	walk(doc, schema.Not, seen, visit)
	for _, list := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
		for _, part := range list {
			walk(doc, part, seen, visit)
		}
	}
}

// answered visits the schemas of all responses.
func answered(doc *openapi3.T, visit func(name string, s *openapi3.Schema)) {
	seen := map[*openapi3.Schema]bool{}
	for _, response := range doc.Components.Responses {
		walkContent(doc, response.Value.Content, seen, visit)
	}
	for _, o := range operations(doc) {
		for _, response := range o.Responses.Map() {
			if response.Value != nil {
				walkContent(doc, response.Value.Content, seen, visit)
			}
		}
	}
}

// sent visits the schemas of all request bodies.
func sent(doc *openapi3.T, visit func(name string, s *openapi3.Schema)) {
	seen := map[*openapi3.Schema]bool{}
	for _, o := range operations(doc) {
		if o.RequestBody != nil && o.RequestBody.Value != nil {
			walkContent(doc, o.RequestBody.Value.Content, seen, visit)
		}
	}
}

func walkContent(doc *openapi3.T, content openapi3.Content, seen map[*openapi3.Schema]bool, visit func(string, *openapi3.Schema)) {
	for _, media := range content {
		walk(doc, media.Schema, seen, visit)
	}
}

// sealResponses forbids properties that are not documented in everything the
// server answers, so that a test which validates a response against the
// document finds a field that leaked. Requests stay open: the API ignores
// fields that it does not know.
func sealResponses(doc *openapi3.T) {
	answered(doc, func(_ string, s *openapi3.Schema) {
		if free := s.AdditionalProperties.Schema; free != nil && free.Value != nil && free.Value.IsEmpty() {
			// "Anything" includes null, which an empty schema of OpenAPI 3.0 may not.
			s.AdditionalProperties = openapi3.AdditionalProperties{Has: openapi3.Ptr(true)}
		}
		open := s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil
		if isObject(s) && len(s.Properties) > 0 && open {
			s.AdditionalProperties = openapi3.AdditionalProperties{Has: openapi3.Ptr(false)}
		}
	})
}

// nameNull adds null to the values of an enumeration that may be null: nullable
// alone does not allow it (OpenAPI 3.0.3, "Clarify Semantics of nullable").
func nameNull(doc *openapi3.T) {
	name := func(_ string, s *openapi3.Schema) {
		if s.Nullable && len(s.Enum) > 0 && !slices.Contains(s.Enum, nil) {
			s.Enum = append(s.Enum, nil)
		}
	}
	answered(doc, name)
	sent(doc, name)
}

func isObject(s *openapi3.Schema) bool { return s.Type.Is("object") }
