// Package config is what an operator sets: defaults, an optional file, the environment, in that order. There are no globals.
package config

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is everything the program is told from outside. With nothing set it is the embedded default: SQLite, an in-process
// Redis and files below Data, the worker in the same process, messages on the console.
type Config struct {
	Addr        string // HUIYIN_ADDR: where residents and staff come in
	MetricsAddr string // HUIYIN_METRICS_ADDR: /metrics, "" for none
	Data        string // HUIYIN_DATA: folder of files, keys, index and the embedded database
	Database    string // HUIYIN_DATABASE: "sqlite:PATH" or "mysql://user:password@tcp(host:port)/name"
	Redis       string // HUIYIN_REDIS: redis:// address, "" for the in-process one
	BaseURL     string // HUIYIN_BASE_URL: the address in messages and codes, "https://ask.example.gov.cn"
	Keys        string // HUIYIN_KEYS: "id=base64,…" sealing keys, "" for the file in Data
	Files       string // HUIYIN_FILES: s3://KEY:SECRET@host/bucket for attachments, "" for a folder in Data
	KeyID       string // HUIYIN_KEY: id of the key that seals now
	IndexKey    string // HUIYIN_INDEX_KEY: base64, of the blind indexes
	Proxies     []string
	Demo        bool // HUIYIN_DEMO: an empty database gets the demo city; by default the embedded one does
	DemoSet     bool // somebody said so, true or false
	Worker      bool // HUIYIN_WORKER: serve also works off the queue; on by default with the in-process Redis
	DBConns     int  // HUIYIN_DB_CONNS

	SMSURL, SMSKey, SMSSecret string // HUIYIN_SMS_URL, _KEY, _SECRET: the signed HTTP gateway; "" for the console
	SMTPURL                   string // HUIYIN_SMTP_URL: smtp://user:password@host:587?from=…&security=starttls|tls|none; "" for the console
	Log                       string // HUIYIN_LOG: "json" or "text"
	Debug                     bool   // HUIYIN_DEBUG: anything: a line for every request
	ShutdownWait              time.Duration
}

// Load reads the environment, and before it the file named by HUIYIN_CONFIG (lines NAME=value, # for remarks).
func Load() (Config, error) {
	file := map[string]string{}
	if path := os.Getenv("HUIYIN_CONFIG"); path != "" {
		var err error
		if file, err = readFile(path); err != nil {
			return Config{}, err
		}
	}
	asked := map[string]bool{"HUIYIN_CONFIG": true}
	get := func(name, fallback string) string {
		asked[name] = true
		if v, ok := os.LookupEnv(name); ok && v != "" {
			return v
		}
		if v, ok := file[name]; ok && v != "" {
			return v
		}
		return fallback
	}
	c := Config{
		Addr: get("HUIYIN_ADDR", "127.0.0.1:8080"), MetricsAddr: get("HUIYIN_METRICS_ADDR", ""), Data: get("HUIYIN_DATA", "data"),
		Redis: get("HUIYIN_REDIS", ""), Files: get("HUIYIN_FILES", ""), BaseURL: strings.TrimRight(get("HUIYIN_BASE_URL", ""), "/"),
		Keys: get("HUIYIN_KEYS", ""), KeyID: get("HUIYIN_KEY", ""), IndexKey: get("HUIYIN_INDEX_KEY", ""),
		SMSURL: get("HUIYIN_SMS_URL", ""), SMSKey: get("HUIYIN_SMS_KEY", ""), SMSSecret: get("HUIYIN_SMS_SECRET", ""),
		SMTPURL: get("HUIYIN_SMTP_URL", ""), Log: get("HUIYIN_LOG", "text"), Debug: get("HUIYIN_DEBUG", "") != "", ShutdownWait: 20 * time.Second,
	}
	c.Database = get("HUIYIN_DATABASE", "sqlite:"+filepath.Join(c.Data, "huiyin.db"))
	for p := range strings.SplitSeq(get("HUIYIN_PROXIES", ""), ",") {
		if p = strings.TrimSpace(p); p != "" {
			c.Proxies = append(c.Proxies, p)
		}
	}
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Addr
	}
	var errs []error
	embedded := strings.HasPrefix(c.Database, "sqlite:") && c.Redis == ""
	c.Demo, c.DemoSet = boolOf(get("HUIYIN_DEMO", ""), embedded, "HUIYIN_DEMO", &errs), get("HUIYIN_DEMO", "") != ""
	c.Worker = boolOf(get("HUIYIN_WORKER", ""), c.Redis == "", "HUIYIN_WORKER", &errs)
	c.DBConns = connsOf(get("HUIYIN_DB_CONNS", "0"), &errs)
	for _, name := range slices.Sorted(maps.Keys(file)) {
		if !asked[name] {
			errs = append(errs, fmt.Errorf("%s: there is no setting of that name", name))
		}
	}
	for _, pair := range slices.Sorted(slices.Values(os.Environ())) {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "HUIYIN_") && value != "" && !asked[name] && !foreign.MatchString(name) {
			errs = append(errs, fmt.Errorf("%s: there is no setting of that name", name))
		}
	}
	errs = append(errs, c.Validate())
	return c, errors.Join(errs...)
}

