// Package outgoing makes the HTTP clients for calls that Roster makes to others (security.md #73): no redirects, no
// address of a private network, an end in time, and answers of a bounded size.
package outgoing

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	// lasts is how long a call may take.
	lasts = 15 * time.Second
	// mostAnswer is how many bytes of an answer are read.
	mostAnswer = 64 << 10
)

// ErrAddress says that a name leads to an address that is not to be called.
var ErrAddress = errors.New("this address is not to be called: it is not a public one")

// reserved are the networks that netip has no name for: carrier-grade NAT (RFC 6598), this network (RFC 1122), protocol
// assignments, documentation and benchmarks (RFC 6890, RFC 9637), the ways from IPv6 to IPv4 (RFC 7526, RFC 3056), and what
// was set aside.
var reserved = parse("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

// assigned is all of IPv6 that the open internet has (RFC 4291, IANA): what names an IPv4 address, be it of NAT64 (RFC 6052,
// RFC 8215), and what is of a site, is outside.
var assigned = netip.MustParsePrefix("2000::/3")

func parse(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, one := range list {
		out[i] = netip.MustParsePrefix(one)
	}
	return out
}

// Client makes a client. It asks for the address of a name once and connects to that very address, so that a name can't
// lead elsewhere the second time. With local it calls any address, and without TLS too.
func Client(local bool) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !local {
		dialer.Control = public
	}
	transport := &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: lasts,
		IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 32 << 10, ForceAttemptHTTP2: true,
	}
	return &http.Client{
		Transport: bounded{transport, local}, Timeout: lasts,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// public refuses a connection to what is not an address of the open internet. It sees the address that was found, just
// before the connection is made.
func public(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !Public(to.Addr()) {
		return ErrAddress
	}
	return nil
}

// Public reports whether an address is one of the open internet.
func Public(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if a.Is6() && !assigned.Contains(a) {
		return false
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	for _, network := range reserved {
		if network.Contains(a) {
			return false
		}
	}
	return true
}

// bounded sends by TLS only, and ends answers that are too long with an error.
type bounded struct {
	next  http.RoundTripper
	local bool
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !b.local {
		return nil, errors.New("only https is called")
	}
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &reader{answer.Body, mostAnswer}
	return answer, nil
}

type reader struct {
	io.ReadCloser
	left int64
}

func (r *reader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d bytes", mostAnswer)
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	return n, err
}
