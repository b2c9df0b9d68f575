package importer

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/replaces"
)

const envFile = ".env"

// readDocker reads a checkout of docker-openwisp.
func readDocker(dir fs.FS) (*Installation, diag.List) {
	data, err := fs.ReadFile(dir, envFile)
	if err != nil {
		return nil, diag.List{{Rule: "import/unreadable", File: envFile, Message: err.Error(), Hint: "run owgen as a user who may read it"}}
	}
	in := &Installation{Kind: replaces.Docker, Files: map[string][]byte{}}
	if err := in.readEnv(data); err != nil {
		return nil, diag.List{*err}
	}
	walk(dir, "customization", in.Files, &in.Findings)
	for _, name := range []string{".build.env", "docker-compose.override.yml"} {
		if data, err := fs.ReadFile(dir, name); err == nil {
			in.Files[name] = data
		}
	}
	return in, nil
}

// readEnv takes values as Compose does: that is what the services of the installation got. It fails where Compose does.
func (in *Installation) readEnv(data []byte) *diag.Finding {
	values, err := dotenv.Parse(data)
	if err != nil {
		f := diag.Finding{Rule: "import/not-env", File: envFile, Message: "cannot be read, by Compose either: " + reason(err, data), Hint: "mend this line; nothing was read"}
		if n, _ := fmt.Sscanf(err.Error(), "line %d:", &f.Line); n == 0 {
			f.Line = 0
		}
		for _, a := range assignments(string(data)) { // the parser names the end of the file
			if a.quoted() && !a.closed() {
				f.Line = a.line
			}
		}
		return &f
	}
	lines := assignments(string(data))
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
		if a.interpolated(value) {
			in.warn(a, "import/dollar", a.name+" has a $, which Compose takes for another variable: it is taken over as the services got it, not as it stands there",
				"if the $ was meant to be one, look at what was taken over; single quotes would have kept it")
		}
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

func (in *Installation) warn(a assignment, rule, message, hint string) {
	in.Findings.Add(diag.Finding{Rule: rule, Severity: diag.Warning, File: envFile, Line: a.line, Message: message, Hint: hint})
}

// reason is what the parser says, without the part of the file that it shows: that may be a password.
func reason(err error, data []byte) string {
	message := err.Error()
	if _, rest, ok := strings.Cut(message, ": "); ok && strings.HasPrefix(message, "line ") {
		message = rest
	}
	for _, word := range []string{"key cannot contain a space", "unterminated quoted value", "unexpected character", "zero length string"} {
		if strings.HasPrefix(message, word) {
			return word
		}
	}
	return "it is no list of NAME=VALUE"
}

// An assignment is one NAME=VALUE of the file.
type assignment struct {
	name    string
	raw     string // the value as it stands there, with its quotes
	line    int
	comment bool // a # follows the value
}

var assigned = regexp.MustCompile(`^\s*(?:export\s+)?([^\s=:#]+)[ \t]*[=:][ \t]*(.*)$`)

// assignments finds where each variable is set.
func assignments(data string) []assignment {
	var out []assignment
	lines := strings.Split(strings.TrimPrefix(strings.ReplaceAll(data, "\r\n", "\n"), "\ufeff"), "\n")
	for i := 0; i < len(lines); i++ {
		match := assigned.FindStringSubmatch(lines[i])
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
