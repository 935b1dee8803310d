-- +goose Up
CREATE TABLE "budgets" ("id" character varying NOT NULL, "full_at" bigint NOT NULL, PRIMARY KEY ("id"));
