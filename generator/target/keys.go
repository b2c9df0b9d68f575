package target

import (
	"iter"
	"reflect"
	"strings"
)

// Keys walks the keys of a struct of compose-go with what they hold, those of embedded structs among them, in its order. What is x-... means
// nothing to an engine.
func Keys(part reflect.Value) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) { walk(part, yield) }
}

func walk(part reflect.Value, yield func(string, reflect.Value) bool) bool {
	for i := range part.NumField() {
		field := part.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || name == "#extensions":
		case field.Anonymous && strings.Contains(options, "inline"):
			if !walk(part.Field(i), yield) {
				return false
			}
		case name != "" && !yield(name, part.Field(i)):
			return false
		}
	}
	return true
}

// Said walks the keys of a struct of compose-go, or of what points to one, that hold anything.
func Said(part any) iter.Seq[string] {
	return func(yield func(string) bool) {
		value := reflect.Indirect(reflect.ValueOf(part))
		if !value.IsValid() {
			return
		}
		for key, field := range Keys(value) {
			empty := field.IsZero() || (field.Kind() == reflect.Map || field.Kind() == reflect.Slice) && field.Len() == 0
			if !empty && !yield(key) {
				return
			}
		}
	}
}
