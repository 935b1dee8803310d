-- +goose Up
-- Nothing looks for counts by their age, and each sign-in wrote the entry several times.
DROP INDEX `throttle_since`;
