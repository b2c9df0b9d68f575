package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/read"
)

// What nobody writes, and what compose-go would take minutes or all memory for.
const (
	mostEntries = 20_000 // names in a mapping: each is looked for among all others
	mostValues  = 30_000 // values of a project, with those that aliases and merges stand for: each is tried on 180 patterns, and more
	mostTries   = 1_000  // attributes that are loaded one by one, to find all that is wrong

	mostRead = 32 << 20 // bytes of files of variables and labels: each is read anew for each service that names it
)

// tooMany finds mappings of too many names, files of too many values, and what references make too long.
func (s Sources) tooMany(variables map[string]string) diag.List {
	var found diag.List
	values, long := 0, dotenv.MostExpanded
	for _, text := range s.texts() {
		for _, v := range Variables(string(text.Data)) {
			long -= len(variables[v.Name])
		}
		f := diag.Finding{Rule: "compose-invalid", File: text.Name, Hint: "split it up"}
		document := suspect(text.Data)
		if at := crowded(document); at != nil {
			f.Line, f.Message = at.Line, fmt.Sprintf("has %d names in one mapping, and %d is the most that is read", len(at.Content)/2, mostEntries)
			found.Add(f)
		} else if values += weigh(document); values > mostValues {
			f.Message = tooManyValues
			found.Add(f)
			break
		}
		if long < 0 {
			f.Message, f.Hint = tooLong, "let fewer values refer to long ones"
			found.Add(f)
			break
		}
	}
	return found
}

var tooLong = fmt.Sprintf("has references that stand for more than %d MiB together", dotenv.MostExpanded>>20)

var tooManyValues = fmt.Sprintf("has more than %d values, with those that its aliases stand for, and that is the most that is read", mostValues)

// A weighed loader looks at what compose-go is going to read for include and extends: at its kind, and at how much is in it, with the
// rest of the project.
type weighed struct {
	bounded
	files map[string]error
	total *int
}

func (w weighed) check(file string) error {
	name := w.at(file)
	err, known := w.files[name]
	if known {
		return err
	}
	if err = read.Check(name, read.Text); err == nil {
		if data, readErr := os.ReadFile(name); readErr == nil { // what is missing is compose-go's to say
			document := suspect(data)
			if *w.total += weigh(document); *w.total > mostValues || crowded(document) != nil {
				err = errors.New(filepath.Base(name) + " " + tooManyValues)
			}
		}
	}
	w.files[name] = err
	return err
}

// Accept takes what must not be read, and leaves the rest to compose-go.
func (w weighed) Accept(file string) bool { return w.check(file) != nil }

// Load says why it must not be read.
func (w weighed) Load(_ context.Context, file string) (string, error) { return "", w.check(file) }

// suspect parses a text that may have too much in it: a long one, or one in which little stands for much.
func suspect(data []byte) *yaml.Node {
	if len(data) < 3*mostEntries && !bytes.ContainsRune(data, '*') {
		return nil
	}
	return Parse(data)
}

// crowded returns the first mapping that has too many names.
func crowded(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind == yaml.MappingNode && len(n.Content)/2 > mostEntries {
		return n
	}
	for _, child := range n.Content {
		if at := crowded(child); at != nil {
			return at
		}
	}
	return nil
}

// weigh counts the values of a document, with what aliases stand for; beyond what is read it does not go on counting.
func weigh(document *yaml.Node) int {
	known := map[*yaml.Node]int{}
	var count func(n *yaml.Node) int
	count = func(n *yaml.Node) int {
		switch {
		case n == nil:
			return 0
		case n.Kind == yaml.AliasNode:
			return count(n.Alias)
		case n.Kind == yaml.ScalarNode:
			return 1
		}
		if sum, counted := known[n]; counted {
			return sum
		}
		known[n] = 0 // one that contains itself is refused elsewhere
		sum := 0
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				continue // a name
			}
			if sum = min(sum+count(child), mostValues+1); sum > mostValues {
				break
			}
		}
		known[n] = sum
		return sum
	}
	return count(document)
}

// within fills variables in as long as what they stand for is not too much.
func (r *Reading) within(left int) func(string, template.Mapping) (string, error) {
	return func(value string, mapping template.Mapping) (string, error) {
		if strings.Contains(value, "$") {
			for _, v := range Variables(value) {
				text, _ := mapping(v.Name)
				left -= len(text)
			}
			if left < 0 {
				return "", errors.New(tooLong)
			}
		}
		return r.substitute(value, mapping)
	}
}

// affords tells whether one more file of variables or labels may be read for a service.
func (r *Reading) affords(data []byte) error {
	if r.spent += len(data); r.spent > mostRead {
		return fmt.Errorf("the files of variables and labels of all services have more than %d MiB together", mostRead>>20)
	}
	return nil
}
