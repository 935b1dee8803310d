-- +goose Up
ALTER TABLE `users` ADD COLUMN `self_registered` bool NOT NULL DEFAULT (false);
-- Who registered before this column was there is known by the record of it.
UPDATE users SET self_registered = true WHERE id IN (
    SELECT target_id FROM audit_entries WHERE action = 'REGISTERED' AND outcome = 'DONE' AND target_kind = 'USER');
