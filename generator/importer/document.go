package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
	"github.com/owgen/owgen/generator/yamltext"
)

// What is read comes from whoever wrote the installation: a few lines can stand for more than any memory holds.
const (
	mostValues = 300_000 // of one file, with what aliases stand for
	deepest    = 100     // mappings within mappings
)

// A source is a folder that files of an installation are read from.
type source struct {
	fs.FS
	shown string // the folder as findings name it, seen from the installation
}

// name is a file as findings show it.
func (s source) name(file string) string { return path.Join(s.shown, file) }

// document reads a file of YAML: a tree without aliases and merge keys. It is nil where there is none.
func (s source) document(file string) (*yaml.Node, *diag.Finding) {
	info, err := fs.Stat(s.FS, file)
	if err != nil || info.IsDir() {
		return nil, nil
	}
	data, err := fs.ReadFile(s.FS, file)
	if err != nil {
		return nil, &diag.Finding{Rule: "import/unreadable", File: s.name(file), Message: plainError(err)}
	}
	if encrypted(data) {
		return nil, &diag.Finding{Rule: "import/vault", File: s.name(file), Message: "is encrypted with Ansible Vault", Hint: "import a copy of the folder in which `ansible-vault decrypt` has opened it"}
	}
	root, problem := parse(data)
	if problem != nil {
		return nil, &diag.Finding{Rule: "import/not-yaml", File: s.name(file), Line: problem.Line, Message: problem.Message, Hint: problem.Hint}
	}
	return root, nil
}

// plainError is what went wrong with a file, without its path, which stands before the message.
func plainError(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// readable is what to do about what cannot be read.
func readable(err error) string {
	if errors.Is(err, read.ErrOutside) {
		return "put what it names in its place"
	}
	return "run owgen as a user who may read it"
}

func parse(data []byte) (*yaml.Node, *yamltext.Problem) {
	root, problems := yamltext.Document(data)
	if len(problems) > 0 {
		return nil, &problems[0]
	}
	if root == nil {
		return nil, nil
	}
	e := expansion{left: mostValues}
	out := e.expand(root, 0)
	if e.left < 0 {
		return nil, &yamltext.Problem{Line: e.line, Message: fmt.Sprintf("stands, with its aliases, for more than %d values, or for more than %d levels", mostValues, deepest),
			Hint: "write out what is meant; Ansible could not read it either"}
	}
	return out, nil
}

// An expansion puts what aliases stand for in their place, as long as that has bounds.
type expansion struct {
	left int
	line int // where it went too far
}

func (e *expansion) expand(n *yaml.Node, depth int) *yaml.Node {
	n = yamltext.Resolved(n)
	if e.left--; e.left < 0 || depth > deepest {
		if e.line == 0 {
			e.line = n.Line
		}
		e.left = -1
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line}
	}
	out := *n
	out.Anchor, out.Content = "", nil
	if n.Kind == yaml.MappingNode {
		e.mapping(&out, n, depth)
		return &out
	}
	for _, child := range n.Content {
		if e.left < 0 {
			break
		}
		out.Content = append(out.Content, e.expand(child, depth+1))
	}
	return &out
}

// mapping expands the entries of a mapping; those that a merge key brings count where the mapping has none of its own.
func (e *expansion) mapping(out, n *yaml.Node, depth int) {
	var merged []*yaml.Node
	for key, value := range yamltext.Pairs(n) {
		if e.left < 0 {
			return
		}
		value = e.expand(value, depth+1)
		if key.ShortTag() != "!!merge" {
			out.Content = append(out.Content, e.expand(key, depth+1), value)
			continue
		}
		merged = append(merged, value)
		if value.Kind == yaml.SequenceNode {
			merged = slices.Concat(merged[:len(merged)-1], value.Content)
		}
	}
	have := map[string]bool{}
	for key := range yamltext.Pairs(out) {
		have[key.Value] = true
	}
	for _, m := range merged {
		for key, value := range yamltext.Pairs(m) {
			if !have[key.Value] {
				have[key.Value] = true
				out.Content = append(out.Content, key, value)
			}
		}
	}
}

// entries reads a mapping of variables.
func (s source) entries(file string, n *yaml.Node) variables {
	out := variables{}
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}
	for key, value := range yamltext.Pairs(n) {
		out[key.Value] = Variable{Name: key.Value, Value: value, File: s.name(file), Line: key.Line}
	}
	return out
}

func get(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	if i := yamltext.Index(n, key); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