// foreign are names in the environment that are no settings: what tests and measurements are told, and what Kubernetes gives every
// process beside a service whose name begins with "huiyin".
var foreign = regexp.MustCompile(`^HUIYIN_(TEST_\w+|SHOTS|BENCH_DOCS|(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?))$`)

// minConns is the fewest database connections that the program can work with: migrating holds a lock on one while it works on another.
const minConns = 4

func connsOf(v string, errs *[]error) int {
	n, err := strconv.Atoi(v)
	switch {
	case err != nil:
		*errs = append(*errs, fmt.Errorf("HUIYIN_DB_CONNS: %q is not a number", v))
	case n != 0 && n < minConns:
		*errs = append(*errs, fmt.Errorf("HUIYIN_DB_CONNS: %d is too few, at least %d are needed", n, minConns))
	}
	return n
}

func boolOf(v string, fallback bool, name string, errs *[]error) bool {
	if v == "" {
		return fallback
	}
	b, err := strconv.ParseBool(v)
	if err != nil {
		*errs = append(*errs, fmt.Errorf("%s: %q is neither true nor false", name, v))
	}
	return b
}

// Validate says everything that is wrong, in words an operator can act on.
func (c Config) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		wrong("HUIYIN_BASE_URL: %q is not an address like https://ask.example.gov.cn", c.BaseURL)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		wrong("HUIYIN_BASE_URL: %q has more than a host; every page stands at the root of its host, like https://ask.example.gov.cn", u.Redacted())
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "mysql://") {
		wrong("HUIYIN_DATABASE: want sqlite:PATH or mysql://user:password@tcp(host:port)/name")
	}
	if c.Data == "" {
		wrong("HUIYIN_DATA: name a folder")
	}
	if c.Redis != "" && !strings.HasPrefix(c.Redis, "redis://") && !strings.HasPrefix(c.Redis, "rediss://") {
		wrong("HUIYIN_REDIS: want redis://[user:password@]host:port[/db], or rediss:// for TLS")
	}
	if c.Redis == "" && !c.Worker {
		wrong("HUIYIN_REDIS: without it serve is its own worker; HUIYIN_WORKER=false needs a Redis that both reach")
	}
	for _, p := range c.Proxies {
		_, notAddr := netip.ParseAddr(p)
		if _, err := netip.ParsePrefix(p); err != nil && notAddr != nil {
			wrong("HUIYIN_PROXIES: %q is neither an address nor a network like 10.0.0.0/8", p)
		}
	}
	if (c.Keys == "") != (c.IndexKey == "") {
		wrong("HUIYIN_KEYS and HUIYIN_INDEX_KEY belong together")
	}
	if c.KeyID != "" && c.Keys == "" {
		wrong("HUIYIN_KEY names one of HUIYIN_KEYS, which are not set")
	}
	if c.SMSURL != "" && (c.SMSKey == "" || c.SMSSecret == "") {
		wrong("HUIYIN_SMS_URL needs HUIYIN_SMS_KEY and HUIYIN_SMS_SECRET")
	}
	if c.SMSURL == "" && (c.SMSKey != "" || c.SMSSecret != "") {
		wrong("HUIYIN_SMS_KEY and HUIYIN_SMS_SECRET are of no use without HUIYIN_SMS_URL")
	}
	if c.Log != "text" && c.Log != "json" {
		wrong("HUIYIN_LOG: %q is neither text nor json", c.Log)
	}
	return errors.Join(errs...)
}

// Secure reports whether cookies may demand TLS.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

func readFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("HUIYIN_CONFIG: %w", err)
	}
	defer func() { _ = f.Close() }()
	values := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || !strings.HasPrefix(name, "HUIYIN_") {
			return nil, fmt.Errorf("%s line %d: want HUIYIN_NAME=value", path, n)
		}
		values[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return values, lines.Err()
}
