package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// Convert makes the OpenAPI 3.0.3 document of a Swagger 2.0 document. The same
// input gives the same bytes.
func Convert(swagger []byte) ([]byte, error) {
	swagger, err := nameSchemas(swagger)
	if err != nil {
		return nil, fmt.Errorf("read Swagger 2.0: %w", err)
	}
	var doc2 openapi2.T
	if err := json.Unmarshal(swagger, &doc2); err != nil {
		return nil, fmt.Errorf("read Swagger 2.0: %w", err)
	}
	doc, err := openapi2conv.ToV3(&doc2)
	if err != nil {
		return nil, fmt.Errorf("convert to OpenAPI 3: %w", err)
	}

	if doc.Info == nil || doc.Paths == nil {
		return nil, errors.New("no info or no paths")
	}

	doc.OpenAPI = "3.0.3"
	doc.Servers = openapi3.Servers{{URL: "/", Description: "This server"}}
	addConventions(doc)
	if err := checkRules(doc); err != nil {
		return nil, err
	}
	sealResponses(doc)
	nameNull(doc)
	return write(doc)
}

// write prints the document and proves that a reader accepts it, with its
// references and its examples.
func write(doc *openapi3.T) ([]byte, error) {
	compact, err := doc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write OpenAPI 3: %w", err)
	}
	// Through a map, so that keys are sorted at every depth; numbers stay as they are.
	decoder := json.NewDecoder(bytes.NewReader(compact))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	var pretty bytes.Buffer
	encoder := json.NewEncoder(&pretty)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(tree); err != nil {
		return nil, err
	}

	again, err := openapi3.NewLoader().LoadFromData(pretty.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read what was written: %w", err)
	}
	if err := again.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("not valid OpenAPI 3.0.3: %w", err)
	}
	return pretty.Bytes(), nil
}
