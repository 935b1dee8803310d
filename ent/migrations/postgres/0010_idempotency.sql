-- +goose Up
CREATE TABLE "idempotency_keys" ("id" character varying NOT NULL, "viewer" character varying NOT NULL, "fingerprint" bytea NOT NULL, "holder" character varying NOT NULL, "claimed_at" timestamptz NOT NULL, "expires_at" timestamptz NOT NULL, "done" boolean NOT NULL DEFAULT false, "ended" boolean NOT NULL DEFAULT false, "answer" bytea NULL, PRIMARY KEY ("id"));
CREATE INDEX "idempotencykey_expires_at" ON "idempotency_keys" ("expires_at");
CREATE INDEX "idempotencykey_viewer_expires_at" ON "idempotency_keys" ("viewer", "expires_at") WHERE (answer IS NOT NULL);
