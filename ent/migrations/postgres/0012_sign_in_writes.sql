-- +goose Up
-- Whoever signs in changes a row of users, and PostgreSQL then writes all of its index entries anew: those of the words
-- cost more than all the others together. They wait in a list now, which is short enough to be read along by every
-- search. Without the extension (0002) there is no index.
ALTER INDEX IF EXISTS user_search_text SET (fastupdate = on, gin_pending_list_limit = 256);
