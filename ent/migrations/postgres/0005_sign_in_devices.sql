-- +goose Up
-- create index "signin_user_id_outcome_at" to table: "sign_ins"
CREATE INDEX "signin_user_id_outcome_at" ON "sign_ins" ("user_id", "outcome", "at");
