-- +goose Up
-- The folded columns compare byte by byte, whatever the database's locale: the same order as on SQLite, and a
-- prefix is a range of the index.
ALTER TABLE users
  ALTER COLUMN name_key TYPE character varying COLLATE "C",
  ALTER COLUMN last_key TYPE character varying COLLATE "C",
  ALTER COLUMN email_key TYPE character varying COLLATE "C",
  ALTER COLUMN language TYPE character varying COLLATE "C",
  ALTER COLUMN state TYPE character varying COLLATE "C";
ALTER TABLE accounts
  ALTER COLUMN name_key TYPE character varying COLLATE "C",
  ALTER COLUMN email_key TYPE character varying COLLATE "C";
-- Words anywhere in name or address. Where the extension is missing, the search still answers, by reading all rows;
-- the server says so when it starts.
-- +goose StatementBegin
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX user_search_text ON users USING gin (search_text gin_trgm_ops) WITH (fastupdate = off);
EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported OR undefined_object THEN
  RAISE WARNING 'pg_trgm is not available: searching for words inside names will be slow';
END
$$;
-- +goose StatementEnd
