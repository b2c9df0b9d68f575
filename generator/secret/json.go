package secret

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Member is a value within JSON that is named like a secret, or is one whatever its name.
type Member struct {
	Path  string // dotted
	Value string
}

// InJSON lists the secrets within a text that is JSON, as settings of some programs are; none where it is not.
func InJSON(text string) []Member {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return members(value, "")
}

func members(value any, path string) []Member {
	var found []Member
	below := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch x := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			found = append(found, members(x[name], below(name))...)
		}
	case []any:
		for i, item := range x {
			found = append(found, members(item, below(strconv.Itoa(i)))...)
		}
	case string:
		if Bare(x) || Named(path) && Valued(x) {
			found = append(found, Member{path, x})
		}
	}
	return found
}
