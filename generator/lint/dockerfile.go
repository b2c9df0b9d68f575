package lint

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

	"github.com/owgen/owgen/generator/diag"
)

// A Dockerfile is what a service is built from.
type Dockerfile struct {
	Path   string // in findings
	Data   []byte
	Ignore []byte   // .dockerignore of the build context, if there is one
	Files  []string // slash-separated paths of all files in the build context; nil when they are not known

	offset int // lines before its first one, where it stands inside the compose file
}

// An image is a Dockerfile after parsing and, once the project is loaded, evaluation.
type image struct {
	Dockerfile
	tree   *parser.Result
	stages []instructions.Stage
	args   []instructions.ArgCommand // before the first FROM
	lint   *linter.Linter
	issues []issue

	unused     []string // named contexts that nothing is taken from
	evaluating bool
	final      *stage // what the service runs; nil if it cannot be told
	user       string // that it runs as, "" for the default of what it is built from
	probed     bool   // has a HEALTHCHECK
	known      bool   // what it is built from is known down to the ground, so user and probed are certain
}

// An issue is one finding in a Dockerfile, until the rule that it belongs to asks for it.
type issue struct {
	rule    string
	line    int
	message string
	hint    string // where the rule's own is not the best
}

func (img *image) report(rule string, line int, message string) {
	img.issues = append(img.issues, issue{rule: rule, line: line, message: message})
}

// issuesOf is the check of the rules about Dockerfiles: all of them are found in one pass.
func issuesOf(rule string) func(*Project) diag.List {
	return func(p *Project) diag.List {
		var found diag.List
		for _, img := range p.builtImages() {
			for _, i := range img.issues {
				if i.rule == rule {
					found.Add(diag.Finding{File: img.Path, Line: i.line + img.offset, Message: i.message, Hint: i.hint})
				}
			}
		}
		return found
	}
}

// parseDockerfiles parses all Dockerfiles, on all cores. It needs no loaded project, so it can run beside the load.
func (p *Project) parseDockerfiles() {
	p.parsed.Do(func() {
		names := slices.Sorted(maps.Keys(p.Dockerfiles))
		images := make([]*image, len(names))
		var group sync.WaitGroup
		workers := min(runtime.GOMAXPROCS(0), len(names))
		for worker := range workers {
			group.Go(func() {
				for i := worker; i < len(names); i += workers {
					images[i] = parseDockerfile(p.Dockerfiles[names[i]])
				}
			})
		}
		group.Wait()
		p.images = make(map[string]*image, len(names))
		for i, name := range names {
			p.images[name] = images[i]
		}
	})
}

// parseDockerfile parses one Dockerfile, and collects what BuildKit's parser and linter say of it.
func parseDockerfile(file Dockerfile) (img *image) {
	img = &image{Dockerfile: file}
	defer func() {
		if r := recover(); r != nil { // in BuildKit: the other Dockerfiles are to be checked all the same
			img.fail(fmt.Errorf("BuildKit cannot parse this file: %v", r))
			img.stages = nil
		}
	}()
	warn := func(rule, _, _, message string, location []parser.Range) {
		img.report(buildkitID(rule), startLine(location), message)
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
func (img *image) fail(err error) {
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
		hint = strings.ToUpper(nearest(strings.ToLower(instruction), command.Commands))
		hint = strings.Replace(hint, "DID YOU MEAN", "did you mean", 1)
	}
	img.issues = append(img.issues, issue{"dockerfile-invalid", line, message, hint})
}

func startLine(location []parser.Range) int {
	if len(location) == 0 {
		return 1
	}
	return max(1, location[0].Start.Line)
}

// image returns what a service is built from, evaluated; nil if its Dockerfile is not known.
func (p *Project) image(name string) *image {
	p.builtImages()
	return p.images[name]
}

// builtImages returns all images in the order of their services, parsed and evaluated.
func (p *Project) builtImages() []*image {
	p.parseDockerfiles()
	p.evaluated.Do(func() {
		for _, s := range p.services() {
			if s.Build != nil && s.Build.DockerfileInline != "" {
				line, _ := p.at("services", s.Name, "build", "dockerfile_inline")
				p.images[s.Name] = parseDockerfile(Dockerfile{Path: p.File, Data: []byte(s.Build.DockerfileInline), offset: line})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.images)) {
			p.evaluate(name)
		}
	})
	images := make([]*image, 0, len(p.images))
	for _, name := range slices.Sorted(maps.Keys(p.images)) {
		images = append(images, p.images[name])
	}
	return images
}

// excuses finds the excuses in a Dockerfile: in the comments before an instruction, or within it.
func (img *image) excuses() []excuse {
	if img.tree == nil || img.offset > 0 || !bytes.Contains(img.Data, []byte(excuseMark)) {
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
		for _, node := range img.tree.AST.Children {
			if node.EndLine >= number {
				e.from, e.to = node.StartLine, node.EndLine
				break
			}
		}
		all = append(all, e)
	}
	return all
}
