// Command composelint loads compose files the way Docker Compose does, which
// checks them against the compose schema, and then asks what a deployment
// needs: health checks, restarts, pinned images and no password in the file.
//
//	composelint docker-compose.yml
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: composelint FILE...")
		os.Exit(2)
	}
	failed := false
	for _, path := range os.Args[1:] {
		if err := lint(context.Background(), path); err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s:\n%v\n", path, err)
		}
	}
	if failed {
		os.Exit(1)
	}
	fmt.Println("composelint: no complaints")
}

func lint(ctx context.Context, path string) error {
	text, err := os.ReadFile(path) //nolint:gosec // the file that the caller names
	if err != nil {
		return err
	}
	project, err := load(ctx, path, required(string(text)))
	if err != nil {
		return err
	}
	problems := []error{refusesWithout(ctx, path, required(string(text)))}
	for _, service := range project.Services {
		problems = append(problems, check(service)...)
	}
	return errors.Join(problems...)
}

// mustSet finds ${NAME:?message}: what compose refuses to start without.
var mustSet = regexp.MustCompile(`\$\{(\w+):?\?`)

func required(text string) []string {
	var names []string
	for _, m := range mustSet.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1]+"="+given)
	}
	return names
}

func load(ctx context.Context, path string, environment []string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{path}, cli.WithName("lint"), cli.WithEnv(environment), cli.WithResolvedPaths(true))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

// refusesWithout makes sure that each required setting is really required.
func refusesWithout(ctx context.Context, path string, environment []string) error {
	for i := range environment {
		without := append(append([]string{}, environment[:i]...), environment[i+1:]...)
		if contains(without, environment[i]) {
			continue // named twice: still given
		}
		if _, err := load(ctx, path, without); err == nil {
			return fmt.Errorf("it loads without %s", strings.SplitN(environment[i], "=", 2)[0])
		}
	}
	return nil
}

func contains(list []string, value string) bool {
	for _, v := range list {
		if v == value {
			return true
		}
	}
	return false
}

// given stands for every required setting.
const given = "given-by-composelint"

// secretName is what settings that hold a secret are called. MySQL's wish for
// a random password ends alike and holds none.
var secretName = regexp.MustCompile(`(?i)(password|secret|token)$`)

func check(s types.ServiceConfig) []error {
	var problems []error
	complain := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("  service "+s.Name+": "+format, args...))
	}
	if s.HealthCheck == nil || len(s.HealthCheck.Test) == 0 {
		complain("no healthcheck")
	}
	if s.Restart == "" {
		complain("no restart policy")
	}
	if s.Build == nil && (!strings.Contains(s.Image, ":") || strings.HasSuffix(s.Image, ":latest")) {
		complain("image %q names no version", s.Image)
	}
	if s.Privileged {
		complain("privileged")
	}
	if !contains(s.SecurityOpt, "no-new-privileges:true") {
		complain("no security_opt no-new-privileges")
	}
	for name, value := range s.Environment {
		if secretName.MatchString(name) && !strings.Contains(name, "_RANDOM_") && value != nil && !strings.Contains(*value, given) {
			complain("%s must come from a required setting: ${NAME:?message}", name)
		}
	}
	return problems
}
