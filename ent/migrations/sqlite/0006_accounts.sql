-- +goose Up
-- Columns are added in place: rebuilding tables of millions of rows would hold everybody up.
ALTER TABLE `accounts` ADD COLUMN `search_text` text NOT NULL DEFAULT ('');
ALTER TABLE `audit_entries` ADD COLUMN `about_user_id` integer NOT NULL DEFAULT (0);
-- create index "auditentry_about_user_id_id" to table: "audit_entries"
CREATE INDEX `auditentry_about_user_id_id` ON `audit_entries` (`about_user_id`, `id`);
ALTER TABLE `mails` ADD COLUMN `account_id` integer NULL;
-- create index "mail_account_id_id" to table: "mails"
CREATE INDEX `mail_account_id_id` ON `mails` (`account_id`, `id`);
-- create index "mail_token_id" to table: "mails"
CREATE INDEX `mail_token_id` ON `mails` (`token_id`);
ALTER TABLE `memberships` ADD COLUMN `ends_at` datetime NULL;
ALTER TABLE `memberships` ADD COLUMN `ownership_offered_at` datetime NULL;
ALTER TABLE `memberships` ADD COLUMN `version` integer NOT NULL DEFAULT (1);
-- create index "membership_one_offer" to table: "memberships"
CREATE UNIQUE INDEX `membership_one_offer` ON `memberships` (`account_id`) WHERE ownership_offered_at IS NOT NULL;
ALTER TABLE `sessions` ADD COLUMN `account_id` integer NULL;
-- create "invitations" table
CREATE TABLE `invitations` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `email` text NOT NULL, `email_key` text NOT NULL, `permissions` json NOT NULL, `membership_ends_at` datetime NULL, `status` text NOT NULL DEFAULT ('PENDING'), `inviter_id` integer NULL, `inviter_token_id` integer NOT NULL DEFAULT (0), `by_staff` bool NOT NULL DEFAULT (false), `token_id` integer NOT NULL DEFAULT (0), `created_at` datetime NOT NULL, `sent_at` datetime NOT NULL, `decided_at` datetime NULL, `accepted_by_id` integer NULL, `account_id` integer NOT NULL, CONSTRAINT `invitations_accounts_invitations` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`) ON DELETE CASCADE);
-- create index "invitation_account_id_status_id" to table: "invitations"
CREATE INDEX `invitation_account_id_status_id` ON `invitations` (`account_id`, `status`, `id`);
-- create index "invitation_one_open" to table: "invitations"
CREATE UNIQUE INDEX `invitation_one_open` ON `invitations` (`account_id`, `email_key`) WHERE decided_at IS NULL;
ALTER TABLE `one_time_tokens` ADD COLUMN `invitation_id` integer NULL CONSTRAINT `one_time_tokens_invitations_tokens` REFERENCES `invitations` (`id`) ON DELETE CASCADE;
-- create index "onetimetoken_invitation_id" to table: "one_time_tokens"
CREATE INDEX `onetimetoken_invitation_id` ON `one_time_tokens` (`invitation_id`);
-- create "orders" table
CREATE TABLE `orders` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `number` text NOT NULL, `placed_by_id` integer NULL, `created_at` datetime NOT NULL, `account_id` integer NOT NULL, CONSTRAINT `orders_accounts_orders` FOREIGN KEY (`account_id`) REFERENCES `accounts` (`id`) ON DELETE CASCADE);
-- create index "order_account_id_id" to table: "orders"
CREATE INDEX `order_account_id_id` ON `orders` (`account_id`, `id`);
-- create index "order_account_id_number" to table: "orders"
CREATE UNIQUE INDEX `order_account_id_number` ON `orders` (`account_id`, `number`);
-- create index "order_placed_by_id" to table: "orders"
CREATE INDEX `order_placed_by_id` ON `orders` (`placed_by_id`);
-- create "permission_templates" table
CREATE TABLE `permission_templates` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `name_key` text NOT NULL, `permissions` json NOT NULL);
-- create index "permission_templates_name_key_key" to table: "permission_templates"
CREATE UNIQUE INDEX `permission_templates_name_key_key` ON `permission_templates` (`name_key`);
-- Templates to begin with; staff change them as they like.
INSERT INTO permission_templates (name, name_key, permissions) VALUES
  ('Accountant', 'accountant', '["INVOICES","QUOTES","EMAILS","ORDERS"]'),
  ('Developer', 'developer', '["PRODUCTS","MANAGE_PRODUCTS","PRODUCT_SSO","DOMAINS","MANAGE_DOMAINS","TICKETS"]'),
  ('Full access', 'full access', '["PROFILE","CONTACTS","PRODUCTS","MANAGE_PRODUCTS","PRODUCT_SSO","DOMAINS","MANAGE_DOMAINS","INVOICES","QUOTES","TICKETS","AFFILIATES","EMAILS","ORDERS","MANAGE_USERS"]');
-- Words anywhere in name or address, as for users.
UPDATE accounts SET search_text = name_key || ' ' || email_key;
CREATE VIRTUAL TABLE accounts_search USING fts5(search_text, content='accounts', content_rowid='id', tokenize='trigram', detail='none');
INSERT INTO accounts_search (accounts_search) VALUES ('rebuild');
-- +goose StatementBegin
CREATE TRIGGER accounts_search_insert AFTER INSERT ON accounts BEGIN
  INSERT INTO accounts_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accounts_search_delete AFTER DELETE ON accounts BEGIN
  INSERT INTO accounts_search (accounts_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER accounts_search_update AFTER UPDATE OF search_text ON accounts WHEN old.search_text IS NOT new.search_text BEGIN
  INSERT INTO accounts_search (accounts_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);
  INSERT INTO accounts_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
-- +goose StatementEnd
