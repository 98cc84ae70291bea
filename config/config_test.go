package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"huiyin/config"
)

// clean takes every setting out of the environment and gives it these.
func clean(t *testing.T, set map[string]string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "HUIYIN_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range set {
		t.Setenv(name, value)
	}
}

func TestNothingSetIsTheEmbeddedDefault(t *testing.T) {
	clean(t, nil)
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "sqlite:data/huiyin.db" || !c.Demo || !c.Worker || c.BaseURL != "http://127.0.0.1:8080" || c.Secure() {
		t.Errorf("%+v", c)
	}
}

func TestEnvironmentGoesBeforeFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "huiyin.conf")
	text := "# county\n\nHUIYIN_ADDR = 127.0.0.1:9000\nHUIYIN_BASE_URL=\"https://ask.example.gov.cn/\"\nHUIYIN_DATABASE=mysql://u:p@tcp(db:3306)/huiyin\nHUIYIN_REDIS=redis://cache:6379\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	clean(t, map[string]string{"HUIYIN_CONFIG": file, "HUIYIN_ADDR": "127.0.0.1:9100"})
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:9100" || c.BaseURL != "https://ask.example.gov.cn" || !c.Secure() {
		t.Errorf("%+v", c)
	}
	if c.Demo || c.Worker {
		t.Error("a real database and a real Redis have neither a demo city nor the worker inside")
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for name, set := range map[string]map[string]string{
		"HUIYIN_DB_CONNS: \"many\" is not a number": {"HUIYIN_DB_CONNS": "many"},
		"HUIYIN_DB_CONNS: 1 is too few":             {"HUIYIN_DB_CONNS": "1"},
		"HUIYIN_DEMO: \"perhaps\"":                  {"HUIYIN_DEMO": "perhaps"},
		"HUIYIN_BASE_URL: \"ask.example.gov.cn\"":   {"HUIYIN_BASE_URL": "ask.example.gov.cn"},
		"HUIYIN_REDIS: without it":                  {"HUIYIN_DATABASE": "mysql://u:p@tcp(db)/h", "HUIYIN_WORKER": "false"},
		"HUIYIN_KEYS and HUIYIN_INDEX_KEY":          {"HUIYIN_KEYS": "1=AAAA"},
		"HUIYIN_DATABASE: want sqlite:PATH or":      {"HUIYIN_DATABASE": "mysql:u:p@tcp(db)/h"},
		"HUIYIN_KEY names one of HUIYIN_KEYS":       {"HUIYIN_KEY": "2"},
		"HUIYIN_SMS_URL needs":                      {"HUIYIN_SMS_URL": "https://sms.example.cn/send"},
		"HUIYIN_SMS_KEY and HUIYIN_SMS_SECRET are":  {"HUIYIN_SMS_KEY": "county-1"},
		"HUIYIN_BASE_URL: \"https://a.cn/huiyin\"":  {"HUIYIN_BASE_URL": "https://a.cn/huiyin"},
		"HUIYIN_REDIS: want redis://":               {"HUIYIN_REDIS": "foo"},
		"HUIYIN_REDIS: want redis://[user":          {"HUIYIN_REDIS": "rediss"},
		"HUIYIN_REDIS: without it serve is":         {"HUIYIN_WORKER": "false"},
		"HUIYIN_LOG: \"xml\"":                       {"HUIYIN_LOG": "xml"},
		"HUIYIN_PROXIES: \"foo\" is neither":        {"HUIYIN_PROXIES": "127.0.0.1,foo"},
		"HUIYIN_FOO: there is no setting":           {"HUIYIN_FOO": "1"},
		"HUIYIN_CONFIG: open":                       {"HUIYIN_CONFIG": filepath.Join(t.TempDir(), "none")},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t, set)
			if _, err := config.Load(); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestFileWithAWrongLine(t *testing.T) {
	for want, line := range map[string]string{
		"line 1: want HUIYIN_NAME=value":              "ADDR=127.0.0.1:1",
		"HUIYIN_DATABSE: there is no setting of that": "HUIYIN_DATABSE=sqlite:x",
	} {
		file := filepath.Join(t.TempDir(), "huiyin.conf")
		if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		clean(t, map[string]string{"HUIYIN_CONFIG": file})
		if _, err := config.Load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// What stands beside the settings in an environment is none: spaces in a list, what tests are told, what Kubernetes tells every process.
func TestWhatIsTaken(t *testing.T) {
	clean(t, map[string]string{
		"HUIYIN_PROXIES": "127.0.0.1, 10.0.0.0/8,", "HUIYIN_TEST_MYSQL": "x", "HUIYIN_SHOTS": "x", "HUIYIN_DEMO": "false",
		"HUIYIN_SERVICE_HOST": "10.0.0.1", "HUIYIN_PORT": "tcp://10.0.0.1:80", "HUIYIN_APP_PORT_8080_TCP_ADDR": "10.0.0.1", "HUIYIN_SERVICE_PORT_HTTP": "80",
	})
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Proxies, []string{"127.0.0.1", "10.0.0.0/8"}) || c.Demo || !c.DemoSet {
		t.Errorf("%+v", c)
	}
}
