-- +goose Up
CREATE TABLE `idempotency_keys` (`id` text NOT NULL, `viewer` text NOT NULL, `fingerprint` blob NOT NULL, `holder` text NOT NULL, `claimed_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `done` bool NOT NULL DEFAULT (false), `ended` bool NOT NULL DEFAULT (false), `answer` blob NULL, PRIMARY KEY (`id`));
CREATE INDEX `idempotencykey_expires_at` ON `idempotency_keys` (`expires_at`);
CREATE INDEX `idempotencykey_viewer_expires_at` ON `idempotency_keys` (`viewer`, `expires_at`) WHERE answer IS NOT NULL;
