package output

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
)

// put writes a file where nothing is, with the folders above it.
func (f folder) put(p string, file bundle.File) error {
	err := f.disk.create(p, file)
	if !absent(err) {
		return err
	}
	if err := f.ensure(path.Dir(p)); err != nil {
		return err
	}
	return f.disk.create(p, file)
}

// replace writes a file over another; a reader sees the one or the other.
func (f folder) replace(p string, file bundle.File) error {
	if err := f.removeIfThere(scratchPath); err != nil {
		return err
	}
	if err := f.disk.create(scratchPath, file); err != nil {
		return err
	}
	return f.disk.rename(scratchPath, p)
}

// keep moves a file into the backup folder and returns where it is now.
func (f folder) keep(p, backup string) (string, error) {
	target := path.Join(backup, p)
	for {
		_, err := f.disk.lstat(target)
		if absent(err) {
			break
		}
		if err != nil {
			return "", err
		}
		target += "~"
	}
	if err := f.ensure(path.Dir(target)); err != nil {
		return "", err
	}
	return target, f.disk.rename(p, target)
}

// setMode makes a file executable or not. An own one, which this journal has created, gets its
// exact mode: the run may have been killed before.
func (f folder) setMode(p string, cur, to bundle.File, own bool) error {
	if cur.Mode.Perm() == to.Mode.Perm() || !own && sameMode(cur.Mode, to.Mode) {
		return nil
	}
	return f.disk.chmod(p, to.Mode.Perm())
}

// settleFolder makes a folder, or removes it unless something is in it.
func (f folder) settleFolder(p string, to *bundle.File) error {
	if to == nil {
		_ = f.removeFolder(p) // fails where the user has put something in
		return nil
	}
	err := f.disk.mkdir(p, to.Mode.Perm())
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := f.disk.lstat(p)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "mkdir", Path: filepath.Join(f.dir, p), Err: syscall.ENOTDIR}
	}
	return f.disk.chmod(p, to.Mode.Perm()) // the run may have been killed in between
}

// prune removes a folder and those above it as long as nothing is in them and no step of the
// journal needs them. An empty folder that cannot be removed is not worth an error, unless a file
// has to take its place.
func (f folder) prune(dir string, j journal) error {
	for ; dir != "." && !j.needs(dir); dir = path.Dir(dir) {
		if err := f.removeFolder(dir); err != nil {
			if j.writes(dir) {
				return err
			}
			return nil
		}
	}
	return nil
}

// writes says whether a step puts a file there.
func (j journal) writes(p string) bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return s.Path == p && s.New != nil })
}

// needs says whether a step writes into the folder or below it.
func (j journal) needs(dir string) bool {
	return slices.ContainsFunc(j.Steps, func(s step) bool { return within(s.Path, dir) && s.New != nil })
}

func (f folder) removeIfThere(p string) error {
	if err := f.disk.remove(p); !absent(err) {
		return err
	}
	return nil
}
