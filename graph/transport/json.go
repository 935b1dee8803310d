package transport

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// parse reads one JSON text (RFC 8259) as encoding/json would into an any with UseNumber, but refuses what that lets
// pass: members given twice, bytes that are not UTF-8, halves of surrogate pairs.
func parse(text []byte, depth int) (any, *refusal) {
	p := parser{text: text, room: depth}
	v := p.value()
	p.space()
	if p.err == nil && p.at < len(text) {
		p.err = broken
	}
	if p.err != nil {
		return nil, p.err
	}
	return v, nil
}

// parser stops at the first fault; after it, values are meaningless.
type parser struct {
	text []byte
	at   int
	room int // how many levels deeper the text may go
	err  *refusal
}

func (p *parser) fail(r *refusal) any {
	if p.err == nil {
		p.err = r
	}
	p.at = len(p.text)
	return nil
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte that is not white space, 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) consume(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) value() any {
	switch c := p.peek(); {
	case c == '{':
		return p.nested(p.object)
	case c == '[':
		return p.nested(p.array)
	case c == '"':
		return p.str()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case p.word("true"):
		return true
	case p.word("false"):
		return false
	case p.word("null"):
		return nil
	}
	return p.fail(broken)
}

func (p *parser) word(w string) bool {
	if !bytes.HasPrefix(p.text[p.at:], []byte(w)) {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) nested(read func() any) any {
	if p.room == 0 {
		return p.fail(tooDeep)
	}
	p.room--
	p.at++
	v := read()
	p.room++
	return v
}

func (p *parser) object() any {
	out := map[string]any{}
	if p.consume('}') {
		return out
	}
	for {
		if p.peek() != '"' {
			return p.fail(broken)
		}
		key := p.str()
		if _, twice := out[key]; twice && p.err == nil {
			return p.fail(duplicate)
		}
		if !p.consume(':') {
			return p.fail(broken)
		}
		out[key] = p.value()
		if p.consume('}') {
			return out
		}
		if !p.consume(',') {
			return p.fail(broken)
		}
	}
}

func (p *parser) array() any {
	out := []any{}
	if p.consume(']') {
		return out
	}
	for {
		out = append(out, p.value())
		if p.consume(']') {
			return out
		}
		if !p.consume(',') {
			return p.fail(broken)
		}
	}
}

// number checks the grammar; what it is worth is for the type that it is meant for.
func (p *parser) number() any {
	start := p.at
	p.byte('-')
	if !p.byte('0') && !p.digits() {
		return p.fail(broken)
	}
	if p.byte('.') && !p.digits() {
		return p.fail(broken)
	}
	if p.byte('e') || p.byte('E') {
		_ = p.byte('+') || p.byte('-')
		if !p.digits() {
			return p.fail(broken)
		}
	}
	return json.Number(p.text[start:p.at])
}

func (p *parser) byte(c byte) bool {
	if p.at == len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

// str reads a string; most need no more than a copy.
func (p *parser) str() string {
	p.at++
	start, ascii := p.at, true
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			raw := p.text[start:p.at]
			p.at++
			if !ascii && !utf8.Valid(raw) {
				p.fail(broken)
			}
			return string(raw)
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			p.fail(broken)
			return ""
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	p.fail(broken)
	return ""
}

// escaped goes on from the first backslash of a string.
func (p *parser) escaped(start int) string {
	out := append(make([]byte, 0, p.at-start+64), p.text[start:p.at]...)
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				p.fail(broken)
			}
			return string(out)
		case c < 0x20:
			p.fail(broken)
			return ""
		case c == '\\':
			out = p.escape(out)
		default:
			out = append(out, c)
		}
	}
	p.fail(broken)
	return ""
}

const escapes, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

func (p *parser) escape(out []byte) []byte {
	if p.byte('u') {
		return p.unicode(out)
	}
	if p.at < len(p.text) {
		if i := bytes.IndexByte([]byte(escapes), p.text[p.at]); i >= 0 {
			p.at++
			return append(out, meanings[i])
		}
	}
	p.fail(broken)
	return out
}

func (p *parser) unicode(out []byte) []byte {
	r := p.hex()
	if utf16.IsSurrogate(r) {
		if !p.byte('\\') || !p.byte('u') {
			p.fail(broken)
			return out
		}
		if r = utf16.DecodeRune(r, p.hex()); r == utf8.RuneError {
			p.fail(broken)
		}
	}
	return utf8.AppendRune(out, r)
}

func (p *parser) hex() rune {
	if p.at+4 > len(p.text) {
		p.fail(broken)
		return 0
	}
	var r rune
	for _, c := range p.text[p.at : p.at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			p.fail(broken)
			return 0
		}
		r = r<<4 | rune(c)
	}
	p.at += 4
	return r
}
