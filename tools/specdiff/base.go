package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// baseEnv names the git revision to compare with, when another than the usual one is meant.
const baseEnv = "FIXDESK_SPEC_BASE"

type revision struct {
	where    string
	document []byte
}

// earlier finds the document to compare with:
//
//  1. the one of the revision in FIXDESK_SPEC_BASE;
//  2. the last one that was published: that of the commit where this branch
//     left origin's main branch, when there are commits since;
//  3. the committed one, when the working copy differs from it;
//  4. the last committed version before this one.
//
// nil means that there is none.
func earlier(ctx context.Context, path string, now []byte) (*revision, error) {
	if named := os.Getenv(baseEnv); named != "" {
		document, err := show(ctx, named, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", baseEnv, err)
		}
		return &revision{named, document}, nil
	}
	if published, err := leftMain(ctx); err == nil && published != "" {
		if document, err := show(ctx, published, path); err == nil {
			return &revision{"the published " + published, document}, nil
		}
	}
	commits, err := git(ctx, "log", "--first-parent", "--format=%h", "--", path)
	if err != nil {
		return nil, err
	}
	for _, commit := range strings.Fields(string(commits)) {
		document, err := show(ctx, commit, path)
		if err != nil {
			continue // the commit that removed it
		}
		if !bytes.Equal(document, now) {
			return &revision{"commit " + commit, document}, nil
		}
	}
	return nil, nil
}

// leftMain names the commit where HEAD left origin's main branch; "" when HEAD is on it.
func leftMain(ctx context.Context) (string, error) {
	fork, err := git(ctx, "merge-base", "HEAD", "origin/main")
	if err != nil {
		return "", err
	}
	head, err := git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return "", err
	}
	if bytes.Equal(fork, head) {
		return "", nil
	}
	return string(fork[:12]), nil
}

func show(ctx context.Context, commit, path string) ([]byte, error) {
	return git(ctx, "show", commit+":./"+path)
}

func git(ctx context.Context, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "git", args...).Output() //nolint:gosec // git, with our own arguments
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("git %s: %s", args[0], bytes.TrimSpace(failed.Stderr))
	}
	return out, err
}
