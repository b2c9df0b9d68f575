package lint

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/project"
)

// excuseMark begins an excuse: "# owgen:allow RULE: reason".
const excuseMark = "owgen:allow"

// excuseRules are about excuses. They cannot be excused.
func excuseRules() []Rule {
	return []Rule{
		{ID: "excuse-without-reason", Summary: "An excuse gives a reason.",
			Reason: "Whoever reads it next year must be able to tell whether it still holds.",
			Fix:    "write # owgen:allow RULE: the reason"},
		{ID: "excuse-unknown-rule", Summary: "An excuse names a rule that exists.",
			Reason: "It excuses nothing, and looks as if it did.",
			Fix:    "see `owgen list rules`"},
		{ID: "excuse-unused", Severity: diag.Warning, Summary: "An excuse has something to excuse.",
			Reason: "It is left over, or stands at the wrong line.",
			Fix:    "remove it, or put it above the line of the finding"},
	}
}

// An excuse is one comment that allows a rule to be broken in some lines.
type excuse struct {
	file     string
	line     int // of the comment
	rule     string
	reason   string
	from, to int // the lines that it covers
	used     bool
}

// excuse removes the excused findings, and adds those about the excuses themselves.
func (p *Subject) excuse(rules []Rule, found diag.List) diag.List {
	excuses := p.excuses()
	if len(excuses) == 0 {
		return found
	}
	found = slices.DeleteFunc(found, func(f diag.Finding) bool {
		excused := false
		for i := range excuses {
			e := &excuses[i]
			if e.rule == f.Rule && e.file == f.File && e.from <= f.Line && f.Line <= e.to {
				e.used = true
				excused = excused || e.reason != ""
			}
		}
		return excused
	})
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ID] = true
	}
	for _, rule := range excuseRules() {
		for _, e := range excuses {
			if message, hint := e.problem(rule.ID, known); message != "" {
				f := diag.Finding{File: e.file, Line: e.line, Message: message, Hint: hint}
				found.Add(complete(rule, p, diag.List{f})...)
			}
		}
	}
	return found
}

// problem says in which way an excuse breaks one of the rules about excuses.
func (e excuse) problem(rule string, known map[string]bool) (message, hint string) {
	switch {
	case rule == "excuse-unknown-rule" && !known[e.rule]:
		return "there is no rule " + e.rule, project.Nearest(e.rule, known)
	case rule == "excuse-without-reason" && e.reason == "":
		return "the excuse for " + e.rule + " gives no reason", ""
	case rule == "excuse-unused" && !e.used && known[e.rule] && e.reason != "":
		return "there is nothing to excuse for " + e.rule, ""
	}
	return "", ""
}

// excuses finds those of the compose file, of .env and of all Dockerfiles.
func (p *Subject) excuses() []excuse {
	all := append(p.composeExcuses(), textExcuses(p.EnvFile, p.Env)...)
	for _, name := range slices.Sorted(maps.Keys(p.EnvFiles)) {
		all = append(all, textExcuses(name, p.EnvFiles[name])...)
	}
	seen := map[string]bool{}
	for _, img := range p.builtImages() {
		if !seen[img.Path] {
			seen[img.Path] = true
			all = append(all, dockerfileExcuses(img)...)
		}
	}
	return all
}

// composeExcuses finds those of the compose files. One at the end of a line covers what is written there; one
// on a line of its own covers the next thing, a whole service if it stands above one.
func (p *Subject) composeExcuses() []excuse {
	if len(p.Overrides) == 0 { // the document is this file, parsed already
		return excusesIn(p.File, p.Compose, func() *yaml.Node { return p.Document })
	}
	var all []excuse
	for _, text := range append([]project.Text{{Name: p.File, Data: p.Compose}}, p.Overrides...) {
		all = append(all, excusesIn(text.Name, text.Data, func() *yaml.Node { return project.Parse(text.Data) })...)
	}
	return all
}

