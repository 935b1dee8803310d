package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgxReadWrite refuses a standby, and a server that would answer "done" before the write is safe (security.md #78, #79).
func pgxReadWrite(ctx context.Context, conn *pgconn.PgConn) error {
	if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, conn); err != nil {
		return err
	}
	result := conn.ExecParams(ctx, "SHOW synchronous_commit", nil, nil, nil, nil).Read()
	if result.Err != nil {
		return fmt.Errorf("reading synchronous_commit: %w", result.Err)
	}
	if len(result.Rows) == 1 && string(result.Rows[0][0]) == "off" {
		return errors.New("synchronous_commit is off: a write could be lost after it was answered")
	}
	return nil
}
