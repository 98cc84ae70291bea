package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Settings say how to reach an SMTP server.
type Settings struct {
	Host     string
	Port     int    // 0: 465 with "tls", 587 with "starttls", 25 with "none"
	Security string // "tls", "starttls" (the default: demanded, not merely offered) or "none"
	Username string // empty: no authentication
	Password string
	From     string // address, or "name <address>"
	HELO     string // the name we greet with; empty: the machine's
	Timeout  time.Duration
	TLS      *tls.Config // nil: the system's certificates
}

// SMTP carries mails through one server, with a new connection for each.
type SMTP struct {
	host   string
	from   string
	domain string
	opts   []gomail.Option
}

// NewSMTP checks the settings without connecting. A timeout that is not positive is fifteen seconds.
func NewSMTP(s Settings) (*SMTP, error) {
	if s.Timeout <= 0 {
		s.Timeout = 15 * time.Second
	}
	probe := gomail.NewMsg()
	if err := probe.From(s.From); err != nil {
		return nil, errors.New("smtp: the sender is not an address")
	}
	address, err := probe.GetSender(false)
	if err != nil {
		return nil, errors.New("smtp: the sender is not an address")
	}
	opts := []gomail.Option{gomail.WithTimeout(s.Timeout)}
	switch s.Security {
	case "tls":
		opts = append(opts, gomail.WithSSL(), gomail.WithPort(port(s.Port, 465)))
	case "", "starttls":
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(port(s.Port, 587)))
	case "none":
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithPort(port(s.Port, 25)))
	default:
		return nil, errors.New(`smtp: security is "tls", "starttls" or "none"`)
	}
	if s.TLS != nil {
		opts = append(opts, gomail.WithTLSConfig(s.TLS))
	}
	if s.Username != "" {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	if s.HELO != "" {
		opts = append(opts, gomail.WithHELO(s.HELO))
	}
	if _, err := gomail.NewClient(s.Host, opts...); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return &SMTP{host: s.Host, from: s.From, domain: address[strings.LastIndexByte(address, '@')+1:], opts: opts}, nil
}

func port(set, usual int) int {
	if set > 0 {
		return set
	}
	return usual
}

// Send delivers to the server; for its errors see Provider.
func (s *SMTP) Send(ctx context.Context, m Message) (Receipt, error) {
	msg, err := s.compose(m)
	if err != nil {
		return Receipt{}, err
	}
	// A client keeps the state of its connection, so each mail has one of its own.
	client, err := gomail.NewClient(s.host, s.opts...)
	if err != nil {
		return Receipt{}, fmt.Errorf("smtp: %w", err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return Receipt{}, fmt.Errorf("smtp: not reached: %w", err)
	}
	defer func() { _ = client.Close() }()
	if err := client.Send(msg); err != nil {
		return Receipt{}, classify(err)
	}
	return Receipt{ProviderID: msg.GetMessageID()}, nil
}

func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(s.from); err != nil {
		return nil, fmt.Errorf("smtp: sender: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("%w: not an address", ErrRejected)
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetMessageIDWithValue(oneLine(m.ID) + "@" + s.domain)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// oneLine keeps what people typed from becoming headers.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// classify reads the server's verdict. Until the last line of the mail is sent nothing has been taken; after that, only
// the server's answer tells.
func classify(err error) error {
	failed, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return fmt.Errorf("smtp: %w", err)
	}
	code := failed.ErrorCode()
	switch {
	case code >= 500 && code < 600:
		return fmt.Errorf("%w: status %d", ErrRejected, code)
	case code >= 400 && code < 500:
		return fmt.Errorf("smtp: not now: status %d", code)
	case failed.Reason == gomail.ErrSMTPDataClose:
		return fmt.Errorf("%w: %s", ErrUnknown, failed.Reason)
	}
	if _, network := errors.AsType[net.Error](err); network {
		return fmt.Errorf("smtp: the connection broke: %s", failed.Reason)
	}
	return fmt.Errorf("smtp: %s", failed.Reason)
}
