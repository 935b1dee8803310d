// Command stripelocal is the server of package stripetest as a program, for journeys in a browser:
//
//	go run ./internal/verification/stripe/stripetest/stripelocal --listen 127.0.0.1:8099 --notices http://127.0.0.1:8090/identity-notices/stripe
//
// Give Roster its address as ROSTER_STRIPE_URL, and the keys in the settings.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"roster/internal/verification/stripe/stripetest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var s stripetest.Server
	listen := flag.String("listen", "127.0.0.1:0", "where to listen")
	flag.StringVar(&s.Key, "key", "sk_test_local", "the API key that is taken")
	flag.StringVar(&s.Secret, "secret", "whsec_local", "what events are signed with")
	flag.StringVar(&s.Notices, "notices", "", "where events go to")
	flag.Parse()
	socket, err := net.Listen("tcp", *listen) //nolint:noctx // it listens until the process ends
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Println("http://" + socket.Addr().String()) // whoever started it waits for this line
	server := &http.Server{Handler: &s, ReadHeaderTimeout: 5 * time.Second}
	return server.Serve(socket)
}
