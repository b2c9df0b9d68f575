package main

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/engine"
	"github.com/owgen/owgen/generator/git"
	"github.com/owgen/owgen/generator/output"
	"github.com/owgen/owgen/generator/past"
)

// usageError is a command line that cannot be obeyed.
type usageError struct{ message, hint string }

func (e usageError) Error() string { return withHint(e.message, e.hint) }

// ExitCode makes it a usage error for main.
func (usageError) ExitCode() int { return exitUsage }

// environmentError is trouble with the machine rather than with the input.
type environmentError struct{ *output.EnvError }

func (e environmentError) Error() string { return withHint(e.EnvError.Error(), e.Hint) }

// ExitCode makes it an error of the environment for main.
func (environmentError) ExitCode() int { return exitEnvironment }

// environment gives errors of the machine their exit code.
func environment(err error) error {
	var env *output.EnvError
	var findings diag.List
	if errors.As(err, &env) && !errors.As(err, &findings) {
		return environmentError{env}
	}
	return err
}

// inFolder is an error of what was to be written to a folder, whose files it names as they are found from here.
func inFolder(dir string, err error) error {
	var found diag.List
	if errors.As(err, &found) {
		return found.Within(dir)
	}
	return environment(err)
}

// folderError makes an error of the environment of one of the disk, or of git.
func folderError(err error) error {
	var known environmentError
	var onPath *fs.PathError
	var said *git.Error
	switch {
	case errors.As(err, &known):
	case errors.As(err, &onPath):
		return environmentError{&output.EnvError{Path: onPath.Path, Cause: onPath.Err}}
	case errors.As(err, &said):
		return environmentError{&output.EnvError{Path: "git " + said.Command, Cause: errors.New(said.Message), Hint: "run the same by hand, in the bundle's folder"}}
	}
	return err
}

// engineError is an error of the disk, or of the engine that was asked for images.
func engineError(err error) error {
	var trouble *engine.ImagesError
	if errors.As(err, &trouble) {
		return environmentError{&output.EnvError{Path: "the Docker engine does not do it", Cause: err, Hint: "`owgen doctor` says what is wrong with it"}}
	}
	return folderError(err)
}

// openPast finds what --against names.
func openPast(ctx context.Context, dir, name string) (past.Bundle, error) {
	b, err := past.Open(ctx, dir, name)
	switch {
	case errors.Is(err, git.ErrNoGit):
		return nil, environmentError{&output.EnvError{Path: "git", Cause: errors.New("is needed to read the revision " + name + ", and is not there"), Hint: "install git, or name a folder"}}
	case errors.Is(err, git.ErrNoRepository):
		return nil, usageError{name + " is no folder with a bundle, and " + dir + " lies in no git repository", "name the folder of a bundle"}
	case errors.Is(err, git.ErrPlanted):
		return nil, usageError{"git is not asked for " + name + ": " + err.Error(), "look in " + dir + " and above at where HEAD comes from, and remove it"}
	case errors.Is(err, git.ErrNoRevision):
		return nil, usageError{name + " is neither a folder with a bundle nor a revision of the repository that " + dir + " lies in",
			"a shallow clone may lack it: git fetch origin " + path.Base(name)}
	}
	return b, folderError(err)
}

// A difference is what a command was asked to find, and found.
type difference struct{ message, hint string }

func (d difference) Error() string { return withHint(d.message, d.hint) }

// ExitCode tells scripts that there is a difference.
func (difference) ExitCode() int { return exitFindings }

// withHint is the text of an error: what is wrong on one line, and what to do on the next.
func withHint(message, hint string) string {
	text := diag.Plain(message)
	if hint != "" {
		text += "\n  hint: " + diag.Plain(hint)
	}
	return text
}
