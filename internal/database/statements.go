package database

import (
	"context"
	"database/sql/driver"
	"errors"
)

// maxStatements bounds what one connection keeps prepared; MySQL allows 16,382 a server.
const maxStatements = 200

// mysqlConn is what the MySQL driver's connections can do.
type mysqlConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type mysqlStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// preparing keeps every statement of a connection prepared after its first use, inside of transactions and outside, so that each
// later one is a single message to the server and back. database/sql and gorm keep statements too, but prepare those anew in every
// transaction that first met one in another: three messages each.
type preparing struct {
	mysqlConn
	kept  map[string]mysqlStmt
	order []string // oldest first
}

func newPreparing(conn driver.Conn) (*preparing, error) {
	c, ok := conn.(mysqlConn)
	if !ok {
		return nil, errors.New("the MySQL driver lacks what its connections should do")
	}
	return &preparing{mysqlConn: c, kept: map[string]mysqlStmt{}}, nil
}

// Prepare is PrepareContext without one.
func (p *preparing) Prepare(query string) (driver.Stmt, error) {
	return p.PrepareContext(context.Background(), query)
}

// PrepareContext returns the kept statement, or a new one, which is kept.
func (p *preparing) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if s, ok := p.kept[query]; ok {
		return keptStmt{s}, nil
	}
	prepared, err := p.mysqlConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(mysqlStmt)
	if !ok {
		return prepared, nil
	}
	if len(p.order) == maxStatements {
		oldest := p.order[0]
		p.order = p.order[1:]
		if err := p.kept[oldest].Close(); err != nil {
			return nil, err
		}
		delete(p.kept, oldest)
	}
	p.kept[query], p.order = s, append(p.order, query)
	return keptStmt{s}, nil
}

// keptStmt outlives those who use it.
type keptStmt struct{ mysqlStmt }

// Close keeps it.
func (keptStmt) Close() error { return nil }
