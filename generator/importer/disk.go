package importer

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// A Folder is where an installation lies on the disk.
type Folder string

// Read reads the installation there. The inventory is what -i names: a file, a folder, or hosts with a comma behind; ""
// leaves it to the installation. It fails where there is no such inventory.
func (f Folder) Read(ctx context.Context, o Options, inventory string) (*Installation, diag.List, error) {
	place, err := f.inventory(ctx, inventory)
	if err != nil {
		return nil, nil, err
	}
	o.Inventory = place
	in, found := Read(read.Within(ctx, string(f), read.Text), o)
	return in, f.Located(found), nil
}

func (f Folder) inventory(ctx context.Context, named string) (*Place, error) {
	if named == "" {
		return nil, nil
	}
	if strings.Contains(named, ",") {
		return &Place{Hosts: strings.FieldsFunc(named, func(r rune) bool { return r == ',' || r == ' ' })}, nil
	}
	place, err := filepath.Abs(named)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(place); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(string(f))
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Rel(dir, filepath.Dir(place)) // findings are located from there
	if err != nil {
		return nil, err
	}
	return &Place{FS: read.Dir(ctx, filepath.Dir(place), read.Text), Path: filepath.Base(place), Folder: filepath.ToSlash(folder)}, nil
}

// File reads a file in the folder that the configuration names. Another path is that of a container; what has it on this machine is
// something else, such as the own key of whoever imports what somebody has sent.
func (f Folder) File(ctx context.Context, name string) ([]byte, error) {
	return fs.ReadFile(read.Within(ctx, string(f), read.Text), path.Clean(name))
}

// Located names the files of findings as they are found from here.
func (f Folder) Located(found diag.List) diag.List {
	out := slices.Clone(found)
	for i := range out {
		if out[i].File != "" {
			out[i].File = filepath.ToSlash(filepath.Join(string(f), out[i].File))
		}
	}
	return out
}

// Is says whether another folder is the same.
func (f Folder) Is(dir string) bool {
	own, err := os.Stat(string(f))
	other, err2 := os.Stat(dir)
	return err == nil && err2 == nil && os.SameFile(own, other)
}
