package bundle

import (
	"path"
	"strings"
)

// The files of a bundle that are known by their names.
const (
	InputFile    = "owgen.yaml"                  // what the user wants
	ManifestFile = "owgen.lock"                  // what was written, to tell it from what was edited
	ComposeFile  = "docker-compose.yml"          // all services
	EnvFile      = ".env"                        // what Compose interpolates
	OverrideFile = "docker-compose.override.yml" // what Compose lays over it; it belongs to the user
	IgnoreFile   = ".gitignore"                  // names what is not for git
	Attributes   = ".gitattributes"              // keeps git from changing line ends; it belongs to the user
)

// The folders of a bundle.
const (
	DockerfilesFolder = "dockerfiles" // one folder an image
	SecretsFolder     = "secrets"     // one file a secret; never in git, in an archive or in output
	CustomFolder      = "custom"      // the user's own files that containers see
	WorkFolder        = ".owgen"      // the journal of a run, and copies of what was replaced
	repository        = ".git"        // whose files git obeys
)

// Within says whether a path is a folder of the bundle, or below it.
func Within(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// Private says whether a path is never a generated file, whatever a bundle or a manifest says.
func Private(p string) bool {
	return Within(p, WorkFolder) || Within(p, SecretsFolder) || p == OverrideFile
}

// Guarded names the folder that a path lies below, if no file that somebody names may replace what is there, in any
// spelling that a file system may take for the same.
func Guarded(p string) string {
	top, _, below := strings.Cut(p, "/")
	for _, folder := range []string{SecretsFolder, WorkFolder, repository} {
		if below && strings.EqualFold(top, folder) {
			return top
		}
	}
	return ""
}

// Named are the files that every bundle may have, besides those that its manifest lists.
func Named() []string { return []string{InputFile, ManifestFile, ComposeFile, EnvFile, OverrideFile} }

// Dockerfile is where a service's image is described.
func Dockerfile(service string) string { return path.Join(DockerfilesFolder, service, "Dockerfile") }

// SecretPath is where a secret of the bundle's own lies.
func SecretPath(name string) string { return path.Join(SecretsFolder, name) }

// isRepository tells of a folder whose files git obeys.
func isRepository(part string) bool { return strings.EqualFold(part, repository) }
