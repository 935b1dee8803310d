package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	ent "roster/ent/generated"
	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
	"roster/internal/verification"
)

// prover is a user who was asked by an order to prove who they are, and staff who look at it.
func prover(w *world) (eve *ent.User, own, ada *browser) {
	w.t.Helper()
	eve = w.user("Eve", "Moore", "eve@example.com")
	acme := w.account("Acme", eve)
	w.staff("Ada", "ada@example.com", permission.Admins...)
	ada = w.browser().signIn("ada@example.com").confirm()
	ada.must("recordOrder", `mutation($a: ID!) { recordOrder(input: {accountId: $a, number: "1", verificationRequired: true}) { userErrors { field code } } }`,
		map[string]any{"a": acme.GlobalID()})
	return eve, w.browser().signIn("eve@example.com"), ada
}

// do asks a route beside GraphQL's, and returns the answer with its body.
func (b *browser) do(method, path string, content []byte, header map[string]string) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, bytes.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response, string(body)
}

// upload gives a file as the page does, and returns its name; it has to be taken.
func (b *browser) upload(kind string, content []byte) string {
	b.t.Helper()
	response, body := b.do("POST", "/verification-files?kind="+kind, content, nil)
	var made struct{ Name string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || response.StatusCode != 201 || made.Name == "" {
		b.t.Fatalf("%d %s", response.StatusCode, body)
	}
	return made.Name
}

// security.md #71: wrong, huge, polyglot, truncated files and decompression bombs are refused with a status and a reason, and
// nothing of them is left: no row, no byte in the files of the database, no file elsewhere. Where elsewhere is, the
// environment of the whole process says.
func Test71HostileFilesAreRefused(t *testing.T) {
	dbtest.EachAlone(t, func(t *testing.T, d *db.DB) {
		elsewhere := t.TempDir()
		t.Setenv("TMPDIR", elsewhere)
		w := newWorld(t, d)
		_, own, _ := prover(w)
		for name, c := range (forge{t}).corpus() {
			response, body := own.do("POST", "/verification-files?kind=FRONT", c.content, map[string]string{"Content-Type": "image/jpeg"})
			if got := refusalOf(t, body); response.StatusCode != c.status || got != c.reason {
				t.Errorf("%s: %d %s, want %d %s", name, response.StatusCode, body, c.status, c.reason)
			}
		}
		if n := w.count("verification_files") + w.count("file_contents"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if left, err := os.ReadDir(elsewhere); err != nil || len(left) != 0 {
			t.Errorf("left on the disk: %v, %v", left, err)
		}
		if d.Dialect == "postgres" {
			return
		}
		var path string
		if err := d.Reader().QueryRowContext(t.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{path, path + "-wal"} {
			if content, err := os.ReadFile(file); err != nil || bytes.Contains(content, []byte(trace)) { //nolint:gosec // a path that we made
				t.Errorf("%s holds what was refused, or can't be read: %v", file, err)
			}
		}
	})
}

// What people send is taken, and handed out as what it is.
func TestFilesAreTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, _ := prover(w)
		for name, content := range (forge{t}).welcome() {
			file := own.upload("FRONT", content)
			response, body := own.do("GET", "/verification-files/"+file, nil, nil)
			pdf := strings.HasPrefix(name, "a scan")
			if want := map[bool]string{true: "application/pdf", false: "image/jpeg"}[pdf]; response.StatusCode != 200 || response.Header.Get("Content-Type") != want {
				t.Errorf("%s: %d %v", name, response.StatusCode, response.Header)
			}
			if pdf && body != string(content) {
				t.Errorf("%s is not what was sent", name)
			}
			if _, err := jpeg.Decode(strings.NewReader(body)); !pdf && err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := w.count("verification_files"); n != 1 {
			t.Errorf("%d files: each takes the place of the one before", n)
		}
	})
}

// security.md #71: where a picture was taken, by what and when, is not kept.
func Test71NoMetadataAreKept(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	_, own, _ := prover(w)
	const place = "MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00" +
		"\x00\x01\x00\x1d\x00\x02\x00\x00\x00\x18\x00\x00\x00\x2c\x00\x00\x00\x00"
	exif := segment(0xe1, "Exif\x00\x00"+place+trace+"\x00")
	xmp := segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+trace+"</x:xmpmeta>")
	name := own.upload("FRONT", forge{t}.within(exif, xmp, segment(0xed, "Photoshop 3.0\x00"+trace), segment(0xfe, trace), segment(0xe2, "ICC_PROFILE\x00"+trace)))
	_, body := own.do("GET", "/verification-files/"+name, nil, nil)
	for _, kept := range []string{trace, "Exif", "xmpmeta", "Photoshop", "ICC_PROFILE"} {
		if strings.Contains(body, kept) {
			t.Errorf("%s is kept", kept)
		}
	}
}

