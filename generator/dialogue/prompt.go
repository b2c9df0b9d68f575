package dialogue

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/profile"
	"github.com/owgen/owgen/profiles"
)

// askProfile asks which profile to extend, if there is a choice.
func (d *Dialogue) askProfile(ctx context.Context) error {
	names := profile.Names(profiles.FS)
	if len(names) < 2 {
		return nil
	}
	d.voice.Say("Profiles:" + "\n")
	for _, name := range names {
		d.voice.Say("  %-16s %s\n", name, profile.Summary(profiles.FS, name))
	}
	for {
		answer, err := d.line(ctx, "Profile", d.source.Profile)
		switch {
		case err != nil:
			return err
		case answer == "":
			return nil
		case slices.Contains(names, answer):
			d.source.Profile = answer
			return nil
		}
		d.voice.Say("  is no profile; there are %s\n", strings.Join(names, ", "))
	}
}

// An option is something to choose by its name.
type option struct{ name, key, text string }

// choose asks for names out of a list; none is an answer as well.
func (d *Dialogue) choose(ctx context.Context, title, question string, all []option, chosen []string) ([]string, error) {
	if len(all) == 0 {
		return nil, nil
	}
	d.voice.Say("%s:\n", title)
	for _, o := range all {
		d.voice.Say("  %-12s %s\n", o.name, o.text)
	}
	preset := strings.Join(chosen, " ")
	if preset == "" {
		preset = "none"
	}
	for {
		answer, err := d.line(ctx, question+" (names, or none)", preset)
		if err != nil {
			return nil, err
		}
		if answer == "?" {
			for _, o := range all {
				d.voice.Say("  %s: %s\n", o.name, d.prepared.Schema().Lookup(o.key).Description)
			}
			continue
		}
		if answer == "" {
			answer = preset
		}
		names := strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' })
		names = slices.DeleteFunc(names, func(name string) bool { return name == "none" })
		unknown := slices.IndexFunc(names, func(name string) bool {
			return !slices.ContainsFunc(all, func(o option) bool { return o.name == name })
		})
		if unknown < 0 {
			return names, nil
		}
		d.voice.Say("  %s is none of them\n", names[unknown])
	}
}

func (d *Dialogue) confirm(ctx context.Context, question string) (bool, error) {
	for {
		answer, err := d.line(ctx, question, "yes")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "", "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// line asks for one line.
func (d *Dialogue) line(ctx context.Context, question, preset string) (string, error) {
	prompt := d.voice.Bold(question)
	if preset != "" {
		prompt += " [" + preset + "]"
	}
	d.show(prompt + ": ")
	text, err := d.in.next(ctx)
	if err != nil {
		d.show("\n")
		return "", errStopped
	}
	return strings.TrimSpace(text), nil
}

// lines reads lines without missing an interruption while it waits.
type lines struct {
	read    *bufio.Reader
	results chan reply
}

// A reply is a line, or why there is none.
type reply struct {
	text string
	err  error
}

func newLines(in io.Reader) *lines {
	return &lines{read: bufio.NewReader(in), results: make(chan reply, 1)}
}

func (l *lines) next(ctx context.Context) (string, error) {
	go func() {
		text, err := l.read.ReadString('\n')
		if errors.Is(err, io.EOF) && text != "" {
			err = nil
		}
		l.results <- reply{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-l.results:
		return r.text, r.err
	}
}

// word quotes a word for a shell where that is needed.
func word(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@%+") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
