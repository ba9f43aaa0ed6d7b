// Command specdiff fails when the OpenAPI document breaks what clients of an
// earlier one rely on: the API grows by addition only.
//
//	specdiff docs/openapi.json
//
// The earlier document comes from git; base.go says which one it is.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: specdiff OPENAPI.json")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "specdiff:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	now, err := os.ReadFile(path) //nolint:gosec // the file that the caller names
	if err != nil {
		return err
	}
	base, err := earlier(ctx, path, now)
	if err != nil {
		return err
	}
	if base == nil {
		fmt.Printf("specdiff: there is no earlier %s to compare with\n", path)
		return nil
	}
	breaks, err := compare(base.document, now)
	if err != nil {
		return err
	}
	if len(breaks) > 0 {
		for _, b := range breaks {
			fmt.Fprintln(os.Stderr, "  "+b)
		}
		return fmt.Errorf("%d breaking changes against %s", len(breaks), base.where)
	}
	fmt.Printf("specdiff: %s keeps what %s promises\n", path, base.where)
	return nil
}
