package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"roster/internal/imports"
	"roster/internal/secret"
)

type importCmd struct {
	CSV importCSVCmd `cmd:"" name:"csv" help:"Take users, accounts and memberships over from a CSV file: all of it or nothing."`
}

type importCSVCmd struct {
	store
	File    string `arg:"" help:"The file, in UTF-8. Its first line names the columns email, first_name, last_name, language, account_name, account_email, account_status, owner, permissions, last_login and password_hash."`
	DryRun  bool   `help:"Report what would happen, and change nothing."`
	SkipBad bool   `help:"Leave lines with faults out, instead of importing nothing."`
	JSON    bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports and prints the report. It fails when there are faults, unless they were to be skipped.
func (c *importCSVCmd) Run(ctx context.Context) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil {
		return err
	} else if info.IsDir() {
		return fmt.Errorf("%s is a folder, not a file", c.File)
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	importer := &imports.Service{DB: d.DB, Now: time.Now, Passwords: secret.NewHasher()}
	report, err := importer.CSV(ctx, file, imports.Options{Name: filepath.Base(c.File), DryRun: c.DryRun, SkipBad: c.SkipBad})
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		_, err = fmt.Print(report.Print())
	}
	if err == nil && len(report.Faults) > 0 && !c.SkipBad {
		err = errors.New("the file has faults")
	}
	return err
}
