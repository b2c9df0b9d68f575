package secret

import (
	"path"
	"strings"
)

// RenewedPath is where a service finds the folders of files that are renewed.
const RenewedPath = "/run/renewed"

// Renewal says which folder has to be mounted, so that a service sees the file that takes the place of this one, and where
// in it the file lies: what is mounted is a file as it was then, not what has its name later. Certbot's files are links
// from live/NAME/ to archive/NAME/, so of those the folder above is mounted. There is none for a file in the bundle's own
// folder or among its secrets, which a service must not see as a whole.
func (s Spec) Renewal() (folder, file string) {
	if !s.Renewed || s.File == "" {
		return "", ""
	}
	name := path.Clean(s.File)
	if root, rest, certbot := strings.Cut(name, "/live/"); certbot && strings.Count(rest, "/") == 1 && root != "" {
		folder, file = root, path.Join("live", rest)
	} else {
		folder, file = path.Dir(name), path.Base(name)
	}
	if folder == "." || folder == "/" || folder == "secrets" || strings.HasPrefix(folder, "secrets/") || !path.IsAbs(folder) && strings.HasSuffix(folder, "..") {
		return "", ""
	}
	if !path.IsAbs(folder) && !strings.HasPrefix(folder, "../") {
		folder = "./" + folder
	}
	return folder, path.Join(RenewedPath, s.Name, file)
}
