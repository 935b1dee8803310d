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
-- +goose StatementBegin
-- REPLACE removes a row without asking the trigger above.
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = new.id) BEGIN
  SELECT RAISE(ABORT, 'audit entries are never replaced');
END;
-- +goose StatementEnd
-- +goose StatementBegin
-- REPLACE removes a row without asking the trigger above.
CREATE TRIGGER audit_details_no_replace BEFORE INSERT ON audit_details WHEN EXISTS (SELECT 1 FROM audit_details WHERE id = new.id OR entry_id = new.entry_id) BEGIN
  SELECT RAISE(ABORT, 'audit details are never replaced');
END;
-- +goose StatementEnd
