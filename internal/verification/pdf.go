package verification

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"slices"

	"roster/internal/fault"
)

// mostInflated is how much is looked at in the streams of a PDF, in bytes as they come and as they are written out: some five
// pages of a scan at 300 dots per inch in colour.
const mostInflated = 128 << 20

// mostStreams is how many beginnings and ends of streams are looked at.
const mostStreams = 5000

// deepest is how often what is compressed is looked into again.
const deepest = 3

var (
	// active are names in a PDF that let a reader do something by itself, that carry other files, or that lock it (ISO
	// 32000-2, 12.6, 7.11, 13.6, 7.6). A file that is carried need not call itself one, but what names it does. A scanner
	// writes none of them. The short ones, JS and AA, are not among them: they do nothing without one of these, and stand in
	// pictures by chance.
	active = spellings("JavaScript", "Launch", "EmbeddedFile", "OpenAction", "RichMedia", "Rendition", "AcroForm", "SubmitForm",
		"ImportData", "GoToR", "GoToE", "Encrypt", "FileAttachment", "Filespec", "OnInstantiate")
	// opaque are ways to write a stream that is not looked into (7.4). Scanners compress with none of them.
	opaque = spellings("LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode", "Crypt")
	// brief are the same in short, as they may be written within a page (8.9.7); some readers take them anywhere.
	brief = spellings("LZW", "AHx", "A85", "RL")
	// begins is where the content of a stream begins; the end of one reads alike, and does no harm.
	begins = regexp.MustCompile(`stream[\x00\t\n\f\r ]`)
)

// spellings are names as they stand in a PDF.
func spellings(list ...string) [][]byte {
	out := make([][]byte, len(list))
	for i, name := range list {
		out[i] = []byte("/" + name)
	}
	return out
}

// holds reports whether a text holds one of the names, or one that begins like it. A regular expression takes fifty times
// as long where slashes follow upon slashes.
func holds(text []byte, names [][]byte) bool {
	return slices.ContainsFunc(names, func(name []byte) bool { return bytes.Contains(text, name) })
}

// readPDF takes a PDF as it is, for it can't be made anew. What stands before its beginning or behind its end makes it
// something else to other programs, and is refused; so is what acts by itself, and what can't be looked into. It is only
// ever handed out as a download.
func readPDF(raw []byte) (file, error) {
	body := bytes.TrimRight(raw, "\r\n\t \x00")
	switch {
	case !bytes.HasSuffix(body, []byte("%%EOF")):
		return file{}, fault.On("content", fault.Invalid, "The PDF is damaged, or something stands behind its end.")
	case !bytes.Contains(body, []byte("startxref")) || !bytes.Contains(body, []byte("/Page")) && !bytes.Contains(body, []byte("/ObjStm")):
		return file{}, fault.On("content", fault.Invalid, "The PDF is damaged.")
	}
	if err := look(body); err != nil {
		return file{}, err
	}
	return file{mediaType: PDF, content: raw}, nil
}

// look refuses what it finds in a PDF. Which bytes of it are an object, and which a picture, is up to who reads it: so all
// of them are looked at, and all that is compressed is written out.
func look(body []byte) error {
	plain := spelled(body)
	if holds(plain, active) {
		return acts()
	}
	if holds(plain, opaque) {
		return hides()
	}
	left, before, streams := int64(mostInflated), 0, begins.FindAllIndex(body, mostStreams+1)
	if len(streams) > mostStreams {
		return hides()
	}
	for _, at := range streams {
		if hidesObjects(body[before:at[0]]) {
			return hides()
		}
		before = at[1]
		packed := bytes.NewReader(bytes.TrimLeft(body[at[1]:], "\x00\t\n\f\r "))
		if err := inflate(packed, &left, deepest); err != nil {
			return err
		}
		// A stream can begin within another, and hold little or nothing for all that is read of it.
		if left -= packed.Size() - int64(packed.Len()); left < 0 {
			return holdsMuch()
		}
	}
	return nil
}

func holdsMuch() error {
	return fault.On("content", fault.TooLong, "The PDF holds more than can be checked. Send fewer pages, or a picture.")
}

func acts() error {
	return fault.On("content", fault.Invalid, "The PDF is locked, or holds forms, scripts or other files. Scan the document anew, or send a picture.")
}

func hides() error {
	return fault.On("content", fault.Invalid, "The PDF is made in a way that can't be checked. Scan the document anew, or send a picture.")
}

// hidesObjects reports whether objects stand in a stream in an order of bytes, or in a code, that only a reader undoes
// (7.4.4.4), by what stands before the stream.
func hidesObjects(dictionary []byte) bool {
	plain := spelled(dictionary)
	return (bytes.Contains(plain, []byte("/ObjStm")) || bytes.Contains(plain, []byte("/First"))) &&
		(bytes.Contains(plain, []byte("/DecodeParms")) || bytes.Contains(plain, []byte("/Predictor")) || holds(plain, brief))
}

// inflate looks into what is compressed, if it is; what breaks off is looked at as far as it goes, as readers do.
func inflate(from io.Reader, left *int64, depth int) error {
	written, err := zlib.NewReader(from)
	if err != nil {
		return nil //nolint:nilerr // it is something else, and was looked at as it is
	}
	if depth == 0 {
		return hides()
	}
	text := &watched{from: written, left: left}
	if err := inflate(text, left, depth-1); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, text) // what is damaged is for who reads it
	return text.refused
}

// watched is a text that is looked at as it is read.
type watched struct {
	from io.Reader
	left *int64
	// tail is the end of what was read: a name can go on behind it.
	tail    []byte
	refused error
}

// longestName is that of active and opaque with each letter in hexadecimal.
const longestName = 3 * 16

func (w *watched) Read(p []byte) (int, error) {
	if w.refused != nil {
		return 0, w.refused
	}
	n, err := w.from.Read(p)
	*w.left -= int64(n)
	w.tail = append(w.tail, p[:n]...)
	plain := spelled(w.tail)
	switch {
	case *w.left < 0:
		w.refused = holdsMuch()
	case holds(plain, active):
		w.refused = acts()
	case holds(plain, opaque):
		w.refused = hides()
	}
	if w.refused != nil {
		return 0, w.refused
	}
	w.tail = append(w.tail[:0], w.tail[max(0, len(w.tail)-longestName):]...)
	return n, err
}

// spelled writes out the letters of names that are spelled in hexadecimal: /J#61vaScript (7.3.5).
func spelled(body []byte) []byte {
	at := bytes.IndexByte(body, '#')
	if at < 0 {
		return body
	}
	out := append(make([]byte, 0, len(body)), body[:at]...)
	for ; at < len(body); at++ {
		if letter, ok := escaped(body[at:]); ok {
			out, at = append(out, letter), at+2
			continue
		}
		out = append(out, body[at])
	}
	return out
}

// escaped is the letter that a text begins with, if that is spelled.
func escaped(text []byte) (byte, bool) {
	if len(text) < 3 || text[0] != '#' {
		return 0, false
	}
	var letter [1]byte
	_, err := hex.Decode(letter[:], text[1:3])
	return letter[0], err == nil
}
