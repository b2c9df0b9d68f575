package dockerfile

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// RuleID is the id of a rule of BuildKit's linter: buildkit- and its name in lower case with hyphens.
func RuleID(name string) string {
	var b strings.Builder
	b.WriteString("buildkit")
	previous := rune(0)
	for i, r := range name {
		next := byte('a')
		if i+1 < len(name) {
			next = name[i+1]
		}
		if unicode.IsUpper(r) && (!unicode.IsUpper(previous) || unicode.IsLower(rune(next)) && i+1 < len(name)) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
		previous = r
	}
	return b.String()
}

// checkOwn applies to one instruction what BuildKit's linter has no rule for.
func (e *evaluation) checkOwn(s *stage, command instructions.Command) {
	switch c := command.(type) {
	case *instructions.CopyCommand:
		e.checkCopy(c, "Copy", c.From, c.SourcePaths)
	case *instructions.AddCommand:
		e.checkCopy(c, "Add", "", c.SourcePaths)
		for _, source := range c.SourcePaths {
			if problem := uncheckedDownload(source, c.Checksum); problem != "" {
				e.image.report("add-without-checksum", startLine(c.Location()), problem)
			}
		}
	case *instructions.RunCommand:
		for _, mount := range instructions.GetMounts(c) {
			if mount.From != "" {
				e.checkCopy(c, "Mount", mount.From, nil)
			}
		}
		e.checkRun(s, c)
	}
}

// uncheckedDownload says what is wrong with the address of something to add.
func uncheckedDownload(source, checksum string) string {
	if checksum != "" {
		return ""
	}
	isGit := strings.HasPrefix(source, "git@") || strings.HasPrefix(source, "git://") || strings.HasPrefix(source, "ssh://") ||
		strings.HasSuffix(strings.SplitN(source, "#", 2)[0], ".git")
	_, commit, _ := strings.Cut(source, "#")
	commit, _, _ = strings.Cut(commit, ":")
	switch {
	case isGit && len(commit) == 40 && strings.Trim(commit, "0123456789abcdef") == "":
		return ""
	case isGit:
		return "the repository is added without naming a commit"
	case strings.HasPrefix(source, "http://"), strings.HasPrefix(source, "https://"):
		return "a download is added without a checksum"
	}
	return ""
}

// checkFinal applies the rules about the image that comes out: of the stages that it is made of, not of those
// that only build something for it.
func (e *evaluation) checkFinal() {
	user := ""
	for s := e.image.final; s != nil; s = s.base {
		for _, line := range s.lists {
			e.image.report("apt-lists", line, "the package lists stay in the image")
		}
		for i := len(s.Commands) - 1; i >= 0 && user == ""; i-- {
			if c, ok := s.Commands[i].(*instructions.UserCommand); ok {
				user = c.User
				if IsRoot(user) {
					e.image.report("user-root", startLine(c.Location()), "the image runs as root")
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.Contexts)) {
		if !e.used[name] {
			e.image.UnusedContexts = append(e.image.UnusedContexts, name)
		}
	}
}
