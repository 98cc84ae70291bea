package database

import (
	"context"
	"database/sql/driver"
	"errors"

	mysqldriver "github.com/go-sql-driver/mysql"
)

// readCommitted hands out MySQL connections whose transactions are READ COMMITTED. It takes the SQL statement rather than a system
// variable because the families disagree on its name (transaction_isolation, and tx_isolation before MariaDB 11.1).
type readCommitted struct{ driver.Connector }

func newReadCommitted(cfg *mysqldriver.Config) (driver.Connector, error) {
	c, err := mysqldriver.NewConnector(cfg)
	return readCommitted{c}, err
}

// Connect opens one connection.
func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	execer, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the MySQL driver cannot execute directly"), conn.Close())
	}
	if _, err := execer.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	kept, err := newPreparing(conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return kept, nil
}
