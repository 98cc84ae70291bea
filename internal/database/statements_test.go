package database

import (
	"context"
	"database/sql/driver"
	"fmt"
	"testing"
)

// fakeConn counts what reaches the server.
type fakeConn struct {
	mysqlConn
	prepared []string
	closed   []string
}

type fakeStmt struct {
	mysqlStmt
	conn  *fakeConn
	query string
}

func (c *fakeConn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	c.prepared = append(c.prepared, query)
	return &fakeStmt{conn: c, query: query}, nil
}

func (s *fakeStmt) Close() error {
	s.conn.closed = append(s.conn.closed, s.query)
	return nil
}

func TestStatementsStayPrepared(t *testing.T) {
	conn := &fakeConn{}
	p, err := newPreparing(conn)
	if err != nil {
		t.Fatal(err)
	}
	use := func(query string) {
		s, err := p.Prepare(query)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		use("SELECT 1")
	}
	if len(conn.prepared) != 1 || len(conn.closed) != 0 {
		t.Fatalf("prepared %q, closed %q", conn.prepared, conn.closed)
	}
	for i := range maxStatements {
		use(fmt.Sprint("SELECT ", i+2))
	}
	if len(p.kept) != maxStatements || len(p.order) != maxStatements || len(conn.closed) != 1 || conn.closed[0] != "SELECT 1" {
		t.Fatalf("keeps %d, closed %q", len(p.kept), conn.closed)
	}
	use("SELECT 1")
	if len(conn.prepared) != maxStatements+2 {
		t.Fatal("what was closed is prepared anew")
	}
}
