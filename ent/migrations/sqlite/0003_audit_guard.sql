-- +goose Up
-- An audit entry is never changed or removed (security.md #67).
-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'audit entries are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'audit entries are never removed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_details_no_update BEFORE UPDATE ON audit_details BEGIN
  SELECT RAISE(ABORT, 'audit details are never changed');
END;
-- +goose StatementEnd