// excusesIn finds those of one compose file; document parses it, where there is anything to find.
func excusesIn(file string, source []byte, document func() *yaml.Node) []excuse {
	if !bytes.Contains(source, []byte(excuseMark)) {
		return nil
	}
	lines := strings.Split(string(source), "\n")
	blocks, texts := extents(document(), lines)
	var all []excuse
	for i, line := range lines {
		rule, reason, own, ok := excuseIn(line)
		if !ok || texts[i+1] {
			continue
		}
		target := i + 1
		for own && target < len(lines) && isComment(lines[target]) {
			target++
		}
		if own {
			target++
		}
		all = append(all, excuse{file: file, line: i + 1, rule: rule, reason: reason, from: target, to: max(target, blocks[target])})
	}
	return all
}

// excuseIn reads the excuse in a line, if there is one; own tells whether nothing else stands in the line.
func excuseIn(line string) (rule, reason string, own, ok bool) {
	before, after, ok := strings.Cut(line, "# "+excuseMark)
	if !ok || before != "" && !strings.HasSuffix(before, " ") && !strings.HasSuffix(before, "\t") {
		return "", "", false, false
	}
	rule, reason, _ = strings.Cut(strings.TrimSpace(after), ":")
	return strings.TrimSpace(rule), strings.TrimSpace(reason), strings.TrimSpace(before) == "", true
}

func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// extents returns the last line of what begins in each line, and the lines that are the text of a block
// scalar, in which a # begins no comment.
func extents(node *yaml.Node, lines []string) (blocks map[int]int, texts map[int]bool) {
	blocks, texts = map[int]int{}, map[int]bool{}
	if node = project.Resolve(node); node != nil {
		extent(node, len(lines), lines, blocks, texts)
	}
	return blocks, texts
}

func extent(node *yaml.Node, last int, lines []string, blocks map[int]int, texts map[int]bool) {
	step := 1
	if node.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step <= len(node.Content); i += step {
		begin, value := node.Content[i], node.Content[i+step-1]
		end := last
		if i+step < len(node.Content) {
			end = max(begin.Line, node.Content[i+step].Line-1)
		}
		blocks[begin.Line] = max(blocks[begin.Line], end)
		if value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			indent := begin.Column - 1
			if step == 1 {
				indent = indentation(lines[max(0, min(value.Line, len(lines))-1)])
			}
			for line := value.Line + 1; line <= end && line <= len(lines); line++ {
				text := lines[line-1]
				if strings.TrimSpace(text) != "" && indentation(text) <= indent {
					break
				}
				texts[line] = true
			}
		}
		extent(value, end, lines, blocks, texts)
	}
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// textExcuses finds the excuses in a .env file, each for the next line that is no comment.
func textExcuses(file string, source []byte) []excuse {
	if !bytes.Contains(source, []byte(excuseMark)) {
		return nil
	}
	lines := strings.Split(string(source), "\n")
	var all []excuse
	for i, line := range lines {
		rule, reason, own, ok := excuseIn(line)
		if !ok || !own {
			continue // behind a value a # may belong to it
		}
		target := i + 1
		for target < len(lines) && isComment(lines[target]) {
			target++
		}
		all = append(all, excuse{file: file, line: i + 1, rule: rule, reason: reason, from: target + 1, to: target + 1})
	}
	return all
}

// dockerfileExcuses finds the excuses in a Dockerfile: in the comments before an instruction, or within it.
func dockerfileExcuses(img *dockerfile.Image) []excuse {
	if img.Offset > 0 || !bytes.Contains(img.Data, []byte(excuseMark)) {
		return nil
	}
	var all []excuse
	number := 0
	for line := range bytes.Lines(img.Data) {
		number++
		rule, reason, own, ok := excuseIn(string(line))
		if !ok || !own {
			continue // behind an instruction a # begins no comment
		}
		e := excuse{file: img.Path, line: number, rule: rule, reason: reason}
		e.from, e.to = img.Instruction(number)
		all = append(all, e)
	}
	return all
}

// ExcuseComment is the comment that excuses a finding of a rule, on the line above it or at its end.
func ExcuseComment(rule, reason string) string {
	return "# " + excuseMark + " " + rule + ": " + strings.Join(strings.Fields(reason), " ")
}
