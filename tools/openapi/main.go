// Command openapi turns the Swagger 2.0 document that swag writes into the
// OpenAPI 3.0.3 document that Fixdesk serves and that its clients are
// generated from. It refuses a document that breaks the rules in rules.go.
//
//	openapi docs/swagger.json docs/openapi.json
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: openapi SWAGGER2.json OPENAPI3.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	swagger, err := os.ReadFile(from) //nolint:gosec // the file that the caller names
	if err != nil {
		return err
	}
	document, err := Convert(swagger)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, document, 0o644) //nolint:gosec // a document that everybody may read
}
