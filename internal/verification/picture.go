package verification

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // knows PNG
	"io"
	"slices"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // knows WebP
	"golang.org/x/sync/semaphore"

	"roster/internal/fault"
)

// What a file may be (security.md #71).
const (
	// MostBytes is the size of a file as it comes.
	MostBytes = 10 << 20
	// mostPixels is the size of a picture, read from its header before anything is decoded.
	mostPixels = 40 << 20
	// longSide is what pictures are made smaller to, in pixels: a passport's print stays legible.
	longSide = 3000
	// quality is that of the JPEG files that are kept.
	quality = 88
	// mostScans is how often a JPEG may go over its picture: encoders that show it better and better do so some ten times.
	// Each takes the decoder a while, and of the file no more than sixty bytes.
	mostScans = 64
)

// MediaType is the form in which a file is kept.
type MediaType string

// Pictures of any form are kept as JPEG, made anew from their pixels; PDF is kept as it came.
const (
	JPEG MediaType = "image/jpeg"
	PDF  MediaType = "application/pdf"
)

// forms are those that are taken; the program may know others.
var forms = []string{"jpeg", "png", "webp"}

// file is what is kept of an upload.
type file struct {
	mediaType MediaType
	content   []byte
}

const (
	mostRead    = 16
	mostDecoded = 1
)

var (
	// reading bounds how many files come in at once, for the whole process: each takes some twice its size.
	reading = semaphore.NewWeighted(mostRead)
	// decoding bounds how many are looked into at once: a progressive JPEG of 40 megapixels takes some 600 MB.
	decoding = semaphore.NewWeighted(mostDecoded)
)

// read takes an upload, whose Content-Type means nothing: the content says what it is. Pictures are decoded and made anew,
// so that nothing of the file is kept but what can be seen: no metadata, no place where it was taken, nothing behind the
// picture's end. Faults on content: fault.Required, empty; fault.TooLong, more than 10 MiB or 40 megapixels; fault.Invalid.
// fault.TryLater: too many files come in.
func read(ctx context.Context, from io.Reader) (file, error) {
	if err := turn(ctx, reading); err != nil {
		return file{}, err
	}
	defer reading.Release(1)
	raw, err := io.ReadAll(io.LimitReader(from, MostBytes+1))
	switch {
	case err != nil:
		return file{}, fault.On("content", fault.Invalid, "The file could not be read.")
	case len(raw) > MostBytes:
		return file{}, fault.On("content", fault.TooLong, "A file has at most 10 MiB.")
	case len(raw) == 0:
		return file{}, fault.On("content", fault.Required, "The file is empty.")
	}
	if err := turn(ctx, decoding); err != nil {
		return file{}, err
	}
	defer decoding.Release(1)
	if bytes.HasPrefix(raw, []byte("%PDF-")) {
		return readPDF(raw)
	}
	return readPicture(raw)
}

func readPicture(raw []byte) (file, error) {
	config, form, err := image.DecodeConfig(bytes.NewReader(raw))
	switch {
	case err != nil || !slices.Contains(forms, form):
		return file{}, fault.On("content", fault.Invalid, "Send a picture (JPEG, PNG or WebP) or a PDF.")
	case config.Width < 1 || config.Height < 1:
		return file{}, fault.On("content", fault.Invalid, "The picture is empty.")
	case int64(config.Width)*int64(config.Height) > mostPixels:
		return file{}, fault.On("content", fault.TooLong, "A picture has at most 40 megapixels.")
	case deep(config.ColorModel) && int64(config.Width)*int64(config.Height) > mostPixels/2:
		return file{}, fault.On("content", fault.TooLong, "A picture with 16 bits per colour, or in the four colours of print, has at most 20 megapixels.")
	case double(raw):
		return file{}, fault.On("content", fault.Invalid, "The picture is a file of another kind as well. Take it anew.")
	}
	var from io.Reader = bytes.NewReader(raw)
	if form == "jpeg" {
		from = &scans{from: from}
	}
	picture, _, err := image.Decode(from)
	switch {
	case errors.Is(err, errScans):
		return file{}, fault.On("content", fault.Invalid, "The picture is put together of too many layers. Take it anew.")
	case err != nil:
		return file{}, fault.On("content", fault.Invalid, "The picture is damaged.")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrink(picture), turned(raw, form)), &jpeg.Options{Quality: quality}); err != nil {
		return file{}, fault.On("content", fault.Invalid, "The picture can't be kept.")
	}
	return file{mediaType: JPEG, content: out.Bytes()}, nil
}

// scans reads a JPEG, and breaks off where it goes over its picture too often. Between its markers no byte 0xff stands before
// that of one (ITU T.81, B.1.1.5), save in metadata, by chance or in a small picture there.
type scans struct {
	from io.Reader
	seen int
	last byte
}

var errScans = errors.New("too many scans")

// Read reads little at once, and refuses only who goes on: what a camera put behind the picture's end is not asked for.
func (s *scans) Read(p []byte) (int, error) {
	const start, piece = 0xda, 512
	if s.seen > mostScans {
		return 0, errScans
	}
	n, err := s.from.Read(p[:min(len(p), piece)])
	for _, b := range p[:n] {
		if s.last == 0xff && b == start {
			s.seen++
		}
		s.last = b
	}
	return n, err
}

// double reports whether a picture is also what other programs run or unpack. None of it would be kept, but nobody who
// sends a passport has such a picture. Readers of ZIP and JAR look for the directory at the end, those of PDF for the
// beginning in the first 1,024 bytes.
func double(raw []byte) bool {
	const directory, comment = 22, 1<<16 - 1
	lower := bytes.ToLower(raw)
	return bytes.Contains(raw[max(0, len(raw)-directory-comment):], []byte("PK\x05\x06")) ||
		bytes.Contains(raw[:min(len(raw), 1024)], []byte("%PDF-")) ||
		bytes.Contains(lower, []byte("<?php")) || bytes.Contains(lower, []byte("<script")) || bytes.Contains(lower, []byte("<!doctype html"))
}

// deep reports whether a pixel takes the decoder twice what one of a photo does: of two bytes per colour, or of four colours,
// which are decoded into three and then put together anew.
func deep(m color.Model) bool {
	return m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model || m == color.CMYKModel
}

// shrink returns the picture on white, for JPEG knows no transparency, and at most so large as it is kept.
func shrink(picture image.Image) *image.RGBA {
	from := picture.Bounds()
	width, height := from.Dx(), from.Dy()
	if long := max(width, height); long > longSide {
		width, height = max(1, width*longSide/long), max(1, height*longSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), picture, from, draw.Over, nil)
	return out
}
