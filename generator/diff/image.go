package diff

import (
	"path"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/lazy"
)

// roleLabel says of a container what it is for.
const roleLabel = "io.owgen.role"

// An image is a reference taken apart: owgen/store:17.2-0123456789ab has the version 17.2.
type image struct {
	repository string
	version    string
	numbers    []int
}

func parseImage(reference string) image {
	reference, _, _ = strings.Cut(reference, "@")
	var img image
	slash := strings.LastIndexByte(reference, '/')
	colon := strings.LastIndexByte(reference, ':')
	if colon < slash || colon < 0 {
		return image{repository: reference}
	}
	img.repository = reference[:colon]
	img.version, _, _ = strings.Cut(reference[colon+1:], "-")
	for part := range strings.SplitSeq(strings.TrimPrefix(img.version, "v"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		img.numbers = append(img.numbers, n)
	}
	return img
}

// hashed is the tag of an image that says what it is built from.
var hashed = lazy.Regexp(`:[^:/]*-[0-9a-f]{12,}$`)

// sameElsewhere tells whether two references name one image in two registries: the same name, and the same content in its tag.
func sameElsewhere(before, after string) bool {
	return before != after && path.Base(before) == path.Base(after) && hashed().MatchString(after)
}

// risk says why the data of one image may be unreadable for another; "" if there is no reason to think so.
func (before image) risk(after image) string {
	switch {
	case before.repository != after.repository:
		return before.repository + " becomes " + after.repository
	case before.version == after.version:
		return ""
	case len(before.numbers) == 0 || len(after.numbers) == 0:
		return "version " + before.version + " becomes " + after.version
	case before.numbers[0] != after.numbers[0]:
		return "version " + before.version + " becomes " + after.version + ", another major version"
	}
	for i := range min(len(before.numbers), len(after.numbers)) {
		if before.numbers[i] > after.numbers[i] {
			return "version " + before.version + " becomes " + after.version + ", an older one"
		}
		if before.numbers[i] < after.numbers[i] {
			break
		}
	}
	return ""
}

// isStore tells whether a service's own data lies in the volumes that it writes: its role says so, or nothing
// says otherwise.
func isStore(s types.ServiceConfig, volumes []string) bool {
	role, known := s.Labels[roleLabel]
	return len(volumes) > 0 && (!known || role == catalog.RoleData || role == catalog.RoleMail)
}
