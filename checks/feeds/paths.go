package feeds

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

const (
	// tryPatience is how long a host may take to answer; each is tried twice,
	// since a lost packet is no wall.
	tryPatience = 4 * time.Second
	tries       = 2
	maxIssuer   = 64 // characters
)

// paths tries the way to the hosts of iCloud, all at once: who answers, and
// does it prove to be Apple? Nothing is kept of it.
func (c *Client) paths(ctx context.Context, clocks *clocks) facts.Datum[[]checks.HostPath] {
	table := knowledge.HostTable()
	hosts := append(slices.Clone(table.Hosts), table.Control)
	answers := make([]answer, len(hosts))
	var knocks sync.WaitGroup
	for i, host := range hosts {
		knocks.Go(func() { answers[i] = c.knock(ctx, host, table, clocks) })
	}
	knocks.Wait()
	return judge(table.Hosts, answers)
}

// judge distinguishes a wall from a network that is down: a host is blocked only
// where another one was reached. The last answer is that of the control.
func judge(hosts []string, answers []answer) facts.Datum[[]checks.HostPath] {
	if !slices.ContainsFunc(answers, func(a answer) bool { return a.kind != silent }) {
		return facts.Datum[[]checks.HostPath]{Reason: checks.Offline}
	}
	var paths []checks.HostPath
	why := ""
	for i, host := range hosts {
		switch a := answers[i]; a.kind {
		case proven:
			paths = append(paths, checks.HostPath{Host: host, State: checks.HostOpen, Issuer: a.issuer})
		case silent:
			paths = append(paths, checks.HostPath{Host: host, State: checks.HostBlocked})
		case stranger:
			paths = append(paths, checks.HostPath{Host: host, State: checks.HostIntercepted, Issuer: a.issuer})
		default:
			why = a.why
		}
	}
	if len(paths) == 0 {
		return facts.Datum[[]checks.HostPath]{Reason: why}
	}
	return facts.Of(paths)
}

// answer is how a host answered a knock.
type answer struct {
	kind   kind
	issuer string // who signed the certificate that it showed
	why    string // nothing can be said
}

type kind string

const (
	silent   kind = "silent"   // nobody answered, or hung up
	proven   kind = "proven"   // it is who it should be
	stranger kind = "stranger" // somebody else answered in its place
	unclear  kind = "unclear"  // it cannot be said
)

// Reasons why nothing can be said of a host that answered.
const (
	ClockOrExpired = "certificate-date" // its certificate is out of date, or this computer's clock wrong
	LocalFilter    = "antivirus"        // a program on this computer reads along: the phone's way is another
)

// knock connects to a host and has it prove who it is, with the same rules as
// any browser.
func (c *Client) knock(ctx context.Context, host string, table knowledge.Hosts, clocks *clocks) answer {
	var last answer
	for range tries {
		if last = c.knockOnce(ctx, host, table, clocks); last.kind != silent || ctx.Err() != nil {
			break
		}
	}
	return last
}

func (c *Client) knockOnce(ctx context.Context, host string, table knowledge.Hosts, clocks *clocks) answer {
	ctx, cancel := context.WithTimeout(ctx, tryPatience)
	defer cancel()
	conn, err := c.dial(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return answer{kind: silent}
	}
	defer conn.Close()
	secured := tls.Client(conn, &tls.Config{ServerName: host, RootCAs: c.Wire.Roots, Time: c.Now})
	if err := secured.HandshakeContext(ctx); err != nil {
		return refused(err, table)
	}
	leaf := secured.ConnectionState().PeerCertificates[0]
	who := issuerOf(leaf)
	if !slices.ContainsFunc(leaf.Issuer.Organization, func(o string) bool { return slices.Contains(table.Issuers, o) }) {
		// Whoever put a root into this computer's own list can sign for anybody.
		return strange(who, table)
	}
	c.askTime(ctx, secured, host, clocks)
	return answer{kind: proven, issuer: who}
}

// refused judges a host whose proof failed.
func refused(err error, table knowledge.Hosts) answer {
	var certificate *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return answer{kind: unclear, why: ClockOrExpired}
	case errors.As(err, &certificate) && len(certificate.UnverifiedCertificates) > 0:
		return strange(issuerOf(certificate.UnverifiedCertificates[0]), table)
	case errors.As(err, &tls.RecordHeaderError{}):
		return answer{kind: stranger} // it does not even speak TLS
	}
	return answer{kind: silent}
}

// strange judges a host that somebody else signed for.
func strange(issuer string, table knowledge.Hosts) answer {
	name := strings.ToLower(issuer)
	if slices.ContainsFunc(table.Antivirus, func(part string) bool { return strings.Contains(name, part) }) {
		return answer{kind: unclear, why: LocalFilter}
	}
	return answer{kind: stranger, issuer: issuer}
}

// issuerOf names who signed a certificate: the organisation, and its name
// for itself where that says more.
func issuerOf(certificate *x509.Certificate) string {
	names := slices.Concat(certificate.Issuer.Organization, []string{certificate.Issuer.CommonName})
	return words.Brief(strings.Join(slices.DeleteFunc(names, func(n string) bool { return n == "" }), ", "), maxIssuer)
}

// askTime asks a host that proved who it is for the head of its front page,
// for the date on it. That it may not answer is no matter.
func (c *Client) askTime(ctx context.Context, conn *tls.Conn, host string, clocks *clocks) {
	stop := context.AfterFunc(ctx, func() { _ = conn.NetConn().Close() })
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://"+host+"/", nil)
	if err != nil {
		return
	}
	request.Header.Set("User-Agent", agent)
	request.Close = true
	asked := c.Now()
	if err := request.Write(conn); err != nil {
		return
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxHeader)), request)
	if err != nil {
		return
	}
	_ = answer.Body.Close()
	clocks.hear(asked, c.Now(), answer.Header)
}
