-- +goose Up
-- Words anywhere in name or address: an external-content trigram index, kept by triggers.
CREATE VIRTUAL TABLE users_search USING fts5(search_text, content='users', content_rowid='id', tokenize='trigram', detail='none');
-- +goose StatementBegin
CREATE TRIGGER users_search_insert AFTER INSERT ON users BEGIN
  INSERT INTO users_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_delete AFTER DELETE ON users BEGIN
  INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_search_update AFTER UPDATE OF search_text ON users WHEN old.search_text IS NOT new.search_text BEGIN
  INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
  INSERT INTO users_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
-- +goose StatementEnd