// Pictures at the bound take less memory than a gigabyte, of what the decoder asks for in all, and one is decoded at a time.
func Test71MemoryIsBounded(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	_, own, _ := prover(w)
	for name, c := range map[string]struct {
		content []byte
		status  int
	}{
		"an empty progressive JPEG of 40 megapixels": {forge{t}.progressive(8000, 5000), 422},
		"a PNG of 40 megapixels":                     {forge{t}.blank(image.NewGray(image.Rect(0, 0, 10, 10)), 8000, 5000, 1), 201},
		"a PNG of 20 megapixels in 64 bits":          {forge{t}.blank(image.NewNRGBA64(image.Rect(0, 0, 10, 10)), 5000, 4000, 8), 201},
		"a PNG of few pixels that goes on":           {forge{t}.endless(), 422},
		"a PNG with a text of 200 MiB":               {forge{t}.inPNG(pngChunk("zTXt", append([]byte("Raw profile type exif\x00\x00"), forge{t}.zeros(200<<20)...))), 201},
		"an empty WebP of 40 megapixels":             {webp(lossless(8000, 5000)), 422},
		"a PDF of 200 MiB":                           {paper("", stream("/Filter/FlateDecode", forge{t}.zeros(200<<20))), 413},
		"a PDF of 120 MiB":                           {paper("", stream("/Filter/FlateDecode", forge{t}.zeros(120<<20))), 201},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		response, body := own.do("POST", "/verification-files?kind=FRONT", c.content, nil)
		runtime.ReadMemStats(&after)
		if response.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, response.StatusCode, body)
		}
		asked := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%s: %d MiB", name, asked)
		if asked >= 1<<10 {
			t.Errorf("%s takes %d MiB", name, asked)
		}
	}
}

// Who may send a file, from where, and what kinds there are (security.md #51).
func Test51UploadsAreGuarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, ada := prover(w)
		photo := forge{t}.jpeg(noise(64, 48))
		for name, c := range map[string]struct {
			by     *browser
			path   string
			header map[string]string
			status int
			code   string
		}{
			"nobody":                    {w.browser(), "?kind=FRONT", nil, 401, "UNAUTHENTICATED"},
			"a token that is none":      {own, "?kind=FRONT", map[string]string{"Authorization": "Bearer nonsense"}, 401, "UNAUTHENTICATED"},
			"who is not asked":          {ada, "?kind=FRONT", nil, 403, "NOT_ALLOWED"},
			"no kind":                   {own, "", nil, 400, "INVALID"},
			"another kind":              {own, "?kind=PASSPORT", nil, 400, "INVALID"},
			"another site":              {own, "?kind=FRONT", map[string]string{"Origin": "https://evil.example"}, 403, "FORBIDDEN"},
			"another site, by metadata": {own, "?kind=FRONT", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, "FORBIDDEN"},
			"no origin":                 {own, "?kind=FRONT", map[string]string{"Origin": "null"}, 403, "FORBIDDEN"},
			"a site that has tokens":    {own, "?kind=FRONT", map[string]string{"Origin": "https://shop.example"}, 401, "UNAUTHENTICATED"},
			"a form":                    {own, "?kind=FRONT", map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, 415, "INVALID"},
			"a form of text":            {own, "?kind=FRONT", map[string]string{"Content-Type": "text/plain"}, 415, "INVALID"},
		} {
			response, body := c.by.do("POST", "/verification-files"+c.path, photo, c.header)
			if response.StatusCode != c.status || refusalOf(t, body) != c.code {
				t.Errorf("%s: %d %s, want %d %s", name, response.StatusCode, body, c.status, c.code)
			}
		}
		if n := w.count("verification_files"); n != 0 {
			t.Errorf("%d files were taken", n)
		}
	})
}

