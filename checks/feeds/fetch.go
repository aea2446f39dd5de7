package feeds

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/checks"
)

const (
	// patience is how long one source may take with all its fallbacks.
	patience = 10 * time.Second
	// firstPatience is what the first address of a source gets of it.
	firstPatience = 6 * time.Second

	// agent is all that a server learns about the client.
	agent = "Lifeboat"

	maxHeader    = 64 << 10
	maxRedirects = 3
)

// Reasons of a datum that was not read, besides those of package checks.
const (
	Untrusted = "untrusted" // somebody answered who could not prove to be it
	TimedOut  = "timed-out" // it took too long
	TooBig    = "too-big"
	Nonsense  = "nonsense" // what came is not what was asked for
	Moved     = "moved"    // it points to another host, where nobody goes
	BadAnswer = "bad-answer"
	Unheard   = "unheard" // no server that was asked sent the time
)

var (
	errMoved  = errors.New("points to another host")
	errTooBig = errors.New("too big")
	errAnswer = errors.New("did not answer with the page")
	// errNonsense is what every parser's error is.
	errNonsense = errors.New("not what was asked for")
)

// prepare builds what the exported fields describe.
func (c *Client) prepare() {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	proxy := http.ProxyFromEnvironment
	c.open = (&net.Dialer{}).DialContext
	if c.Wire.Dial != nil {
		c.open, proxy = c.Wire.Dial, nil
	}
	apple := c.Wire.AppleRoots
	if apple == nil {
		apple = x509.NewCertPool()
		apple.AddCert(knowledge.AppleRoot())
	}
	client := func(roots *x509.CertPool) *http.Client {
		return &http.Client{
			Transport: &http.Transport{
				Proxy: proxy, DialContext: c.dial, TLSClientConfig: &tls.Config{RootCAs: roots, Time: c.Now},
				DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader,
			},
			CheckRedirect: sameHost,
		}
	}
	c.public, c.lookup = client(c.Wire.Roots), client(apple)
}

// dial is the one place of Lifeboat that opens connections to the internet. It
// logs where to, and nothing else.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.Log.Debug("dial", "address", address)
	// Package net/http lets a dial run on when its request was given up.
	ctx, cancel := context.WithTimeout(ctx, firstPatience)
	defer cancel()
	return c.open(ctx, network, address)
}

// sameHost lets a page move within its host only: which hosts are asked is
// shown to the user, and must stay true.
func sameHost(next *http.Request, before []*http.Request) error {
	if next.URL.Scheme != "https" || next.URL.Host != before[0].URL.Host || len(before) > maxRedirects {
		return errMoved
	}
	return nil
}

// fetch gets a page of at most limit bytes, unpacked.
func (c *Client) fetch(ctx context.Context, by *http.Client, url string, limit int64, clocks *clocks) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", agent)
	asked := c.Now()
	answer, err := by.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	clocks.hear(asked, c.Now(), answer.Header)
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", errAnswer, answer.StatusCode)
	}
	// Limited after unpacking: a few packed bytes can be very many.
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err == nil {
		err = ctx.Err() // a page that ends because the time is up is half a page
	}
	switch {
	case err != nil:
		return nil, err
	case int64(len(body)) > limit:
		return nil, errTooBig
	}
	return body, nil
}

// fetched is what parse makes of a page that [Client.fetch] gets.
func fetched[T any](ctx context.Context, c *Client, by *http.Client, url string, limit int64, clocks *clocks, parse func([]byte) (T, error)) (made T, err error) {
	page, err := c.fetch(ctx, by, url, limit, clocks)
	if err != nil {
		return made, err
	}
	return parse(page)
}

// reason names what went wrong, without what may be private in an error's text.
func reason(err error) string {
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &certificate), errors.Is(err, http.ErrSchemeMismatch):
		return Untrusted
	case errors.Is(err, errMoved):
		return Moved
	case errors.Is(err, errTooBig):
		return TooBig
	case errors.Is(err, errNonsense):
		return Nonsense
	case errors.Is(err, errAnswer):
		return BadAnswer
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	}
	return checks.Offline
}
