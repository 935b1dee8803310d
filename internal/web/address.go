package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
)

// ClientAddress finds out where a request comes from: the socket's address, or what one of the configured proxies
// says in X-Forwarded-For or Forwarded (security.md #27). Without proxies those headers mean nothing. A request whose
// address can't be told is refused with 400: throttles must not let it through for want of a key.
func ClientAddress(proxies []netip.Prefix) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, f := attach(r)
			addr, err := clientAddress(r, proxies)
			if err != nil {
				refuse(w, http.StatusBadRequest, "INVALID", "The client's address can't be told.", f.id)
				return
			}
			f.address = addr
			next.ServeHTTP(w, r)
		})
	}
}

// AddressOf returns the client's address, without zone and never IPv4 in IPv6; the zero Addr outside ClientAddress.
func AddressOf(ctx context.Context) netip.Addr {
	if f := known(ctx); f != nil {
		return f.address
	}
	return netip.Addr{}
}

var errAddress = errors.New("unparsable client address")

func clientAddress(r *http.Request, proxies []netip.Prefix) (netip.Addr, error) {
	peer, err := parseNode(r.RemoteAddr)
	if err != nil || !among(proxies, peer) {
		return peer, err
	}
	plain, err := walk(peer, proxies, list(r.Header["X-Forwarded-For"]))
	if err != nil {
		return plain, err
	}
	hops, err := forwardedFor(list(r.Header["Forwarded"]))
	if err != nil {
		return netip.Addr{}, err
	}
	standard, err := walk(peer, proxies, hops)
	switch {
	case err != nil || len(hops) == 0:
		return plain, err
	case len(r.Header["X-Forwarded-For"]) == 0 || plain == standard:
		return standard, nil
	}
	// One of the two came from the client, and nobody knows which.
	return netip.Addr{}, errAddress
}

// walk goes back from the peer, through proxies only. What stands beyond the first foreign address was written by
// whoever sits there, and is not read.
func walk(peer netip.Addr, proxies []netip.Prefix, hops []string) (netip.Addr, error) {
	addr := peer
	for i := len(hops) - 1; i >= 0 && among(proxies, addr); i-- {
		var err error
		if addr, err = parseNode(hops[i]); err != nil {
			return addr, err
		}
	}
	return addr, nil
}

func among(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// list splits header lines at commas, which no address holds.
func list(lines []string) []string {
	var out []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			out = append(out, strings.TrimSpace(part))
		}
	}
	return out
}

// forwardedFor takes the for= of each hop (RFC 7239). Every hop must have exactly one.
func forwardedFor(hops []string) ([]string, error) {
	out := make([]string, 0, len(hops))
	for _, hop := range hops {
		found := 0
		for pair := range strings.SplitSeq(hop, ";") {
			name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
			if ok && strings.EqualFold(name, "for") {
				out = append(out, unquote(value))
				found++
			}
		}
		if found != 1 {
			return nil, errAddress
		}
	}
	return out, nil
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// parseNode reads an address with or without port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80.
func parseNode(s string) (netip.Addr, error) {
	bare := s
	if len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']' && strings.Contains(s, ":") {
		bare = s[1 : len(s)-1]
	}
	addr, err := netip.ParseAddr(bare)
	if err != nil {
		var both netip.AddrPort
		if both, err = netip.ParseAddrPort(s); err != nil {
			return netip.Addr{}, errAddress
		}
		addr = both.Addr()
	}
	return addr.Unmap().WithZone(""), nil
}
