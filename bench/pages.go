package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// page is one address under load. shared says that it is the same for everybody, so that the aim of the public pages holds for it.
type page struct {
	name, path, cookie string
	shared             bool
	vary               func(conn, i int) string // another address each time
}

// pageResult is one page beside the bare handler.
type pageResult struct {
	kind, name string
	shared     bool
	bytes      int
	ours, bare sample
}

func (r pageResult) ratio() float64 { return r.ours.perSecond() / r.bare.perSecond() }

// memory is what the server's process held, in MB.
type memory struct {
	kind             string
	idle, busy, peak int
}

func thePages(token, number string) []page {
	session := "hy_session=" + token
	words := []string{"医保", "公积金", "居住证", "停水", "学校", "物业", "噪音", "垃圾", "养老", "社保卡", "公交", "路灯"}
	return []page{
		{name: "entry page", path: "/", shared: true},
		{name: "library, newest", path: "/library", shared: true},
		{name: "search, one that was asked before", path: "/library?q=" + url.QueryEscape("医保"), shared: true},
		{name: "search, always another", path: "/library?q=" + url.QueryEscape("居住证"), vary: func(conn, i int) string {
			w := words[(conn+i)%len(words)] + " " + words[(conn+3*i+5)%len(words)] + " " + fmt.Sprint(conn, i)
			return "/library?q=" + url.QueryEscape(w)
		}},
		{name: "track, one's own matter", path: "/track/" + number, cookie: session},
	}
}

// measureServer starts the product on a filled database and measures its memory and, on MariaDB, its pages.
func measureServer(ctx context.Context, o options, kind, dsn, dir, token, number string, r *report) error {
	binary, err := buildProduct(ctx, dir)
	if err != nil {
		return err
	}
	redis := ""
	if kind == "mariadb" {
		redis = "redis://" + os.Getenv("HUIYIN_TEST_REDIS") + "/9"
	}
	ours, err := startProduct(ctx, binary, dsn, dir, redis)
	if err != nil {
		return err
	}
	defer ours.stop()
	m := memory{kind: kind}
	time.Sleep(5 * time.Second) // what starting takes is over, the schedules have run
	m.idle, _ = ours.memory()
	results, err := measurePages(ctx, o, kind, dir, ours, thePages(token, number))
	if err != nil {
		return err
	}
	m.busy, m.peak = ours.memory()
	r.pages, r.memory = append(r.pages, results...), append(r.memory, m)
	return nil
}

func measurePages(ctx context.Context, o options, kind, dir string, ours *process, pages []page) ([]pageResult, error) {
	var results []pageResult
	for _, p := range pages {
		res, err := measurePage(ctx, o, dir, ours, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		res.kind = kind
		results = append(results, res)
	}
	return results, nil
}

// measurePage alternates samples of the product and of the bare server, which has this page alone.
func measurePage(ctx context.Context, o options, dir string, ours *process, p page) (pageResult, error) {
	c, err := capture(ours.addr, p.path, p.cookie)
	if err != nil {
		return pageResult{}, err
	}
	if c.Status != http.StatusOK {
		return pageResult{}, fmt.Errorf("%s answers %d", p.path, c.Status)
	}
	u, err := url.Parse(p.path)
	if err != nil {
		return pageResult{}, err
	}
	bare, err := startBare(ctx, dir, map[string]captured{u.Path: c})
	if err != nil {
		return pageResult{}, err
	}
	defer bare.stop()
	requests := make([][]byte, o.conns)
	for i := range requests {
		requests[i] = request(p.path, p.cookie, fmt.Sprintf("10.9.%d.1", i))
	}
	next := func(conn, i int) []byte {
		if p.vary == nil {
			return requests[conn]
		}
		return request(p.vary(conn, i), p.cookie, fmt.Sprintf("10.%d.%d.%d", conn, i>>8&255, i&255))
	}
	res := pageResult{name: p.name, shared: p.shared, bytes: len(c.Body)}
	var mine, barest []sample
	for i := range o.rounds + 1 {
		length := o.sample
		if i == 0 {
			length = 300 * time.Millisecond // warms up, counts for nothing
		}
		for _, side := range []struct {
			p    *process
			into *[]sample
		}{{ours, &mine}, {bare, &barest}} {
			before := side.p.spent()
			s, err := load(side.p.addr, o.conns, length, next)
			if err != nil {
				return res, err
			}
			if s.n > 0 {
				s.cpu = (side.p.spent() - before) / time.Duration(s.n)
			}
			if i > 0 {
				*side.into = append(*side.into, s)
			}
		}
	}
	res.ours, res.bare = middle(mine), middle(barest)
	return res, nil
}

func startBare(ctx context.Context, dir string, pages map[string]captured) (*process, error) {
	raw, err := json.Marshal(pages)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "bare.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return start(ctx, addr, "/", nil, os.Stderr, self, "bare", addr, file)
}
