// Command roster is the users-and-accounts system of a business that sells services online.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"roster/ent/viewer"
	"roster/internal/fault"
)

// commands are what the program can do; their tags are the help and the settings.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve Roster."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to date. 'serve' does it by itself."`
	Admin   adminCmd   `cmd:"" help:"Look after administrators."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty database with sample data."`
	Import  importCmd  `cmd:"" help:"Take data over from other systems."`
	Token   tokenCmd   `cmd:"" help:"Look after API tokens."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

func main() {
	os.Exit(run(context.Background(), os.Args[1:]))
}

// run returns the exit code: 0 for done, 1 for failed, 80 and above for a command line that is not understood.
func run(ctx context.Context, args []string) int {
	var c commands
	parser := kong.Must(&c,
		kong.Name("roster"),
		kong.Description("The users and accounts of a business that sells services online. Each setting can also come from the environment, under the name that stands behind it."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
	)
	command, err := parser.Parse(args)
	parser.FatalIfErrorf(err)
	command.BindTo(viewer.ForSystem(ctx, "roster "+command.Command()), (*context.Context)(nil))
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "roster:", sentence(err))
		return 1
	}
	return 0
}

// sentence is what a person reads of an error.
func sentence(err error) string {
	var f *fault.Error
	var many fault.List
	switch {
	case errors.As(err, &many):
		text := ""
		for i, one := range many {
			if i > 0 {
				text += " "
			}
			text += one.Message
		}
		return text
	case errors.As(err, &f):
		return f.Message
	}
	return err.Error()
}

// version is the tag or the commit that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
