// Package archive packs a bundle into a release: one file without secrets, the same bytes for the same input,
// with checksums, a bill of materials, a signature if there is a key, and the images if they are wanted.
//
// All entries lie below one folder. SHA256SUMS lists the others, SHA256SUMS.sig signs it. Order, modes, times
// and owners are fixed, so that Verify can tell an archive that was tampered with by writing it again.
package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip" // pinned in go.mod, so that another Go gives the same bytes; and twice as fast
)

// The files that an archive has besides the bundle's own.
const (
	SumsPath      = "SHA256SUMS"
	SignaturePath = "SHA256SUMS.sig"
	BillPath      = "sbom.cdx.json"
	LoadPath      = "load-images.sh"
	ImagesPath    = "images"
)

// packed is the time of every entry: a date says nothing about the content, and would change it.
var packed = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// An Entry is one file of an archive. Large ones are opened when they are written; Sum is known then.
type Entry struct {
	Path       string // slash-separated, below the archive's folder
	Executable bool
	Data       []byte
	Open       func() (io.ReadCloser, error) // instead of Data
	Size       int64                         // of what Open reads
	Sum        string                        // SHA-256 of what Open reads, in hexadecimal
}

func (e Entry) size() int64 {
	if e.Open != nil {
		return e.Size
	}
	return int64(len(e.Data))
}

func (e Entry) sum() string {
	if e.Open != nil {
		return e.Sum
	}
	sum := sha256.Sum256(e.Data)
	return hex.EncodeToString(sum[:])
}

func (e Entry) open() (io.ReadCloser, error) {
	if e.Open != nil {
		return e.Open()
	}
	return io.NopCloser(bytes.NewReader(e.Data)), nil
}

// header is the only header that an entry can have.
func (e Entry) header(folder string) *tar.Header {
	mode := int64(0o644)
	if e.Executable {
		mode = 0o755
	}
	return &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(folder, e.Path), Size: e.size(), Mode: mode, ModTime: packed}
}

// Seal adds the checksums of all entries, and their signature if there is a key. It returns the entries in
// their order.
func Seal(entries []Entry, sign func([]byte) []byte) ([]Entry, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	sums := Entry{Path: SumsPath}
	for i, e := range entries {
		if !fs.ValidPath(e.Path) || e.Path == "." || strings.ContainsAny(e.Path, "\n\\") || e.Path == SumsPath || e.Path == SignaturePath {
			return nil, fmt.Errorf("%q cannot be packed under that name", e.Path)
		}
		if i > 0 && entries[i-1].Path == e.Path {
			return nil, fmt.Errorf("%s would be packed twice", e.Path)
		}
		sums.Data = fmt.Appendf(sums.Data, "%s  %s\n", e.sum(), e.Path)
	}
	entries = append(entries, sums)
	if sign != nil {
		entries = append(entries, Entry{Path: SignaturePath, Data: sign(sums.Data)})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return entries, nil
}

// gzipHead is the head of the compressed file: no name, no time, and a comment, which gzip leaves alone, for
// the checksum of all that follows. Deflate has bits that mean nothing; with it not even they can be changed.
var gzipHead = []byte{0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 0xff}

const headLength = 10 + len("sha256:") + 2*sha256.Size + 1

// head is the whole head, with the checksum of the rest.
func head(sum []byte) []byte { return fmt.Appendf(bytes.Clone(gzipHead), "sha256:%x\x00", sum) }

// Write writes sealed entries as a tar file compressed by gzip, from the start of w.
func Write(w io.WriteSeeker, folder string, entries []Entry) error {
	if _, err := w.Write(head(make([]byte, sha256.Size))); err != nil {
		return err
	}
	hash := sha256.New()
	z, err := gzip.NewWriterLevel(&headless{w: io.MultiWriter(w, hash), skip: len(gzipHead)}, gzip.DefaultCompression)
	if err != nil {
		return err
	}
	if err := writeTar(z, folder, entries); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = w.Write(head(hash.Sum(nil)))
	return err
}

// Checksum is the SHA-256 of what was written, in hexadecimal.
func Checksum(f io.ReadSeeker) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err := io.Copy(hash, f)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// Fingerprint names a release by what is in it.
func Fingerprint(sealed []Entry) string {
	for _, e := range sealed {
		if e.Path == SumsPath {
			return e.sum()[:12]
		}
	}
	return ""
}

// headless leaves out the head that the compressor writes.
type headless struct {
	w    io.Writer
	skip int
}

func (h *headless) Write(data []byte) (int, error) {
	n := min(h.skip, len(data))
	h.skip -= n
	written, err := h.w.Write(data[n:])
	return n + written, err
}

func writeTar(w io.Writer, folder string, entries []Entry) error {
	t := tar.NewWriter(w)
	for _, e := range entries {
		if err := t.WriteHeader(e.header(folder)); err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
		if err := e.copy(t); err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
	}
	return t.Close()
}

// copy writes an entry's content, and makes sure that it is what its checksum says.
func (e Entry) copy(w io.Writer) error {
	r, err := e.open()
	if err != nil {
		return err
	}
	defer r.Close()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, hash), r); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != e.sum() {
		return fmt.Errorf("it changed while it was packed")
	}
	return nil
}
