package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// What people put beside the configuration is a few style sheets, logos and Python files.
const (
	mostFiles = 2000
	mostBytes = 64 << 20 // of all of them together
)

// walk takes the files below a folder, without empty ones and examples. What is not taken is named, and does not keep
// the others back.
func (in *Installation) walk(dir source, root string, wanted func(name string) bool) {
	info, err := fs.Lstat(dir.FS, root)
	switch {
	case err == nil && info.Mode()&fs.ModeSymlink != 0: // to any folder of this machine, of which custom/ would get the files
		in.leave(dir.name(root), "is a link; put the folder that it names in its place")
		return
	case err != nil || !info.IsDir():
		return // there is none
	}
	total := 0
	err = fs.WalkDir(dir.FS, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			in.unreadable(dir.name(name), err)
			return fs.SkipDir
		}
		if d.IsDir() || strings.Contains(d.Name(), ".example") || !wanted(name) {
			return nil
		}
		target, why := dir.follow(root, name, d)
		if why != "" {
			in.leave(dir.name(name), why)
			return nil
		}
		data, err := fs.ReadFile(dir.FS, target)
		var large read.TooLargeError
		switch {
		case errors.As(err, &large):
			in.leave(dir.name(name), plainError(err)+"; copy it by hand")
		case err != nil:
			in.unreadable(dir.name(name), err)
		case len(strings.TrimSpace(string(data))) > 0:
			total += len(data)
			in.Files[name] = data
		}
		if total > mostBytes || len(in.Files) > mostFiles {
			in.Findings.Add(diag.Finding{Rule: "import/too-large", File: dir.name(root), Message: fmt.Sprintf("has more than %d files, or more than %d MiB", mostFiles, mostBytes>>20),
				Hint: "move what is large elsewhere, import, and copy it into custom/ by hand"})
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		in.unreadable(dir.name(root), err)
	}
}

// follow says what file an entry is. A link counts as it did in the container that saw this folder and nothing beside
// it: one that leads out of the folder led nowhere there, and here it might lead to anything.
func (s source) follow(root, name string, d fs.DirEntry) (target, why string) {
	switch {
	case d.Type().IsRegular():
		return name, ""
	case d.Type()&fs.ModeSymlink == 0:
		return "", "is no file"
	}
	const leads = "is a link that leads out of " // the folder, where the container saw nothing
	link, err := fs.ReadLink(s.FS, name)
	if err != nil {
		return "", "is a link that cannot be read"
	}
	target = path.Join(path.Dir(name), link)
	if path.IsAbs(link) || !strings.HasPrefix(target, root+"/") {
		return "", leads + root + "; put what it names in its place"
	}
	for at := target; at != root; at = path.Dir(at) {
		info, err := fs.Lstat(s.FS, at)
		switch {
		case err != nil:
			return "", "is a link to nothing"
		case info.Mode()&fs.ModeSymlink != 0, at == target && !info.Mode().IsRegular():
			return "", "is a link to another link, or to a folder; put what it names in its place"
		}
	}
	return target, ""
}

func (in *Installation) unreadable(file string, err error) {
	in.Findings.Add(diag.Finding{Rule: "import/unreadable", File: file, Message: plainError(err), Hint: readable(err)})
}

func (in *Installation) leave(file, reason string) {
	in.Left = append(in.Left, Left{Name: path.Base(file), File: file, Reason: reason})
}
