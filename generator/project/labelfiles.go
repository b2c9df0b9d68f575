package project

import (
	"context"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/dotenv"
	"github.com/owgen/owgen/generator/read"
)

// readLabelFiles completes the labels of each service from its label_file, which lies beside the compose file. compose-go would
// read it to its end, whatever that is, and write out whatever its values refer to.
func (r *Reading) readLabelFiles(ctx context.Context) diag.List {
	var found diag.List
	texts := map[string][]byte{} // services share files
	for _, name := range slices.Sorted(maps.Keys(r.Loaded.Services)) {
		s := r.Loaded.Services[name]
		found.Add(r.readLabels(ctx, name, &s.ContainerSpec, texts)...)
		for i := range s.PreStart { // which have the files of their service
			r.readLabels(ctx, name, &s.PreStart[i].ContainerSpec, texts)
		}
		r.Loaded.Services[name] = s
	}
	return found
}

func (r *Reading) readLabels(ctx context.Context, service string, of *types.ContainerSpec, texts map[string][]byte) diag.List {
	var found diag.List
	labels := types.Labels{}
	lookup := lookupIn(labels)
	for _, file := range of.LabelFiles {
		data, known := texts[file]
		var err error
		if !known {
			data, err = read.File(ctx, (bounded{r.Dir}).at(file), read.Text)
		}
		if err == nil {
			texts[file] = data
			err = r.affords(data)
		}
		if err == nil {
			err = dotenv.Bounded(data, lookup)
		}
		if err != nil {
			found.Add(r.unreadable(err, file, "services", service, "label_file", file))
			continue
		}
		values, faults := dotenv.Read(data, lookup)
		maps.Copy(labels, values)
		found.Add(envFaults(file, faults)...)
	}
	if maps.Copy(labels, of.Labels); len(labels) > 0 {
		of.Labels = labels
	}
	return found
}
