// Bench measures a built Roster with many users and prints a table: `npm run bench`. It starts everything itself, on
// loopback: servers, a throw-away PostgreSQL, and a bare net/http handler that runs the same statements as the list
// does, for comparison. CPU is that of server and database together, read from /proc. What is compared runs in turns,
// so that other work on the machine falls on both sides; times of the wall clock hold for a machine at rest.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		exit(serveBare(os.Args[2:]))
	}
	small := flag.Int("small", 100_000, "users in the small database")
	large := flag.Int("large", 1_000_000, "users in the large database")
	lasts := flag.Duration("turn", time.Second, "how long each turn of a measurement lasts; each has five")
	only := flag.String("only", "", "one part alone: timing, the times of sign-ins with a wrong password by known and unknown addresses; sign-ins, their cost; or attacks, what they cost the server")
	engines := flag.String("engines", "sqlite,postgres", "which databases")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := bench{small: *small, large: *large, turn: *lasts, only: *only}
	exit(b.all(ctx, *engines))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}