// security.md #71: a file is handed out as a download in a sandbox, to whom it is for; HEAD and ranges give no more.
func Test71FilesAreHandedOutAsDownloads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, ada := prover(w)
		front := own.upload("FRONT", paper("", ""))
		own.upload("SELFIE", forge{t}.jpeg(noise(64, 48)))
		own.must("submitIdentityVerification", `mutation { submitIdentityVerification { userErrors { field code } } }`, nil)

		response, body := ada.do("GET", "/verification-files/"+front, nil, nil)
		if response.StatusCode != 200 || body != string(paper("", "")) {
			t.Errorf("%d %q", response.StatusCode, body)
		}
		for header, want := range map[string]string{
			"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=" + front + ".pdf",
			"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := response.Header.Get(header); got != want {
				t.Errorf("%s: %q, want %q", header, got, want)
			}
		}
		looks := func() int {
			return w.count("audit_entries WHERE action = 'VERIFICATION_FILE_SEEN' AND outcome = 'DONE'")
		}
		before := looks()
		if response, body := ada.do("HEAD", "/verification-files/"+front, nil, nil); response.StatusCode != 200 || body != "" || looks() != before+1 {
			t.Errorf("HEAD: %d %q, and %d looks on record", response.StatusCode, body, looks())
		}
		if response, body := ada.do("GET", "/verification-files/"+front, nil, map[string]string{"Range": "bytes=0-3"}); response.StatusCode != 200 || len(body) != len(paper("", "")) || looks() != before+2 {
			t.Errorf("a range: %d, %d bytes, and %d looks on record", response.StatusCode, len(body), looks())
		}

		w.user("Bob", "Other", "bob@example.com")
		w.staff("Cem", "cem@example.com", permission.ListUsers, permission.EditUsers)
		for name, c := range map[string]struct {
			by     *browser
			status int
		}{"nobody": {w.browser(), 401}, "the user": {own, 404}, "another user": {w.browser().signIn("bob@example.com"), 404}, "staff without the permission": {w.browser().signIn("cem@example.com"), 404}} {
			for _, method := range []string{"GET", "HEAD"} {
				if response, body := c.by.do(method, "/verification-files/"+front, nil, nil); response.StatusCode != c.status || strings.Contains(body, trace) {
					t.Errorf("%s of %s: %d %q", method, name, response.StatusCode, body)
				}
			}
		}
		for _, path := range []string{"1", eve.GlobalID(), "..%2f..%2froster.db", front + ".pdf", strings.ToLower(front)} {
			if response, _ := ada.do("GET", "/verification-files/"+path, nil, nil); response.StatusCode != 404 {
				t.Errorf("%s: %d", path, response.StatusCode)
			}
		}
		for _, method := range []string{"PUT", "DELETE", "PATCH"} {
			if response, _ := ada.do(method, "/verification-files/"+front, nil, nil); response.StatusCode < 400 || w.count("verification_files") != 2 {
				t.Errorf("%s: %d", method, response.StatusCode)
			}
		}
	})
}

