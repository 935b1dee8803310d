// Package settings holds what staff choose for the installation. A value that nobody chose has a built-in default.
package settings

import (
	"context"
	"encoding/json"
	"fmt"

	ent "roster/ent/generated"
	"roster/ent/viewer"
)

// Product is the name of what runs here.
const Product = "Roster"

// Settings are the values in force.
type Settings struct {
	// Company is who runs the installation, as people read it in pages and mails.
	Company string
}

// defaults are in force until staff choose otherwise.
func defaults() Settings { return Settings{Company: Product} }

// fields says under which name each value is stored, for ever, as JSON.
func (s *Settings) fields() map[string]any { return map[string]any{"company": &s.Company} }

// Load returns the settings in force, with one statement. Names of a newer version are left alone.
func Load(ctx context.Context, client *ent.Client) (Settings, error) {
	s := defaults()
	rows, err := client.Setting.Query().All(viewer.ForSystem(ctx, "settings"))
	if err != nil {
		return s, fmt.Errorf("loading settings: %w", err)
	}
	fields := s.fields()
	for _, row := range rows {
		field, known := fields[row.ID]
		if !known {
			continue
		}
		if err := json.Unmarshal([]byte(row.Value), field); err != nil {
			return s, fmt.Errorf("reading the setting %s: %w", row.ID, err)
		}
	}
	return s, nil
}
