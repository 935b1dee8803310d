package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// trace stands in each file of the corpus, and must be nowhere once it was refused.
const trace = "TRACE-OF-AN-UPLOAD-9182"

// forge makes files of the kinds that are taken, and worse ones.
type forge struct{ t *testing.T }

// noise is a picture that hardly gets smaller: broken off, it is not whole.
func noise(width, height int) image.Image {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // it is to be the same each time
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range p.Pix {
		p.Pix[i] = byte(r.UintN(256)) //nolint:gosec // it fits
		if i%4 == 3 {
			p.Pix[i] = 255
		}
	}
	return p
}

func (f forge) jpeg(p image.Image) []byte {
	f.t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

func (f forge) png(p image.Image) []byte {
	f.t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

func (f forge) gif() []byte {
	f.t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White}), nil); err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

// claimed is a PNG whose header says that it has another size.
func (f forge) claimed(width, height uint32) []byte {
	return resized(f.png(image.NewGray(image.Rect(0, 0, 10, 10))), width, height)
}

// resized has another size in its header.
func resized(raw []byte, width, height uint32) []byte {
	binary.BigEndian.PutUint32(raw[16:], width)
	binary.BigEndian.PutUint32(raw[20:], height)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

// pngChunk is a part of a PNG file.
func pngChunk(name string, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content))) //nolint:gosec // short
	out = append(append(out, name...), content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// inPNG is a PNG with something behind its header.
func (f forge) inPNG(chunks ...[]byte) []byte {
	const header = 8 + 25
	whole := f.png(noise(64, 48))
	return append(append(append([]byte{}, whole[:header]...), bytes.Join(chunks, nil)...), whole[header:]...)
}

// endless is a PNG of few pixels that goes on with many.
func (f forge) endless() []byte {
	const header = 8 + 25
	return slices.Concat(f.png(image.NewGray(image.Rect(0, 0, 10, 10)))[:header], pngChunk("IDAT", f.zeros(200<<20)), pngChunk("IEND", nil))
}

// blank is a PNG of zeros in the format of a small picture, which has that many bytes in a pixel.
func (f forge) blank(small image.Image, width, height uint32, pixel int) []byte {
	const header = 8 + 25
	raw := resized(f.png(small), width, height)
	return slices.Concat(raw[:header], pngChunk("IDAT", f.zeros(int(height)*(1+int(width)*pixel))), pngChunk("IEND", nil))
}

// segment is a part of a JPEG file that is no picture.
func segment(marker byte, content string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2)), content...) //nolint:gosec // short
}

// within is a JPEG with something behind its beginning.
func (f forge) within(parts ...[]byte) []byte {
	whole := f.jpeg(noise(64, 48))
	return append(append(append([]byte{}, whole[:2]...), bytes.Join(parts, nil)...), whole[2:]...)
}

// progressive is the header of a progressive JPEG, whose coefficients are all kept in memory, with nothing in it.
func (f forge) progressive(width, height uint16) []byte {
	raw := append([]byte{0xff, 0xd8}, segment(0xdb, "\x00"+strings.Repeat("\x01", 64))...)
	frame := binary.BigEndian.AppendUint16([]byte{8}, height)
	frame = binary.BigEndian.AppendUint16(frame, width)
	raw = append(raw, segment(0xc2, string(frame)+"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00")...)
	raw = append(raw, segment(0xc4, "\x00\x01"+strings.Repeat("\x00", 15)+"\x00")...)
	return append(raw, segment(0xda, "\x03\x01\x00\x02\x00\x03\x00\x00\x00\x00")...)
}

// archive is a ZIP file with one file in it, as a JAR is.
func (f forge) archive() []byte {
	f.t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	one, err := z.Create("META-INF/MANIFEST.MF")
	if err == nil {
		_, err = one.Write([]byte("Main-Class: " + trace))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

// chunk is a part of a WebP file.
func chunk(name string, content []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content))) //nolint:gosec // short
	out = append(out, content...)
	if len(content)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func webp(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...) //nolint:gosec // short
}

// lossy is the smallest picture that WebP knows: one pixel.
func (f forge) lossy() []byte {
	f.t.Helper()
	raw, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		f.t.Fatal(err)
	}
	return raw
}

// lossless is the header of a picture of this size.
func lossless(width, height uint32) []byte {
	return chunk("VP8L", append([]byte{0x2f}, binary.LittleEndian.AppendUint32(nil, (width-1)|(height-1)<<14)...))
}

// canvas is what an extended WebP file begins with: flags, and a size of one pixel.
func canvas(flags byte) []byte { return chunk("VP8X", append([]byte{flags}, make([]byte, 9)...)) }

