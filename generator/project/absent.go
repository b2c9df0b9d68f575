package project

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/diag"
)

// absentFiles reports what include and extends name and is not there.
func (r *Reading) absentFiles() diag.List {
	var found diag.List
	if r.Dir == "" {
		return nil
	}
	absent := func(file string) bool {
		if strings.Contains(file, "://") || strings.HasPrefix(file, "git@") {
			return false
		}
		_, err := os.Stat((bounded{r.Dir}).at(filepath.FromSlash(file)))
		return err != nil
	}
	report := func(message string, path ...string) {
		f := r.Finding(message, path...)
		f.Rule, f.Hint = "compose-invalid", "correct the path, which is relative to the compose file"
		found.Add(f)
	}
	if include := r.Node("include"); include != nil && include.Kind == yaml.SequenceNode {
		for i, item := range include.Content {
			for _, file := range r.filesOf(Resolve(item)) {
				if absent(file) {
					report("there is no file "+file, "include", "["+strconv.Itoa(i)+"]")
				}
			}
		}
	}
	for _, name := range Keys(r.Node("services")) {
		extends := r.Node("services", name, "extends")
		_, file := Get(extends, "file")
		if file = Resolve(file); file != nil && absent(r.Expand(file.Value)) {
			report("there is no file "+r.Expand(file.Value), "services", name, "extends")
		}
	}
	return found
}

// filesOf lists the files that an item of include names.
func (r *Reading) filesOf(item *yaml.Node) (files []string) {
	var in include
	if item == nil || item.Decode(&in) != nil { // what has another form is the schema's to say
		return nil
	}
	for _, path := range in.Path {
		files = append(files, r.Expand(path))
	}
	return files
}
