// Command dev builds and serves the product, and does so again whenever a file of it changes. It looks at modification times twice a
// second, so it needs nothing installed. A build that fails leaves the running one alone.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var serving *exec.Cmd
	var ended chan struct{}
	var before string
	for ctx.Err() == nil {
		if now := state(); now != before {
			before = now
			if build() {
				halt(serving, ended)
				serving, ended = serve()
			}
		}
		select {
		case <-ctx.Done():
		case <-ended:
			fmt.Println("dev: it ended; waiting for a change")
			serving, ended = nil, nil
		case <-time.After(500 * time.Millisecond):
		}
	}
	halt(serving, ended)
}

func build() bool {
	cmd := exec.Command("go", "build", "-o", "bin/huiyin", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run() == nil
}

func serve() (*exec.Cmd, chan struct{}) {
	cmd := exec.Command("bin/huiyin", append([]string{"serve"}, os.Args[1:]...)...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Println("dev:", err)
		return nil, nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := cmd.Wait(); err != nil {
			fmt.Println("dev:", err)
		}
	}()
	return cmd, ended
}

// halt asks the running one to finish what it is doing, and ends it after ten seconds.
func halt(cmd *exec.Cmd, ended chan struct{}) {
	if cmd == nil {
		return
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
	}
}

// state tells what the build is made of: names and times of the sources, templates, styles and catalogs.
func state() string {
	var b strings.Builder
	_ = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // a file that has just gone is a change, not a failure
		}
		if d.IsDir() {
			if path != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"data", "bin", "tmp", "test", "docs", "node_modules"}, path) {
				return filepath.SkipDir
			}
			return nil
		}
		if slices.Contains([]string{".go", ".html", ".css", ".js", ".svg", ".po", ".sql", ".mod", ".json", ".md"}, filepath.Ext(path)) && !strings.HasSuffix(path, "_test.go") {
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(&b, path, info.ModTime().UnixNano(), info.Size())
			}
		}
		return nil
	})
	return b.String()
}
