package dockerfile

import (
	"strings"

	"github.com/distribution/reference"
)

// validImage tells whether a text can be the name of an image.
func validImage(image string) bool {
	_, err := reference.ParseNormalizedNamed(image)
	return err == nil
}

// Unpinned says what is missing from an image's name, "" if nothing is.
func Unpinned(image string) string {
	name, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image + " is not the name of an image"
	}
	if _, ok := name.(reference.Digested); ok {
		return ""
	}
	tagged, ok := name.(reference.Tagged)
	switch {
	case !ok:
		return "the image " + image + " has no version"
	case tagged.Tag() == "latest":
		return "the image " + image + " is whatever is the latest"
	}
	return ""
}

// IsRoot tells whether a user, as written in USER or user:, is root.
func IsRoot(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	return name == "root" || name == "0" || name == "+0"
}
