package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
	"roster/internal/settings"
)

// everyProof is all that there is to be asked about one.
const everyProof = `identityVerification { status applicable provider requestedAt submittedAt decidedAt expiresAt cause reason triesLeft approvedOnce
	version keepDays files { name kind mediaType bytes createdAt purgeAt } history { at status by byName provider cause reason } user { id } }`

// Who has nothing is answered as well as who has everything: no null where none is promised, and no error.
func TestProofsOfWhoHasNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		bob := w.user("Bob", "Other", "bob@example.com")
		empty := w.account("Empty", bob)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		ada, own := w.browser().signIn("ada@example.com").confirm(), w.browser().signIn("bob@example.com")
		seen := func(when string) (proofs []map[string]any) {
			t.Helper()
			for _, r := range []reply{
				ada.ask(`query($u: ID!) { user(id: $u) { `+everyProof+` } }`, map[string]any{"u": bob.GlobalID()}),
				own.ask(`{ viewer { user { `+everyProof+` } } }`, nil),
			} {
				if len(r.Errors) > 0 {
					t.Fatalf("%s: %s", when, r.Body)
				}
				user, _ := r.Data["user"].(map[string]any)
				if user == nil {
					user, _ = r.Data["viewer"].(map[string]any)["user"].(map[string]any)
				}
				proof, _ := user["identityVerification"].(map[string]any)
				proofs = append(proofs, proof)
			}
			return proofs
		}
		same := func(when, want string) {
			t.Helper()
			for i, proof := range seen(when) {
				delete(proof, "user")
				if history, _ := proof["history"].([]any); len(history) == 1 {
					delete(history[0].(map[string]any), "at")
				}
				delete(proof, "requestedAt")
				if text, err := json.Marshal(proof); err != nil || string(text) != want {
					t.Errorf("%s, to %s: %s, %v, want\n%s", when, []string{"staff", "the user"}[i], text, err, want)
				}
			}
		}
		same("never asked", `{"applicable":false,"approvedOnce":false,"cause":null,"decidedAt":null,"expiresAt":null,"files":[],"history":[],`+
			`"keepDays":30,"provider":null,"reason":null,"status":"NOT_REQUESTED","submittedAt":null,"triesLeft":3,"version":0}`)

		const orders = `query($u: ID!, $a: ID!) { user(id: $u) { orders(first: 5) { nodes { id } edges { cursor } totalCount pageInfo { hasNextPage endCursor } } }
			account(id: $a) { orders(first: 5) { nodes { id } edges { cursor } totalCount pageInfo { hasNextPage endCursor } } } }`
		none := `{"orders":{"nodes":[],"edges":[],"totalCount":0,"pageInfo":{"hasNextPage":false,"endCursor":null}}}`
		if r := ada.ask(orders, map[string]any{"u": bob.GlobalID(), "a": empty.GlobalID()}); !strings.Contains(r.Body, `"user":`+none+`,"account":`+none) || len(r.Errors) > 0 {
			t.Errorf("no orders: %s", r.Body)
		}
		const queue = `{ identityVerificationQueue(first: 5) { nodes { version } edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
		waits := `{"identityVerificationQueue":{"nodes":[],"edges":[],"totalCount":0,"pageInfo":{"hasNextPage":false,"hasPreviousPage":false,"startCursor":null,"endCursor":null}}}`
		if r := ada.ask(queue, nil); !strings.Contains(r.Body, waits) || len(r.Errors) > 0 {
			t.Errorf("nothing waits: %s", r.Body)
		}

		// A result of earlier days is a history of who was never asked.
		ada.must("bringIdentityVerification", `mutation($u: ID!) { bringIdentityVerification(input: {userId: $u, provider: "Elsewhere", approved: true, at: "2020-01-01T00:00:00Z"}) {
			userErrors { code } } }`, map[string]any{"u": bob.GlobalID()})
		same("a result of earlier days", `{"applicable":false,"approvedOnce":false,"cause":null,"decidedAt":null,"expiresAt":null,"files":[],`+
			`"history":[{"by":"PROVIDER","byName":null,"cause":null,"provider":"Elsewhere","reason":null,"status":"APPROVED"}],`+
			`"keepDays":30,"provider":null,"reason":null,"status":"NOT_REQUESTED","submittedAt":null,"triesLeft":3,"version":1}`)

		// Asked by an order of staff's, with nothing sent.
		ada.must("recordOrder", `mutation($a: ID!) { recordOrder(input: {accountId: $a, number: "1", verificationRequired: true}) { userErrors { code } } }`,
			map[string]any{"a": empty.GlobalID()})
		for i, proof := range seen("asked") {
			files, sent := proof["files"].([]any)
			history, _ := proof["history"].([]any)
			if proof["status"] != "REQUESTED" || proof["applicable"] != true || proof["provider"] != "MANUAL" || !sent || len(files) != 0 || len(history) != 2 {
				t.Errorf("asked, %d: %v", i, proof)
			}
		}
		if r := own.ask(`mutation { submitIdentityVerification { user { id } userErrors { field code } } }`, nil); r.refusal() != "REQUIRED front" {
			t.Errorf("submitting nothing: %s", r.Body)
		}

		w.choose(func(s *settings.Settings) { s.Verification.Enabled = false })
		for i, proof := range seen("switched off") {
			if proof != nil {
				t.Errorf("switched off, %d: %v", i, proof)
			}
		}
		if r := ada.ask(queue, nil); !strings.Contains(r.Body, waits) || len(r.Errors) > 0 {
			t.Errorf("switched off: %s", r.Body)
		}
	})
}

// Nobody without the permission gets a document, or hears its name: by its URL, by the user, by a node, by a list, with a
// session or with a token; and each look of who has it is on record.
func Test71DocumentsAreForReviewersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		eve, own, ada := prover(w)
		front := own.upload("FRONT", paper("", ""))
		own.upload("SELFIE", forge{t}.jpeg(noise(64, 48)))
		own.must("submitIdentityVerification", `mutation { submitIdentityVerification { userErrors { field code } } }`, nil)
		w.account("Beta", w.user("Bob", "Other", "bob@example.com"))
		var acme string
		if err := d.Reader().QueryRowContext(t.Context(), "SELECT id FROM accounts WHERE name = 'Acme'").Scan(&acme); err != nil {
			t.Fatal(err)
		}
		acme = base64.RawURLEncoding.EncodeToString([]byte("account:" + acme))
		w.belongs(d.Account.Query().FirstX(dbtest.System(t)), w.user("Mel", "Member", "mel@example.com"), permission.Accounts...)
		others := permission.AllAdmin.Without(permission.SetOf(permission.ManageUserVerification)).List()
		w.staff("Cem", "cem@example.com", others...)
		_, blind := tokenOf(ada, map[string]any{"name": "blind", "permissions": []string{"LIST_USERS", "LIST_ACCOUNTS"}})
		_, seeing := tokenOf(ada, map[string]any{"name": "seeing", "permissions": []string{"LIST_USERS", "LIST_ACCOUNTS", "MANAGE_USER_VERIFICATION"}})

		ways := map[string]string{
			"by the user":         `query($u: ID!) { user(id: $u) { identityVerification { files { name } } } }`,
			"by the viewer":       `{ viewer { user { identityVerification { files { name } } } } }`,
			"by the user's node":  `query($u: ID!) { node(id: $u) { ... on User { identityVerification { files { name } } } } }`,
			"by the list":         `{ users(first: 100) { nodes { identityVerification { files { name } } } } }`,
			"by the queue":        `{ identityVerificationQueue(first: 100) { nodes { files { name } } } }`,
			"by an account":       `query($a: ID!) { account(id: $a) { members(first: 100) { nodes { user { identityVerification { files { name } } } } } } }`,
			"by the owner":        `query($a: ID!) { account(id: $a) { owner { identityVerification { files { name } } } } }`,
			"by a decision":       `mutation($u: ID!) { decideIdentityVerification(input: {userId: $u, approve: false, version: 0, reason: "x"}) { present { files { name } } userErrors { code } } }`,
			"by submitting again": `mutation { submitIdentityVerification { user { identityVerification { files { name } } } userErrors { code } } }`,
		}
		for _, kind := range []string{"verification", "Verification", "identityverification", "verificationfile", "file", "filecontent", "verificationstep"} {
			id := base64.RawURLEncoding.EncodeToString([]byte(kind + ":1"))
			ways["by a node of "+kind] = `{ node(id: "` + id + `") { id __typename } }`
		}
		of := map[string]any{"u": eve.GlobalID(), "a": acme}
		looks := func() int {
			return w.count("audit_entries WHERE action = 'VERIFICATION_FILE_SEEN' AND outcome = 'DONE'")
		}
		for name, c := range map[string]struct {
			by     *browser
			status int
			named  bool
		}{
			"nobody":                     {w.browser(), http.StatusUnauthorized, false},
			"another customer":           {w.browser().signIn("bob@example.com"), http.StatusNotFound, false},
			"a member of the account":    {w.browser().signIn("mel@example.com"), http.StatusNotFound, false},
			"the user, once submitted":   {own, http.StatusNotFound, false},
			"staff without it":           {w.browser().signIn("cem@example.com").confirm(), http.StatusNotFound, false},
			"a token without it":         {w.bearer(blind), http.StatusForbidden, false},
			"a token that is none":       {w.bearer(seeing + "x"), http.StatusUnauthorized, false},
			"a token with it":            {w.bearer(seeing), http.StatusForbidden, true}, // that there is one, and not what is in it
			"staff, to show that it can": {ada, http.StatusOK, true},
		} {
			names := 0
			for way, query := range ways {
				r := c.by.ask(query, of)
				if strings.Contains(r.Body, front) {
					names++
				}
				if strings.Contains(r.Body, "INTERNAL") || strings.Contains(way, "node of") && strings.Contains(r.Body, "__typename") {
					t.Errorf("%s, %s: %s", name, way, r.Body)
				}
			}
			if (names > 0) != c.named {
				t.Errorf("%s hears of the file in %d ways", name, names)
			}
			before := looks()
			header := map[string]string{}
			if bearer := c.by.header.Get("Authorization"); bearer != "" {
				header["Authorization"] = bearer
			}
			for _, method := range []string{"GET", "HEAD"} {
				for _, path := range []string{front, front + "?kind=FRONT", "./" + front} {
					response, body := c.by.do(method, "/verification-files/"+path, nil, header)
					if response.StatusCode != c.status || c.status != http.StatusOK && strings.Contains(body, trace) {
						t.Errorf("%s, %s %s: %d %s", name, method, path, response.StatusCode, body)
					}
				}
			}
			if want := map[bool]int{true: 6}[c.status == http.StatusOK]; looks() != before+want {
				t.Errorf("%s: %d looks on record, want %d", name, looks()-before, want)
			}
		}
		if n := w.count("audit_entries WHERE action = 'VERIFICATION_FILE_SEEN' AND outcome = 'NOT_FOUND' AND target_id = $1", eve.ID); n != 4*6 {
			t.Errorf("%d looks that were refused are on record", n)
		}
	})
}

// A file whose length is not said is cut off at the bound all the same, and nothing of it is kept.
func Test71FilesOfNoSaidLength(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, _ := prover(w)
		photo := forge{t}.jpeg(noise(64, 48))
		send := func(behind int64) (status int, body string) {
			t.Helper()
			content := io.MultiReader(bytes.NewReader(photo), io.LimitReader(zeros{}, behind))
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/verification-files?kind=FRONT", content)
			if err != nil {
				t.Fatal(err)
			}
			response, err := own.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return response.StatusCode, string(text)
		}
		if status, body := send(11 << 20); status != http.StatusRequestEntityTooLarge || refusalOf(t, body) != "TOO_LONG" || w.count("verification_files") != 0 {
			t.Errorf("11 MiB: %d %s", status, body)
		}
		if status, body := send(1 << 20); status != http.StatusCreated {
			t.Errorf("1 MiB: %d %s", status, body)
		}
	})
}

// Sixty files an hour are taken of one user, whatever became of them: each is looked into. Others are not held up.
func Test71UploadsAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		_, own, ada := prover(w)
		bob := w.user("Bob", "Other", "bob@example.com")
		ada.must("recordOrder", `mutation($a: ID!) { recordOrder(input: {accountId: $a, number: "1", verificationRequired: true}) { userErrors { code } } }`,
			map[string]any{"a": w.account("Beta", bob).GlobalID()})
		send := func(b *browser) (status int, code, wait string) {
			t.Helper()
			response, body := b.do("POST", "/verification-files?kind=FRONT", []byte("no picture"), nil)
			return response.StatusCode, refusalOf(t, body), response.Header.Get("Retry-After")
		}
		for i := range 60 {
			if status, code, _ := send(own); status != http.StatusUnprocessableEntity || code != "INVALID" {
				t.Fatalf("file %d: %d %s", i+1, status, code)
			}
		}
		if status, code, wait := send(own); status != http.StatusTooManyRequests || code != "RATE_LIMITED" || wait == "" {
			t.Errorf("one more: %d %s, wait %q", status, code, wait)
		}
		if status, code, _ := send(w.browser().signIn("bob@example.com")); code != "INVALID" {
			t.Errorf("another user: %d %s", status, code)
		}
		w.later(time.Hour + time.Second)
		if status, code, _ := send(own.signIn("eve@example.com")); code != "INVALID" {
			t.Errorf("an hour later: %d %s", status, code)
		}
	})
}

// Pages that show no proof of identity ask the database for none: a sign-in, what every page asks first, lists, a user.
func TestPagesWithoutProofsAskForNone(t *testing.T) {
	var asked statements
	w := newWorld(t, dbtest.PostgreSQL(t, db.Trace(&asked)))
	_, own, ada := prover(w)
	about := func(texts []string) (found []string) {
		for _, text := range texts {
			for _, table := range []string{`"verifications"`, `"verification_steps"`, `"verification_files"`, `"file_contents"`} {
				if strings.Contains(text, table) {
					found = append(found, text)
					break
				}
			}
		}
		return found
	}
	for name, act := range map[string]func(){
		"a sign-in": func() { w.browser().signIn("eve@example.com") },
		"what a page needs": func() {
			own.must("viewer", `{ viewer { kind permissions user { name } accounts(first: 10) { nodes { id } } } installation { company } }`, nil)
		},
		"a list of users": func() {
			ada.must("users", `{ users(first: 50, orderBy: {field: LAST_LOGIN, direction: DESC}) { nodes { name email state memberships(first: 3) { nodes { owner } } } totalCount } }`, nil)
		},
		"a user": func() {
			ada.must("user", `{ user(number: 1) { name activity(first: 20) { nodes { action } } role { name } } }`, nil)
		},
		"accounts": func() {
			ada.must("accounts", `{ accounts(first: 20) { nodes { name owner { name } orders(first: 3) { nodes { number } } } } }`, nil)
		},
	} {
		if found := about(asked.during(act)); len(found) > 0 {
			t.Errorf("%s asks %s", name, strings.Join(found, "\n"))
		}
	}
	shown := func() {
		own.must("viewer", `{ viewer { user { identityVerification { status files { name } } } } }`, nil)
	}
	if found := about(asked.during(shown)); len(found) != 2 {
		t.Errorf("what shows one asks %q", found)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
