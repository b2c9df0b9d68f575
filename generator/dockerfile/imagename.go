package dockerfile

import (
	"strings"

	"github.com/distribution/reference"

	"github.com/owgen/owgen/generator/lazy"
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
	case floats(reference.Path(name), tagged.Tag()):
		return "the image " + image + " is whatever is the " + tagged.Tag() + " one today"
	}
	return ""
}

var (
	// tags that somebody moves to each new image
	moving = lazy.Regexp(`^(latest|edge|nightly|stable|unstable|testing|main|master|trunk|sid|head|dev|devel|develop|development|canary|rolling|lts|mainline|` +
		`current|next|beta|alpha|rc|snapshot|experimental|preview|prod|production|release|staging)$`)
	// the system that an image is made with, with its version, and the processor
	system    = lazy.Regexp(`^(alpine|debian|ubuntu|ubi|fedora|centos|rocky|oraclelinux|amazonlinux|bullseye|bookworm|trixie|buster|focal|jammy|noble|bionic|plucky|questing|resolute|forky|al|rockylinux|slim|ltsc|nanoserver|windowsservercore)?[0-9.]*$`)
	processor = lazy.Regexp(`^(amd64|x64|x86|i386|386|arm|arm32|arm64|arm32v[5-7]|arm64v8|aarch64|armhf|armv[6-8]l?|ppc64le|s390x|riscv64|mips64le|linux|x8664)$`)
	codename  = lazy.Regexp(`(^|[-_.])(buster|bullseye|bookworm|trixie|forky|sid|bionic|focal|jammy|noble|plucky|questing|resolute)([-_.]|$)`)
	// images that are a system themselves, whose release is their version, by number or by name
	systems = lazy.Regexp(`(^|[-/])(debian|debian-slim|ubuntu|alpine|buildpack-deps|fedora|centos|rockylinux|oraclelinux|amazonlinux|ubi[0-9]*(-[a-z]+)?|nanoserver|servercore|server|windows)$`)
	// a day, or the commit that an image was built from
	dated = lazy.Regexp(`20[0-9]{2}[-.]?[01][0-9]|(^|[-_.])(sha-?)?[0-9a-f]{7,64}([-_.]|$)`)
)

// floats tells whether a tag names another image tomorrow: no version is in it, or it says so itself and the version
// is that of the system below: redis:alpine3.19 is another Redis tomorrow. A system's own image has its release as version,
// which gets security updates alone: debian:trixie is as exact as debian:13.
func floats(repository, tag string) bool {
	tag = strings.ToLower(tag)
	if dated().MatchString(tag) && strings.ContainsAny(tag, "0123456789") {
		return false
	}
	isSystem := systems().MatchString(repository)
	versions, moves, below := 0, false, 0
	for _, part := range strings.FieldsFunc(tag, func(r rune) bool { return r == '-' || r == '_' || r == '+' }) {
		switch {
		case moving().MatchString(part):
			moves = true
		case processor().MatchString(part):
		case codename().MatchString(part) && isSystem:
			below++
		case system().MatchString(part) && strings.Trim(part, "0123456789.") != "":
			if strings.ContainsAny(part, "0123456789") {
				below++
			}
		case strings.ContainsAny(part, "0123456789"):
			versions++
		}
	}
	switch {
	case strings.HasPrefix(tag, "latest"):
		return true
	case moves:
		return versions == 0
	}
	return versions == 0 && (below == 0 || !isSystem)
}

// IsRoot tells whether a user, as written in USER or user:, is root.
func IsRoot(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	return name == "root" || name == "0" || name == "+0"
}
