// Command dockerlint checks Dockerfiles with BuildKit's own linter (what
// `docker build --check` runs) and asks for what an image of ours needs: a
// user that is not root, a health check, and base images with a version.
// It needs no container engine and no network.
//
//	dockerlint deploy/docker/Dockerfile
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: dockerlint DOCKERFILE...")
		os.Exit(2)
	}
	failed := false
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path) //nolint:gosec // the file that the caller names
		if err == nil {
			err = lint(context.Background(), path, text)
		}
		if err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s:\n%v\n", path, err)
		}
	}
	if failed {
		os.Exit(1)
	}
	fmt.Println("dockerlint: no complaints")
}

func lint(ctx context.Context, path string, text []byte) error {
	return errors.Join(buildkit(ctx, path, text), house(text))
}

func buildkit(ctx context.Context, path string, text []byte) error {
	source := llb.NewSourceMap(nil, path, "Dockerfile", text)
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(ctx, text, dockerfile2llb.ConvertOpt{
		SourceMap:    source,
		MetaResolver: anyImage{},
	})
	if err != nil {
		return err
	}
	var problems []error
	if results.Error != nil {
		problems = append(problems, errors.New("  "+results.Error.Message))
	}
	for _, w := range results.Warnings {
		line := int32(0)
		if w.Location != nil && len(w.Location.Ranges) > 0 {
			line = w.Location.Ranges[0].Start.Line
		}
		problems = append(problems, fmt.Errorf("  line %d: %s: %s", line, w.RuleName, w.Detail))
	}
	return errors.Join(problems...)
}

// anyImage stands in for the registry: each base image is there and says nothing of itself.
type anyImage struct{}

func (anyImage) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","config":{}}`)
	return ref, digest.FromBytes(config), config, nil
}

func house(text []byte) error {
	file, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return err
	}
	stages, _, err := instructions.Parse(file.AST, nil)
	if err != nil {
		return err
	}
	var problems []error
	names := map[string]bool{"scratch": true}
	for _, stage := range stages {
		if !names[stage.BaseName] && !versioned(stage.BaseName) {
			problems = append(problems, fmt.Errorf("  image %s names no version", stage.BaseName))
		}
		names[stage.Name] = true
	}
	user, healthy := "", false
	for _, command := range stages[len(stages)-1].Commands {
		switch c := command.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			healthy = c.Health != nil && len(c.Health.Test) > 0 && c.Health.Test[0] != "NONE"
		}
	}
	if owner, _, _ := strings.Cut(user, ":"); owner == "" || owner == "root" || owner == "0" {
		problems = append(problems, errors.New("  the image runs as root: no USER"))
	}
	if !healthy {
		problems = append(problems, errors.New("  no HEALTHCHECK"))
	}
	return errors.Join(problems...)
}

func versioned(image string) bool {
	if strings.Contains(image, "@sha256:") {
		return true
	}
	name := image[strings.LastIndex(image, "/")+1:]
	_, tag, found := strings.Cut(name, ":")
	return found && tag != "latest"
}
