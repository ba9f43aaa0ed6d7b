package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fixdesk": func() { os.Exit(Run(os.Args[1:])) },
	})
}

// TestScripts runs the command line as people do, on a fresh machine each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			shared, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data"))
			env.Setenv("SHARED", shared)
			return err
		},
		Condition: func(cond string) (bool, error) {
			// [shared]: the files of real tickets lie beside the repository.
			_, err := os.Stat(filepath.Join("..", "..", "..", "shared", "data", "README.md"))
			return cond == "shared" && err == nil, nil
		},
	})
}

func TestUnknownCommandIsWrongUsage(t *testing.T) {
	code := run(context.Background(), []string{"nonsense"}, nil, discard{}, discard{})
	if code != exitUsage {
		t.Errorf("exit code %d", code)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
