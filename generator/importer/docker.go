package importer

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/lazy"
	"github.com/owgen/owgen/generator/replaces"
	"github.com/owgen/owgen/generator/yamltext"
)

const envFile = ".env"

// readDocker reads a checkout of docker-openwisp.
func readDocker(dir fs.FS) (*Installation, diag.List) {
	data, err := fs.ReadFile(dir, envFile)
	if err != nil {
		return nil, diag.List{{Rule: "import/unreadable", File: envFile, Message: err.Error(), Hint: readable(err)}}
	}
	in := &Installation{Kind: replaces.Docker, Files: map[string][]byte{}}
	if err := in.readEnv(data); err != nil {
		return nil, diag.List{*err}
	}
	in.walk(source{FS: dir}, "customization", func(string) bool { return true })
	for _, name := range []string{".build.env", "docker-compose.override.yml"} {
		if data, err := fs.ReadFile(dir, name); err == nil {
			in.Files[name] = data
		}
	}
	return in, nil
}

// readEnv takes values as Compose does: that is what the services of the installation got. It fails where Compose does.
func (in *Installation) readEnv(data []byte) *diag.Finding {
	lines := assignments(string(data))
	if f := grown(string(data), lines); f != nil {
		return f
	}
	values, err := dotenv.Parse(data)
	if err != nil {
		f := diag.Finding{Rule: "import/not-env", File: envFile, Message: "cannot be read, by Compose either: " + reason(err), Hint: "mend this line; nothing was read"}
		f.Line = yamltext.Split(err)[0].Line
		for _, a := range lines { // the parser names the end of the file
			if a.quoted() && !a.closed() {
				f.Line = a.line
			}
		}
		return &f
	}
	last := map[string]int{}
	for i, a := range lines {
		if before, twice := last[a.name]; twice {
			in.warn(a, "import/twice", fmt.Sprintf("%s stands in line %d as well; the last one counts, for Compose too", a.name, lines[before].line), "remove one of them")
		}
		last[a.name] = i
	}
	for i, a := range lines {
		value, known := values[a.name]
		if !known || last[a.name] != i {
			continue
		}
		in.dollar(envFile, a, value)
		in.Variables = append(in.Variables, Variable{Name: a.name, Value: text(value, a.line), File: envFile, Line: a.line, cut: a.comment})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if _, placed := last[name]; !placed && name != "" { // written in a way that only Compose understands
			in.Variables = append(in.Variables, Variable{Name: name, Value: text(values[name], 0), File: envFile})
		}
	}
	slices.SortStableFunc(in.Variables, func(a, b Variable) int { return a.Line - b.Line })
	return nil
}

// dollar warns of a value of which Compose made another one.
func (in *Installation) dollar(file string, a assignment, value string) {
	if !a.interpolated(value) {
		return
	}
	what := "a $, which Compose takes for another variable"
	if !envReference().MatchString(strings.ReplaceAll(a.raw, "$$", "")) {
		what = "$$, which is one $ for Compose"
	}
	in.Findings.Add(diag.Finding{Rule: "import/dollar", Severity: diag.Warning, File: file, Line: a.line,
		Message: a.name + " has " + what + ": it is taken over as the services got it, not as it stands there",
		Hint:    "if the $ was meant to be one, look at what was taken over; single quotes would have kept it"})
}

func (in *Installation) warn(a assignment, rule, message, hint string) {
	in.Findings.Add(diag.Finding{Rule: rule, Severity: diag.Warning, File: envFile, Line: a.line, Message: message, Hint: hint})
}

// reason is what the parser says, without the part of the file that it shows: that may be a password.
func reason(err error) string {
	message := yamltext.Split(err)[0].Message
	for _, word := range []string{"key cannot contain a space", "unterminated quoted value", "unexpected character", "zero length string"} {
		if strings.HasPrefix(message, word) {
			return word
		}
	}
	return "it is no list of NAME=VALUE"
}