// animated is a moving picture of one pixel.
func (f forge) animated() []byte {
	frame := append(make([]byte, 16), f.lossy()[12:]...)
	return webp(canvas(2), chunk("ANIM", make([]byte, 6)), chunk("ANMF", frame))
}

// paper is a PDF of one empty page, with something added: to the catalogue, and as further objects.
func paper(catalogue, objects string) []byte {
	return []byte("%PDF-1.7\n% " + trace + "\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + catalogue + ">>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n" + objects + "xref\n0 4\ntrailer\n<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF\n")
}

// stream is an object of a PDF with content.
func stream(dictionary string, content []byte) string {
	return "4 0 obj\n<<" + dictionary + "/Length " + strconv.Itoa(len(content)) + ">>\nstream\n" + string(content) + "\nendstream\nendobj\n"
}

func (f forge) deflated(content []byte) []byte {
	f.t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		f.t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.t.Fatal(err)
	}
	return b.Bytes()
}

// zeros is so many of them, deflated: a piece that was deflated once, again and again. To deflate hundreds of megabytes
// takes the race detector a minute.
func (f forge) zeros(n int) []byte {
	f.t.Helper()
	const piece = 1 << 20
	var whole, rest bytes.Buffer
	for length, b := range map[int]*bytes.Buffer{piece: &whole, n % piece: &rest} {
		w, err := flate.NewWriter(b, flate.DefaultCompression)
		if err == nil {
			_, err = w.Write(make([]byte, length))
		}
		if err == nil {
			err = w.Flush() // up to a whole byte, so that more can follow
		}
		if err == nil && b == &rest {
			err = w.Close()
		}
		if err != nil {
			f.t.Fatal(err)
		}
	}
	const modulus = 65521                                              // of Adler-32, whose first half counts the bytes here
	sum := binary.BigEndian.AppendUint32(nil, uint32(n%modulus)<<16|1) //nolint:gosec // it fits
	return slices.Concat([]byte{0x78, 0x9c}, bytes.Repeat(whole.Bytes(), n/piece), rest.Bytes(), sum)
}

// hostile is one file that must be refused, with the status and the reason.
type hostile struct {
	content []byte
	status  int
	reason  string
}

const script = "5 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"

