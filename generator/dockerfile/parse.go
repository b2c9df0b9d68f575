// Package dockerfile reads and evaluates Dockerfiles: which stage and image each stage comes from, which variables
// it knows, what its image will have, and what is wrong with it. It knows no project; who asks hands in what a
// service says of its build.
package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/util/suggest"
)

// A File is the text that an image is built from.
type File struct {
	Path   string // in issues
	Data   []byte
	Ignore []byte   // .dockerignore of the build context, if there is one
	Files  []string // slash-separated paths of all files in the build context; nil when they are not known
	Offset int      // lines before its first one, where it stands inside another file
}

// An Image is a Dockerfile after parsing and, once the builds are known, evaluation.
type Image struct {
	File
	Issues []Issue

	User           string // that it runs as, "" for the default of what it is built from
	Probed         bool   // has a HEALTHCHECK
	Known          bool   // what it is built from is known down to the ground, so User and Probed are certain
	UnusedContexts []string

	tree       *parser.Result
	stages     []instructions.Stage
	args       []instructions.ArgCommand // before the first FROM
	lint       *linter.Linter
	evaluating bool
	final      *stage // what is built; nil if it cannot be told
}

// An Issue is one thing that is wrong in a Dockerfile, with the id of the rule that is broken.
type Issue struct {
	Rule    string
	Line    int
	Message string
	Hint    string // where the rule's own is not the best
}

func (img *Image) report(rule string, line int, message string) {
	img.Issues = append(img.Issues, Issue{Rule: rule, Line: line + img.Offset, Message: message})
}

// Parse parses Dockerfiles by service, on all cores.
func Parse(files map[string]File) map[string]*Image {
	names := slices.Sorted(maps.Keys(files))
	parsed := make([]*Image, len(names))
	var group sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(names))
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < len(names); i += workers {
				parsed[i] = ParseFile(files[names[i]])
			}
		})
	}
	group.Wait()
	images := make(map[string]*Image, len(names))
	for i, name := range names {
		images[name] = parsed[i]
	}
	return images
}

// ParseFile parses one Dockerfile, and collects what BuildKit's parser and linter say of it.
func ParseFile(file File) (img *Image) {
	img = &Image{File: file}
	defer func() {
		if r := recover(); r != nil { // in BuildKit: the other Dockerfiles are to be checked all the same
			img.fail(fmt.Errorf("BuildKit cannot parse this file: %v", r))
			img.stages = nil
		}
	}()
	warn := func(rule, _, _, message string, location []parser.Range) {
		img.report(RuleID(rule), startLine(location), message)
	}
	directive, _, _, _ := parser.ParseDirective("check", file.Data)
	config, err := linter.ParseLintOptions(directive)
	if err != nil {
		img.report("dockerfile-invalid", 1, err.Error())
		config = &linter.Config{}
	}
	config.Warn = warn
	img.lint = linter.New(config)
	if img.tree, err = parser.Parse(bytes.NewReader(file.Data)); err != nil {
		img.fail(err)
		return img
	}
	for _, warning := range img.tree.Warnings {
		if warning.URL == linter.RuleNoEmptyContinuation.URL && warning.Location != nil {
			img.lint.Run(&linter.RuleNoEmptyContinuation, []parser.Range{*warning.Location}, linter.RuleNoEmptyContinuation.Format())
		}
	}
	if img.stages, img.args, err = instructions.Parse(img.tree.AST, img.lint); err != nil {
		img.fail(err)
		img.stages = nil
	} else if len(img.stages) == 0 {
		img.report("dockerfile-invalid", 1, "has no FROM")
	}
	return img
}

// fail reports an error of BuildKit's parser.
func (img *Image) fail(err error) {
	line := 1
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 {
		line = startLine(located.Locations[0])
	}
	message := err.Error()
	if rest, ok := strings.CutPrefix(message, "dockerfile parse error on line "); ok {
		_, message, _ = strings.Cut(rest, ": ")
	}
	// BuildKit suggests one of several equally near names at random.
	message, _, _ = strings.Cut(message, " (did you mean ")
	hint := ""
	if instruction, ok := strings.CutPrefix(message, "unknown instruction: "); ok {
		if match, near := suggest.Search(strings.ToLower(instruction), slices.Sorted(maps.Keys(command.Commands)), true); near {
			hint = "did you mean " + strings.ToUpper(match) + "?"
		} else { // perhaps no Dockerfile: who writes a project may name a file of secrets as one, and read our output
			message, hint = "begins with no instruction", "is "+img.File.Path+" a Dockerfile?"
		}
	}
	if strings.HasPrefix(message, "invalid escape token ") {
		message = "# escape= takes ` or \\"
	}
	img.Issues = append(img.Issues, Issue{"dockerfile-invalid", line + img.Offset, message, hint})
}

func startLine(location []parser.Range) int {
	if len(location) == 0 {
		return 1
	}
	return max(1, location[0].Start.Line)
}

// Instruction returns the lines of the instruction that a line belongs to or comes before; 0 where there is none.
func (img *Image) Instruction(line int) (from, to int) {
	if img.tree == nil {
		return 0, 0
	}
	for _, node := range img.tree.AST.Children {
		if node.EndLine >= line {
			return node.StartLine, node.EndLine
		}
	}
	return 0, 0
}

// From is the image that the one built starts from, "" where that is another service's or not known.
func (img *Image) From() string {
	if img.final == nil {
		return ""
	}
	first := img.final
	for first.base != nil {
		first = first.base
	}
	return first.from
}
