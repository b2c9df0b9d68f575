package diff

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	unified "github.com/rogpeppe/go-internal/diff"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/lazy"
)

// A File is one that differs.
type File struct {
	Path    string `json:"path"`
	Change  Change `json:"change"`
	Added   int    `json:"added"`           // lines
	Removed int    `json:"removed"`         // lines
	Lines   string `json:"lines,omitempty"` // the unified difference, where it is short, without secrets
}

// shortLines is how many changed lines of a file are shown.
const shortLines = 40

// files lists the files that differ.
func (c *comparison) files() []File {
	all := maps.Clone(c.old.Files)
	if all == nil {
		all = map[string][]byte{}
	}
	maps.Copy(all, c.new.Files)
	out := []File{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if c.differs(name) {
			out = append(out, c.file(name))
		}
	}
	return out
}

func (c *comparison) file(name string) File {
	before, was := c.old.Files[name]
	after, is := c.new.Files[name]
	f := File{Path: name, Change: Changed}
	switch {
	case !was:
		f.Change, f.Added = Added, countLines(after)
		return f
	case !is:
		f.Change, f.Removed = Removed, countLines(before)
		return f
	case !isText(before) || !isText(after):
		return f
	}
	lines := unified.Diff(name, hideKeys(before), name, hideKeys(after))
	for _, hunk := range hunks(lines) {
		added, removed := hunk.count()
		f.Added, f.Removed = f.Added+added, f.Removed+removed
		if c.options.Full || !hunk.onlyTags() {
			f.Lines += hideLines(string(hunk), c.secretNames()...)
		}
	}
	if isUsers(name) || !c.options.Full && (f.Added+f.Removed > shortLines || isManifest(name)) {
		f.Lines = ""
	}
	return f
}

// secretNames are those of all secrets that are declared on a side.
func (c *comparison) secretNames() []string {
	var out []string
	for _, side := range []Side{c.old, c.new} {
		if side.Project != nil {
			out = slices.AppendSeq(out, maps.Keys(side.Project.Secrets))
		}
		if side.Cluster != nil {
			for _, w := range side.Cluster.Workloads {
				out = append(out, w.Secrets...)
			}
		}
	}
	return out
}

// A hunk is a part of a unified difference, from its @@ line on.
type hunk string

// hunks splits a unified difference, and leaves its head away.
func hunks(text []byte) []hunk {
	var out []hunk
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "@@"):
			out = append(out, hunk(line))
		case len(out) > 0:
			out[len(out)-1] += hunk(line)
		}
	}
	return out
}

// count counts the lines that were added and removed.
func (h hunk) count() (added, removed int) {
	for line := range strings.Lines(string(h)) {
		switch line[0] {
		case '+':
			added++
		case '-':
			removed++
		}
	}
	return added, removed
}

// tagged is a line with an image that is named by what it is built from.
var tagged = lazy.Regexp(`^image: ("[^" ]*-[0-9a-f]{12,}"|owgen/\S+)$`)

// onlyTags tells whether nothing but the hashes of images differs, of which the services' list speaks already.
func (h hunk) onlyTags() bool {
	for line := range strings.Lines(string(h)) {
		if (line[0] == '+' || line[0] == '-') && !tagged().MatchString(strings.TrimSpace(line[1:])) {
			return false
		}
	}
	return true
}

// isManifest tells of a file that says in hashes what the others say in words.
func isManifest(name string) bool { return path.Ext(name) == ".lock" }

// isUsers tells of a file that the user writes, and that may hold anything.
func isUsers(name string) bool {
	return bundle.Within(name, bundle.CustomFolder) || name == bundle.OverrideFile
}

func isText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }

func countLines(data []byte) int {
	if !isText(data) {
		return 0
	}
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}
