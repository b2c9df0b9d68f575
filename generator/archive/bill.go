package archive

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"

	"github.com/owgen/owgen/generator/lazy"
)

// An Image is a built image, and the Debian packages in it if they are known.
type Image struct {
	Name     string // with its tag
	Packages []Package
}

// A Package is one of Debian's.
type Package struct{ Name, Version, Arch, Source string }

// A Material is what a bill of materials is made of.
type Material struct {
	Project string
	Version string           // the generator's
	Build   *debug.BuildInfo // of the generator; nil if it does not know
	Digest  string           // of the bundle's input
	Entries []Entry
	Images  []Image
}

// Bill writes a CycloneDX bill of materials: what made the bundle, the Python packages that its lock files pin,
// and the Debian packages of its images. It has no time, and its serial number follows from its content.
func Bill(m Material) ([]byte, error) {
	bom := cdx.NewBOM()
	bom.SpecVersion = cdx.SpecVersion1_6
	bom.JSONSchema = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	bom.Metadata = &cdx.Metadata{
		Component: &cdx.Component{BOMRef: "bundle", Type: cdx.ComponentTypeApplication, Name: m.Project, Version: m.Digest},
		Tools:     &cdx.ToolsChoice{Components: &[]cdx.Component{{Type: cdx.ComponentTypeApplication, Name: "owgen", Version: m.Version}}},
	}
	components := slices.Concat(m.generator(), pythonPackages(m.Entries), m.images())
	slices.SortStableFunc(components, func(a, b cdx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })
	components = slices.CompactFunc(components, func(a, b cdx.Component) bool { return a.BOMRef == b.BOMRef })
	bom.Components = &components
	text, err := encode(bom)
	if err != nil {
		return nil, err
	}
	bom.SerialNumber = "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, text).String()
	return encode(bom)
}

func encode(bom *cdx.BOM) ([]byte, error) {
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(bom)
	return out.Bytes(), err
}

// generator is owgen and the modules that it was built from.
func (m Material) generator() []cdx.Component {
	out := []cdx.Component{{BOMRef: "owgen", Type: cdx.ComponentTypeApplication, Name: "owgen", Version: m.Version}}
	if m.Build == nil {
		return out
	}
	for _, module := range m.Build.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		purl := "pkg:golang/" + module.Path + "@" + module.Version
		out = append(out, cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: module.Path, Version: module.Version, PackageURL: purl,
			Properties: about("owgen:part", "generator")})
	}
	return out
}

var (
	pinned = lazy.Regexp(`^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)`)
	hashed = lazy.Regexp(`--hash=sha256:[0-9a-f]{64}`)
	dashes = lazy.Regexp(`[-_.]+`)
)

// pythonPackages are those that lock files pin: text files with versions and hashes, as pip wants them.
func pythonPackages(entries []Entry) []cdx.Component {
	var out []cdx.Component
	for _, e := range entries {
		if path.Ext(e.Path) != ".txt" || !hashed().Match(e.Data) {
			continue
		}
		for line := range bytes.Lines(e.Data) { // most are hashes, which need no look
			if bytes.ContainsAny(line[:1], " \t#-") {
				continue
			}
			m := pinned().FindSubmatch(line)
			if m == nil {
				continue
			}
			name, version := strings.ToLower(dashes().ReplaceAllString(string(m[1]), "-")), string(m[2])
			purl := "pkg:pypi/" + name + "@" + url.PathEscape(version)
			out = append(out, cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: name, Version: version, PackageURL: purl,
				Properties: about("owgen:lock", e.Path)})
		}
	}
	return out
}

// images are the built images and the Debian packages in them.
func (m Material) images() []cdx.Component {
	var out []cdx.Component
	in := map[string][]string{}
	packages := map[string]Package{}
	for _, image := range m.Images {
		name, tag, _ := strings.Cut(image.Name, ":")
		out = append(out, cdx.Component{BOMRef: "image:" + image.Name, Type: cdx.ComponentTypeContainer, Name: name, Version: tag})
		for _, p := range image.Packages {
			packages[p.purl()] = p
			in[p.purl()] = append(in[p.purl()], image.Name)
		}
	}
	for purl, p := range packages {
		slices.Sort(in[purl])
		var where []cdx.Property
		for _, name := range in[purl] {
			where = append(where, cdx.Property{Name: "owgen:image", Value: name})
		}
		out = append(out, cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: p.Name, Version: p.Version, PackageURL: purl, Properties: &where})
	}
	return out
}

func about(name, value string) *[]cdx.Property { return &[]cdx.Property{{Name: name, Value: value}} }

// purl is the package's address as others know it.
func (p Package) purl() string {
	purl := fmt.Sprintf("pkg:deb/debian/%s@%s?arch=%s", url.PathEscape(p.Name), url.PathEscape(p.Version), url.QueryEscape(p.Arch))
	if p.Source != "" && p.Source != p.Name {
		purl += "&source=" + url.QueryEscape(p.Source)
	}
	return purl
}

// PackagesFile is where Debian lists what is installed.
const PackagesFile = "/var/lib/dpkg/status"

// DebianPackages reads PackagesFile.
func DebianPackages(status []byte) []Package {
	var out []Package
	for stanza := range strings.SplitSeq(string(status), "\n\n") {
		fields := map[string]string{}
		for line := range strings.Lines(stanza) {
			if name, value, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, " ") {
				fields[name] = strings.TrimSpace(value)
			}
		}
		if !strings.HasSuffix(fields["Status"], " installed") || fields["Package"] == "" {
			continue
		}
		source, _, _ := strings.Cut(fields["Source"], " ")
		out = append(out, Package{fields["Package"], fields["Version"], fields["Architecture"], source})
	}
	return out
}
