// Command roster is the users-and-accounts system of a business that sells services online.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	"roster/ent/viewer"
	"roster/frontend"
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
	Schema  schemaCmd  `cmd:"" help:"Print the schema of the API."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

func main() {
	os.Exit(run(context.Background(), frontend.Dist, os.Args[1:]))
}

// Exit codes beside 0, which means done.
const (
	exitFailed        = 1
	exitNotUnderstood = 2 // the command line, or the environment that stands for it
)

// run returns the exit code. built holds the frontend in its folder dist.
func run(ctx context.Context, built fs.FS, args []string) int {
	parser := newParser()
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "roster: %v; %s says what can be written\n", err, helpFor(err))
		return exitNotUnderstood
	}
	command.BindTo(viewer.ForSystem(ctx, "roster "+command.Command()), (*context.Context)(nil))
	command.BindTo(built, (*fs.FS)(nil))
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "roster:", sentence(err, command.Flags()))
		return exitFailed
	}
	return 0
}

func newParser() *kong.Kong {
	return kong.Must(new(commands),
		kong.Name("roster"),
		kong.Description("The users and accounts of a business that sells services online. Each setting can also come from the environment, under the name that stands behind it."),
		kong.Vars{"version": version()},
	)
}

// helpFor is the command line that explains what err is about.
func helpFor(err error) string {
	words := []string{"roster"}
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		for _, step := range parse.Context.Path {
			if step.Command != nil {
				words = append(words, step.Command.Name)
			}
		}
	}
	return strings.Join(append(words, "--help"), " ")
}

// sentence is what a person reads of an error: a refusal of a field names the flag that filled it.
func sentence(err error, flags []*kong.Flag) string {
	var one *fault.Error
	var many fault.List
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = fault.List{one}
	default:
		return err.Error()
	}
	texts := make([]string, len(many))
	for i, f := range many {
		texts[i] = f.Message
		name := kebab(strings.Join(f.Field, "-"))
		if slices.ContainsFunc(flags, func(flag *kong.Flag) bool { return flag.Name == name }) {
			texts[i] = "--" + name + ": " + f.Message
		}
	}
	return strings.Join(texts, " ")
}

// kebab writes firstName as first-name.
func kebab(field string) string {
	var b strings.Builder
	for _, r := range field {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// version is the tag or the commit that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
