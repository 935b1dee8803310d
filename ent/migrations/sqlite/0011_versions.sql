-- +goose Up
ALTER TABLE `permission_templates` ADD COLUMN `version` integer NOT NULL DEFAULT (1);
ALTER TABLE `security_questions` ADD COLUMN `version` integer NOT NULL DEFAULT (1);
