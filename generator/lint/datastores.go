package lint

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/distribution/reference"
)

//go:embed datastores.txt
var storeList string

// A store is a kind of datastore, with the ports that it listens on.
type store struct {
	name  string
	ports []string
}

// stores are the kinds of datastore that a service is, as its image or its name says, or what it is configured with.
func (s locatedService) stores() []store {
	words, traces := s.kindWords(), s.kindTraces()
	var found []store
	for line := range strings.Lines(storeList) {
		columns := append(strings.Split(strings.TrimSpace(line), ": "), "", "")
		if strings.HasPrefix(line, "#") || len(columns) < 5 {
			continue
		}
		named := slices.ContainsFunc(strings.Fields(columns[1]), func(word string) bool { return words[word] })
		if named || slices.ContainsFunc(strings.Fields(columns[3]), traces.match) {
			found = append(found, store{columns[0], strings.Fields(columns[2])})
		}
	}
	return found
}

// traces are a service's variables, the folders that its volumes are mounted at, and what it exposes.
type traces []string

func (s locatedService) kindTraces() traces {
	var out traces
	for name := range s.Environment {
		out = append(out, name)
	}
	for _, v := range s.Volumes {
		out = append(out, v.Target)
	}
	for _, port := range s.Expose {
		number, _, _ := strings.Cut(port, "/")
		out = append(out, "expose="+number)
	}
	return out
}

// match tells whether one of them is like a pattern, which may end in a star.
func (t traces) match(pattern string) bool {
	begin, open := strings.CutSuffix(pattern, "*")
	return slices.ContainsFunc(t, func(text string) bool { return text == pattern || open && strings.HasPrefix(text, begin) })
}

// behind names the datastore behind a port, "" if there is none: the number alone says nothing, since others listen
// there as well.
func behind(port uint32, stores []store) string {
	for _, st := range stores {
		if slices.Contains(st.ports, strconv.FormatUint(uint64(port), 10)) {
			return st.name
		}
	}
	return ""
}

// kindWords are the words in the name of a service's image, and in its own name, with the numbers at their ends dropped.
func (s locatedService) kindWords() map[string]bool {
	texts := []string{s.Name}
	if name, err := reference.ParseNormalizedNamed(s.Image); err == nil {
		texts = append(texts, reference.Path(name))
	}
	if img := s.subject.image(s.Name); img != nil {
		if name, err := reference.ParseNormalizedNamed(img.From()); err == nil {
			texts = append(texts, reference.Path(name))
		}
	}
	words := map[string]bool{}
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune("-_./", r) }) {
			words[word] = true
			words[strings.TrimRight(word, "0123456789")] = true
		}
	}
	return words
}
