package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/secret"
)

// A Type names what a setting's value looks like.
type Type string

// The types. A list is a []any, a map a map[string]any, an int an int64, a number a float64,
// a bool a bool; all others are strings in Go and in templates.
const (
	String   Type = "string" // one line
	Text     Type = "text"   // any characters, newlines too
	JSON     Type = "json"   // a text that is JSON
	Int      Type = "int"
	Number   Type = "number"
	Bool     Type = "bool"
	Enum     Type = "enum"
	Host     Type = "host"   // a domain name or an IP address
	FQDN     Type = "fqdn"   // a domain name
	Email    Type = "email"  // an address alone
	Sender   Type = "sender" // an address, or Name <address>
	DN       Type = "dn"     // a distinguished name of LDAP; a domain's name stands for its own (RFC 2247)
	URL      Type = "url"
	Site     Type = "origin" // scheme, host and port of a web site
	CIDR     Type = "cidr"
	IP       Type = "ip"
	Port     Type = "port"
	Path     Type = "path"     // a path inside a container
	FilePath Type = "file"     // a path on the host, relative to the bundle or absolute
	Image    Type = "image"    // the name of a container image
	Duration Type = "duration" // 90s, 12h30m, 30d
	Bytes    Type = "bytes"    // a number with an optional suffix K, M or G
	List     Type = "list"
	Map      Type = "map"
	Cron     Type = "cron" // five fields
)

// Types are all of them.
var Types = []Type{String, Text, JSON, Int, Number, Bool, Enum, Host, FQDN, Email, Sender, DN, URL, Site, CIDR, IP, Port, Path, FilePath, Image, Duration, Bytes,
	List, Map, Cron}

var zero = map[Type]any{Int: int64(0), Port: int64(0), Number: 0.0, Bool: false, List: []any{}, Map: map[string]any{}}

// Zero returns the value of a setting that has no default.
func (t Type) Zero() any {
	if v, ok := zero[t]; ok {
		return v
	}
	return ""
}

// Convert reads a node as a value of the setting, and checks it.
func (d *Setting) Convert(node *yaml.Node) (any, error) { return d.convert(node) }

// Parse reads text as a value of type t, which is the setting's or that of its items.
func (d *Setting) Parse(t Type, text string) (any, error) { return d.parse(t, text) }

// convert reads a node as a value of the setting's type and checks it. The error says what was expected; what was found
// is said by those who know that it is no secret in the wrong place.
func (d *Setting) convert(node *yaml.Node) (any, error) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch d.Type {
	case List:
		return d.convertList(node)
	case Map:
		return d.convertMap(node)
	}
	if node.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("must be a single %s, not a list or a mapping", d.Type)
	}
	return d.parse(d.Type, node.Value)
}

func (d *Setting) convertList(node *yaml.Node) (any, error) {
	if node.Kind == yaml.ScalarNode && node.Value == "" {
		return []any{}, nil
	}
	if node.Kind != yaml.SequenceNode {
		return nil, errors.New("must be a list: [a, b]")
	}
	items := make([]any, 0, len(node.Content))
	kind := d.Items
	if kind == "" {
		kind = String
	}
	for i, n := range node.Content {
		if n.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("item %d must be a single %s", i+1, kind)
		}
		v, err := d.parse(kind, n.Value)
		if err != nil {
			return nil, about(fmt.Sprintf("item %d", i+1), d.not(err, kind, n.Value))
		}
		if text, ok := v.(string); ok && d.Env != "" && strings.Contains(text, ",") {
			return nil, fmt.Errorf("item %d must have no comma, which stands between items in .env", i+1)
		}
		items = append(items, v)
	}
	if n := utf8.RuneCountInString(Flat(items)); d.Together > 0 && n > d.Together {
		return nil, fmt.Errorf("must have at most %d characters, all items together; it has %d", d.Together, n)
	}
	return items, nil
}

