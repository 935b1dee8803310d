package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// relay is a mail server of this test, with real SMTP on loopback.
type relay struct {
	address string
	trust   *tls.Config // for clients

	mu       sync.Mutex
	refuse   error // what recipients are refused with
	received []received
	arrived  chan struct{} // one for each mail, as long as there is room
}

type received struct{ from, to, data string }

// newRelay starts a server; with a certificate it offers STARTTLS and takes no mail without.
func newRelay(t *testing.T, secured bool) *relay {
	t.Helper()
	r := &relay{arrived: make(chan struct{}, 100)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &dialogue{relay: r}, nil }))
	server.Domain = "relay.test"
	if secured {
		server.TLSConfig, r.trust = certificates(t)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = socket.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return r
}

func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay.test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

func (r *relay) answer(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = err
}

func (r *relay) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.received...)
}

type dialogue struct {
	relay    *relay
	from, to string
}

func (d *dialogue) Mail(from string, _ *smtp.MailOptions) error { d.from = from; return nil }

func (d *dialogue) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.relay.mu.Lock()
	defer d.relay.mu.Unlock()
	d.to = to
	return d.relay.refuse
}

func (d *dialogue) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	d.relay.mu.Lock()
	defer d.relay.mu.Unlock()
	d.relay.received = append(d.relay.received, received{d.from, d.to, string(data)})
	select {
	case d.relay.arrived <- struct{}{}:
	default: // nobody counts so many, and the dialogue must go on
	}
	return nil
}

func (d *dialogue) Reset()        {}
func (d *dialogue) Logout() error { return nil }
