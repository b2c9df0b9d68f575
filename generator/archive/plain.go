package archive

import (
	"bytes"
	"encoding/json"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// A plain image has its layers uncompressed: the archive around it is compressed as a whole, and the bytes do
// not hang on who compressed them.
type plain struct {
	v1.Image
	layers   []v1.Layer
	manifest *v1.Manifest
	raw      []byte
}

// plainImage makes one of an image. sizes remembers the layers' sizes from image to image.
func plainImage(inner v1.Image, sizes map[v1.Hash]int64) (*plain, error) {
	config, err := inner.RawConfigFile()
	if err != nil {
		return nil, err
	}
	digest, size, err := v1.SHA256(bytes.NewReader(config))
	if err != nil {
		return nil, err
	}
	layers, err := inner.Layers()
	if err != nil {
		return nil, err
	}
	p := &plain{Image: inner, manifest: &v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: v1.Descriptor{MediaType: types.OCIConfigJSON, Digest: digest, Size: size}}}
	for _, l := range layers {
		layer := &plainLayer{Layer: l}
		if err := layer.measure(sizes); err != nil {
			return nil, err
		}
		p.layers = append(p.layers, layer)
		p.manifest.Layers = append(p.manifest.Layers, v1.Descriptor{MediaType: types.OCIUncompressedLayer, Digest: layer.digest, Size: layer.size})
	}
	p.raw, err = json.Marshal(p.manifest)
	return p, err
}

// loadable is where `docker load` finds the image's parts.
func (p *plain) loadable(name string) loadable {
	at := func(h v1.Hash) string { return "blobs/" + h.Algorithm + "/" + h.Hex }
	l := loadable{Config: at(p.manifest.Config.Digest), RepoTags: []string{name}}
	for _, layer := range p.manifest.Layers {
		l.Layers = append(l.Layers, at(layer.Digest))
	}
	return l
}

func (p *plain) Layers() ([]v1.Layer, error)         { return p.layers, nil }
func (p *plain) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }
func (p *plain) Manifest() (*v1.Manifest, error)     { return p.manifest, nil }
func (p *plain) RawManifest() ([]byte, error)        { return p.raw, nil }
func (p *plain) Size() (int64, error)                { return int64(len(p.raw)), nil }
func (p *plain) Digest() (v1.Hash, error)            { return partial.Digest(p) }

// A plainLayer is a layer whose compressed form is the uncompressed one.
type plainLayer struct {
	v1.Layer
	digest v1.Hash
	size   int64
}

func (l *plainLayer) measure(sizes map[v1.Hash]int64) (err error) {
	if l.digest, err = l.Layer.DiffID(); err != nil {
		return err
	}
	if size, known := sizes[l.digest]; known {
		l.size = size
		return nil
	}
	r, err := l.Layer.Uncompressed()
	if err != nil {
		return err
	}
	defer r.Close()
	l.size, err = io.Copy(io.Discard, r)
	sizes[l.digest] = l.size
	return err
}

func (l *plainLayer) Digest() (v1.Hash, error)            { return l.digest, nil }
func (l *plainLayer) Compressed() (io.ReadCloser, error)  { return l.Layer.Uncompressed() }
func (l *plainLayer) Size() (int64, error)                { return l.size, nil }
func (l *plainLayer) MediaType() (types.MediaType, error) { return types.OCIUncompressedLayer, nil }