// mostEnvironment is what Linux takes as one string of an environment.
const mostEnvironment = 128 << 10

var envReference = lazy.Regexp(`\$\{?([A-Za-z_][A-Za-z0-9_]*)`)

// grown refuses a file whose values grow, by what they refer to, beyond what any process could get: the parser would write
// them out. It counts before that, and rather too much than too little.
func grown(data string, lines []assignment) *diag.Finding {
	tooMuch := func(line int) *diag.Finding {
		return &diag.Finding{Rule: "import/too-large", File: envFile, Line: line, Message: "has a value that grows, with what it refers to, beyond the 128 KiB that a process can get", Hint: "write out what is meant; nothing was read"}
	}
	hidden := unplaced(data, lines)
	references := strings.Count(hidden, "$")
	if references > 20 { // enough to grow without bounds
		return tooMuch(0)
	}
	more := len(hidden) // that each reference can stand for besides what is seen
	if references > 0 {
		more *= 2500 // what 20 of them can do at most: three in each of seven levels
	}
	sizes := map[string]int{}
	for _, a := range lines {
		size := len(a.raw)
		if !strings.HasPrefix(a.raw, "'") {
			for _, match := range envReference().FindAllStringSubmatch(a.raw, -1) {
				size += sizes[match[1]] + more
			}
		}
		if sizes[a.name] = max(size, sizes[a.name]); size > mostEnvironment {
			return tooMuch(a.line)
		}
	}
	return nil
}

// unplaced is what stands in no line that is understood here, though the parser may.
func unplaced(data string, lines []assignment) string {
	all := fileLines(data)
	for _, a := range lines {
		for i := range 1 + strings.Count(a.raw, "\n") {
			all[a.line-1+i] = ""
		}
	}
	all = slices.DeleteFunc(all, func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") })
	return strings.TrimSpace(strings.Join(all, ""))
}

func fileLines(data string) []string {
	return strings.Split(strings.TrimPrefix(strings.ReplaceAll(data, "\r\n", "\n"), "\ufeff"), "\n")
}

// An assignment is one NAME=VALUE of the file.
type assignment struct {
	name    string
	raw     string // the value as it stands there, with its quotes
	line    int
	comment bool // a # follows the value
}

var assigned = lazy.Regexp(`^\s*(?:export\s+)?([^\s=:#]+)[ \t]*[=:][ \t]*(.*)$`)

// assignments finds where each variable is set.
func assignments(data string) []assignment {
	var out []assignment
	lines := fileLines(data)
	for i := 0; i < len(lines); i++ {
		match := assigned().FindStringSubmatch(lines[i])
		if match == nil {
			continue
		}
		a := assignment{name: match[1], raw: match[2], line: i + 1}
		if a.quoted() { // the value may go on in the next lines
			for !a.closed() && i+1 < len(lines) {
				i++
				a.raw += "\n" + lines[i]
			}
		} else {
			var rest string
			a.raw, rest, a.comment = strings.Cut(a.raw, " #")
			a.comment = a.comment && strings.TrimSpace(rest) != ""
		}
		out = append(out, a)
	}
	return out
}

func (a assignment) quoted() bool {
	return strings.HasPrefix(a.raw, `"`) || strings.HasPrefix(a.raw, "'")
}

// closed says whether the quote at the beginning has its end.
func (a assignment) closed() bool {
	quote := a.raw[0]
	for i := 1; i < len(a.raw); i++ {
		switch {
		case a.raw[i] == '\\' && quote == '"':
			i++
		case a.raw[i] == quote:
			return true
		}
	}
	return false
}

// interpolated says whether Compose made something else of a $.
func (a assignment) interpolated(value string) bool {
	if strings.HasPrefix(a.raw, "'") || !strings.Contains(a.raw, "$") {
		return false
	}
	return strings.Count(value, "$") != strings.Count(strings.ReplaceAll(a.raw, `\$`, "$"), "$")
}
