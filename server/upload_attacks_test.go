package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/verification"
)

// A name that no file can have is one that is not there, whatever its bytes are: PostgreSQL takes not all of them for text.
func TestNamesOfFilesThatCannotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, _ := prover(w)
		for _, name := range []string{"%ff", "%00", "a%00b", "%c3%28", strings.Repeat("%ff", 26), strings.Repeat("A", 26), strings.Repeat("A", 5000), "%27%20OR%201=1--"} {
			if response, body := own.do("GET", "/verification-files/"+name, nil, nil); response.StatusCode != 404 || refusalOf(t, body) != "NOT_FOUND" {
				t.Errorf("%.40s: %d %s", name, response.StatusCode, body)
			}
		}
	})
}

// Who submitted files knows their names: asking for them again and again fills the log as little as all that guards refuse.
func TestRefusedLooksDoNotFillTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, _ := prover(w)
		front := own.upload("FRONT", forge{t}.jpeg(noise(64, 48)))
		own.upload("SELFIE", forge{t}.jpeg(noise(64, 48)))
		own.must("submitIdentityVerification", `mutation { submitIdentityVerification { userErrors { field code } } }`, nil)
		for range 70 {
			if response, body := own.do("GET", "/verification-files/"+front, nil, nil); response.StatusCode != 404 {
				t.Fatalf("%d %s", response.StatusCode, body)
			}
		}
		if n := w.count("audit_entries WHERE action = 'VERIFICATION_FILE_SEEN'"); n != 60 {
			t.Errorf("%d entries of 70 refusals", n)
		}
	})
}

// body counts what is read of it.
type body struct {
	bytes.Reader
	read int
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

func (*body) Close() error { return nil }

// deadlines is an answer to a request that no connection brings.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetReadDeadline(time.Time) error  { return nil }
func (deadlines) SetWriteDeadline(time.Time) error { return nil }

// Of a file whose sender may send none, nothing is read, however large they say that it is; and of one that is too large no
// more than what lets its sender hear so.
func Test71WhatIsReadOfAFile(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	eve, _, _ := prover(w)
	person := func(kind viewer.Kind, userID int) *viewer.Viewer {
		return &viewer.Viewer{Kind: kind, UserID: userID, SessionID: userID, Address: netip.MustParseAddr("192.0.2.1")}
	}
	for name, c := range map[string]struct {
		by     *viewer.Viewer
		status int
		most   int
	}{
		"nobody":       {person(viewer.Anonymous, 0), 401, 0},
		"another user": {person(viewer.User, w.user("Bob", "Other", "bob@example.com").ID), 403, 0},
		"the user":     {person(viewer.User, eve.ID), 413, 2 * verification.MostBytes},
	} {
		sent := &body{Reader: *bytes.NewReader(make([]byte, 25<<20))}
		r := httptest.NewRequestWithContext(viewer.With(context.Background(), c.by), http.MethodPost, "/verification-files?kind=FRONT", nil)
		r.Body, r.ContentLength = sent, 25<<20
		answer := httptest.NewRecorder()
		keepFile(w.graph.Identity).ServeHTTP(deadlines{answer}, r)
		if answer.Code != c.status || sent.read > c.most+1 {
			t.Errorf("%s: %d, and %d bytes are read", name, answer.Code, sent.read)
		}
	}
}

// A type that is not well written is refused: browsers find a form's in it, of which another site sends what it likes.
func Test51TypesThatAreNotWellWritten(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	_, own, _ := prover(w)
	photo := forge{t}.jpeg(noise(64, 48))
	for claimed, status := range map[string]int{
		"text/plain; charset=a; charset=b": 415, "text/plain;charset": 415, "multipart/form-data; boundary=": 415, "TEXT/PLAIN": 415, "/": 415,
		"image/jpeg": 201, "application/octet-stream": 201,
	} {
		if response, body := own.do("POST", "/verification-files?kind=FRONT", photo, map[string]string{"Content-Type": claimed}); response.StatusCode != status {
			t.Errorf("%q: %d %s, want %d", claimed, response.StatusCode, body, status)
		}
	}
}

// stalled is an answer whose client takes no byte until it is told to.
type stalled struct {
	*httptest.ResponseRecorder
	began, goOn chan struct{}
}

func (s stalled) Write(p []byte) (int, error) {
	s.began <- struct{}{}
	<-s.goOn
	return s.ResponseRecorder.Write(p)
}

// Whoever takes files slowly holds six of them in our memory, and no more.
func Test71SlowReadersHoldFewFiles(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	eve, own, _ := prover(w)
	name := own.upload("FRONT", paper("", ""))
	ask := func(answer http.ResponseWriter) {
		by := &viewer.Viewer{Kind: viewer.User, UserID: eve.ID, SessionID: 1, Address: netip.MustParseAddr("192.0.2.1")}
		r := httptest.NewRequestWithContext(viewer.With(context.Background(), by), http.MethodGet, "/verification-files/"+name, nil)
		r.SetPathValue("name", name)
		handOutFile(w.graph.Identity).ServeHTTP(answer, r)
	}
	slow := stalled{httptest.NewRecorder(), make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	for range 6 {
		go func() {
			ask(stalled{httptest.NewRecorder(), slow.began, slow.goOn})
			done <- struct{}{}
		}()
		<-slow.began
	}
	seventh := httptest.NewRecorder()
	ask(seventh)
	if seventh.Code != 503 || seventh.Header().Get("Retry-After") == "" {
		t.Errorf("a seventh: %d %s", seventh.Code, seventh.Body)
	}
	close(slow.goOn)
	for range 6 {
		<-done
	}
	again := httptest.NewRecorder()
	if ask(again); again.Code != 200 {
		t.Errorf("afterwards: %d", again.Code)
	}
}

// What staff note beside a result of earlier days is theirs, where it was an approval: also in the file of a user's own data.
func TestOwnDataLeavesOutNotesOfStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, ada := prover(w)
		for approved, note := range map[bool]string{true: "looked strange to us", false: "it was out of date"} {
			ada.must("bringIdentityVerification", `mutation($u: ID!, $a: Boolean!, $r: String!) { bringIdentityVerification(input: {userId: $u, provider: "Elsewhere", approved: $a,
				at: "2020-01-01T00:00:00Z", reason: $r}) { userErrors { field code } } }`, map[string]any{"u": eve.GlobalID(), "a": approved, "r": note})
		}
		if _, file := own.confirm().ownData(nil); strings.Contains(file, "looked strange") || !strings.Contains(file, "it was out of date") {
			t.Errorf("%s", file)
		}
	})
}
