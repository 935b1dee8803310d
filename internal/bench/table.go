package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table is what the benchmark prints.
type table struct{ lines [][]string }

func (t *table) line(engine, what, figure, limit string, holds bool) {
	verdict := "ok"
	if !holds {
		verdict = "MISSED"
	}
	if limit == "" {
		verdict = ""
	}
	t.lines = append(t.lines, []string{engine, what, figure, limit, verdict})
}

// growth compares the same request in the small and in the large database.
func (t *table) growth(engine string, small, large results) {
	for _, name := range []string{"list", "page at 90 % by name", "one user", "prefix search", "exact search"} {
		a, b := small.of[name], large.of[name]
		t.ratio(engine, fmt.Sprintf("%s: %d to %d users", name, small.users, large.users), b, a, 1.3)
	}
}

func (t *table) ratio(engine, what string, of, to figures, limit float64) {
	r := of.perCall.Seconds() / to.perCall.Seconds()
	t.line(engine, what, fmt.Sprintf("%.2f (%s / %s CPU)", r, micro(of.perCall), micro(to.perCall)), fmt.Sprintf("≤ %.1f", limit), r <= limit)
}

// absolute is what holds of the large database.
func (t *table) absolute(engine string, r results) {
	t.ratio(engine, "page at 90 % to first page", r.of["page at 90 % by name"], r.of["first page by name"], 1.2)
	most := map[string]float64{"postgres": 8, "sqlite": 9}[engine]
	t.ratio(engine, "list of 50 to bare net/http", r.of["beside bare"], r.of["bare"], most)
	word := r.of["word inside"]
	t.line(engine, "a word inside, ≤ 200 matches", fmt.Sprintf("%s CPU, median %s at %d connections", micro(word.perCall), milli(word.median), connections), "≤ 100 ms", word.perCall <= 100*time.Millisecond)
	for _, name := range []string{"common word", "list with accounts", "list"} {
		f := r.of[name]
		t.line(engine, name, fmt.Sprintf("%s CPU, median %s, %.0f/s", micro(f.perCall), milli(f.median), f.perSec), "", true)
	}
	part := 100 * r.signIn.signIns / r.signIn.hashes
	t.line(engine, "sign-ins of argon2id hashes", fmt.Sprintf("%.0f %% (%.1f of %.1f per second)", part, r.signIn.signIns, r.signIn.hashes), "≥ 90 %", part >= 90)
	t.line(engine, "a list under sign-in load", fmt.Sprintf("median %s, %d of %d failed", milli(r.signIn.list), r.signIn.failures, r.signIn.failures+r.signIn.listed), "≤ 50 ms, none",
		r.signIn.list <= 50*time.Millisecond && r.signIn.failures == 0)
	t.line(engine, "start to first answer", milli(r.started), "≤ 300 ms", r.started <= 300*time.Millisecond)
	t.line(engine, "idle memory", fmt.Sprintf("%.0f MB (%.0f MB after the load)", r.idle, r.after), "≤ 60 MB", r.idle <= 60)
	t.line(engine, fmt.Sprintf("sample data, %d users", r.users), r.filled.Round(time.Second).String(), "", true)
}

func micro(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }
func milli(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func (t *table) print(w io.Writer) {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "engine\twhat\tfigure\tlimit\t")
	for _, l := range t.lines {
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", l[0], l[1], l[2], l[3], l[4])
	}
	_ = out.Flush() // to standard output: there is nobody to tell
}
