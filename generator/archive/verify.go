package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/read"
)

// The rules of what Verify finds.
const (
	ruleBroken    = "verify/broken"    // it cannot be read to its end
	ruleChanged   = "verify/changed"   // a file is not what it was
	ruleExtra     = "verify/extra"     // a file was added
	ruleMissing   = "verify/missing"   // a file was taken out
	ruleForm      = "verify/form"      // it is not written as owgen writes archives
	ruleSignature = "verify/signature" // it is not signed, or by another key
	ruleContent   = "verify/content"   // what is in it does not fit together
)

// What Verify takes at most: a small archive can be opened into a very large one.
const (
	kept       = 4 << 20  // of a file that it keeps in memory to look into it; what a bundle consists of is smaller
	keptAll    = 64 << 20 // of all of these together
	maxEntries = 100_000
)

// errTooMany is what is wrong with an archive of more files than a release can have.
var errTooMany = errors.New("it has more files than a release can have")

// A Report is what Verify finds out.
type Report struct {
	Folder string // that all entries lie below
	Files  int
	Images int
	Signed bool // there is a signature; it was checked if there was a key
	Found  diag.List
}

// An inspection reads one archive.
type inspection struct {
	Report
	original, again hash.Hash // of the tar file as it is, and as owgen would write it
	writer          *tar.Writer
	sums            map[string]string // by path
	small           map[string][]byte
	last            string
	entries         int
	keptBytes       int64
	unlikely        string // the first entry that owgen would have written otherwise
}

// Verify reads an archive to its end and names all that is wrong with it. The signature is checked if check is not nil.
func Verify(ctx context.Context, r io.Reader, check func(message, signature []byte) bool) Report {
	v := &inspection{original: sha256.New(), again: sha256.New(), sums: map[string]string{}, small: map[string][]byte{}}
	v.writer = tar.NewWriter(v.again)
	if err := v.read(bufio.NewReaderSize(read.Until(ctx, r), 1<<20)); err != nil {
		v.broken(err)
		return v.Report
	}
	v.compareSums()
	v.checkSignature(check)
	v.checkContent()
	v.Files = len(v.sums)
	v.Found = v.Found.Sort()
	return v.Report
}

func (v *inspection) find(rule, file, message, hint string) {
	v.Found.Add(diag.Finding{Rule: rule, File: file, Message: message, Hint: hint})
}

// read reads all entries, and what is around them.
func (v *inspection) read(file *bufio.Reader) error {
	first := make([]byte, headLength)
	if _, err := io.ReadFull(file, first); err != nil || !bytes.HasPrefix(first, gzipHead[:3]) {
		return gzip.ErrHeader
	}
	rest := sha256.New()
	r := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(first), io.TeeReader(file, rest)), 1<<20)
	z, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	z.Multistream(false)
	raw := io.TeeReader(z, v.original)
	entries := tar.NewReader(raw)
	for {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := v.entry(h, entries); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, raw); err != nil { // up to the checksum of the compressed data
		return err
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n > 0 {
		v.find(ruleForm, "", "something stands behind its end", "somebody appended it: get the original")
	} else if !bytes.Equal(first, head(rest.Sum(nil))) {
		v.find(ruleForm, "", "its head is not owgen's, or bytes of it were changed", "get the original")
	}
	if err := v.writer.Close(); err != nil {
		return err
	}
	if v.unlikely == "" && len(v.Found) == 0 && !bytes.Equal(v.original.Sum(nil), v.again.Sum(nil)) {
		v.unlikely = v.last
	}
	if v.unlikely != "" {
		v.find(ruleForm, v.unlikely, "is not written as owgen writes it: its mode, owner, time or place", "somebody packed the archive anew: get the original")
	}
	return nil
}

