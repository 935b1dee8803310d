package transport

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

var texts = []string{
	`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `-1.5e+10`, `1E5`, `""`, `"a"`, `"\u00e9\n\"\\\/\b\f\r\t"`, `"\ud83d\ude00"`,
	`{"a":[1,2,{"b":null}],"c":"é"}`, ` [ 1 , 2 ] `, `{"a":{"a":{"a":1}}}`, `"\u0000"`,
	``, ` `, `{`, `[`, `]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{a:1}`, `'a'`, `01`, `-`, `+1`, `.5`, `1.`, `1e`, `1e+`,
	`0x10`, `NaN`, `tru`, `nul`, `truefalse`, `"a`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\ud800"`, `"\ud800\u0041"`, `"\udc00"`,
	"\"\n\"", "\"\x00\"", "\"\xff\"", "\"\\n\xff\"", "\ufeff{}", `1 2`, `{}{}`, `{"a":1}x`, `[1 2]`, `{"a":1 "b":2}`, "\x00", "{}\x00",
	`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "\v1",
}

// FuzzParse holds the parser to encoding/json: it refuses all that that refuses, and what it takes, both read alike.
func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, refused := parse(text, 32)
		var want any
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		err := dec.Decode(&want)
		valid := err == nil && json.Valid(text)
		switch {
		case refused == nil && !valid:
			t.Fatalf("%q was taken", text)
		case refused == nil && !reflect.DeepEqual(got, want):
			t.Fatalf("%q became %#v, not %#v", text, got, want)
		case refused == broken && valid && utf8.Valid(text) && !bytes.Contains(text, []byte(`\u`)):
			t.Fatalf("%q was refused", text)
		}
	})
}
