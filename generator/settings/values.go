package settings

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Get returns the value of a key; the second result is false for an unknown key.
func (v *Values) Get(key string) (Value, bool) {
	value, ok := v.byKey[key]
	return value, ok
}

// String returns the value of a key as .env carries it, and "" for an unknown key.
func (v *Values) String(key string) string {
	value, ok := v.byKey[key]
	if !ok {
		return ""
	}
	return Flat(value.Value)
}

// Bool reports whether a setting is true; an unknown key is false.
func (v *Values) Bool(key string) bool {
	b, _ := v.byKey[key].Value.(bool)
	return b
}

// Int returns a whole number; an unknown key gives 0.
func (v *Values) Int(key string) int64 {
	n, _ := v.byKey[key].Value.(int64)
	return n
}

// Strings returns the items of a list as text.
func (v *Values) Strings(key string) []string {
	items, _ := v.byKey[key].Value.([]any)
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = Flat(item)
	}
	return out
}

// Schema returns the schema that the values belong to.
func (v *Values) Schema() *Schema { return v.schema }

// Below returns the values whose key starts with prefix and a dot, by the rest of their key.
func (v *Values) Below(prefix string) map[string]Value {
	out := map[string]Value{}
	for _, d := range v.schema.list {
		if rest, ok := strings.CutPrefix(d.Key, prefix+"."); ok {
			out[rest] = v.byKey[d.Key]
		}
	}
	return out
}

// Tree returns the values as the nested mapping that templates see as .Settings.
func (v *Values) Tree() map[string]any {
	root := map[string]any{}
	for _, d := range v.schema.list {
		parts := strings.Split(d.Key, ".")
		node := root
		for _, part := range parts[:len(parts)-1] {
			next, ok := node[part].(map[string]any)
			if !ok {
				next = map[string]any{}
				node[part] = next
			}
			node = next
		}
		node[parts[len(parts)-1]] = v.byKey[d.Key].Value
	}
	return root
}

// Flat is a value as one text, the form that environment variables carry: lists are joined by
// commas, mappings are JSON.
func Flat(value any) string {
	switch x := value.(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		parts := make([]string, len(x))
		for i, item := range x {
			parts[i] = Flat(item)
		}
		return strings.Join(parts, ",")
	case map[string]any:
		text, err := json.Marshal(x)
		if err != nil { // convert has refused what JSON cannot carry
			return fmt.Sprint(x)
		}
		return string(text)
	}
	return fmt.Sprint(value)
}
