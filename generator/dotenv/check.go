package dotenv

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/owgen/owgen/generator/diag"
)

// maxVariable is what Linux takes as one string of a process's environment: NAME=VALUE and a NUL.
const maxVariable = 128 << 10

// Check returns a finding for each entry that cannot reach a container unharmed: a name that
// readers of .env files do not take, a name given twice, a value with a NUL, a value that is not
// UTF-8 (YAML has no other), and one that is too long for a process's environment.
// Findings name the variable, never its value.
func Check(entries []Entry) diag.List {
	var findings diag.List
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if !isName(e.Name) {
			findings.Add(finding(e.Name, "is not the name of a variable", "use letters, digits and underscores, and begin with no digit"))
		}
		if seen[e.Name] {
			findings.Add(finding(e.Name, "stands twice in the environment file", "only one setting can have this name"))
		}
		seen[e.Name] = true
		if err := CheckValue(e.Value); err != nil {
			findings.Add(finding(e.Name, err.Error(), ""))
		} else if len(e.Name)+len("=\x00")+len(e.Value) > maxVariable {
			findings.Add(finding(e.Name, fmt.Sprintf("has %d bytes, and a variable takes %d at most", len(e.Value), maxVariable-len(e.Name)-2), ""))
		}
	}
	return findings
}

// CheckValue fails on a value that neither Quote nor Scalar can carry.
func CheckValue(value string) error {
	if i := strings.IndexByte(value, 0); i >= 0 {
		return fmt.Errorf("has a NUL at byte %d, which no environment can carry", i)
	}
	if !utf8.ValidString(value) {
		return fmt.Errorf("is not UTF-8 from byte %d on", firstInvalid(value))
	}
	return nil
}

func finding(name, message, hint string) diag.Finding {
	return diag.Finding{Rule: "environment", Path: name, Message: message, Hint: hint}
}

// isName says whether every reader of .env files takes it as the name of a variable.
func isName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

func firstInvalid(value string) int {
	for i, r := range value {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(value[i:]); size == 1 {
				return i
			}
		}
	}
	return len(value)
}
