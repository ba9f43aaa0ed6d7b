// Package docs holds the description of the API, as it is served at
// /swagger/doc.json and as clients are generated from it. `make generate`
// writes the documents in this folder; nobody edits them by hand.
package docs

import (
	_ "embed"

	"github.com/swaggo/swag"
)

// Instance is the name under which gin-swagger finds the document.
const Instance = swag.Name

// OpenAPI is the OpenAPI 3.0.3 document, in JSON.
//
//go:embed openapi.json
var OpenAPI []byte

// spec hands the document to gin-swagger. swag itself would register the
// Swagger 2.0 document that it writes; the API is described by OpenAPI 3.
type spec struct{}

// ReadDoc returns the document.
func (spec) ReadDoc() string { return string(OpenAPI) }

func init() { swag.Register(Instance, spec{}) }
