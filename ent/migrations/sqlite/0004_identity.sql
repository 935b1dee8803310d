-- +goose Up
-- Added, not rebuilt: triggers keep the search index of users.
-- modify "one_time_tokens" table
ALTER TABLE `one_time_tokens` ADD COLUMN `subject` text NOT NULL DEFAULT ('');
-- modify "roles" table
ALTER TABLE `roles` ADD COLUMN `require_two_factor` bool NOT NULL DEFAULT (false);
-- modify "users" table
ALTER TABLE `users` ADD COLUMN `time_zone` text NOT NULL DEFAULT ('');
ALTER TABLE `users` ADD COLUMN `once_proven` bool NOT NULL DEFAULT (false);
-- create "backup_codes" table
CREATE TABLE `backup_codes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `salt` blob NOT NULL, `hash` blob NOT NULL, `created_at` datetime NOT NULL, `used_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `backup_codes_users_backup_codes` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "backupcode_user_id_hash" to table: "backup_codes"
CREATE UNIQUE INDEX `backupcode_user_id_hash` ON `backup_codes` (`user_id`, `hash`);
-- create "passkeys" table
CREATE TABLE `passkeys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `credential_id` blob NOT NULL, `handle` blob NOT NULL, `credential` blob NOT NULL, `created_at` datetime NOT NULL, `last_used_at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `passkeys_users_passkeys` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "passkeys_credential_id_key" to table: "passkeys"
CREATE UNIQUE INDEX `passkeys_credential_id_key` ON `passkeys` (`credential_id`);
-- create index "passkey_user_id_id" to table: "passkeys"
CREATE INDEX `passkey_user_id_id` ON `passkeys` (`user_id`, `id`);
-- create "passkey_ceremonies" table
CREATE TABLE `passkey_ceremonies` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `secret_hash` blob NOT NULL, `purpose` text NOT NULL, `user_id` integer NOT NULL DEFAULT (0), `state` blob NOT NULL, `expires_at` datetime NOT NULL);
-- create index "passkey_ceremonies_secret_hash_key" to table: "passkey_ceremonies"
CREATE UNIQUE INDEX `passkey_ceremonies_secret_hash_key` ON `passkey_ceremonies` (`secret_hash`);
-- create index "passkeyceremony_expires_at" to table: "passkey_ceremonies"
CREATE INDEX `passkeyceremony_expires_at` ON `passkey_ceremonies` (`expires_at`);
-- create "trusted_devices" table
CREATE TABLE `trusted_devices` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `secret_hash` blob NOT NULL, `credential_version` integer NOT NULL, `address` text NOT NULL DEFAULT (''), `device` text NOT NULL DEFAULT (''), `created_at` datetime NOT NULL, `last_used_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `trusted_devices_users_trusted_devices` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "trusted_devices_secret_hash_key" to table: "trusted_devices"
CREATE UNIQUE INDEX `trusted_devices_secret_hash_key` ON `trusted_devices` (`secret_hash`);
-- create index "trusteddevice_user_id_id" to table: "trusted_devices"
CREATE INDEX `trusteddevice_user_id_id` ON `trusted_devices` (`user_id`, `id`);
-- create index "trusteddevice_expires_at" to table: "trusted_devices"
CREATE INDEX `trusteddevice_expires_at` ON `trusted_devices` (`expires_at`);
