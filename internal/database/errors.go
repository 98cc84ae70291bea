package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// Codes of the two families: https://www.sqlite.org/rescode.html, MySQL "Server Error Message Reference".
const (
	sqliteBusy             = 5
	sqliteLocked           = 6
	sqliteConstraintPK     = 1555
	sqliteConstraintUnique = 2067
	mysqlDuplicate         = 1062
	mysqlLockTimeout       = 1205
	mysqlDeadlock          = 1213
	mysqlRecordChanged     = 1020 // MariaDB with innodb_snapshot_isolation
	sqliteReadOnly         = 8
	sqliteInputOutput      = 10
	sqliteFull             = 13
	sqliteCannotOpen       = 14
	mysqlTooManyClients    = 1040
	mysqlShutdown          = 1053
	mysqlDiskFull          = 1021
	mysqlTableFull         = 1114
	mysqlReadOnly          = 1290 // a replica, while another becomes the primary
	mysqlKilled            = 1927
)

// IsDuplicate reports whether err says that a unique key exists already.
func IsDuplicate(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqliteConstraintUnique || e.Code() == sqliteConstraintPK
	}
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		return e.Number == mysqlDuplicate
	}
	return errors.Is(err, gorm.ErrDuplicatedKey)
}

// IsTransient reports whether the same transaction may succeed when it is tried again.
func IsTransient(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		primary := e.Code() & 0xff
		return primary == sqliteBusy || primary == sqliteLocked
	}
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		return e.Number == mysqlDeadlock || e.Number == mysqlLockTimeout || e.Number == mysqlRecordChanged
	}
	return false
}

// IsDown reports whether err says that the database does not answer or cannot write: not the request is wrong, the surroundings are.
func IsDown(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return slices.Contains([]int{sqliteReadOnly, sqliteInputOutput, sqliteFull, sqliteCannotOpen}, e.Code()&0xff)
	}
	if e, ok := errors.AsType[*mysqldriver.MySQLError](err); ok {
		return slices.Contains([]uint16{mysqlTooManyClients, mysqlShutdown, mysqlDiskFull, mysqlTableFull, mysqlReadOnly, mysqlKilled}, e.Number)
	}
	_, network := errors.AsType[*net.OpError](err)
	return network || errors.Is(err, mysqldriver.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn)
}

// IsNotFound reports whether a query for one row found none.
func IsNotFound(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }

func backOff(ctx context.Context, try int) error {
	wait := time.Duration(1<<min(try, 6)) * 5 * time.Millisecond
	wait += rand.N(wait)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
