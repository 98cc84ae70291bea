package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// event is one line of "go test -json" (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type failure struct{ name, output string }

type tally struct {
	passed   int
	failures []failure
}

func (t *tally) add(o tally) {
	t.passed += o.passed
	t.failures = append(t.failures, o.failures...)
}

// check counts one check whose output is empty when it passes.
func (t *tally) check(name, output string) {
	if output == "" {
		fmt.Println("ok    ", name)
		t.passed++
		return
	}
	fmt.Println("FAIL  ", name)
	t.failures = append(t.failures, failure{name, output + "\n"})
}

func (t *tally) printFailures(w io.Writer) {
	for _, f := range t.failures {
		fmt.Fprintf(w, "\n--- failed: %s\n%s", f.name, f.output)
	}
}

// run holds what one "go test -json" said so far. Keys are "package test"; the test of a package itself is "".
type run struct {
	output map[string]*strings.Builder
	result map[string]string // pass, fail or skip
	order  []string
	parent map[string]bool
	done   int
}

// goTest runs "go test -json" and shows a line a package. A test with subtests is not counted beside them;
// a package that fails without a failing test (it does not build, it panics, it times out) counts as one failure, a skipped test as well.
func goTest(ctx context.Context, env, args []string) tally {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go test does not pass a signal on: the tests get it as one group
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return tally{failures: []failure{{"go test", err.Error() + "\n"}}}
	}
	r := run{output: map[string]*strings.Builder{}, result: map[string]string{}, parent: map[string]bool{}}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && json.Unmarshal(line, &e) == nil {
			r.take(e)
		}
		if err != nil {
			break
		}
	}
	err = cmd.Wait()
	total := r.tally()
	if err != nil && len(total.failures) == 0 {
		total.failures = append(total.failures, failure{"go test", err.Error() + "\n"})
	}
	return total
}

func (r *run) take(e event) {
	pkg := e.Package
	if pkg == "" {
		pkg, _, _ = strings.Cut(e.ImportPath, " ") // build output: "huiyin/x [huiyin/x.test]"
	}
	key := pkg + " " + e.Test
	if r.output[key] == nil {
		r.output[key] = &strings.Builder{}
		r.order = append(r.order, key)
	}
	if above := strings.LastIndexByte(e.Test, '/'); above > 0 {
		r.parent[pkg+" "+e.Test[:above]] = true
	}
	switch e.Action {
	case "output", "build-output":
		r.output[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		r.result[key] = e.Action
		if e.Test == "" {
			r.progress(e)
		}
	}
}

// progress prints one line for a package that ended.
func (r *run) progress(e event) {
	r.done++
	if e.Action == "skip" { // no tests in it
		return
	}
	word := "ok    "
	if e.Action == "fail" {
		word = "FAIL  "
	}
	fmt.Printf("%s %-40s %6.1f s\n", word, strings.TrimPrefix(e.Package, "huiyin/"), e.Elapsed)
}

func (r *run) tally() tally {
	var t tally
	blamed := map[string]bool{} // "package test" above which a failure was counted already
	for _, key := range slices.Backward(r.order) {
		pkg, test, _ := strings.Cut(key, " ")
		result := r.result[key]
		switch {
		case test == "" && result == "", test == "" && result != "fail":
		case result == "pass" && !r.parent[key]:
			t.passed++
		case result == "pass":
		case blamed[key]: // one below it was counted: what it says itself is told there
			t.failures[len(t.failures)-1].output += r.output[key].String()
		default:
			t.failures = append(t.failures, failure{strings.TrimSuffix(key, " "), r.output[key].String() + unfinished(result)})
			for name := test; name != ""; {
				blamed[pkg+" "+name] = true
				above := strings.LastIndexByte(name, '/')
				name = name[:max(above, 0)]
			}
			blamed[pkg+" "] = true
		}
	}
	slices.Reverse(t.failures)
	return t
}

func unfinished(result string) string {
	switch result {
	case "skip":
		return "skipped: a test here runs or fails\n"
	case "":
		return "did not end\n"
	}
	return ""
}
