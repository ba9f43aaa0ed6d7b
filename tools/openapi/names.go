package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

const definitionPrefix = "#/definitions/"

// genericName is what swag calls an instance of a generic type: a list of
// tickets, web.List[ticket.View] where View is named Ticket, is web.List-Ticket.
var genericName = regexp.MustCompile(`^(?:\w+\.)?(\w+)-(\w+)$`)

// packageName is what swag calls a type without a @name of its own.
var packageName = regexp.MustCompile(`^\w+\.(\w+)$`)

// nameSchemas gives schemas the name that a person would choose:
// web.List-Ticket becomes TicketList, web.Problem becomes Problem.
func nameSchemas(swagger []byte) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(swagger, &doc); err != nil {
		return nil, err
	}
	definitions, _ := doc["definitions"].(map[string]any)
	renamed := map[string]string{}
	for name := range definitions {
		if m := genericName.FindStringSubmatch(name); m != nil {
			renamed[name] = m[2] + m[1]
		} else if m := packageName.FindStringSubmatch(name); m != nil {
			renamed[name] = m[1]
		}
	}
	for _, from := range slices.Sorted(maps.Keys(renamed)) {
		to := renamed[from]
		if _, taken := definitions[to]; taken {
			return nil, fmt.Errorf("%s cannot be named %s: there is another one; give it a // @name", from, to)
		}
		definitions[to] = definitions[from]
		delete(definitions, from)
	}
	renameRefs(doc, renamed)
	return json.Marshal(doc)
}

func renameRefs(node any, renamed map[string]string) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			renameRefs(child, renamed)
		}
	case map[string]any:
		for key, child := range node {
			ref, isText := child.(string)
			if key != "$ref" || !isText || len(ref) <= len(definitionPrefix) {
				renameRefs(child, renamed)
				continue
			}
			if to, ok := renamed[ref[len(definitionPrefix):]]; ok {
				node[key] = definitionPrefix + to
			}
		}
	}
}
