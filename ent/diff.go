//go:build ignore

// Diff writes the versioned SQL that leads from ent/migrations to ent/schema, one file per dialect:
//
//	go run ./ent/diff.go NAME postgres://…/empty
//
// The PostgreSQL database must be empty; SQLite needs none. Read what it writes before you commit it: a new NOT NULL
// column needs a backfill, and what the schema can't say (triggers, search, collations) is added by hand.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"roster/ent/generated/migrate"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run ./ent/diff.go NAME postgres://…/empty")
	}
	sql.Register("sqlite3", &sqlite.Driver{})
	sql.Register("postgres", stdlib.GetDefaultDriver())
	write(dialect.SQLite, "sqlite://dev?mode=memory&_pragma=foreign_keys(1)", "sqlite")
	write(dialect.Postgres, os.Args[2], "postgres")
}

func write(name, devURL, folder string) {
	path := "ent/migrations/" + folder
	dir, err := sqltool.NewGooseDir(path)
	if err != nil {
		log.Fatal(err)
	}
	// The library wants a checksum file beside the migrations; we keep none, since git knows when one changed.
	sum, err := dir.Checksum()
	if err != nil {
		log.Fatal(err)
	}
	if err := atlas.WriteSumFile(dir, sum); err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.Remove(path + "/" + atlas.HashFileName) }()
	err = migrate.NamedDiff(context.Background(), devURL, os.Args[1],
		schema.WithDir(dir),
		schema.WithMigrationMode(schema.ModeReplay),
		schema.WithDialect(name),
		schema.WithFormatter(sqltool.GooseFormatter),
		schema.WithDropColumn(true),
		schema.WithDropIndex(true),
	)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
}
