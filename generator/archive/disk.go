package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"

	"github.com/owgen/owgen/generator/read"
)

// inMemory is up to what size a file is read at once. Larger ones, such as a map for offline use, are read piece by
// piece, and again when they are written.
const inMemory = 1 << 20

// OnDisk is an entry that lies in a file. It is read through the context, which ends that.
func OnDisk(ctx context.Context, path, file string, info fs.FileInfo) (Entry, error) {
	e := Entry{Path: path, Executable: info.Mode()&0o111 != 0}
	if info.Size() <= inMemory {
		var err error
		e.Data, err = read.Plain(ctx, file, inMemory)
		return e, err
	}
	e.Open = func() (io.ReadCloser, error) { return openFile(ctx, file) }
	content, err := e.Open()
	if err != nil {
		return e, err
	}
	defer content.Close()
	sum := sha256.New()
	e.Size, err = io.Copy(sum, content)
	e.Sum = hex.EncodeToString(sum.Sum(nil))
	return e, err
}

// openFile opens a file that is read until the context is done.
func openFile(ctx context.Context, name string) (io.ReadCloser, error) {
	file, _, err := read.Open(name, 0)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{read.Until(ctx, file), file}, nil
}
