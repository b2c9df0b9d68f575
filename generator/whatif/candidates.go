package whatif

import (
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// samples are values of each type that no deployment is likely to have. Numbers, texts and enums are made
// from what there is.
var samples = map[settings.Type][]string{
	settings.Bool:     {"true", "false"},
	settings.Host:     {"other.example.org"},
	settings.FQDN:     {"other.example.org"},
	settings.Email:    {"other@example.org"},
	settings.URL:      {"https://other.example.org/", "https://other.example.org"},
	settings.CIDR:     {"10.197.0.0/16", "10.197.0.0/24"},
	settings.IP:       {"192.0.2.1", "127.0.0.1"},
	settings.Path:     {"/other"},
	settings.FilePath: {"other.pem", "./other"},
	settings.Duration: {"1h1m", "61s"},
	settings.Bytes:    {"333M", "3G"},
	settings.Map:      {"{OTHER: 1}"},
	settings.Cron:     {"7 7 * * *"},
	settings.Text:     {"other"},
	settings.JSON:     {"[]"},
	settings.Sender:   {"other@example.org"},
	settings.DN:       {"dc=other,dc=example,dc=org"},
	settings.Site:     {"https://other.example.org"},
	settings.Image:    {"debian:other"},
	settings.String:   {"other"},
}

// candidates are values that the setting may have, other than the one that it has.
func candidates(d *settings.Setting, now string) []string {
	values := slices.Concat(ofType(d, d.Type, now), samples[d.Type])
	if d.Type == settings.List {
		items := d.Items
		if items == "" {
			items = settings.String
		}
		for _, item := range slices.Concat(ofType(d, items, ""), samples[items]) {
			values = append(values, "["+strconv.Quote(item)+"]")
		}
		values = append(values, "[]")
	}
	if d.Type == settings.Map {
		names := []string{"other.name", "other"}
		if d.Known != nil {
			names = d.Known.Names()
		}
		for _, item := range append(slices.Clone(samples[d.Items]), "1") {
			for _, name := range names[:min(len(names), 2)] {
				values = append(values, "{"+name+": "+strconv.Quote(item)+"}")
			}
		}
	}
	values = slices.DeleteFunc(values, func(value string) bool { return value == now || !valid(d, value) })
	return values
}

// ofType makes values from the setting's own limits.
func ofType(d *settings.Setting, t settings.Type, now string) []string {
	switch t {
	case settings.Enum:
		return d.Values
	case settings.Int, settings.Port, settings.Number:
		n, err := strconv.ParseFloat(now, 64)
		if err != nil {
			n = 1
		}
		var out []string
		for _, m := range []float64{n + 1, n - 1, n * 2} {
			out = append(out, strconv.FormatFloat(m, 'f', -1, 64))
		}
		return out
	case settings.String:
		if d.Known != nil {
			return d.Known.Names()
		}
		return []string{now + "x", "other", "x", sample(d.Pattern)}
	}
	return nil
}

// valid tells whether the setting takes a value, as --set would give it.
func valid(d *settings.Setting, value string) bool {
	var node yaml.Node
	if d.Type == settings.List || d.Type == settings.Map {
		if yaml.Unmarshal([]byte(value), &node) != nil || len(node.Content) == 0 {
			return false
		}
		node = *node.Content[0]
	} else {
		node = yaml.Node{Kind: yaml.ScalarNode, Value: value}
	}
	_, err := d.Convert(&node)
	return err == nil
}

// sample makes a text that matches a regular expression; "" where it cannot.
func sample(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if pattern == "" || err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, re.Simplify(), 0)
	return b.String()
}

// maxSample bounds a sample, whatever the expression asks for.
const maxSample = 200

func write(b *strings.Builder, re *syntax.Regexp, depth int) {
	if b.Len() > maxSample || depth > maxSample {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(runeOf(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpAlternate: // the longest way is the least likely to be empty
		best := ""
		for _, sub := range re.Sub {
			var s strings.Builder
			write(&s, sub, depth+1)
			if s.Len() > len(best) {
				best = s.String()
			}
		}
		b.WriteString(best)
	default: // groups, sequences, and repetitions once
		for _, sub := range re.Sub {
			write(b, sub, depth+1)
		}
	}
}

// runeOf takes a letter of a class, or else its first character.
func runeOf(class []rune) rune {
	for _, want := range "xX1" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= want && want <= class[i+1] {
				return want
			}
		}
	}
	if len(class) == 0 {
		return 'x'
	}
	return class[0]
}
