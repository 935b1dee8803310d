-- +goose Up
-- The words of names and addresses move to tables of their own, as on SQLite. Whoever signs in changes a row of users, and
-- PostgreSQL then writes all index entries of that row anew: those of the words cost more than all the others together.
DROP INDEX IF EXISTS user_search_text, account_search_text;
CREATE TABLE users_search (id bigint PRIMARY KEY, search_text character varying NOT NULL);
CREATE TABLE accounts_search (id bigint PRIMARY KEY, search_text character varying NOT NULL);
INSERT INTO users_search SELECT id, search_text FROM users;
INSERT INTO accounts_search SELECT id, search_text FROM accounts;
-- The words of a table are in the one named after it; one statement may bring many rows.
-- +goose StatementBegin
CREATE FUNCTION search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('INSERT INTO %I SELECT id, search_text FROM written', tg_table_name || '_search');
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('UPDATE %I SET search_text = $1 WHERE id = $2', tg_table_name || '_search') USING new.search_text, new.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION search_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %I WHERE id = $1', tg_table_name || '_search') USING old.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER users_search_insert AFTER INSERT ON users REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION search_insert();
CREATE TRIGGER users_search_update AFTER UPDATE OF search_text ON users
  FOR EACH ROW WHEN (old.search_text IS DISTINCT FROM new.search_text) EXECUTE FUNCTION search_update();
CREATE TRIGGER users_search_delete AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION search_delete();
CREATE TRIGGER accounts_search_insert AFTER INSERT ON accounts REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION search_insert();
CREATE TRIGGER accounts_search_update AFTER UPDATE OF search_text ON accounts
  FOR EACH ROW WHEN (old.search_text IS DISTINCT FROM new.search_text) EXECUTE FUNCTION search_update();
CREATE TRIGGER accounts_search_delete AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION search_delete();
-- +goose StatementBegin
DO $$
BEGIN
  CREATE INDEX users_search_text ON users_search USING gin (search_text gin_trgm_ops) WITH (fastupdate = off);
  CREATE INDEX accounts_search_text ON accounts_search USING gin (search_text gin_trgm_ops) WITH (fastupdate = off);
EXCEPTION WHEN undefined_object THEN
  RAISE WARNING 'pg_trgm is not available: searching for words inside names will be slow';
END
$$;
-- +goose StatementEnd
ANALYZE users_search, accounts_search;
-- Nothing looks for counts by their age, and each sign-in wrote the entry several times.
DROP INDEX "throttle_since";
