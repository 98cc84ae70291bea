// Command report runs gofmt, go vet, all the tests and the race detector, shows how far they are, prints what failed in full, and
// ends with one line: "N passed, N failed". It is what test/run.sh calls once the databases are up; it knows nothing of the product.
//
// Arguments are passed on to "go test"; without any it tests ./... .
package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// racePackages are small, concurrent and quick to build: the race detector needs a C compiler and makes everything slow.
var racePackages = []string{"./internal/clock", "./internal/live", "./internal/limit", "./internal/cache"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	began := time.Now()
	var total tally
	total.check("gofmt", gofmt())
	total.check("go vet", command(ctx, nil, "go", "vet", "./..."))
	args := os.Args[1:]
	whole := len(args) == 0
	if whole {
		args = []string{"./..."}
	}
	total.add(goTest(ctx, nil, append([]string{"-vet=off", "-count=1", "-timeout=9m"}, args...)))
	if whole {
		total.add(race(ctx))
	}
	total.printFailures(os.Stdout)
	fmt.Printf("\nin %s\n%d passed, %d failed\n", time.Since(began).Round(time.Second), total.passed, len(total.failures))
	if len(total.failures) > 0 || total.passed == 0 {
		stop()
		os.Exit(1)
	}
}

// gofmt returns the files that are not formatted, "" when all are.
func gofmt() string {
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path == "data" || path == "bin" || path != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	out, err := exec.Command("gofmt", append([]string{"-l"}, files...)...).CombinedOutput()
	if err != nil {
		return string(out) + err.Error()
	}
	if len(out) > 0 {
		return "not formatted, run gofmt -w:\n" + string(out)
	}
	return ""
}

// command runs a check and returns its output when it fails.
func command(ctx context.Context, env []string, name string, args ...string) string {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(bytes.TrimSpace(out)) + "\n" + err.Error()
	}
	return ""
}

func race(ctx context.Context) tally {
	var packages []string
	for _, p := range racePackages {
		if tests, _ := filepath.Glob(filepath.Join(p, "*_test.go")); len(tests) > 0 {
			packages = append(packages, p)
		}
	}
	if len(packages) == 0 {
		return tally{}
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		fmt.Println("race detector: left out, it needs a C compiler (gcc)")
		return tally{}
	}
	fmt.Println("race detector:", strings.Join(packages, " "))
	return goTest(ctx, []string{"CGO_ENABLED=1"}, append([]string{"-race", "-vet=off", "-count=1", "-timeout=4m"}, packages...))
}
