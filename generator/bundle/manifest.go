package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// manifestFormat counts the changes of the manifest that an older owgen could not understand. The first one had
// hashes without the name of their algorithm.
const manifestFormat = 2

// Algorithm stands before each hash of a manifest.
const Algorithm = "sha256:"

// manifestAbout stands in each manifest, for who meets it in a pull request.
const manifestAbout = "Written by owgen. It tells generated files from edited ones: commit it, and do not edit it."

// A Record is what a manifest says: who wrote the bundle, from which input, and what it wrote.
type Record struct {
	About       string            `json:"about"`
	Format      int               `json:"format"`
	Generator   string            `json:"generator"`         // the version that wrote the bundle
	InputDigest string            `json:"input"`             // the digest of everything that it was written from
	Secrets     []string          `json:"secrets,omitempty"` // the names of the secrets that it needs
	Lasting     map[string]string `json:"lasting,omitempty"` // setting -> the value that data was made with
	Files       map[string]string `json:"files"`             // path -> sha256:... of what was written there
}

// Manifest renders the manifest of the bundle: one line a file, in order, so that a change reads well
// in a pull request. The manifest itself and files that are written once are not in it.
func (b *Bundle) Manifest(version, inputDigest string) []byte {
	r := Record{
		About: manifestAbout, Format: manifestFormat, Generator: version, InputDigest: inputDigest,
		Files: make(map[string]string, len(b.Files)),
	}
	for path, f := range b.Files {
		if !f.Once && path != ManifestFile {
			r.Files[path] = Digest(f.Data)
		}
	}
	for _, l := range b.Lasting {
		if r.Lasting == nil {
			r.Lasting = map[string]string{}
		}
		r.Lasting[l.Key] = l.Value
	}
	for _, s := range b.Secrets {
		r.Secrets = append(r.Secrets, s.Name)
	}
	slices.Sort(r.Secrets)
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // a struct of strings always has a JSON form
	}
	return append(text, '\n')
}

// ReadManifest reads what Manifest rendered. It fails on anything else, on a format newer than
// it knows, and on a path that leads out of the bundle.
func ReadManifest(data []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, err
	}
	if r.Format < 1 || r.Format > manifestFormat {
		return Record{}, fmt.Errorf("its format is %d, and this owgen knows formats 1 to %d", r.Format, manifestFormat)
	}
	for path, digest := range r.Files {
		if !fs.ValidPath(path) || path == "." || diag.Plain(path) != path || slices.ContainsFunc(strings.Split(path, "/"), isRepository) {
			return Record{}, fmt.Errorf("%q is not a path inside the bundle", path)
		}
		text, named := strings.CutPrefix(digest, Algorithm)
		if sum, err := hex.DecodeString(text); err != nil || len(sum) != sha256.Size || named != (r.Format > 1) {
			return Record{}, fmt.Errorf("%q is not the SHA-256 of %s", digest, path)
		}
		r.Files[path] = Algorithm + text
	}
	return r, nil
}

// Digest is the SHA-256 of data as a manifest writes it.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return Algorithm + hex.EncodeToString(sum[:])
}
