package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/generator/read"
)

// What a command line names and is not there, or is no file where one is needed, is a mistake of the command line,
// whichever command notices and in whatever words.

// names are the values of a command line that may be paths.
type names []string

// namesIn collects them.
func namesIn(command *kong.Context) names {
	var out names
	for _, part := range command.Path {
		value := part.Positional
		if part.Flag != nil {
			value = part.Flag.Value
		}
		if value == nil {
			continue
		}
		switch x := value.Target.Interface().(type) {
		case string:
			out = append(out, x)
		case []string:
			out = append(out, x...)
		}
	}
	return out
}

func (n names) has(path string) bool {
	return path != "" && slices.ContainsFunc(n, func(name string) bool { return filepath.Clean(name) == filepath.Clean(path) })
}

// mistaken tells whether an error is about a path that the command line names and that is not there.
func (n names) mistaken(err error) bool {
	var found diag.List
	if errors.As(err, &found) {
		return slices.ContainsFunc(found.Errors(), func(f diag.Finding) bool {
			return f.Rule == profile.RuleAbsent && n.has(f.File) || f.Rule == profile.RuleUnknown && f.File == "" && n.has(f.Path)
		})
	}
	var env environmentError
	if !errors.As(err, &env) {
		return false
	}
	if errors.Is(env.Cause, syscall.ENOTDIR) { // above one that is named, maybe
		return slices.ContainsFunc(n, func(name string) bool {
			return strings.HasPrefix(filepath.Clean(name)+string(filepath.Separator), filepath.Clean(env.Path)+string(filepath.Separator))
		})
	}
	return n.has(env.Path) && (errors.Is(env.Cause, fs.ErrNotExist) || errors.Is(env.Cause, read.ErrNoFile))
}
