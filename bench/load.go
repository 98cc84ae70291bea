package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// visit says what one connection asks for at its i-th request: the whole request as it goes over the wire.
type visit func(conn, i int) []byte

// load asks over so many keep-alive connections for so long. It speaks HTTP itself, as little of it as serves: the machine's two cores
// are shared with the server, and a client must not cost more than what it measures.
func load(addr string, conns int, length time.Duration, next visit) (sample, error) {
	var wait sync.WaitGroup
	took := make([][]time.Duration, conns)
	errs := make([]error, conns)
	began := time.Now()
	for n := range conns {
		wait.Go(func() { took[n], errs[n] = ask(addr, n, began.Add(length), next) })
	}
	wait.Wait()
	var all []time.Duration
	for _, t := range took {
		all = append(all, t...)
	}
	return sampleOf(all, time.Since(began)), errors.Join(errs...)
}

func ask(addr string, n int, until time.Time, next visit) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(20 * time.Second)); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(conn, 64<<10)
	for i := 0; ; i++ {
		from := time.Now()
		if from.After(until) {
			return took, nil
		}
		request := next(n, i)
		if _, err := conn.Write(request); err != nil {
			return took, err
		}
		status, err := answer(r)
		if err != nil {
			return took, err
		}
		if status >= http.StatusBadRequest {
			return took, fmt.Errorf("status %d for %s", status, bytes.SplitN(request, []byte("\r\n"), 2)[0])
		}
		took = append(took, time.Since(from))
	}
}

var (
	headLength  = []byte("Content-Length: ")
	headChunked = []byte("Transfer-Encoding: chunked")
)

// answer reads one response as Go's server writes it and returns its status.
func answer(r *bufio.Reader) (status int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length, chunked := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		if bytes.HasPrefix(line, headLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(headLength):]))); err != nil {
				return 0, err
			}
		}
		chunked = chunked || bytes.HasPrefix(line, headChunked)
	}
	if !chunked {
		_, err = r.Discard(length)
		return status, err
	}
	return status, discardChunks(r)
}

func discardChunks(r *bufio.Reader) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, r, n+2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// request is a GET as a browser sends it; from is the address that a balancer in front would name.
func request(path, cookie, from string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: text/html,application/xhtml+xml\r\n"+
		"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: zh-CN,zh;q=0.9\r\n", path)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	if from != "" {
		fmt.Fprintf(&b, "X-Forwarded-For: %s\r\n", from)
	}
	b.WriteString("\r\n")
	return b.Bytes()
}
