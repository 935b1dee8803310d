-- +goose Up
-- create index "sign_in_succeeded" to table: "sign_ins"
CREATE INDEX `sign_in_succeeded` ON `sign_ins` (`user_id`, `at`) WHERE outcome = 'SIGNED_IN';
