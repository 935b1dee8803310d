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
