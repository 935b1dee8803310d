-- +goose Up
-- create "api_tokens" table
CREATE TABLE `api_tokens` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `hash` blob NOT NULL, `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `last_used_at` datetime NOT NULL, `revoked_at` datetime NULL, `role_id` integer NOT NULL, CONSTRAINT `api_tokens_roles_api_tokens` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE CASCADE);
-- create index "api_tokens_hash_key" to table: "api_tokens"
CREATE UNIQUE INDEX `api_tokens_hash_key` ON `api_tokens` (`hash`);
-- create index "apitoken_role_id" to table: "api_tokens"
CREATE INDEX `apitoken_role_id` ON `api_tokens` (`role_id`);
-- create "accounts" table
CREATE TABLE `accounts` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `name_key` text NOT NULL, `email` text NOT NULL, `email_key` text NOT NULL, `status` text NOT NULL DEFAULT ('ACTIVE'), `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL DEFAULT (1));
-- create index "account_name_key_id" to table: "accounts"
CREATE INDEX `account_name_key_id` ON `accounts` (`name_key`, `id`);
-- create index "account_email_key_id" to table: "accounts"
CREATE INDEX `account_email_key_id` ON `accounts` (`email_key`, `id`);
-- create index "account_status_id" to table: "accounts"
CREATE INDEX `account_status_id` ON `accounts` (`status`, `id`);
-- create index "account_created_at_id" to table: "accounts"
CREATE INDEX `account_created_at_id` ON `accounts` (`created_at`, `id`);
-- create "audit_details" table
CREATE TABLE `audit_details` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `salt` blob NOT NULL, `detail` blob NOT NULL, `entry_id` integer NOT NULL, CONSTRAINT `audit_details_audit_entries_detail` FOREIGN KEY (`entry_id`) REFERENCES `audit_entries` (`id`) ON DELETE NO ACTION);
-- create index "audit_details_entry_id_key" to table: "audit_details"
CREATE UNIQUE INDEX `audit_details_entry_id_key` ON `audit_details` (`entry_id`);
-- create "audit_entries" table
CREATE TABLE `audit_entries` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `action` text NOT NULL, `outcome` text NOT NULL, `actor_kind` text NOT NULL, `actor_id` integer NOT NULL DEFAULT (0), `actor_name` text NOT NULL DEFAULT (''), `token_id` integer NOT NULL DEFAULT (0), `session_id` integer NOT NULL DEFAULT (0), `target_kind` text NOT NULL DEFAULT (''), `target_id` integer NOT NULL DEFAULT (0), `request_id` text NOT NULL DEFAULT (''), `detail_hash` blob NULL);
-- create index "auditentry_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_at_id` ON `audit_entries` (`at`, `id`);
-- create index "auditentry_target_kind_target_id_id" to table: "audit_entries"
CREATE INDEX `auditentry_target_kind_target_id_id` ON `audit_entries` (`target_kind`, `target_id`, `id`);
-- create index "auditentry_actor_id_id" to table: "audit_entries"
CREATE INDEX `auditentry_actor_id_id` ON `audit_entries` (`actor_id`, `id`);
-- create "factors" table
CREATE TABLE `factors` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `sealed_seed` blob NOT NULL, `last_step` integer NOT NULL DEFAULT (0), `created_at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `factors_users_factors` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "factor_user_id_kind" to table: "factors"
CREATE UNIQUE INDEX `factor_user_id_kind` ON `factors` (`user_id`, `kind`);
-- create "mails" table
CREATE TABLE `mails` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `recipient` text NOT NULL, `user_id` integer NULL, `language` text NOT NULL DEFAULT ('en'), `params` json NULL, `sealed_nonce` blob NULL, `token_id` integer NULL, `state` text NOT NULL DEFAULT ('QUEUED'), `attempts` integer NOT NULL DEFAULT (0), `last_error` text NOT NULL DEFAULT (''), `message_id` text NOT NULL, `created_at` datetime NOT NULL, `sent_at` datetime NULL);
-- create index "mails_message_id_key" to table: "mails"
CREATE UNIQUE INDEX `mails_message_id_key` ON `mails` (`message_id`);
-- create index "mail_user_id_id" to table: "mails"
CREATE INDEX `mail_user_id_id` ON `mails` (`user_id`, `id`);
-- create index "mail_state_id" to table: "mails"
CREATE INDEX `mail_state_id` ON `mails` (`state`, `id`);
-- create index "mail_created_at_id" to table: "mails"
CREATE INDEX `mail_created_at_id` ON `mails` (`created_at`, `id`);
-- create "memberships" table
CREATE TABLE `memberships` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `owner` bool NOT NULL DEFAULT (false), `permissions` json NOT NULL, `last_seen_at` datetime NOT NULL, `since` datetime NOT NULL, `account_id` integer NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `memberships_accounts_memberships` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`) ON DELETE CASCADE, CONSTRAINT `memberships_users_memberships` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE RESTRICT);
-- create index "membership_user_id_account_id" to table: "memberships"
CREATE UNIQUE INDEX `membership_user_id_account_id` ON `memberships` (`user_id`, `account_id`);
-- create index "membership_account_id_id" to table: "memberships"
CREATE INDEX `membership_account_id_id` ON `memberships` (`account_id`, `id`);
-- create index "membership_one_owner" to table: "memberships"
CREATE UNIQUE INDEX `membership_one_owner` ON `memberships` (`account_id`) WHERE owner;
-- create "one_time_tokens" table
CREATE TABLE `one_time_tokens` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` blob NOT NULL, `purpose` text NOT NULL, `user_id` integer NULL, `address_key` text NOT NULL DEFAULT (''), `credential_version` integer NOT NULL DEFAULT (0), `lifetime` integer NOT NULL, `wrong_answers` integer NOT NULL DEFAULT (0), `created_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL);
-- create index "one_time_tokens_hash_key" to table: "one_time_tokens"
CREATE UNIQUE INDEX `one_time_tokens_hash_key` ON `one_time_tokens` (`hash`);
-- create index "onetimetoken_user_id_purpose" to table: "one_time_tokens"
CREATE INDEX `onetimetoken_user_id_purpose` ON `one_time_tokens` (`user_id`, `purpose`);
-- create index "onetimetoken_expires_at" to table: "one_time_tokens"
CREATE INDEX `onetimetoken_expires_at` ON `one_time_tokens` (`expires_at`);
-- create "passwords" table
CREATE TABLE `passwords` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` text NOT NULL, `wrapped` bool NOT NULL DEFAULT (false), `changed_at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `passwords_users_password` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "passwords_user_id_key" to table: "passwords"
CREATE UNIQUE INDEX `passwords_user_id_key` ON `passwords` (`user_id`);
-- create index "password_wrapped" to table: "passwords"
CREATE INDEX `password_wrapped` ON `passwords` (`hash`) WHERE wrapped;
-- create "roles" table
CREATE TABLE `roles` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `built_in` bool NOT NULL DEFAULT (false), `permissions` json NOT NULL);
-- create index "roles_name_key" to table: "roles"
CREATE UNIQUE INDEX `roles_name_key` ON `roles` (`name`);
-- create "security_answers" table
CREATE TABLE `security_answers` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `hash` text NOT NULL, `set_at` datetime NOT NULL, `question_id` integer NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `security_answers_security_questions_answers` FOREIGN KEY (`question_id`) REFERENCES `security_questions` (`id`) ON DELETE RESTRICT, CONSTRAINT `security_answers_users_answer` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "security_answers_user_id_key" to table: "security_answers"
CREATE UNIQUE INDEX `security_answers_user_id_key` ON `security_answers` (`user_id`);
-- create index "securityanswer_question_id" to table: "security_answers"
CREATE INDEX `securityanswer_question_id` ON `security_answers` (`question_id`);
-- create "security_questions" table
CREATE TABLE `security_questions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `texts` json NOT NULL, `position` integer NOT NULL DEFAULT (0), `retired` bool NOT NULL DEFAULT (false));
-- create "sessions" table
CREATE TABLE `sessions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `secret_hash` blob NOT NULL, `stage` text NOT NULL, `remember` bool NOT NULL DEFAULT (false), `credential_version` integer NOT NULL, `tries` integer NOT NULL DEFAULT (0), `created_at` datetime NOT NULL, `seen_at` datetime NOT NULL, `expires_at` datetime NOT NULL, `sudo_at` datetime NOT NULL, `address` text NOT NULL DEFAULT (''), `device` text NOT NULL DEFAULT (''), `user_id` integer NOT NULL, CONSTRAINT `sessions_users_sessions` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "sessions_secret_hash_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_secret_hash_key` ON `sessions` (`secret_hash`);
-- create index "session_user_id_id" to table: "sessions"
CREATE INDEX `session_user_id_id` ON `sessions` (`user_id`, `id`);
-- create index "session_expires_at" to table: "sessions"
CREATE INDEX `session_expires_at` ON `sessions` (`expires_at`);
-- create "settings" table
CREATE TABLE `settings` (`id` text NOT NULL, `value` text NOT NULL, PRIMARY KEY (`id`));
-- create "sign_ins" table
CREATE TABLE `sign_ins` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `at` datetime NOT NULL, `outcome` text NOT NULL, `address` text NOT NULL DEFAULT (''), `device` text NOT NULL DEFAULT (''), `user_id` integer NOT NULL, CONSTRAINT `sign_ins_users_sign_ins` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "signin_user_id_id" to table: "sign_ins"
CREATE INDEX `signin_user_id_id` ON `sign_ins` (`user_id`, `id`);
-- create index "signin_at" to table: "sign_ins"
CREATE INDEX `signin_at` ON `sign_ins` (`at`);
-- create "throttles" table
CREATE TABLE `throttles` (`id` text NOT NULL, `tries` integer NOT NULL DEFAULT (0), `since` datetime NOT NULL, `until` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "throttle_since" to table: "throttles"
CREATE INDEX `throttle_since` ON `throttles` (`since`);
-- create "users" table
CREATE TABLE `users` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `first_name` text NOT NULL, `last_name` text NOT NULL DEFAULT (''), `name_key` text NOT NULL, `last_key` text NOT NULL, `email` text NOT NULL, `email_key` text NOT NULL, `search_text` text NOT NULL, `email_verified` bool NOT NULL DEFAULT (false), `language` text NOT NULL DEFAULT ('en'), `state` text NOT NULL DEFAULT ('ACTIVE'), `two_factor_enabled` bool NOT NULL DEFAULT (false), `security_question_set` bool NOT NULL DEFAULT (false), `last_login_at` datetime NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `version` integer NOT NULL DEFAULT (1), `credential_version` integer NOT NULL DEFAULT (1), `role_id` integer NULL, CONSTRAINT `users_roles_users` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON DELETE RESTRICT);
-- create index "users_email_key_key" to table: "users"
CREATE UNIQUE INDEX `users_email_key_key` ON `users` (`email_key`);
-- create index "user_name_key_id" to table: "users"
CREATE INDEX `user_name_key_id` ON `users` (`name_key`, `id`);
-- create index "user_last_key_id" to table: "users"
CREATE INDEX `user_last_key_id` ON `users` (`last_key`, `id`);
-- create index "user_language_id" to table: "users"
CREATE INDEX `user_language_id` ON `users` (`language`, `id`);
-- create index "user_state_id" to table: "users"
CREATE INDEX `user_state_id` ON `users` (`state`, `id`);
-- create index "user_email_verified_id" to table: "users"
CREATE INDEX `user_email_verified_id` ON `users` (`email_verified`, `id`);
-- create index "user_two_factor_enabled_id" to table: "users"
CREATE INDEX `user_two_factor_enabled_id` ON `users` (`two_factor_enabled`, `id`);
-- create index "user_security_question_set_id" to table: "users"
CREATE INDEX `user_security_question_set_id` ON `users` (`security_question_set`, `id`);
-- create index "user_last_login_at_id" to table: "users"
CREATE INDEX `user_last_login_at_id` ON `users` (`last_login_at`, `id`);
-- create index "user_created_at_id" to table: "users"
CREATE INDEX `user_created_at_id` ON `users` (`created_at`, `id`);
-- create index "user_role_id" to table: "users"
CREATE INDEX `user_role_id` ON `users` (`role_id`);