// corpus are files that must be refused.
func (f forge) corpus() map[string]hostile {
	photo, shot := f.jpeg(noise(200, 150)), f.png(noise(64, 48))
	squeezed := "/Type/ObjStm/N 1/First 4/Filter/FlateDecode"
	invalid := func(content []byte) hostile { return hostile{content, 422, "INVALID"} }
	long := func(content []byte) hostile { return hostile{content, 413, "TOO_LONG"} }
	return map[string]hostile{
		"nothing":                    {nil, 422, "REQUIRED"},
		"11 MiB":                     long(bytes.Repeat([]byte{0xff}, 11<<20)),
		"a JPEG of 11 MiB":           long(append(f.jpeg(noise(64, 48)), make([]byte, 11<<20)...)),
		"a PNG of 11 MiB":            long(append(f.png(noise(64, 48)), make([]byte, 11<<20)...)),
		"a WebP of 11 MiB":           long(append(f.lossy(), make([]byte, 11<<20)...)),
		"a PDF of 11 MiB":            long(paper("", stream("", bytes.Repeat([]byte(" "), 11<<20)))),
		"a PNG of 2,500 megapixels":  long(f.claimed(50_000, 50_000)),
		"a PNG of 42 megapixels":     long(f.claimed(8200, 5120)),
		"a PNG of no size":           invalid(f.claimed(0, 0)),
		"a WebP of 268 megapixels":   long(webp(lossless(1<<14, 1<<14))),
		"a WebP larger than it says": invalid(webp(canvas(0), lossless(1<<14, 1<<14))),
		"a moving WebP":              invalid(f.animated()),
		"a GIF":                      invalid(f.gif()),
		"an SVG":                     invalid([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>/*` + trace + `*/alert(1)</script></svg>`)),
		"a page":                     invalid([]byte("<!doctype html><script>/*" + trace + "*/alert(1)</script>")),
		"text":                       invalid([]byte(trace)),
		"an archive":                 invalid(f.archive()),
		"a program":                  invalid([]byte("\x7fELF\x02\x01\x01" + trace)),
		"a truncated JPEG":           invalid(photo[:len(photo)*2/3]),
		"a JPEG without its end":     invalid(photo[:len(photo)-40]),
		"a truncated PNG":            invalid(shot[:len(shot)/2]),
		"a PNG without its end":      invalid(shot[:len(shot)-12]),
		"a truncated WebP":           invalid(f.lossy()[:24]),
		"a JPEG and an archive":      invalid(append(f.jpeg(noise(64, 48)), f.archive()...)),
		"a PNG and an archive":       invalid(append(f.png(noise(64, 48)), f.archive()...)),
		"a WebP and an archive":      invalid(append(f.lossy(), f.archive()...)),
		"a PNG and PHP":              invalid(f.inPNG(pngChunk("tEXt", []byte("Comment\x00<?php /*"+trace+"*/ system($_GET['x']); ?>")))),
		"a PNG and a PDF":            invalid(f.inPNG(pngChunk("tEXt", append([]byte("Comment\x00"), paper("", "")...)))),
		"a WebP and a page":          invalid(webp(canvas(8), f.lossy()[12:], chunk("EXIF", []byte("<script>/*"+trace+"*/alert(1)</script>")))),
		"a PNG that goes on":         invalid(f.endless()),
		"a JPEG and PHP":             invalid(f.within(segment(0xfe, "<?php /*"+trace+"*/ system($_GET['x']); ?>"))),
		"a JPEG and a page":          invalid(f.within(segment(0xfe, "<ScRiPt>/*"+trace+"*/alert(1)</script>"))),
		"a JPEG and a PDF":           invalid(f.within(segment(0xfe, string(paper("", ""))))),
		"a JPEG of 42 megapixels":    long(f.progressive(8200, 5120)),
		"an empty progressive JPEG":  invalid(f.progressive(8000, 5000)),

		"a truncated PDF":                    invalid(paper("", "")[:200]),
		"a PDF and an archive":               invalid(append(paper("", ""), f.archive()...)),
		"a page that is a PDF too":           invalid(append([]byte("<script>//"), paper("", "")...)),
		"a PDF with a script":                invalid(paper("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", "")),
		"a PDF with a spelled script":        invalid(paper("/AA<</O<</S/J#61va#53cript>>>>", "")),
		"a PDF with a file in it":            invalid(paper("/Names<</EmbeddedFiles 5 0 R>>", "")),
		"a PDF with a form":                  invalid(paper("/AcroForm<</XFA 5 0 R>>", "")),
		"a locked PDF":                       invalid(paper("/Encrypt 5 0 R", "")),
		"a PDF with a script in objects":     invalid(paper("", stream(squeezed, f.deflated([]byte(script))))),
		"a PDF with a script, squeezed":      invalid(paper("", stream("/Filter[/FlateDecode/FlateDecode]", f.deflated(f.deflated([]byte(script)))))),
		"a PDF with a script in a comment":   invalid(paper("", "% stream\n"+script+"\nendstream\n")),
		"a PDF with objects, reordered":      invalid(paper("", stream(squeezed+"/DecodeParms<</Predictor 12>>", f.deflated([]byte("no script"))))),
		"a PDF with objects in other codes":  invalid(paper("", stream("/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode", []byte("2F4A6176615363726970743E")))),
		"a PDF that is squeezed often":       invalid(paper("", stream("", f.deflated(f.deflated(f.deflated(f.deflated([]byte("x")))))))),
		"a PDF of 200 MiB":                   long(paper("", stream("/Filter/FlateDecode", f.zeros(200<<20)))),
		"a PDF of very many streams":         invalid(paper("", strings.Repeat("stream x\x9c ", 9_000))),
		"a PDF with a script across a piece": invalid(paper("", stream(squeezed, f.deflated(append(bytes.Repeat([]byte(" "), 4090), script...))))),
	}
}

// welcome are files that must be taken.
func (f forge) welcome() map[string][]byte {
	return map[string][]byte{
		"a JPEG":                       f.jpeg(noise(64, 48)),
		"a PNG":                        f.png(noise(64, 48)),
		"a WebP":                       f.lossy(),
		"a scan":                       paper("", ""),
		"a scan with a picture":        paper("", stream("/Subtype/Image/Filter/DCTDecode", f.jpeg(noise(300, 300)))),
		"a scan with compressed parts": paper("", stream("/Filter/FlateDecode", f.deflated(bytes.Repeat([]byte("0 0 m 9 9 l S\n"), 500)))),
		"a scan with compressed objects": paper("", stream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", f.deflated([]byte("5 0 <</Producer(a scanner)>>")))+
			stream("/Type/XRef/W[1 2 1]/DecodeParms<</Columns 4/Predictor 12>>/Filter/FlateDecode", f.deflated(make([]byte, 40)))),
		"a PNG with a comment":          f.inPNG(pngChunk("tEXt", []byte("Comment\x00"+trace))),
		"a photo with a film behind it": append(f.jpeg(noise(64, 48)), "....ftypmp42"...),
	}
}
