package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	image "github.com/distribution/reference"

	"github.com/owgen/owgen/generator/lazy"
)

// A format is what a type of text must look like.
type format struct {
	fits     func(string) bool
	expected string
}

// formats are checked before anything else. What they let pass stands on lines of configuration files, so most of them
// name the characters that they take rather than those that they do not.
var formats = map[Type]format{
	Text:   {func(s string) bool { return !strings.ContainsFunc(s, forbidden) }, "text without control characters"},
	String: {func(s string) bool { return !strings.ContainsFunc(s, unseen) }, "one line without control characters"},
	JSON:   {func(s string) bool { return json.Valid([]byte(s)) && !strings.ContainsFunc(s, forbidden) }, "JSON"},
	Host:   {func(s string) bool { return isName(s) || isAddress(s) }, "a domain name or an IP address"},
	FQDN:   {isName, "a domain name"},
	IP:     {isAddress, "an IP address"},
	CIDR:   {isNetwork, "a network such as 192.0.2.0/24 with no bits set behind its mask"},
	Email:  {isMailbox, "an e-mail address"},
	Sender: {isSender, "an e-mail address, or Name <address> without comments"},
	DN:     {func(s string) bool { return dnChars().MatchString(s) }, "a distinguished name such as dc=example,dc=org, of letters, digits, spaces and ._-, or the name of a domain"},
	Site:   {isSite, "the origin of a web site, such as https://portal.example.org, without a path"},
	Path:   {func(s string) bool { return strings.HasPrefix(s, "/") && pathChars().MatchString(s) }, "an absolute path"},
}

// detailed are the types of which more than one thing can be wrong.
var detailed = map[Type]func(string) error{URL: checkURL, FilePath: checkFilePath, Image: checkImage,
	Duration: checkDuration, Bytes: checkBytes, Cron: checkCron}

func checkFormat(t Type, text string) error {
	if check, ok := detailed[t]; ok {
		return check(text)
	}
	f, known := formats[t]
	switch {
	case !known:
		return fmt.Errorf("has the unknown type %q in the catalogue", t)
	case !f.fits(text):
		return errors.New("must be " + f.expected)
	}
	return nil
}

// forbidden are characters that no text has any use for: controls, and those that change the order in which a reader
// sees the others.
func forbidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff'
}

// unseen are characters that a single line cannot have: line breaks, Unicode's own included, as well.
func unseen(r rune) bool {
	return forbidden(r) || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

var (
	pathChars = lazy.Regexp(`^[A-Za-z0-9_./@%+=:, -]+$`)
	scheme    = lazy.Regexp(`^[A-Za-z][A-Za-z0-9+.-]*:`)
)

func checkFilePath(text string) error {
	switch {
	case strings.HasPrefix(text, "~"):
		return errors.New("must be a path relative to the bundle, or an absolute one: ~ is the home of whoever runs Compose, root's with sudo")
	case scheme().MatchString(text), strings.HasPrefix(text, "-"):
		return errors.New("must be a path, with ./ before it if it begins like an option or an address")
	case strings.HasSuffix(text, "/"), strings.HasSuffix(text, "/.."), text == ".", text == "..", text == "/":
		return errors.New("must be a file, not a folder")
	}
	if !pathChars().MatchString(text) {
		return errors.New("must be a path of letters, digits, spaces and _./@%+=:,-")
	}
	return nil
}

func checkImage(text string) error {
	named, err := image.ParseNormalizedNamed(text)
	if err != nil {
		return errors.New("must be the name of an image, such as registry.example.org/debian:trixie-slim")
	}
	if _, digest := named.(image.Digested); digest {
		return errors.New("must be the name of an image without a digest, which has a setting of its own")
	}
	return nil
}
