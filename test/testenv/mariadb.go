package testenv

import (
	"database/sql"
	"net"
	"os/exec"
	"os/user"
	"path/filepath"
	"testing"
	"time"
)

// MariaDBServer is a MariaDB process of one test's own, which the test may kill and start again. What it has acknowledged is on disk.
type MariaDBServer struct {
	DSN string // of a migrated database, as database.Open takes it; the same after a restart

	t    testing.TB
	dir  string
	port string
	user string
	cmd  *exec.Cmd
}

// StartMariaDB starts one on a free loopback port; it ends with the test.
func StartMariaDB(t testing.TB) *MariaDBServer {
	t.Helper()
	for _, program := range []string{"mariadbd", "mariadb-install-db"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatal("This test starts a MariaDB of its own, which is not installed: run `make test`, which installs it or says how.")
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	s := &MariaDBServer{DSN: "mysql://root@tcp(127.0.0.1:" + port + ")/huiyin", t: t, dir: t.TempDir(), port: port, user: me.Username}
	install := exec.Command("mariadb-install-db", "--no-defaults", "--user="+s.user, "--datadir="+s.data(), "--auth-root-authentication-method=normal", "--skip-test-db")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	t.Cleanup(s.Kill)
	s.Start()
	pool := s.pool()
	defer pool.Close()
	if _, err := pool.Exec("CREATE DATABASE huiyin"); err != nil {
		t.Fatal(err)
	}
	if err := migrate(s.DSN); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *MariaDBServer) data() string { return filepath.Join(s.dir, "data") }

// Start starts the process on the data it has and waits until it answers.
func (s *MariaDBServer) Start() {
	s.t.Helper()
	if s.cmd != nil {
		s.t.Fatal("this MariaDB runs already")
	}
	s.cmd = exec.Command("mariadbd", "--no-defaults", "--user="+s.user, "--datadir="+s.data(), "--socket="+filepath.Join(s.dir, "s"),
		"--pid-file="+filepath.Join(s.dir, "pid"), "--bind-address=127.0.0.1", "--port="+s.port, "--skip-name-resolve", "--skip-log-bin",
		"--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--performance-schema=OFF", "--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_bin")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if s.answers() {
			return
		}
	}
	s.t.Fatal("mariadbd does not answer")
}

func (s *MariaDBServer) answers() bool {
	pool := s.pool()
	defer pool.Close()
	return pool.Ping() == nil
}

func (s *MariaDBServer) pool() *sql.DB {
	pool, err := sql.Open("mysql", "root@tcp(127.0.0.1:"+s.port+")/")
	if err != nil {
		s.t.Fatal(err)
	}
	return pool
}

// Kill ends the process at once, as a crash would. Killing twice is fine.
func (s *MariaDBServer) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}
