package outgoing

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// What is not the open internet is not called, however it is written (security.md #73).
func Test73Addresses(t *testing.T) {
	for _, address := range strings.Fields(`127.0.0.1 ::1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 fe80::1 fc00::1 100.64.0.1 224.0.0.1
		ff02::1 0.0.0.0 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 255.255.255.255
		fec0::1 ::127.0.0.1 ::ffff:0:127.0.0.1 5f00::1 3fff::1 2001:db8::1%eth0 192.88.99.1 203.0.113.9 2001:db8::1`) {
		if Public(netip.MustParseAddr(address)) {
			t.Errorf("%s would be called", address)
		}
	}
	for _, address := range []string{"93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"} {
		if !Public(netip.MustParseAddr(address)) {
			t.Errorf("%s would not be called", address)
		}
	}
}

func Test73Calls(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/long":
			_, _ = io.WriteString(w, strings.Repeat("x", mostAnswer+1))
		}
	}))
	defer server.Close()
	call := func(c *http.Client, url string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(r)
	}
	if answer, err := call(Client(false), server.URL); err == nil {
		answer.Body.Close()
		t.Error("called without TLS")
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	if answer, err := call(Client(false), secure.URL); !errors.Is(err, ErrAddress) {
		if err == nil {
			answer.Body.Close()
		}
		t.Errorf("this machine: %v", err)
	}
	moved, err := call(Client(true), server.URL+"/elsewhere")
	if err != nil || moved.StatusCode != http.StatusFound {
		t.Fatalf("a redirect: %v, %v", moved, err)
	}
	moved.Body.Close()
	long, err := call(Client(true), server.URL+"/long")
	if err != nil {
		t.Fatal(err)
	}
	defer long.Body.Close()
	if _, err := io.ReadAll(long.Body); err == nil {
		t.Error("an answer without end is read")
	}
}
