package paging_test

import (
	"testing"
	"time"

	"roster/internal/fault"
	"roster/internal/paging"
)

func ptr[T any](v T) *T { return &v }

func TestRequestsAreChecked(t *testing.T) {
	name := paging.Order{Name: "n", Column: "name_key"}
	seen := paging.Order{Name: "l", Column: "last_login_at", Kind: paging.Time}
	good := name.Cursor("garcía", 7)
	for _, c := range []struct {
		name  string
		order paging.Order
		ask   paging.Request
		ok    bool
	}{
		{"no size", name, paging.Request{}, false},
		{"size 0", name, paging.Request{First: ptr(0)}, false},
		{"size 101", name, paging.Request{First: ptr(101)}, false},
		{"negative size", name, paging.Request{Last: ptr(-1)}, false},
		{"both", name, paging.Request{First: ptr(1), Last: ptr(1)}, false},
		{"after with last", name, paging.Request{Last: ptr(1), After: &good}, false},
		{"before with first", name, paging.Request{First: ptr(1), Before: &good}, false},
		{"the whole page", name, paging.Request{First: ptr(100)}, true},
		{"a cursor", name, paging.Request{First: ptr(5), After: &good}, true},
		{"a cursor backward", name, paging.Request{Last: ptr(5), Before: &good}, true},
		{"a cursor of another order", seen, paging.Request{First: ptr(5), After: &good}, false},
		{"not base64", name, paging.Request{First: ptr(5), After: ptr("%%%")}, false},
		{"empty", name, paging.Request{First: ptr(5), After: ptr("")}, false},
		{"trailing bits", name, paging.Request{First: ptr(5), After: ptr(good + "A")}, false},
		{"a time that is none", seen, paging.Request{First: ptr(5), After: ptr(paging.Order{Name: "l"}.Cursor("x y", 1))}, false},
		{"a time", seen, paging.Request{First: ptr(5), After: ptr(seen.Cursor(time.Time{}, 1))}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.ask.Check(c.order)
			if c.ok && err != nil || !c.ok && !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestCutKnowsBothSides(t *testing.T) {
	order := paging.Order{Name: "i", Column: "id", Kind: paging.Number}
	cursor := order.Cursor(nil, 3)
	forward, err := paging.Request{First: ptr(2), After: &cursor}.Check(order)
	if err != nil {
		t.Fatal(err)
	}
	rows, before, after := paging.Cut(forward, []int{4, 5, 6})
	if len(rows) != 2 || !before || !after {
		t.Errorf("forward: %v %t %t", rows, before, after)
	}
	backward, err := paging.Request{Last: ptr(2)}.Check(order)
	if err != nil {
		t.Fatal(err)
	}
	rows, before, after = paging.Cut(backward, []int{9, 8, 7})
	if len(rows) != 2 || rows[0] != 8 || rows[1] != 9 || !before || after {
		t.Errorf("backward: %v %t %t", rows, before, after)
	}
}