// parse reads text as a value of type t and applies the setting's own limits.
func (d *Setting) parse(t Type, text string) (any, error) {
	switch t {
	case Int, Port:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("must be " + d.wholeNumber())
		}
		if t == Port && (n < 1 || n > 65535) {
			return nil, errors.New("must be a port between 1 and 65535")
		}
		return n, d.checkRange(float64(n))
	case Number:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n != n || n-n != 0 {
			return nil, errors.New("must be a number")
		}
		return n, d.checkRange(n)
	case Bool:
		switch strings.ToLower(text) {
		case "true", "yes", "on":
			return true, nil
		case "false", "no", "off":
			return false, nil
		}
		return nil, errors.New("must be true or false")
	case Enum:
		if !slices.Contains(d.Values, text) {
			return nil, fmt.Errorf("must be one of %s", strings.Join(d.Values, ", "))
		}
		return text, nil
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, errors.New("must be text in UTF-8 without NUL characters")
	}
	if text == "" { // emptiness means "not set", and is refused by min or pattern where that is wrong
		return text, d.checkText(text)
	}
	if t == DN {
		text = distinguished(text)
	}
	if err := checkFormat(t, text); err != nil {
		return nil, err
	}
	if err := d.checkBounds(t, text); err != nil {
		return nil, err
	}
	if d.OneOf != "" {
		return d.known(text)
	}
	switch t {
	case CIDR:
		return text, d.checkPrefix(text)
	case JSON:
		if err := d.checkObjects(text); err != nil {
			return nil, err
		}
	}
	if secret.Bare(text) {
		return nil, errors.New("holds a password or a private key, which belongs in a file in secrets/")
	}
	return text, d.checkText(text)
}

// checkPrefix applies min and max to the length of a network's prefix.
func (d *Setting) checkPrefix(text string) error {
	if err := d.checkPattern(text); err != nil {
		return err
	}
	prefix, err := netip.ParsePrefix(text)
	if d.Min == nil && d.Max == nil || err == nil && d.checkRange(float64(prefix.Bits())) == nil {
		return nil
	}
	return fmt.Errorf("must be a network whose prefix has %s bits", d.limits())
}

func (d *Setting) checkRange(n float64) error {
	if d.Min != nil && n < *d.Min || d.Max != nil && n > *d.Max {
		return fmt.Errorf("must be %s", d.limits())
	}
	return nil
}

func (d *Setting) checkText(text string) error {
	if n := float64(len([]rune(text))); d.Min != nil && n < *d.Min || d.Max != nil && n > *d.Max {
		return fmt.Errorf("must have %s characters", d.limits())
	}
	return d.checkPattern(text)
}

func (d *Setting) checkPattern(text string) error {
	if d.Pattern == "" {
		return nil
	}
	compile := d.compile
	if d.matches != nil {
		compile = d.matches
	}
	re, err := compile()
	if err != nil {
		return fmt.Errorf("cannot be checked: its pattern is wrong: %w", err)
	}
	if !re.MatchString(text) {
		if d.Form != "" {
			return errors.New("must be " + d.Form)
		}
		return fmt.Errorf("must match %s", d.Pattern)
	}
	return nil
}

func (d *Setting) compile() (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + d.Pattern + `)$`) }

// wholeNumber says what number is wanted: its unit and its limits, as far as it has any.
func (d *Setting) wholeNumber() string {
	text := "a whole number"
	if d.Unit != "" {
		text += " of " + d.Unit + ", without the unit"
	}
	if d.Min != nil || d.Max != nil {
		text += ", " + d.limits()
	}
	return text
}

func (d *Setting) limits() string {
	format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	switch {
	case d.Min != nil && d.Max != nil:
		return "between " + format(*d.Min) + " and " + format(*d.Max)
	case d.Min != nil:
		return "at least " + format(*d.Min)
	}
	return "at most " + format(*d.Max)
}
