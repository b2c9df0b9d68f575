package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A Type names what a setting's value looks like.
type Type string

// The types. A list is a []any, a map a map[string]any, an int an int64, a number a float64,
// a bool a bool; all others are strings in Go and in templates.
const (
	String   Type = "string" // one line
	Text     Type = "text"   // any characters, newlines too
	Int      Type = "int"
	Number   Type = "number"
	Bool     Type = "bool"
	Enum     Type = "enum"
	Host     Type = "host" // a domain name or an IP address
	FQDN     Type = "fqdn" // a domain name
	Email    Type = "email"
	URL      Type = "url"
	CIDR     Type = "cidr"
	IP       Type = "ip"
	Port     Type = "port"
	Path     Type = "path"     // a path inside a container
	FilePath Type = "file"     // a path on the host, relative to the bundle or absolute
	Duration Type = "duration" // as Go writes it: 90s, 12h30m
	Bytes    Type = "bytes"    // a number with an optional suffix K, M or G
	List     Type = "list"
	Map      Type = "map"
	Cron     Type = "cron" // five fields
)

var zero = map[Type]any{Int: int64(0), Port: int64(0), Number: 0.0, Bool: false, List: []any{}, Map: map[string]any{}}

// Zero returns the value of a setting that has no default.
func (t Type) Zero() any {
	if v, ok := zero[t]; ok {
		return v
	}
	return ""
}

// convert reads a node as a value of the setting's type and checks it. The error says what was
// expected, never what was found: a value may be a secret in the wrong place.
func (d *Setting) convert(node *yaml.Node) (any, error) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch d.Type {
	case List:
		return d.convertList(node)
	case Map:
		var m map[string]any
		if node.Kind != yaml.MappingNode || node.Decode(&m) != nil {
			return nil, errors.New("must be a mapping of names to values")
		}
		if _, err := json.Marshal(m); err != nil {
			return nil, errors.New("must hold only names, texts, numbers, lists and mappings")
		}
		return m, nil
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
			return nil, fmt.Errorf("item %d %w", i+1, err)
		}
		items = append(items, v)
	}
	return items, nil
}

// parse reads text as a value of type t and applies the setting's own limits.
func (d *Setting) parse(t Type, text string) (any, error) {
	switch t {
	case Int, Port:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("must be a whole number")
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
	if err := checkFormat(t, text); err != nil {
		return nil, err
	}
	return text, d.checkText(text)
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
	if d.Pattern == "" {
		return nil
	}
	re, err := regexp.Compile(`^(?:` + d.Pattern + `)$`)
	if err != nil {
		return fmt.Errorf("cannot be checked: its pattern is wrong: %w", err)
	}
	if !re.MatchString(text) {
		return fmt.Errorf("must match %s", d.Pattern)
	}
	return nil
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

var (
	nameLabel   = `[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	domainName  = regexp.MustCompile(`^(?:` + nameLabel + `\.)*` + nameLabel + `$`)
	allNumeric  = regexp.MustCompile(`^[0-9.]+$`)
	byteCount   = regexp.MustCompile(`^[0-9]+[kmgKMG]?$`)
	pathChars   = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:, -]+$`)
	cronField   = regexp.MustCompile(`^(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?(,(\*|[0-9]+(-[0-9]+)?)(/[0-9]+)?)*$`)
	controlChar = regexp.MustCompile(`[\x00-\x08\x0a-\x1f\x7f]`)
)

// checkFormat checks what a type of text must look like.
func checkFormat(t Type, text string) error {
	fail := func(ok bool, expected string) error {
		if ok {
			return nil
		}
		return errors.New("must be " + expected)
	}
	_, ipErr := netip.ParseAddr(text)
	isName := domainName.MatchString(text) && len(text) <= 253 && !allNumeric.MatchString(text)
	switch t {
	case Text:
		return nil
	case String:
		return fail(!controlChar.MatchString(text), "one line without control characters")
	case Host:
		return fail(isName || ipErr == nil, "a domain name or an IP address")
	case FQDN:
		return fail(isName, "a domain name")
	case IP:
		return fail(ipErr == nil, "an IP address")
	case CIDR:
		prefix, err := netip.ParsePrefix(text)
		return fail(ipErr == nil || err == nil && prefix == prefix.Masked(), "a network such as 192.0.2.0/24 with no bits set behind its mask")
	case Email:
		addr, err := mail.ParseAddress(text)
		return fail(err == nil && !controlChar.MatchString(text) && addr.Address != "", "an e-mail address")
	case URL:
		u, err := url.Parse(text)
		return fail(err == nil && u.Scheme != "" && u.Host != "" && u.User == nil, "a URL without credentials in it")
	case Path:
		return fail(strings.HasPrefix(text, "/") && pathChars.MatchString(text), "an absolute path")
	case FilePath:
		return fail(pathChars.MatchString(text), "a path")
	case Duration:
		_, err := time.ParseDuration(text)
		return fail(err == nil, "a duration such as 90s, 15m or 12h")
	case Bytes:
		return fail(byteCount.MatchString(text), "a size such as 64M or 1G")
	case Cron:
		fields := strings.Fields(text)
		ok := len(fields) == 5 && !slices.ContainsFunc(fields, func(f string) bool { return !cronField.MatchString(f) })
		return fail(ok, "five cron fields: minute hour day month weekday")
	}
	return fmt.Errorf("has the unknown type %q in the catalogue", t)
}
