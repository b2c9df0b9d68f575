package bundle

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/owgen/owgen/generator/secret"
)

func TestManifestRoundTrip(t *testing.T) {
	files := map[string]File{
		"docker-compose.yml":        {Data: []byte("services: {}\n"), Mode: 0o644},
		"dockerfiles/a/Dockerfile":  {Data: []byte("FROM scratch\n"), Mode: 0o644},
		"custom/README.md":          {Data: []byte("yours\n"), Mode: 0o644, Once: true},
		"path with \"quotes\" & <>": {Mode: 0o755},
		ManifestFile:                {Data: []byte("an older one"), Mode: 0o644},
	}
	data := (&Bundle{Files: files, Secrets: []secret.Spec{{Name: "b"}, {Name: "a"}}}).Manifest("1.2.3", "sha256:abc")
	got, err := ReadManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	want := Record{
		About: manifestAbout, Format: 2, Generator: "1.2.3", InputDigest: "sha256:abc", Secrets: []string{"a", "b"},
		Files: map[string]string{
			"docker-compose.yml":        Digest([]byte("services: {}\n")),
			"dockerfiles/a/Dockerfile":  Digest([]byte("FROM scratch\n")),
			"path with \"quotes\" & <>": Digest(nil),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if again := (&Bundle{Files: files, Secrets: []secret.Spec{{Name: "a"}, {Name: "b"}}}).Manifest("1.2.3", "sha256:abc"); string(again) != string(data) {
		t.Errorf("the same input gave other bytes:\n%s\n%s", data, again)
	}
}

// What an owgen before 0.1.0 wrote is read as if it had named its algorithm.
func TestReadManifestOfFormat1(t *testing.T) {
	digest := Digest([]byte("services: {}\n"))
	got, err := ReadManifest([]byte(`{"format": 1, "files": {"x": "` + strings.TrimPrefix(digest, Algorithm) + `"}}`))
	if err != nil || got.Files["x"] != digest {
		t.Errorf("got %v, %v, want %s", got.Files, err, digest)
	}
}

func TestReadManifestRefuses(t *testing.T) {
	digest := Digest(nil)
	tests := map[string]struct{ data, message string }{
		"nothing":         {"", "unexpected end"},
		"merge conflict":  {"<<<<<<< HEAD\n{}\n", "invalid character"},
		"no format":       {`{"files": {}}`, "format is 0"},
		"newer format":    {`{"format": 99}`, "format is 99"},
		"absolute path":   {`{"format": 1, "files": {"/etc/passwd": "` + digest + `"}}`, "not a path inside"},
		"path upwards":    {`{"format": 1, "files": {"../x": "` + digest + `"}}`, "not a path inside"},
		"the folder":      {`{"format": 1, "files": {".": "` + digest + `"}}`, "not a path inside"},
		"not a digest":    {`{"format": 1, "files": {"x": "abc"}}`, "not the SHA-256"},
		"no algorithm":    {`{"format": 2, "files": {"x": "` + strings.TrimPrefix(digest, Algorithm) + `"}}`, "not the SHA-256"},
		"an algorithm":    {`{"format": 1, "files": {"x": "` + digest + `"}}`, "not the SHA-256"},
		"another one":     {`{"format": 2, "files": {"x": "sha512:` + strings.TrimPrefix(digest, Algorithm) + `"}}`, "not the SHA-256"},
		"something else":  {`[]`, "cannot unmarshal"},
		"trailing things": {`{"format": 1} {}`, "after top-level value"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ReadManifest([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Errorf("got %v, want an error with %q", err, test.message)
			}
		})
	}
}
