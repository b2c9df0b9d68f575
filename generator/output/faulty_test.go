package output

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/owgen/owgen/generator/bundle"
)

// quick is a disk that does not wait for the hardware: these tests kill processes, not machines.
type quick struct{ osDisk }

func (d quick) sync([]string) error { return nil }

// watched tells of each operation before it is done.
type watched struct {
	disk
	before func(op, path string)
}

func (w *watched) create(p string, file bundle.File) error {
	w.before("create", p)
	return w.disk.create(p, file)
}

func (w *watched) rename(from, to string) error {
	w.before("rename", to)
	return w.disk.rename(from, to)
}

func (w *watched) remove(p string) error {
	w.before("remove", p)
	return w.disk.remove(p)
}

// errKilled is what a killed process would get, if it still got something.
var errKilled = errors.New("killed")

// faulty counts operations. The n-th fails with a cause; without one the process is killed there,
// and nothing works any more. With half, a file that was being created is left half written.
type faulty struct {
	disk
	n     int
	cause error
	half  bool

	count int
	dead  bool
	last  string // the operation that was hit
}

func (d *faulty) hit(op, p string) error {
	if d.dead {
		return errKilled
	}
	if d.count++; d.count != d.n {
		return nil
	}
	d.last = op
	if d.cause == nil {
		d.dead = true
		return errKilled
	}
	return &fs.PathError{Op: op, Path: p, Err: d.cause}
}

func (d *faulty) lstat(p string) (fs.FileInfo, error) {
	if err := d.hit("lstat", p); err != nil {
		return nil, err
	}
	return d.disk.lstat(p)
}

func (d *faulty) stat(p string) (fs.FileInfo, error) {
	if err := d.hit("stat", p); err != nil {
		return nil, err
	}
	return d.disk.stat(p)
}

func (d *faulty) list(p string) ([]fs.DirEntry, error) {
	if err := d.hit("list", p); err != nil {
		return nil, err
	}
	return d.disk.list(p)
}

func (d *faulty) read(p string) ([]byte, error) {
	if err := d.hit("read", p); err != nil {
		return nil, err
	}
	return d.disk.read(p)
}

func (d *faulty) mkdir(p string, mode fs.FileMode) error {
	if err := d.hit("mkdir", p); err != nil {
		return err
	}
	return d.disk.mkdir(p, mode)
}

func (d *faulty) create(p string, file bundle.File) error {
	if err := d.hit("create", p); err != nil {
		if d.half && d.count == d.n {
			d.n = 0 // this once only
			file.Data = file.Data[:len(file.Data)/2]
			return errors.Join(err, d.disk.create(p, file))
		}
		return err
	}
	return d.disk.create(p, file)
}

func (d *faulty) rename(from, to string) error {
	if err := d.hit("rename", to); err != nil {
		return err
	}
	return d.disk.rename(from, to)
}

func (d *faulty) chmod(p string, mode fs.FileMode) error {
	if err := d.hit("chmod", p); err != nil {
		return err
	}
	return d.disk.chmod(p, mode)
}

func (d *faulty) remove(p string) error {
	if err := d.hit("remove", p); err != nil {
		return err
	}
	return d.disk.remove(p)
}

func (d *faulty) sync(paths []string) error {
	if err := d.hit("sync", bundle.WorkFolder); err != nil {
		return err
	}
	return d.disk.sync(paths)
}

// refusing denies to replace one path.
type refusing struct {
	disk
	path string
}

func (d *refusing) rename(from, to string) error {
	if to == d.path {
		return &fs.PathError{Op: "rename", Path: to, Err: syscall.EACCES}
	}
	return d.disk.rename(from, to)
}
