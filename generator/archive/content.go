package archive

import (
	"bytes"
	"path"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
)

// checkContent looks at what the files are for: no secrets, a readable bill, a bundle as it was generated,
// images that are complete.
func (v *inspection) checkContent() {
	for name := range v.sums {
		if bundle.Within(name, bundle.SecretsFolder) || bundle.Within(name, bundle.WorkFolder) {
			v.find(ruleContent, name, "is a secret, or could be one, and never part of an archive", "replace the secret, and pack the bundle anew")
		}
	}
	bill := cdx.BOM{}
	if text, ok := v.small[BillPath]; !ok {
		v.find(ruleMissing, BillPath, "is not there", "get the original")
	} else if err := cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&bill); err != nil || bill.BOMFormat != "CycloneDX" {
		v.find(ruleContent, BillPath, "is no bill of materials in CycloneDX's format", "get the original")
	}
	v.checkManifest()
	v.checkImages()
}

// checkManifest compares the bundle with its manifest. Edits by hand are possible, and to be known.
func (v *inspection) checkManifest() {
	text, ok := v.small[bundle.ManifestFile]
	if !ok {
		v.find(ruleMissing, bundle.ManifestFile, "is not there", "pack a bundle that owgen generated")
		return
	}
	record, err := bundle.ReadManifest(text)
	if err != nil {
		v.find(ruleContent, bundle.ManifestFile, "cannot be read: "+err.Error(), "verify it with the owgen that packed it, or a newer one")
		return
	}
	for name, sum := range record.Files {
		told := slices.ContainsFunc(v.Found, func(f diag.Finding) bool { return f.File == name })
		if got := v.sums[name]; bundle.Algorithm+got != sum && !told {
			message := "was edited by hand after it was generated, and then packed"
			if got == "" {
				message = "was generated, and is not packed"
			}
			v.Found.Add(diag.Finding{Rule: ruleContent, Severity: diag.Warning, File: name, Message: message, Hint: "`owgen package` without --force refuses that"})
		}
	}
}

// checkImages follows the index of images to all of their blobs.
func (v *inspection) checkImages() {
	for name, sum := range v.sums {
		if strings.HasPrefix(name, ImagesPath+"/blobs/sha256/") && path.Base(name) != sum {
			v.find(ruleChanged, name, "is not what its name says", "get the original")
		}
	}
	text, ok := v.small[ImagesPath+"/index.json"]
	if !ok {
		if slices.ContainsFunc(sortedKeys(v.sums), func(name string) bool { return strings.HasPrefix(name, ImagesPath+"/") }) {
			v.find(ruleMissing, ImagesPath+"/index.json", "is not there", "get the original")
		}
		return
	}
	index, err := v1.ParseIndexManifest(bytes.NewReader(text))
	if err != nil {
		v.find(ruleContent, ImagesPath+"/index.json", "is no index of images", "get the original")
		return
	}
	for _, image := range index.Manifests {
		v.Images++
		manifest, err := v1.ParseManifest(bytes.NewReader(v.small[blobPath(image.Digest)]))
		if err != nil {
			v.find(ruleMissing, blobPath(image.Digest), "is the manifest of an image, and not there", "get the original")
			continue
		}
		for _, part := range append(slices.Clone(manifest.Layers), manifest.Config) {
			if _, ok := v.sums[blobPath(part.Digest)]; !ok {
				v.find(ruleMissing, blobPath(part.Digest), "is part of an image, and not there", "get the original")
			}
		}
	}
}

func blobPath(digest v1.Hash) string {
	return ImagesPath + "/blobs/" + digest.Algorithm + "/" + digest.Hex
}
