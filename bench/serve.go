package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"huiyin/test/testenv"
)

// process is a server under measurement, in a process of its own so that its memory and its time are its own.
type process struct {
	cmd  *exec.Cmd
	addr string
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// buildProduct builds the product's binary into dir.
func buildProduct(ctx context.Context, dir string) (string, error) {
	root, err := testenv.FindRoot()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "huiyin")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	return binary, cmd.Run()
}

// startProduct runs `huiyin serve` on the database and waits until it answers.
func startProduct(ctx context.Context, binary, dsn, dir, redis string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	env := []string{
		"HUIYIN_ADDR=" + addr, "HUIYIN_DATA=" + dir, "HUIYIN_DATABASE=" + dsn, "HUIYIN_REDIS=" + redis, "HUIYIN_DEMO=false",
		"HUIYIN_PROXIES=127.0.0.1", // every request of the load comes from an address of its own
	}
	log, err := os.Create(filepath.Join(dir, "serve.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p, err := start(ctx, addr, "/readyz", env, log, binary, "serve")
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		err = fmt.Errorf("%w\n%s", err, text)
	}
	return p, err
}

func start(ctx context.Context, addr, ready string, env []string, log *os.File, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "HUIYIN_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, addr: addr}
	for range 600 {
		res, err := http.Get("http://" + addr + ready)
		if err == nil {
			res.Body.Close()
			if res.StatusCode < http.StatusInternalServerError {
				return p, nil
			}
		}
		select {
		case <-ctx.Done():
			p.stop()
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s does not answer", filepath.Base(name))
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// memory returns the resident set in MB, now and at its highest.
func (p *process) memory() (now, peak int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "VmRSS:":
			now = kb >> 10
		case "VmHWM:":
			peak = kb >> 10
		}
	}
	return now, peak
}

// spent is the processor time the process has used; the clock ticks a hundred times a second.
func (p *process) spent() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
