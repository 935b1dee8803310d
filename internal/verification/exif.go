package verification

import (
	"bytes"
	"encoding/binary"
)

// turned is how a camera held the picture, as Exif says it (CIPA DC-008, 4.6.5.1.6): 1 is upright, and what is said where
// nothing is, or nothing that can be read. Only the first list of tags is read, once: one may name others, and the same a
// thousand times, which keeps who follows for minutes.
func turned(raw []byte, form string) int {
	switch form {
	case "jpeg":
		return orientation(exifOfJPEG(raw))
	case "png":
		return orientation(exifOfPNG(raw))
	default:
		return orientation(exifOfWebP(raw))
	}
}

// signature is what Exif begins with in a JPEG, and by mistake of some programs elsewhere.
var signature = []byte("Exif\x00\x00")

// exifOfJPEG finds it among the segments before the picture (ITU T.81, B.1.1.4).
func exifOfJPEG(raw []byte) []byte {
	const exif, scan = 0xe1, 0xda
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff && raw[at+1] != scan; {
		if raw[at+1] == 0xff { // one may stand before another, for nothing
			at++
			continue
		}
		content := part(raw[at+4:], int64(binary.BigEndian.Uint16(raw[at+2:]))-2)
		if raw[at+1] == exif && bytes.HasPrefix(content, signature) {
			return content
		}
		at += 4 + len(content)
	}
	return nil
}

// exifOfPNG finds it among the chunks (W3C PNG, 11.3.4.5): length, type, content, checksum.
func exifOfPNG(raw []byte) []byte {
	for at := 8; at+12 <= len(raw); {
		content := part(raw[at+8:], int64(binary.BigEndian.Uint32(raw[at:])))
		if string(raw[at+4:at+8]) == "eXIf" {
			return content
		}
		at += 12 + len(content)
	}
	return nil
}

// exifOfWebP finds it among the chunks (RFC 9649, 2.7.1.5): type, length, content, and a byte to make it even.
func exifOfWebP(raw []byte) []byte {
	for at := 12; at+8 <= len(raw); {
		content := part(raw[at+8:], int64(binary.LittleEndian.Uint32(raw[at+4:])))
		if string(raw[at:at+4]) == "EXIF" {
			return content
		}
		at += 8 + len(content) + len(content)%2
	}
	return nil
}

// part is the beginning of what is there, as long as it says to be.
func part(of []byte, length int64) []byte {
	return of[:min(max(0, length), int64(len(of)))]
}

// orientation reads the first list of tags (TIFF 6.0, 2), of twelve bytes each.
func orientation(exif []byte) int {
	const tag, short, size = 0x0112, 3, 12
	exif = bytes.TrimPrefix(exif, signature)
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case len(exif) < 8:
		return 1
	case bytes.HasPrefix(exif, []byte("II")):
		order = binary.LittleEndian
	}
	begin := int64(order.Uint32(exif[4:]))
	if begin+2 > int64(len(exif)) {
		return 1
	}
	tags := exif[begin+2:]
	for range order.Uint16(exif[begin:]) {
		if len(tags) < size {
			return 1
		}
		if order.Uint16(tags) == tag && order.Uint16(tags[2:]) == short {
			if n := order.Uint16(tags[8:]); n >= 1 && n <= 8 {
				return int(n)
			}
			return 1
		}
		tags = tags[size:]
	}
	return 1
}
