package verification

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"strings"
	"testing"
	"time"
)

// exif is one with tags, in an order of bytes.
func exif(order binary.AppendByteOrder, tags ...[4]uint16) []byte {
	raw := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		raw = []byte("II*\x00")
	}
	raw = order.AppendUint32(raw, 8)
	raw = order.AppendUint16(raw, uint16(len(tags))) //nolint:gosec // few
	for _, tag := range tags {
		raw = order.AppendUint16(order.AppendUint16(raw, tag[0]), tag[1])
		raw = order.AppendUint16(order.AppendUint32(raw, uint32(tag[2])), tag[3])
		raw = order.AppendUint16(raw, 0)
	}
	return raw
}

// withChunk puts one behind a PNG's header.
func withChunk(png []byte, content []byte) []byte {
	const header = 8 + 25
	body := append([]byte("eXIf"), content...)
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), body...) //nolint:gosec // short
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	return bytes.Join([][]byte{png[:header], chunk, png[header:]}, nil)
}

// Pictures of each form stand upright, and what says nothing that can be read turns nothing.
func TestHowAPictureWasHeld(t *testing.T) {
	turn, other := [4]uint16{0x0112, 3, 1, 6}, [4]uint16{0x0100, 3, 1, 8}
	big, little := exif(binary.BigEndian, other, turn), exif(binary.LittleEndian, other, turn)
	jpg, png := asJPEG(t, flag(8, 8)), asPNG(t, flag(8, 8))
	webp, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	chunk := append(binary.LittleEndian.AppendUint32([]byte("EXIF"), uint32(len(little))), little...) //nolint:gosec // short
	for name, c := range map[string]struct {
		raw  []byte
		form string
		want int
	}{
		"a JPEG":                         {held(jpg, 6), "jpeg", 6},
		"a JPEG that says nothing":       {jpg, "jpeg", 1},
		"a JPEG with bytes in between":   {append([]byte("\xff\xd8\xff\xff"), held(jpg, 6)[2:]...), "jpeg", 6},
		"a JPEG that breaks off":         {held(jpg, 6)[:20], "jpeg", 1},
		"a JPEG turned in no way":        {held(jpg, 9), "jpeg", 1},
		"a PNG":                          {withChunk(png, big), "png", 6},
		"a PNG, the other way around":    {withChunk(png, little), "png", 6},
		"a PNG that says nothing":        {png, "png", 1},
		"a PNG with half a list":         {withChunk(png, big[:12]), "png", 1},
		"a PNG with a list that is away": {withChunk(png, []byte("MM\x00*\xff\xff\xff\xff")), "png", 1},
		"a WebP":                         {append(bytes.Clone(webp), chunk...), "webp", 6},
		"a WebP that says nothing":       {webp, "webp", 1},
		"a WebP that breaks off":         {append(bytes.Clone(webp), chunk[:12]...), "webp", 1},
	} {
		if got := turned(c.raw, c.form); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// nested is a PNG whose metadata name one list of 65,535 tags again and again.
func nested(t *testing.T, times int) []byte {
	t.Helper()
	raw := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x4a\x00\x04")
	raw = binary.BigEndian.AppendUint32(raw, uint32(times)) //nolint:gosec // few
	raw = append(raw, "\x00\x00\x00\x1a\x00\x00\x00\x00"...)
	for range times {
		raw = binary.BigEndian.AppendUint32(raw, uint32(26+4*times)) //nolint:gosec // few
	}
	return withChunk(asPNG(t, image.NewGray(image.Rect(0, 0, 8, 8))), append(raw, strings.Repeat("\xff", 2+65_535*12)...))
}

// Metadata that name one list of tags thousands of times are not followed: less than a megabyte kept the place where files
// are looked into for a minute.
func Test71MetadataAreNotFollowed(t *testing.T) {
	raw := nested(t, 2500)
	began := time.Now()
	if got := turned(raw, "png"); got != 1 {
		t.Errorf("it is turned by %d", got)
	}
	if took := time.Since(began); took > 2*time.Second { // some microseconds, else
		t.Errorf("it took %v", took)
	}
}
