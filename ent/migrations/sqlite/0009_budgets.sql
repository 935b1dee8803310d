-- +goose Up
CREATE TABLE `budgets` (`id` text NOT NULL, `full_at` integer NOT NULL, PRIMARY KEY (`id`));
