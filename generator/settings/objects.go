package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkObjects takes a JSON list of objects that have each of the setting's fields: a text that is not empty, or a list
// of such texts. A setting without fields takes any JSON.
func (d *Setting) checkObjects(text string) error {
	if len(d.Fields) == 0 {
		return nil
	}
	names := slices.Sorted(maps.Keys(d.Fields))
	var objects []map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &objects) != nil || objects == nil {
		return fmt.Errorf("must be a JSON list, each item an object with %s", strings.Join(names, ", "))
	}
	for i, object := range objects {
		for _, name := range names {
			if err := checkField(object[name], d.Fields[name]); err != nil {
				return fmt.Errorf("item %d: %s %w", i+1, name, err)
			}
		}
	}
	return nil
}

func checkField(raw json.RawMessage, t Type) error {
	var one string
	many := []string{}
	switch {
	case len(raw) == 0:
		return errors.New("is missing")
	case t == List:
		if json.Unmarshal(raw, &many) != nil || len(many) == 0 || slices.Contains(many, "") {
			return errors.New("must be a list of texts, and have one at least")
		}
	case json.Unmarshal(raw, &one) != nil || one == "":
		return errors.New("must be a text")
	}
	return nil
}
