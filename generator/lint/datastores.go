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

// stores are the kinds of datastore that a service is, as its image or its name says.
func (s locatedService) stores() []store {
	words := s.kindWords()
	var found []store
	for line := range strings.Lines(storeList) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), ": ")
		named, ports, ok := strings.Cut(rest, ": ")
		if ok && slices.ContainsFunc(strings.Fields(named), func(word string) bool { return words[word] }) {
			found = append(found, store{name, strings.Fields(ports)})
		}
	}
	return found
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
