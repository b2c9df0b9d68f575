package dockerfile

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// checkStageNames reports names that are reserved or used twice.
func (e *evaluation) checkStageNames() {
	seen := map[string]bool{}
	for _, st := range e.image.stages {
		if st.Name == "context" || st.Name == "scratch" {
			e.image.lint.Run(&linter.RuleReservedStageName, st.Location, linter.RuleReservedStageName.Format(st.Name))
		}
		if st.Name != "" && seen[st.Name] {
			e.image.lint.Run(&linter.RuleDuplicateStageName, st.Location, linter.RuleDuplicateStageName.Format(st.Name))
		}
		seen[st.Name] = true
	}
}

// checkCasing reports instructions that are not in the case of the majority.
func (e *evaluation) checkCasing() {
	lower, upper := 0, 0
	e.eachName(func(name string, _ []parser.Range) {
		switch name {
		case strings.ToLower(name):
			lower++
		case strings.ToUpper(name):
			upper++
		}
	})
	e.eachName(func(name string, location []parser.Range) {
		correct, word := strings.ToUpper(name), "uppercase"
		if lower > upper {
			correct, word = strings.ToLower(name), "lowercase"
		}
		if name != correct {
			e.image.lint.Run(&linter.RuleConsistentInstructionCasing, location, linter.RuleConsistentInstructionCasing.Format(name, word))
		}
	})
}

func (e *evaluation) eachName(visit func(name string, location []parser.Range)) {
	for _, st := range e.image.stages {
		visit(st.OrigCmd, st.Location)
		for _, command := range st.Commands {
			visit(command.Name(), command.Location())
		}
	}
}

// checkDefaultArguments reports a FROM that names no image when no build argument is given.
func (e *evaluation) checkDefaultArguments() {
	for _, st := range e.image.stages {
		if !e.fits(st.BaseName, e.global) { // said already
			return
		}
		result, err := e.lex.ProcessWordWithMatches(st.BaseName, e.global)
		if err != nil {
			return
		}
		if _, err := reference.ParseNormalizedNamed(result.Result); err != nil {
			e.image.lint.Run(&linter.RuleInvalidDefaultArgInFrom, st.Location, linter.RuleInvalidDefaultArgInFrom.Format(st.BaseName))
		}
	}
}

// checkPlatform checks the platform in FROM.
func (e *evaluation) checkPlatform(st *instructions.Stage, lint *linter.Linter) {
	if st.Platform == "" {
		return
	}
	platform := e.expandFrom(st, st.Platform, lint)
	if !e.fits(st.Platform, e.global) { // said already
		return
	}
	result, _ := e.lex.ProcessWordWithMatches(st.Platform, e.global)
	used := slices.Collect(maps.Keys(result.Matched))
	switch {
	case len(used) == 1 && len(result.Unmatched) == 0 && used[0] == "TARGETPLATFORM" && platform == e.global["TARGETPLATFORM"]:
		lint.Run(&linter.RuleRedundantTargetPlatform, st.Location, linter.RuleRedundantTargetPlatform.Format(st.Platform))
	case len(used) == 0 && len(result.Unmatched) == 0:
		system, architecture, _ := strings.Cut(platform, "/")
		architecture, _, _ = strings.Cut(architecture, "/")
		if !strings.Contains(st.Name, system) && (architecture == "" || !strings.Contains(st.Name, architecture)) {
			lint.Run(&linter.RuleFromPlatformFlagConstDisallowed, st.Location, linter.RuleFromPlatformFlagConstDisallowed.Format(platform))
		}
	}
}

// checkCopy checks where the files of COPY and ADD come from.
func (e *evaluation) checkCopy(c instructions.Command, verb, from string, sources []string) {
	line := startLine(c.Location())
	if from != "" {
		e.checkCopyFrom(c, from)
		return
	}
	ignore := e.ignored()
	for _, source := range sources {
		if strings.Contains(source, "://") || strings.HasPrefix(source, "git@") {
			continue
		}
		clean := strings.TrimPrefix(path.Clean("/"+source), "/")
		if e.image.Files != nil && !inContext(clean, e.image.Files) {
			e.image.report("copy-missing", line, source+" is not in the build context")
		}
		if ignore == nil || ignore.Exclusions() || clean == "" {
			continue
		}
		if match, err := ignore.MatchesOrParentMatches(clean); err == nil && match {
			e.image.lint.WithMergedConfigFromComments(c.Comments()).
				Run(&linter.RuleCopyIgnoredFile, c.Location(), linter.RuleCopyIgnoredFile.Format(verb, clean))
		}
	}
}

// checkCopyFrom checks the stage, context or image in --from.
func (e *evaluation) checkCopyFrom(c instructions.Command, from string) {
	_, isContext := e.Contexts[from]
	index, err := strconv.Atoi(from)
	later := slices.ContainsFunc(e.image.stages, func(st instructions.Stage) bool { return strings.EqualFold(st.Name, from) })
	switch problem := Unpinned(from); {
	case e.stageNamed(strings.ToLower(from)) != nil, strings.EqualFold(from, "scratch"):
	case isContext:
		e.used[from] = true
	case e.builds == nil: // the name may be that of a context
	case err == nil && (index < 0 || index >= len(e.stages)-1):
		e.invalid(c, "there is no stage "+from+" before this one")
	case err == nil:
	case later:
		e.invalid(c, "the stage "+from+" comes later")
	case !validImage(from):
		e.invalid(c, from+" is not the name of an image")
	case e.isService(from):
		e.image.report("from-service", startLine(c.Location()), "--from="+from+" does not mean the service of that name")
	case problem != "":
		e.image.report("from-unpinned", startLine(c.Location()), problem)
	}
}

// ignored reads .dockerignore; nil when there is none.
func (e *evaluation) ignored() *patternmatcher.PatternMatcher {
	if len(e.image.Ignore) == 0 {
		return nil
	}
	patterns, err := ignorefile.ReadAll(strings.NewReader(string(e.image.Ignore)))
	if err != nil {
		return nil
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil
	}
	return matcher
}

// inContext tells whether a source of COPY, which may hold wildcards, is a file or folder among the files.
func inContext(source string, files []string) bool {
	if source == "" {
		return true
	}
	depth := strings.Count(source, "/") + 1
	for _, file := range files {
		parts := strings.Split(file, "/")
		if len(parts) < depth {
			continue
		}
		if match, err := path.Match(source, strings.Join(parts[:depth], "/")); match || err != nil {
			return true
		}
	}
	return false
}

// Copies tells whether COPY or ADD takes a file of the build context that is there and not ignored.
func (img *Image) Copies(file string) bool {
	if !slices.Contains(img.Files, file) {
		return false
	}
	if ignore := (&evaluation{image: img}).ignored(); ignore != nil {
		if match, err := ignore.MatchesOrParentMatches(file); err == nil && match {
			return false
		}
	}
	for _, st := range img.stages {
		for _, command := range st.Commands {
			var sources []string
			switch c := command.(type) {
			case *instructions.CopyCommand:
				if c.From == "" {
					sources = c.SourcePaths
				}
			case *instructions.AddCommand:
				sources = c.SourcePaths
			}
			if slices.ContainsFunc(sources, func(source string) bool {
				return inContext(strings.TrimPrefix(path.Clean("/"+source), "/"), []string{file})
			}) {
				return true
			}
		}
	}
	return false
}
