-- +goose Up
-- SQLite can't make a column optional: the table is made anew. Nothing refers to it yet.
CREATE TABLE `new_api_tokens` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `hash` blob NOT NULL, `kind` text NOT NULL DEFAULT ('COMMAND_LINE'), `credential_version` integer NOT NULL DEFAULT (0), `permissions` json NULL, `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `last_used_at` datetime NOT NULL, `last_used_address` text NOT NULL DEFAULT (''), `revoked_at` datetime NULL, `revoke_reason` text NOT NULL DEFAULT (''), `role_id` integer NULL, `maker_id` integer NULL, CONSTRAINT `api_tokens_roles_api_tokens` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE, CONSTRAINT `api_tokens_users_api_tokens` FOREIGN KEY (`maker_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
INSERT INTO `new_api_tokens` (`id`, `name`, `hash`, `created_at`, `expires_at`, `last_used_at`, `revoked_at`, `role_id`) SELECT `id`, `name`, `hash`, `created_at`, `expires_at`, `last_used_at`, `revoked_at`, `role_id` FROM `api_tokens`;
DROP TABLE `api_tokens`;
ALTER TABLE `new_api_tokens` RENAME TO `api_tokens`;
CREATE UNIQUE INDEX `api_tokens_hash_key` ON `api_tokens` (`hash`);
CREATE INDEX `apitoken_role_id` ON `api_tokens` (`role_id`);
CREATE INDEX `apitoken_maker_id_id` ON `api_tokens` (`maker_id`, `id`);
CREATE TABLE `token_scopes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `permissions` json NOT NULL, `token_id` integer NOT NULL, `account_id` integer NOT NULL, `membership_id` integer NOT NULL, CONSTRAINT `token_scopes_api_tokens_scopes` FOREIGN KEY (`token_id`) REFERENCES `api_tokens` (`id`) ON DELETE CASCADE, CONSTRAINT `token_scopes_accounts_token_scopes` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`) ON DELETE CASCADE, CONSTRAINT `token_scopes_memberships_token_scopes` FOREIGN KEY (`membership_id`) REFERENCES `memberships` (`id`) ON DELETE CASCADE);
CREATE UNIQUE INDEX `tokenscope_token_id_account_id` ON `token_scopes` (`token_id`, `account_id`);
CREATE INDEX `tokenscope_account_id` ON `token_scopes` (`account_id`);
CREATE INDEX `tokenscope_membership_id` ON `token_scopes` (`membership_id`);
