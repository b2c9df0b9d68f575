package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/yamltext"
)

// header begins each file of manifests.
const header = "# Made by owgen from owgen.yaml. Change that and run `owgen generate`; what you want to add or patch belongs in a\n" +
	"# kustomization of your own, which names this folder among its resources.\n"

// A document is an object of the API with what a reader has to know about it.
type document struct {
	object  any
	comment string
}

// encodeAll writes manifests side by side, which is most of this target's work.
func encodeAll(manifests []manifestFile) (map[string][]byte, error) {
	texts := make([][]byte, len(manifests))
	var group errgroup.Group
	for i, m := range manifests {
		group.Go(func() (err error) {
			texts[i], err = encode(m.documents...)
			return err
		})
	}
	err := group.Wait()
	files := map[string][]byte{}
	for i, m := range manifests {
		files[m.path] = texts[i]
	}
	return files, err
}

// encode writes documents as YAML, in the order of the API's own types, without what is empty in them.
func encode(documents ...document) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(header)
	for i, d := range documents {
		text, err := json.Marshal(d.object)
		if err != nil {
			return nil, err
		}
		tokens := json.NewDecoder(bytes.NewReader(text))
		tokens.UseNumber()
		root, err := next(tokens)
		if err != nil {
			return nil, err
		}
		prune(root)
		first(root, "apiVersion")
		if i > 0 {
			out.WriteString("---\n")
		}
		for line := range strings.Lines(strings.TrimSpace(d.comment)) {
			out.WriteString(strings.TrimRight("# "+strings.TrimSpace(line), " ") + "\n")
		}
		encoder := yaml.NewEncoder(&out)
		encoder.SetIndent(2)
		if err := encoder.Encode(root); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// next is the next value of a text of JSON, mappings in their order. A parser of YAML would take several times as long.
func next(in *json.Decoder) (*yaml.Node, error) {
	token, err := in.Token()
	switch x := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if x == '[' {
			n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		}
		for in.More() {
			child, err := next(in)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err = in.Token() // its end
		return n, err
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: x, Style: yaml.DoubleQuotedStyle}, err
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, err
	default: // a number, true or false: the same in YAML
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(x)}, err
	}
}

// meant are mappings that say something by being empty: they select everything.
var meant = []string{"podSelector", "namespaceSelector", "emptyDir"}

// prune takes away what an encoder writes and nobody said, and quotes that nobody needs.
func prune(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		if n.Tag == "!!str" && plain(n.Value) {
			n.Style = 0
		}
		return
	}
	for _, child := range n.Content {
		prune(child)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	if at := yamltext.Index(n, "defaultMode"); at >= 0 {
		octal(n.Content[at+1])
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		empty := value.Tag == "!!null" || value.Kind == yaml.MappingNode && len(value.Content) == 0 && !slices.Contains(meant, key.Value) || key.Value == "status"
		if !empty {
			kept = append(kept, key, value)
		}
	}
	n.Content = kept
}

// octal writes the mode of a file as people read it.
func octal(n *yaml.Node) {
	if mode, err := strconv.ParseInt(n.Value, 10, 32); err == nil {
		n.Value = "0" + strconv.FormatInt(mode, 8)
	}
}

// plain says whether a text is the same text in every version of YAML without quotes.
func plain(text string) bool {
	if text == "" || strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") != "" {
		return false
	}
	first := text[0] | 0x20
	words := []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
	return (first >= 'a' && first <= 'z' || text[0] == '/') && !slices.Contains(words, strings.ToLower(text))
}

// first moves a key of a mapping to its beginning.
func first(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			pair := []*yaml.Node{n.Content[i], n.Content[i+1]}
			n.Content = append(pair, slices.Delete(slices.Clone(n.Content), i, i+2)...)
			return
		}
	}
}
