package verification

import (
	"bytes"
	"compress/zlib"
	"strings"
	"testing"

	"roster/internal/fault"
)

// layered is a progressive JPEG of 16 by 16 pixels that goes over its picture so often, without adding anything to it.
func layered(scans int) []byte {
	part := func(marker byte, content string) string {
		return "\xff" + string([]byte{marker, 0, byte(len(content) + 2)}) + content
	}
	raw := "\xff\xd8" + part(0xdb, "\x00"+strings.Repeat("\x01", 64)) + part(0xc2, "\x08\x00\x10\x00\x10\x01\x01\x11\x00") +
		part(0xc4, "\x10\x01"+strings.Repeat("\x00", 15)+"\x20") // one code: nothing more in four blocks, or up to seven
	scan := part(0xda, "\x01\x01\x00\x01\x3f\x00") + "\x1f"
	return []byte(raw + strings.Repeat(scan, scans) + "\xff\xd9")
}

// Each scan of a progressive JPEG costs the decoder a walk over the whole picture: ten megabytes of empty ones kept it busy
// for hours. They are counted up to the end of the picture, for what cameras put behind it may hold anything.
func Test71ScansAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want fault.Code
	}{
		"as many as encoders make": {layered(10), ""},
		"at the bound":             {layered(mostScans), ""},
		"beyond it":                {layered(mostScans + 100), fault.Invalid},
		"a film behind its end":    {append(layered(1), strings.Repeat("\xff\xda", 20_000)...), ""},
	} {
		if _, err := read(t.Context(), bytes.NewReader(c.raw)); (err != nil || c.want != "") && !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// printed is a progressive JPEG in the four colours of print, square and empty.
func printed(side int) []byte {
	part := func(marker byte, content string) string {
		n := len(content) + 2
		return "\xff" + string([]byte{marker, byte(n >> 8), byte(n)}) + content
	}
	hi, lo := byte(side>>8), byte(side)
	raw := "\xff\xd8" + part(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x02") + part(0xdb, "\x00"+strings.Repeat("\x01", 64)) +
		part(0xc2, "\x08"+string([]byte{hi, lo, hi, lo})+"\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00") +
		part(0xc4, "\x00\x01"+strings.Repeat("\x00", 15)+"\x00")
	blocks := (side + 7) / 8 * ((side + 7) / 8)
	raw += part(0xda, "\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x00\x00") + strings.Repeat("\x00", blocks*4/8+1)
	return []byte(raw + "\xff\xd9")
}

// What takes the decoder a gigabyte, in a file of a third of a megabyte, is refused by its header.
func Test71PrintedPictures(t *testing.T) {
	if _, err := read(t.Context(), bytes.NewReader(printed(6400))); !fault.Is(err, fault.TooLong) {
		t.Errorf("40 megapixels: %v", err)
	}
	if _, err := read(t.Context(), bytes.NewReader(printed(64))); err != nil {
		t.Errorf("a small one: %v", err)
	}
}

func packed(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sheet is a PDF with further objects.
func sheet(objects string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<</Type/Page>>\nendobj\n" + objects + "startxref\n9\n%%EOF\n")
}

// Thousands of streams that begin within each other, and hold nothing, are read to the end thousands of times: what is read
// counts like what is written out.
func Test71StreamsWithinStreams(t *testing.T) {
	nothing := "\x00\x00\x00\xff\xff"
	begin := "\x00\x09\x00\xf6\xff" + "stream\n\x78\x01" // nine bytes as they are, which begin another stream
	raw := sheet("stream\n\x78\x01" + strings.Repeat(begin, 500) + strings.Repeat(nothing, 100_000) + "\nendstream\n")
	if _, err := readPDF(raw); !fault.Is(err, fault.TooLong) {
		t.Errorf("%v", err)
	}
	once := sheet("stream\n\x78\x01" + strings.Repeat(nothing, 100_000) + "\nendstream\n")
	if _, err := readPDF(once); err != nil {
		t.Errorf("one that holds nothing: %v", err)
	}
}

// Names are found however they are spelled, in whatever piece of a stream they stand, and wherever a reader looks.
func Test71NamesInPDF(t *testing.T) {
	objects := "1 0 obj\n<</Type/ObjStm/N 1/First 4"
	for name, c := range map[string]struct {
		raw  []byte
		want fault.Code
	}{
		"a script":                     {sheet("/JavaScript"), fault.Invalid},
		"in hexadecimal":               {sheet("/#4aava#53crip#74"), fault.Invalid},
		"in small hexadecimal":         {sheet("/J#61vaScript and #6"), fault.Invalid},
		"a file, by the plural":        {sheet("/EmbeddedFiles"), fault.Invalid},
		"a file that is attached":      {sheet("<</Subtype/FileAttachment/FS 6 0 R>>"), fault.Invalid},
		"a file, by what names it":     {sheet("<</Type/Filespec/F(a.exe)/EF<</F 7 0 R>>>>"), fault.Invalid},
		"a script in a model":          {sheet("<</Type/3D/Subtype/U3D/OnInstantiate 6 0 R>>"), fault.Invalid},
		"across pieces of a stream":    {sheet("stream\n" + packed(t, strings.Repeat(" ", 8185)+"/J#61vaScript") + "\nendstream\n"), fault.Invalid},
		"objects in a code, in short":  {sheet(objects + "/Filter/AHx>>\nstream\n2F4A>\nendstream\n"), fault.Invalid},
		"objects in two codes":         {sheet(objects + "/Filter[/A85/Fl]>>\nstream\nabc\nendstream\n"), fault.Invalid},
		"a picture in a code in short": {sheet("1 0 obj\n<</Subtype/Image/Filter/RL>>\nstream\nabc\nendstream\n"), ""},
		"signs that spell nothing":     {sheet("#4 #zz # /Java#Script #"), ""},
	} {
		if _, err := readPDF(c.raw); (err != nil || c.want != "") && !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
