package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"roster/ent/gid"
	"roster/internal/db"
	"roster/internal/secret"
)

// The statements that a list of users costs Roster, word for word; a test compares.
const (
	sessionStatement = `SELECT s.id, s.stage, s.remember, s.credential_version, s.created_at, s.seen_at, s.expires_at, s.sudo_at, s.account_id,
	u.id, u.credential_version, u.state, u.language, r.permissions, u.two_factor_enabled, u.created_at, r.require_two_factor,
	EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.owner),
	(SELECT value FROM settings WHERE id = 'twoFactor')
FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN roles r ON r.id = u.role_id
WHERE s.secret_hash = $1`
	listStatement = `SELECT "users"."id", "users"."first_name", "users"."last_name", "users"."email", "users"."email_verified", "users"."language", "users"."state", "users"."two_factor_enabled", "users"."security_question_set", "users"."last_login_at", "users"."created_at", "users"."updated_at", "users"."version", "users"."role_id" FROM "users" ORDER BY "users"."id" ASC LIMIT 51`
)

// bare is the least that could answer a list: net/http, database/sql, encoding/json, no GraphQL and no ent.
type bare struct{ db *sql.DB }

// serveBare runs the bare handler until it is stopped: `bench bare --db … --listen …`.
func serveBare(args []string) error {
	flags := flag.NewFlagSet("bare", flag.ExitOnError)
	source := flags.String("db", "", "the database")
	listen := flags.String("listen", "127.0.0.1:0", "the address")
	_ = flags.String("key-file", "", "not used") // the processes of a benchmark get the same flags
	if err := flags.Parse(args); err != nil {
		return err
	}
	d, err := db.Open(context.Background(), *source)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /list", bare{d.Reader()})
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	server := &http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: time.Second}
	return server.ListenAndServe()
}

// The answer, in the form of the API's.
type (
	answer struct {
		Data data `json:"data"`
	}
	data struct {
		Users page `json:"users"`
	}
	page struct {
		Nodes    []row    `json:"nodes"`
		PageInfo pageInfo `json:"pageInfo"`
	}
	pageInfo struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	}
	row struct {
		ID                  string     `json:"id"`
		Number              int        `json:"number"`
		Name                string     `json:"name"`
		Email               string     `json:"email"`
		TwoFactorEnabled    bool       `json:"twoFactorEnabled"`
		SecurityQuestionSet bool       `json:"securityQuestionSet"`
		LastLoginAt         *time.Time `json:"lastLoginAt"`
	}
)

func (b bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Query string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, "bad", http.StatusBadRequest)
		return
	}
	ok, err := b.session(r)
	if err != nil || !ok {
		http.Error(w, fmt.Sprint("no session: ", err), http.StatusUnauthorized)
		return
	}
	rows, err := b.list(r.Context())
	if err != nil || len(rows) == 0 {
		http.Error(w, fmt.Sprint("no users: ", err), http.StatusInternalServerError)
		return
	}
	shown := rows[:min(50, len(rows))]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer{data{page{shown, pageInfo{len(rows) > 50, cursor(shown[len(shown)-1])}}}})
}

func cursor(r row) string {
	return base64.RawURLEncoding.EncodeToString([]byte("i\x1f" + strconv.FormatInt(int64(r.Number), 36) + "\x1f"))
}

func (b bare) session(r *http.Request) (bool, error) {
	cookie, err := r.Cookie("__Host-roster")
	if err != nil {
		return false, err
	}
	hash, ok := secret.Hash(secret.Session, cookie.Value)
	if !ok {
		return false, errors.New("not a session")
	}
	var id, version, user, userVersion int
	var stage, state, language string
	var remember, enabled, owner bool
	var asks sql.NullBool
	var account sql.NullInt64
	var created, seen, expires, sudo, came time.Time
	var permissions, rule []byte
	err = b.db.QueryRowContext(r.Context(), sessionStatement, hash).Scan(&id, &stage, &remember, &version,
		&created, &seen, &expires, &sudo, &account, &user, &userVersion, &state, &language, &permissions,
		&enabled, &came, &asks, &owner, &rule)
	var held []string
	if err == nil {
		err = json.Unmarshal(permissions, &held)
	}
	return stage == "OPEN" && state == "ACTIVE" && version == userVersion && len(held) > 0, err
}

func (b bare) list(ctx context.Context) ([]row, error) {
	found, err := b.db.QueryContext(ctx, listStatement)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []row
	for found.Next() {
		var r row
		var first, last, language, state string
		var verified bool
		var login, created, updated time.Time
		var version int
		var role sql.NullInt64
		err := found.Scan(&r.Number, &first, &last, &r.Email, &verified, &language, &state, &r.TwoFactorEnabled,
			&r.SecurityQuestionSet, &login, &created, &updated, &version, &role)
		if err != nil {
			return nil, err
		}
		r.ID, r.Name = gid.Encode(gid.User, r.Number), first
		if last != "" {
			r.Name += " " + last
		}
		if !login.IsZero() {
			login = login.UTC()
			r.LastLoginAt = &login
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}