// entry reads one entry, and writes it again as owgen would.
func (v *inspection) entry(h *tar.Header, content io.Reader) error {
	folder, name, _ := strings.Cut(strings.TrimSuffix(h.Name, "/"), "/")
	if v.Folder == "" {
		v.Folder = folder
	}
	_, twice := v.sums[name]
	if v.entries++; v.entries > maxEntries {
		return errTooMany
	}
	switch {
	case h.Typeflag == tar.TypeDir:
		v.unlike(h.Name)
		return nil
	case folder != v.Folder || !fs.ValidPath(name) || name == ".":
		v.find(ruleExtra, h.Name, "lies outside of the folder "+v.Folder, "get the original")
		return nil
	case h.Typeflag != tar.TypeReg:
		v.find(ruleExtra, name, "is no plain file", "get the original")
		return nil
	case twice:
		v.find(ruleExtra, name, "stands twice", "get the original")
		return nil
	case name < v.last:
		v.unlike(name)
	}
	v.last = name
	want := Entry{Path: name, Executable: h.Mode&0o111 != 0, Size: h.Size, Open: unopened}.header(v.Folder)
	if h.Mode != want.Mode || h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(want.ModTime) {
		v.unlike(name)
	}
	if err := v.writer.WriteHeader(want); err != nil {
		return err
	}
	sum := sha256.New()
	into := []io.Writer{sum, v.writer}
	var text bytes.Buffer
	keep := h.Size <= kept && v.keptBytes+h.Size <= keptAll && looksInto(name)
	if keep {
		into = append(into, &text)
		v.keptBytes += h.Size
	}
	if _, err := io.Copy(io.MultiWriter(into...), content); err != nil {
		return err
	}
	v.sums[name] = hex.EncodeToString(sum.Sum(nil))
	if keep {
		v.small[name] = text.Bytes()
	}
	return nil
}

// looksInto says whether Verify looks into a file, and not at its checksum alone.
func looksInto(name string) bool {
	return slices.Contains([]string{SumsPath, SignaturePath, BillPath, bundle.ManifestFile, ImagesPath + "/index.json"}, name) ||
		strings.HasPrefix(name, ImagesPath+"/blobs/")
}

// unopened stands for the content of an entry whose header alone is wanted.
func unopened() (io.ReadCloser, error) { return nil, fs.ErrInvalid }

// unlike notes an entry that owgen would have written otherwise: with another mode, owner or time, or elsewhere.
func (v *inspection) unlike(name string) {
	if v.unlikely == "" {
		v.unlikely = name
	}
}

// broken reports what keeps an archive from being read to its end.
func (v *inspection) broken(err error) {
	after := ""
	if v.last != "" {
		after = ", after " + v.last
	}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF):
		v.find(ruleBroken, "", "it is no archive of owgen", "give the file that `owgen package` wrote")
	case errors.Is(err, io.ErrUnexpectedEOF):
		v.find(ruleBroken, "", "it is cut off"+after, "get the whole file")
	case errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt), errors.Is(err, tar.ErrHeader):
		v.find(ruleBroken, "", "bytes of it were changed"+after, "get the file anew")
	default:
		v.find(ruleBroken, "", "it cannot be read"+after+": "+err.Error(), "get the file anew")
	}
}

// compareSums compares all files with the list of their checksums.
func (v *inspection) compareSums() {
	text, ok := v.small[SumsPath]
	if !ok {
		v.find(ruleMissing, SumsPath, "is not there", "it is no archive of owgen, or somebody packed it anew")
		return
	}
	listed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if _, twice := listed[name]; !ok || twice || len(sum) != 2*sha256.Size {
			v.find(ruleChanged, SumsPath, "is no list of checksums", "get the original")
			return
		}
		listed[name] = sum
	}
	for name, sum := range listed {
		switch got, there := v.sums[name]; {
		case !there:
			v.find(ruleMissing, name, "is listed in "+SumsPath+", and not there", "get the original")
		case got != sum:
			v.find(ruleChanged, name, "is not what "+SumsPath+" says: it was changed", "get the original")
		}
	}
	for name := range v.sums {
		if _, ok := listed[name]; !ok && !slices.Contains([]string{SumsPath, SignaturePath}, name) {
			v.find(ruleExtra, name, "is not listed in "+SumsPath+": it was added", "get the original")
		}
	}
}

func (v *inspection) checkSignature(check func(message, signature []byte) bool) {
	signature, ok := v.small[SignaturePath]
	v.Signed = ok
	switch {
	case check == nil:
	case !ok:
		v.find(ruleSignature, SignaturePath, "is not there: it was not signed, or the signature was taken out", "ask for a signed one")
	case !check(v.small[SumsPath], signature):
		v.find(ruleSignature, SignaturePath, "is not of this key: another one signed it, or "+SumsPath+" was changed", "compare the key's fingerprint with its owner's")
	}
}
