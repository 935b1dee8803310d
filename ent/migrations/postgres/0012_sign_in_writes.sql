-- +goose Up
-- The words of names and addresses move to tables of their own, as on SQLite. Whoever signs in changes a row of users, and
-- PostgreSQL then writes all index entries of that row anew: those of the words cost more than all the others together.
DROP INDEX IF EXISTS user_search_text, account_search_text;
CREATE TABLE users_search (id bigint PRIMARY KEY, search_text character varying NOT NULL);
INSERT INTO users_search SELECT id, search_text FROM users;
-- +goose StatementBegin
CREATE FUNCTION users_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO users_search SELECT id, search_text FROM written;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION users_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE users_search SET search_text = new.search_text WHERE id = new.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION users_search_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM users_search WHERE id = old.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- Many rows come with one statement.
CREATE TRIGGER users_search_insert AFTER INSERT ON users REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION users_search_insert();
CREATE TRIGGER users_search_update AFTER UPDATE OF search_text ON users
  FOR EACH ROW WHEN (old.search_text IS DISTINCT FROM new.search_text) EXECUTE FUNCTION users_search_update();
CREATE TRIGGER users_search_delete AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_search_delete();
CREATE TABLE accounts_search (id bigint PRIMARY KEY, search_text character varying NOT NULL);
INSERT INTO accounts_search SELECT id, search_text FROM accounts;
-- +goose StatementBegin
CREATE FUNCTION accounts_search_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO accounts_search SELECT id, search_text FROM written;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION accounts_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE accounts_search SET search_text = new.search_text WHERE id = new.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION accounts_search_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM accounts_search WHERE id = old.id;
  RETURN NULL;
END
$$;
-- +goose StatementEnd
-- Many rows come with one statement.
CREATE TRIGGER accounts_search_insert AFTER INSERT ON accounts REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION accounts_search_insert();
CREATE TRIGGER accounts_search_update AFTER UPDATE OF search_text ON accounts
  FOR EACH ROW WHEN (old.search_text IS DISTINCT FROM new.search_text) EXECUTE FUNCTION accounts_search_update();
CREATE TRIGGER accounts_search_delete AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION accounts_search_delete();
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
