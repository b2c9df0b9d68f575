package catalog

import (
	"fmt"
	"slices"

	"github.com/owgen/owgen/generator/lazy"
)

// folderPath is a path below which files are handed out: it becomes a folder of the edge's.
var folderPath = lazy.Regexp(`^(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+/$`)

// Files are what the edge hands out by itself below a path: a volume of the service's, or a folder of its image or of one that
// it derives from.
type Files struct {
	Volume string `yaml:"volume"`
	Folder string `yaml:"folder"` // in Image; copied when the edge's image is built, and compressed in advance
	Image  string `yaml:"image"`
	Over   string `yaml:"over"`   // a folder of the bundle whose files come first: one of the service's binds
	Names  string `yaml:"names"`  // hashed: a name with a hash in it never means another content, and is kept for ever
	Policy string `yaml:"policy"` // inert: looked at, never run, whatever was uploaded
}

// Values of fields of Files.
const (
	NamesHashed = "hashed"
	PolicyInert = "inert"
)

// Where the edge finds files: a volume or a copied folder at the route's path below FilesRoot, what comes first below FilesOver.
const (
	FilesRoot = "/srv/www"
	FilesOver = "/srv/custom"
)

// ProtocolFiles is that of routes which the edge answers by itself.
const ProtocolFiles = "files"

// HandsOut says whether the edge answers by itself.
func (r Route) HandsOut() bool { return r.Protocol == ProtocolFiles }

// copyFiles lets the edge's image copy from those that routes take files from.
func (c *Catalog) copyFiles() {
	for _, edge := range c.Providers(Edge) {
		for _, s := range c.Services {
			for _, r := range s.Routes {
				if image := c.Service(r.Files.Image); image != nil && image != edge && !slices.Contains(edge.Image.Hands, image.Name) {
					edge.Image.Hands = append(edge.Image.Hands, image.Name)
				}
			}
		}
	}
}

func (k *checker) files(r Route) {
	wrong := func(message, hint string) { k.at("wrong-files", "routes", r.Path+" "+message, hint) }
	if !r.HandsOut() {
		if r.Files != (Files{}) {
			wrong("says which files it hands out, and passes requests on", "protocol: "+ProtocolFiles)
		}
		return
	}
	f := r.Files
	if !folderPath().MatchString(r.Path) {
		wrong("is no folder", "letters, digits, -, _ and . between slashes, such as /files/")
	}
	if (f.Volume == "") == (f.Folder == "") || (f.Folder == "") != (f.Image == "") {
		wrong("hands out nothing, or two things", "files: {volume: NAME}, or {image: NAME, folder: PATH}")
	}
	k.filesFrom(f, wrong)
	if f.Over != "" && !slices.ContainsFunc(k.service.Binds, func(b Bind) bool { return b.Source == f.Over }) {
		wrong(fmt.Sprintf("hands out %s first, which the service does not mount", f.Over), "one of its binds")
	}
	if f.Names != "" && f.Names != NamesHashed {
		wrong(fmt.Sprintf("has names that are %q", f.Names), NamesHashed+", or nothing")
	}
	if f.Policy != "" && f.Policy != PolicyInert {
		wrong(fmt.Sprintf("has the policy %q", f.Policy), PolicyInert+", or nothing")
	}
	for _, other := range k.catalog.Services {
		for _, same := range other.Routes {
			if same.HandsOut() && same.Path == r.Path && same.Files != f && other.Folder <= k.service.Folder {
				wrong("is handed out by "+other.Name+" on another host, from elsewhere", "the same files below the same path, or another path")
			}
		}
	}
}

// filesFrom is about where they come from.
func (k *checker) filesFrom(f Files, wrong func(message, hint string)) {
	if f.Volume != "" {
		at := slices.IndexFunc(k.service.Volumes, func(v Volume) bool { return v.Name == f.Volume })
		switch {
		case at < 0:
			wrong(fmt.Sprintf("hands out the volume %s, which the service does not mount", f.Volume), "one of its volumes")
		case k.private(f.Volume):
			wrong(fmt.Sprintf("hands out the volume %s, which is private", f.Volume), "let the service answer, which knows who may see what")
		}
	}
	if f.Image != "" && f.Image != k.service.Name && !slices.ContainsFunc(k.ancestors(k.service), func(s *Definition) bool { return s.Name == f.Image && s.Role == RoleImage }) {
		wrong(fmt.Sprintf("hands out files of the image %s, which the service does not derive from", f.Image), "its own image, or one that it derives from, of role image")
	}
	if f.Folder != "" {
		k.absolute("routes", f.Folder)
	}
}

// private says whether anybody who mounts a volume keeps it from the edge.
func (k *checker) private(volume string) bool {
	return slices.ContainsFunc(k.catalog.Services, func(s *Definition) bool {
		return slices.ContainsFunc(s.Volumes, func(v Volume) bool { return v.Name == volume && v.Private })
	})
}

func (k *checker) ancestors(s *Definition) []*Definition {
	var out []*Definition
	for parent := k.catalog.Service(s.Image.From); parent != nil && !slices.Contains(out, parent); parent = k.catalog.Service(parent.Image.From) {
		out = append(out, parent)
	}
	return out
}