// A page of users costs the same number of statements with their proofs, their steps and files, however many are on it.
func TestStatementsOfProofs(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	w.choose(plenty)
	ada := w.staff("Ada", "ada@example.com", permission.Admins...)
	w.tx(func(ctx context.Context, tx *db.Tx) error {
		for i := range 60 {
			address := fmt.Sprintf("user%d@example.com", i)
			u, err := tx.User.Create().SetFirstName("User").SetNameKey(fmt.Sprintf("user %02d", i)).SetLastKey("").SetSearchText("").
				SetEmail(address).SetEmailKey(address).SetCreatedAt(w.now).SetUpdatedAt(w.now).Save(ctx)
			if err != nil {
				return err
			}
			v, err := tx.Verification.Create().SetUserID(u.ID).SetStatus("SUBMITTED").SetProvider(verification.Manual).SetRequestedAt(w.now).SetSubmittedAt(w.now).Save(ctx)
			if err != nil {
				return err
			}
			for range 3 {
				if err := tx.VerificationStep.Create().SetVerificationID(v.ID).SetAt(w.now).SetStatus("REQUESTED").SetProvider(verification.Manual).
					SetActor("STAFF").SetActorID(ada.ID).Exec(ctx); err != nil {
					return err
				}
			}
			if err := tx.VerificationFile.Create().SetVerificationID(v.ID).SetName(address).SetKind("FRONT").SetSubmitted(true).SetMediaType("image/jpeg").
				SetBytes(1).SetCreatedAt(w.now).SetPurgeAt(w.now.AddDate(0, 0, 1)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	b := w.browser().signIn("ada@example.com")
	for _, page := range []struct {
		list, query string
		most        int
	}{
		// The session; the users; settings and proofs; whether it applies, by orders and accounts; steps with their proofs, and who
		// made them; files with their proofs.
		{"users", `query($n: Int) { users(first: $n) { nodes { identityVerification { status applicable history { byName } files { name } } } } }`, 12},
		// And the users behind the proofs.
		{"identityVerificationQueue", `query($n: Int) { identityVerificationQueue(first: $n) { nodes { status applicable user { name email } files { name } history { byName } } } }`, 12},
	} {
		few := 0
		for _, n := range []int{3, 10, 50} {
			var r reply
			texts := asked.during(func() { r = b.ask(page.query, map[string]any{"n": n}) })
			if nodes := at(r.Data, []string{page.list, "nodes"}); len(nodes) != n || len(r.Errors) > 0 {
				t.Fatalf("%s: %d rows, want %d: %s", page.list, len(nodes), n, r.Body)
			}
			if n == 3 {
				continue // it takes a share of the budget
			}
			if few == 0 {
				few = len(texts)
			}
			if len(texts) != few || len(texts) > page.most {
				t.Errorf("%d of %s take %d statements, want the %d of ten, and %d at most:\n%s", n, page.list, len(texts), few, page.most, strings.Join(texts, "\n"))
			}
		}
	}
}

// What a user may have as a file of their own data: how far they came, and nobody else's name.
func TestOwnDataHoldsTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, ada := prover(w)
		submit := func() {
			own.upload("FRONT", forge{t}.jpeg(noise(64, 48)))
			own.upload("SELFIE", forge{t}.jpeg(noise(64, 48)))
			own.must("submitIdentityVerification", `mutation { submitIdentityVerification { userErrors { field code } } }`, nil)
		}
		submit()
		ada.must("resetIdentityVerification", `mutation($u: ID!) { resetIdentityVerification(input: {userId: $u, reason: "a note for staff"}) { userErrors { code } } }`, map[string]any{"u": eve.GlobalID()})
		ada.must("initiateIdentityVerification", `mutation($u: ID!) { initiateIdentityVerification(input: {userId: $u, reason: "a note for staff too"}) { userErrors { code } } }`, map[string]any{"u": eve.GlobalID()})
		submit()
		ada.must("decideIdentityVerification", `mutation($u: ID!) { decideIdentityVerification(input: {userId: $u, approve: false, reason: "The face is hidden."}) { userErrors { code } } }`,
			map[string]any{"u": eve.GlobalID()})
		_, body := own.confirm().ownData(nil)
		var file struct {
			IdentityVerification *struct {
				Status, Provider, Cause, Reason string
				Steps                           []struct{ Status, By, Reason string }
				Files                           []struct{ Kind, MediaType string }
			}
		}
		if err := json.Unmarshal([]byte(body), &file); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		proof := file.IdentityVerification
		if proof == nil || proof.Status != "REJECTED" || proof.Provider != "MANUAL" || proof.Cause != "OTHER" || proof.Reason != "The face is hidden." {
			t.Fatalf("%+v", proof)
		}
		var steps []string
		for _, s := range proof.Steps {
			steps = append(steps, s.Status+" "+s.By)
		}
		want := []string{"REQUESTED STAFF", "SUBMITTED SELF", "NOT_REQUESTED STAFF", "REQUESTED STAFF", "SUBMITTED SELF", "REJECTED STAFF"}
		if !slices.Equal(steps, want) || len(proof.Files) != 2 || proof.Files[0].Kind != "FRONT" {
			t.Errorf("%q, %+v", steps, proof.Files)
		}
		for _, kept := range []string{"a note for staff", "Ada", "ada@example.com"} {
			if strings.Contains(body, kept) {
				t.Errorf("%q is in it", kept)
			}
		}
		if seen := own.ask(`{ viewer { activity(first: 50) { nodes { action reason } } user { identityVerification { history { reason } } } } }`, nil); len(seen.Errors) > 0 ||
			strings.Contains(seen.Body, "a note for staff") || !strings.Contains(seen.Body, "The face is hidden.") {
			t.Errorf("the user reads %s", seen.Body)
		}
		bob := w.user("Bob", "Other", "bob@example.com")
		if _, body := w.browser().signIn(bob.Email).confirm().ownData(nil); !strings.Contains(body, `"identityVerification": null`) {
			t.Errorf("of who was never asked: %s", body)
		}
	})
}

// An order that needs it asks for nothing where staff switched the feature off: no banner, no mail, no file.
func TestIdentityVerificationIsSwitchedOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.choose(func(s *settings.Settings) { s.Verification.Enabled = false })
		_, own, _ := prover(w)
		if seen := own.must("viewer", `{ viewer { user { identityVerification { status } } } }`, nil); fmt.Sprint(seen) != "map[user:map[identityVerification:<nil>]]" {
			t.Errorf("%v", seen)
		}
		if response, body := own.do("POST", "/verification-files?kind=FRONT", forge{t}.jpeg(noise(64, 48)), nil); response.StatusCode != 403 {
			t.Errorf("%d %s", response.StatusCode, body)
		}
		if n := w.count("mails WHERE kind LIKE 'VERIFICATION_R%'"); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}
