// Package shellwords reads shell scripts far enough to recognise what they call. It runs nothing.
package shellwords

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxFaults is how many faults in a script are passed over: it may be for a shell with a grammar of its own.
const maxFaults = 10

// maxScript is what Linux takes as one argument of a command. The parser calls itself for each pipe, and a stack that is full
// ends the process.
const maxScript = 128 << 10

// Parse parses a script; nil where it is empty, too long for any shell, or cannot be understood.
func Parse(script string) *syntax.File {
	if strings.TrimSpace(script) == "" || len(script) > maxScript {
		return nil
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.RecoverErrors(maxFaults)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil
	}
	return file
}

// Calls lists the commands in a part of a script, each as its words, those in substitutions included. What stands
// before the program, as in `sudo program`, is dropped.
func Calls(node syntax.Node) [][]string {
	var calls [][]string
	syntax.Walk(node, func(node syntax.Node) bool {
		if c, ok := node.(*syntax.CallExpr); ok {
			if words := Call(c); len(words) > 0 {
				calls = append(calls, words)
			}
		}
		return true
	})
	return calls
}

// Call is one command as its words.
func Call(c *syntax.CallExpr) []string {
	words := make([]string, 0, len(c.Args))
	for _, word := range c.Args {
		words = append(words, Text(word))
	}
	return program(words)
}

// Text is a word as the shell hands it on, with substitutions as they are written.
func Text(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	var b strings.Builder
	writeParts(&b, word.Parts, false)
	return b.String()
}

func writeParts(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value, quoted))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			writeParts(b, p.Parts, true)
		default:
			_ = syntax.NewPrinter().Print(b, part) // into memory, which does not fail
		}
	}
}

// unescape drops the backslashes that the shell drops.
func unescape(text string, quoted bool) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (!quoted || strings.IndexByte("$`\"\\\n", text[i+1]) >= 0) {
			i++
			if text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// program drops the wrappers that stand before the program in a command, with the assignments of env.
func program(words []string) []string {
	for len(words) > 0 {
		name, _, assigned := strings.Cut(words[0], "=")
		switch {
		case assigned && name != "" && strings.Trim(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "":
		case slices.Contains([]string{"sudo", "exec", "env", "time", "eatmydata", "nice"}, words[0]):
		default:
			return words
		}
		words = words[1:]
	}
	return nil
}
