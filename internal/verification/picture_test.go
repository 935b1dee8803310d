package verification

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/sync/semaphore"

	"roster/internal/fault"
)

// flag is a picture that is red on the left, blue on the right and green below.
func flag(width, height int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{R: 255, A: 255}
			switch {
			case y >= height*3/4:
				c = color.NRGBA{G: 255, A: 255}
			case x >= width/2:
				c = color.NRGBA{B: 255, A: 255}
			}
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

func asJPEG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// held puts Exif's orientation, and a place that nobody is to learn, into a JPEG.
func held(jpg []byte, orientation uint16) []byte {
	var ifd bytes.Buffer
	ifd.WriteString("Exif\x00\x00MM\x00*")
	for _, v := range []any{uint32(8), uint16(1), uint16(0x0112), uint16(3), uint32(1), orientation, uint16(0), uint32(0)} {
		_ = binary.Write(&ifd, binary.BigEndian, v)
	}
	segment := func(marker byte, content []byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...) //nolint:gosec // short
	}
	out := append([]byte{}, jpg[:2]...)
	out = append(out, segment(0xe1, ifd.Bytes())...)
	out = append(out, segment(0xfe, []byte("SECRETPLACE"))...)
	return append(out, jpg[2:]...)
}

func mustRead(t *testing.T, raw []byte) file {
	t.Helper()
	f, err := read(t.Context(), bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// kept decodes what is kept.
func kept(t *testing.T, raw []byte) image.Image {
	t.Helper()
	f := mustRead(t, raw)
	p, err := jpeg.Decode(bytes.NewReader(f.content))
	if err != nil || f.mediaType != JPEG {
		t.Fatalf("%s, %v", f.mediaType, err)
	}
	return p
}

// looks names the colour in the middle of a part of the picture.
func looks(p image.Image, x, y float64) string {
	b := p.Bounds()
	r, g, bl, _ := p.At(int(float64(b.Dx())*x), int(float64(b.Dy())*y)).RGBA()
	switch {
	case r > 0xc000 && g > 0xc000 && bl > 0xc000:
		return "white"
	case r > 0x8000:
		return "red"
	case g > 0x6000:
		return "green"
	case bl > 0x8000:
		return "blue"
	}
	return "black"
}

// Pictures are kept upright, as JPEG made anew, with nothing of what does not show (security.md #71).
func Test71PicturesAreMadeAnew(t *testing.T) {
	plain := asJPEG(t, flag(80, 40))
	for orientation, want := range map[uint16]struct {
		left, right string
		tall        bool
	}{1: {"red", "blue", false}, 2: {"blue", "red", false}, 3: {"blue", "red", false}, 6: {"green", "", true}, 8: {"", "green", true}} {
		f := mustRead(t, held(plain, orientation))
		if bytes.Contains(f.content, []byte("SECRETPLACE")) || bytes.Contains(f.content, []byte("Exif")) {
			t.Errorf("%d: metadata are kept", orientation)
		}
		p := kept(t, held(plain, orientation))
		if tall := p.Bounds().Dy() > p.Bounds().Dx(); tall != want.tall {
			t.Errorf("%d: %v", orientation, p.Bounds())
		}
		if want.left != "" && looks(p, .1, .5) != want.left || want.right != "" && looks(p, .9, .5) != want.right {
			t.Errorf("%d: %s on the left, %s on the right", orientation, looks(p, .1, .5), looks(p, .9, .5))
		}
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	if p := kept(t, asPNG(t, clear)); looks(p, .5, .5) != "white" {
		t.Errorf("what is transparent is %s", looks(p, .5, .5))
	}
	if p := kept(t, asPNG(t, flag(4000, 1000))); p.Bounds().Dx() != longSide || p.Bounds().Dy() != 750 {
		t.Errorf("a large one has %v", p.Bounds())
	}
	behind := append(asPNG(t, flag(20, 20)), []byte("PK\x03\x04 an archive")...)
	if f := mustRead(t, behind); bytes.Contains(f.content, []byte("archive")) {
		t.Error("what stands behind a picture is kept")
	}
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	if p := kept(t, webp); p.Bounds().Dx() != 1 {
		t.Errorf("a WebP has %v", p.Bounds())
	}
}

const scan = "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
	"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\nxref\n0 4\ntrailer\n<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF\n"

// What is no picture and no scan, or more than that, is refused with its reason (security.md #71).
func Test71FilesThatAreRefused(t *testing.T) {
	photo := asJPEG(t, flag(200, 100))
	huge := asPNG(t, image.NewGray(image.Rect(0, 0, 10, 10)))
	binary.BigEndian.PutUint32(huge[16:], 50_000)
	binary.BigEndian.PutUint32(huge[20:], 50_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, c := range map[string]struct {
		raw  []byte
		want fault.Code
	}{
		"nothing":                     {nil, fault.Required},
		"too large":                   {bytes.Repeat([]byte{0xff}, MostBytes+1), fault.TooLong},
		"a bomb":                      {huge, fault.TooLong},
		"a truncated photo":           {photo[:len(photo)/2], fault.Invalid},
		"only a header":               {photo[:20], fault.Invalid},
		"a GIF":                       {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), fault.Invalid},
		"an SVG":                      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), fault.Invalid},
		"a page":                      {[]byte("<!doctype html><script>alert(1)</script>"), fault.Invalid},
		"an archive":                  {[]byte("PK\x03\x04"), fault.Invalid},
		"a program":                   {[]byte("\x7fELF"), fault.Invalid},
		"a truncated PDF":             {[]byte(scan[:len(scan)-20]), fault.Invalid},
		"a PDF and an archive":        {[]byte(scan + "PK\x03\x04"), fault.Invalid},
		"a page that is a PDF too":    {[]byte("<script>\n" + scan), fault.Invalid},
		"a PDF with a script":         {[]byte(strings.Replace(scan, "/Type/Catalog", "/Type/Catalog/OpenAction<</S/JavaScript/JS(x)>>", 1)), fault.Invalid},
		"a PDF with a spelled script": {[]byte(strings.Replace(scan, "/Type/Catalog", "/Type/Catalog/X<</S/J#61vaScript>>", 1)), fault.Invalid},
		"a locked PDF":                {[]byte(strings.Replace(scan, "/Size 4", "/Size 4/Encrypt 5 0 R", 1)), fault.Invalid},
		"a PDF without pages":         {[]byte("%PDF-1.4\nstartxref\n%%EOF"), fault.Invalid},
	} {
		if _, err := read(t.Context(), bytes.NewReader(c.raw)); !fault.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if f := mustRead(t, []byte(scan)); f.mediaType != PDF || string(f.content) != scan {
		t.Errorf("a scan: %s, %q", f.mediaType, f.content)
	}
}

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("a file is read while too many are")
	return 0, io.EOF
}

// However many send files, so many are held at once, and one is looked into: the others wait, and who leaves waits no more
// (security.md #71).
func Test71FilesWaitForEachOther(t *testing.T) {
	for name, c := range map[string]struct {
		bound *semaphore.Weighted
		most  int64
		from  io.Reader
	}{
		"those that come in":         {reading, mostRead, unread{t}},
		"those that are looked into": {decoding, mostDecoded, bytes.NewReader(asPNG(t, flag(40, 40)))},
	} {
		ctx, leave := context.WithCancel(t.Context())
		if !c.bound.TryAcquire(c.most) {
			t.Fatalf("%s: somebody is at it", name)
		}
		said := make(chan error)
		go func() {
			_, err := read(ctx, c.from)
			said <- err
		}()
		leave()
		if err := <-said; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		c.bound.Release(c.most)
		if _, err := read(t.Context(), bytes.NewReader(asPNG(t, flag(40, 40)))); err != nil {
			t.Errorf("%s, when there is room again: %v", name, err)
		}
	}
}

// FuzzRead finds what a file could make of the reader: it answers with a file or a fault.
func FuzzRead(f *testing.F) {
	f.Add([]byte(scan))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		kept, err := read(t.Context(), bytes.NewReader(raw))
		if err == nil && len(kept.content) == 0 {
			t.Error("nothing is kept")
		}
		for _, code := range []fault.Code{fault.Required, fault.TooLong, fault.Invalid} {
			if fault.Is(err, code) {
				return
			}
		}
		if err != nil {
			t.Errorf("%v", err)
		}
	})
}
