package exports

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// document writes one JSON object, member by member. The first failure to write is kept until close.
type document struct {
	out  *bufio.Writer
	next string
	err  error
}

func newDocument(w io.Writer) *document { return &document{out: bufio.NewWriter(w), next: "{\n"} }

// row is an element of a long list, and the number that the next piece begins behind.
type row struct {
	id    int
	value any
}

func (d *document) write(text string) {
	if d.err == nil {
		_, d.err = d.out.WriteString(text)
	}
}

func (d *document) value(v any, prefix string) {
	if d.err != nil {
		return
	}
	content, err := json.MarshalIndent(v, prefix, "  ")
	if err != nil {
		d.err = err
		return
	}
	_, d.err = d.out.Write(content)
}

func (d *document) name(name string) {
	d.write(d.next + `  "` + name + `": `)
	d.next = ",\n"
}

func (d *document) member(name string, v any) {
	d.name(name)
	d.value(v, "  ")
}

// list writes the rows that read returns, piece after piece, until there are none behind the last one.
func (d *document) list(name string, read func(after int) ([]row, error)) error {
	d.name(name)
	next, end := "[\n    ", "[]"
	for after := 0; d.err == nil; {
		rows, err := read(after)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			d.write(next)
			d.value(r.value, "    ")
			next, end, after = ",\n    ", "\n  ]", r.id
		}
	}
	d.write(end)
	return d.err
}

func (d *document) close() error {
	d.write("\n}\n")
	if d.err == nil {
		d.err = d.out.Flush()
	}
	if d.err != nil {
		return fmt.Errorf("writing an export: %w", d.err)
	}
	return nil
}
