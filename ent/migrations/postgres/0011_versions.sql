-- +goose Up
ALTER TABLE "permission_templates" ADD COLUMN "version" bigint NOT NULL DEFAULT 1;
ALTER TABLE "security_questions" ADD COLUMN "version" bigint NOT NULL DEFAULT 1;
