package main

import (
	"context"
	"embed"
	"io"

	"github.com/alecthomas/kong"
)

//go:embed completion
var completionScripts embed.FS

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish"`
}

// Run prints the shell's script. It asks this program for every word, so it never grows old.
func (c completionCmd) Run(t *terminal) error {
	script, err := completionScripts.ReadFile("completion/owgen." + c.Shell)
	if err != nil {
		return err
	}
	_, err = t.out.Write(script)
	return err
}

type completeCmd struct {
	Shell string   `arg:"" enum:"bash,zsh,fish" help:"The shell that asks."`
	Words []string `arg:"" optional:"" passthrough:"all" help:"The words behind the program's name, the one that is being typed last."`
}

// Run answers a shell: a candidate a line, with its description behind a tab, and what the shell is to add by
// itself (:files, :dirs) or to leave out (:nospace).
func (c completeCmd) Run(ctx context.Context, t *terminal, command *kong.Context) error {
	words := c.Words
	if len(words) == 0 {
		words = []string{""}
	}
	if c.Shell == "bash" {
		words = joinBroken(words)
	}
	answer := complete(ctx, command.Model.Node, words)
	if c.Shell == "bash" {
		answer.cut(broken(words[len(words)-1]))
	}
	_, err := io.WriteString(t.out, answer.String())
	return err
}
