package main

import (
	"context"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/owgen/owgen/generator/completion"
	"github.com/owgen/owgen/generator/reference"
)

// An answer is what a shell is told.
type answer struct {
	candidates   []completion.Candidate
	files, dirs  bool // the shell adds names of files, or of folders
	withoutSpace bool // the word goes on behind what is completed
}

// aboutLength is how much of a description is shown in a shell's list.
const aboutLength = 70

// String is the answer a line.
func (a answer) String() string {
	var b strings.Builder
	for _, c := range a.candidates {
		b.WriteString(c.Word)
		if about := []rune(reference.OneLine(c.About)); len(about) > aboutLength {
			b.WriteString("\t" + string(about[:aboutLength-3]) + "...")
		} else if len(about) > 0 {
			b.WriteString("\t" + string(about))
		}
		b.WriteByte('\n')
	}
	for _, directive := range []struct {
		on   bool
		name string
	}{{a.files, ":files"}, {a.dirs, ":dirs"}, {a.withoutSpace, ":nospace"}} {
		if directive.on {
			b.WriteString(directive.name + "\n")
		}
	}
	return b.String()
}

// add adds the candidates that begin as the word does.
func (a *answer) add(prefix string, candidates ...completion.Candidate) {
	for _, c := range candidates {
		if strings.HasPrefix(c.Word, prefix) {
			a.candidates = append(a.candidates, c)
		}
	}
}

// cut takes a beginning away from all candidates.
func (a *answer) cut(beginning string) {
	for i := range a.candidates {
		a.candidates[i].Word = strings.TrimPrefix(a.candidates[i].Word, beginning)
	}
}

// bash breaks words at these, and replaces only what stands behind the last of them.
const breaks = "=:"

// joinBroken puts the words together again that bash has broken.
func joinBroken(words []string) []string {
	var out []string
	glue := false
	for _, word := range words {
		isBreak := word != "" && strings.Trim(word, breaks) == ""
		if (glue || isBreak) && len(out) > 0 {
			out[len(out)-1] += word
		} else {
			out = append(out, word)
		}
		glue = isBreak
	}
	return out
}

// broken is the part of a word that bash keeps.
func broken(word string) string { return word[:strings.LastIndexAny(word, breaks)+1] }

// A command line is what was typed so far.
type commandLine struct {
	node  *kong.Node        // the command
	place int               // of the next argument
	value *kong.Flag        // the flag whose value comes next; nil for none
	plain bool              // behind --, where nothing is a flag
	used  map[string]string // flags that were given, with their last value
}

// complete finds out what the last of the words may become.
func complete(ctx context.Context, root *kong.Node, words []string) answer {
	line := commandLine{node: root, used: map[string]string{}}
	for _, word := range words[:len(words)-1] {
		line.take(word)
	}
	var a answer
	values := &completer{used: line.used, answer: &a}
	current := words[len(words)-1]
	name, value, given := strings.Cut(current, "=")
	switch flag := line.flag(name); {
	case line.value != nil:
		values.complete(ctx, line.value.Value, line.value.PlaceHolder, current)
	case given && flag != nil && !line.plain:
		values.complete(ctx, flag.Value, flag.PlaceHolder, value)
		for i := range a.candidates {
			a.candidates[i].Word = name + "=" + a.candidates[i].Word
		}
	case strings.HasPrefix(current, "-") && !line.plain:
		a.add(current, line.flags()...)
	case len(line.node.Children) > 0:
		for _, child := range line.node.Children {
			if !child.Hidden && child.Type == kong.CommandNode {
				a.add(current, completion.Candidate{Word: child.Name, About: child.Help})
			}
		}
	default:
		if argument := line.argument(); argument != nil {
			values.complete(ctx, argument, argument.Tag.PlaceHolder, current)
		}
	}
	return a
}

// take reads a word that is complete.
func (l *commandLine) take(word string) {
	name, value, given := strings.Cut(word, "=")
	switch flag := l.flag(name); {
	case l.value != nil:
		l.used[l.value.Name], l.value = word, nil
	case word == "--":
		l.plain = true
	case flag != nil && !l.plain:
		l.used[flag.Name] = value
		if !given && !flag.IsBool() && !flag.IsCounter() {
			l.value = flag
		}
	case strings.HasPrefix(word, "-") && !l.plain:
	default:
		for _, child := range l.node.Children {
			if child.Name == word {
				l.node = child
				return
			}
		}
		l.place++
	}
}

// flag finds a flag of the command or of those above it, by its name as it is typed.
func (l *commandLine) flag(typed string) *kong.Flag {
	for node := l.node; node != nil; node = node.Parent {
		for _, f := range node.Flags {
			if typed == "--"+f.Name || f.Short != 0 && typed == "-"+string(f.Short) {
				return f
			}
		}
	}
	return nil
}

// flags lists those that can still be given.
func (l *commandLine) flags() []completion.Candidate {
	var out []completion.Candidate
	for node := l.node; node != nil; node = node.Parent {
		for _, f := range node.Flags {
			if _, used := l.used[f.Name]; !f.Hidden && (!used || f.IsSlice()) {
				out = append(out, completion.Candidate{Word: "--" + f.Name, About: f.Help})
			}
		}
	}
	slices.SortFunc(out, func(a, b completion.Candidate) int { return strings.Compare(a.Word, b.Word) })
	return slices.Compact(out)
}

// argument is the one that is being typed, or nil.
func (l *commandLine) argument() *kong.Value {
	all := l.node.Positional
	switch {
	case len(all) == 0:
		return nil
	case l.place < len(all):
		return all[l.place]
	case all[len(all)-1].IsSlice():
		return all[len(all)-1]
	}
	return nil
}
