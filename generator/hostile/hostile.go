// Package hostile has values that somebody writes who wants to be more than a value: a line of a configuration file, an
// option of a command, a variable. Tests put them through every setting, and read what was generated.
package hostile

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/owgen/owgen/generator/settings"
)

// texts break out of something, each in its own way.
var texts = []string{
	"\n", "\r", "\r\n", "\t", "\x00", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\u2029", "\u202e", "\ufeff", "\u00a0", "\xff",
	"\nx = y\n", "\ninclude /etc/passwd;\n", "\n}\n", "\n#", "\nEOF\n", "\n---\n", "\n- x\n",
	"'", `"`, "`", `\`, `\n`, `\\`, `\"`, "''", `'"'`, `\1`, "\\\n",
	"$", "$$", "$x", "${x}", "${x:?y}", "$(id)", "`id`", "$x$", "{{", "{{ .Plan }}", "}}", "{%", "%{x}", "%s", "%", "%n", "%%",
	"#", " #", ";", ";x", "; include x;", "{", "}", "{}", "[", "]", "|", "&", "&&", "<", ">", "<<EOF", "*", "?", "!", "~", "@", "=", ":", ": ", ",", "(", ")",
	" ", "  x", " -x", "-", "--help", "-x", "/", "//", "../..", "/../../etc", "null", "true", "0x1F", "1e9", "é", "漢", "😀",
	strings.Repeat("a", 70), strings.Repeat("a", 300), strings.Repeat("1", 40), strings.Repeat("a.", 130),
}

// shapes put a hostile text where a type may let it pass; %h is the text, %g a harmless value.
var shapes = []string{"%h", "%g%h", "%h%g", "%1%h%2",
	"fe80::1%%h", "::1%%h/64", "%h@example.org", "a@%h", `"%h" <a@example.org>`, "%h <a@example.org>", "a@example.org (%h)", "A (%h) <a@example.org>",
	"https://example.org/%h", "https://example.org?%h", "https://%h.example.org", "https://example.org:1%h", "a/%h.pem", "/%h/a.pem", "%h/a.pem"}

// harmless are values of which each setting takes one at least.
var harmless = []string{"harmless", "good", "gg", "other.example.org", "192.0.2.7", "192.0.2.0/24", "10.197.0.0/16", "good@example.org", "https://good.example.org",
	"https://good.example.org/{z}", "/good", "good.pem", "2h", "333M", "7 7 * * *", "a.b", "sha256:" + strings.Repeat("ab", 32), "20260102T030405Z", "de", "GB", "Europe/Rome", "[]",
	"11111111-1111-1111-1111-111111111111", "text/good", "good @ ./custom/modules/good", "GOOD", "2", "33", "444", "5555", "true", "off"}

// Good returns a harmless value that a setting takes and that is not its default; nil where there is none.
func Good(d *settings.Setting) *yaml.Node {
	text, ok := good(d)
	if !ok {
		return nil
	}
	return node(d, text)
}

func good(d *settings.Setting) (string, bool) {
	if d.Type == settings.Bool && d.Default.Value != "false" { // that of a service may be left to others: it runs
		return "off", takes(d, "off")
	}
	for _, text := range append(append([]string{}, d.Values...), harmless...) {
		if text != d.Default.Value && takes(d, text) {
			return text, true
		}
	}
	return "", false
}

// Accepted returns the hostile values that a setting takes.
func Accepted(d *settings.Setting) []*yaml.Node {
	g, _ := good(d)
	var out []*yaml.Node
	seen := map[string]bool{g: true}
	for _, text := range texts {
		for _, shape := range shapes {
			value := strings.NewReplacer("%h", text, "%g", g, "%1", g[:len(g)/2], "%2", g[len(g)/2:], "%%", "%").Replace(shape)
			if !seen[value] && takes(d, value) {
				out = append(out, node(d, value))
				seen[value] = true
				break // the text got through; in other company it is no worse
			}
			seen[value] = true
		}
		if d.Type == settings.Map {
			n := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(text), scalar(item(d))}}
			if _, err := d.Convert(n); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

func takes(d *settings.Setting, text string) bool {
	_, err := d.Convert(node(d, text))
	return err == nil
}

// node is a text as a value of the setting's kind: itself, the only item of a list, the only value of a mapping.
func node(d *settings.Setting, text string) *yaml.Node {
	switch d.Type {
	case settings.List:
		return &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar(text)}}
	case settings.Map:
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(name(d)), scalar(text)}}
	}
	return scalar(text)
}

func name(d *settings.Setting) string {
	if d.Known != nil {
		return d.Known.Names()[0]
	}
	for _, text := range []string{"GOOD", "good", "good.name"} {
		n := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(text), scalar(item(d))}}
		if _, err := d.Convert(n); err == nil {
			return text
		}
	}
	return "good"
}

func item(d *settings.Setting) string {
	if d.Items == settings.Cron {
		return "7 7 * * *"
	}
	return "good"
}

func scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
}
