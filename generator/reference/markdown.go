package reference

import (
	"fmt"
	"strings"
)

// generated stands in every Markdown file, for who wants to edit it.
const generated = "<!-- Written by `owgen docs`. Do not edit it. -->\n"

// Markdown is the reference as files by their names.
func (r *Reference) Markdown() map[string][]byte {
	return map[string][]byte{
		"settings.md": r.settingsMarkdown(),
		"services.md": r.servicesMarkdown(),
		"commands.md": r.commandsMarkdown(),
		"rules.md":    r.rulesMarkdown(),
	}
}

// A page collects Markdown.
type page struct{ strings.Builder }

func newPage(title string) *page {
	p := &page{}
	p.line("# %s\n\n%s", title, generated)
	return p
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (r *Reference) settingsMarkdown() []byte {
	p := newPage("Settings")
	p.line("A bundle's `owgen.yaml` holds those that differ from the defaults, each part of a name one level deeper: `tls.mode` is `mode` below `tls`.")
	p.line("`owgen explain KEY` says where a value comes from and what a change of it costs. [owgen.schema.json](owgen.schema.json) lets editors check and complete the file.\n")
	var links []string
	for _, g := range r.Groups {
		links = append(links, fmt.Sprintf("[%s](#%s)", g.Title(), g.Title()))
	}
	p.line("%s", strings.Join(links, ", "))
	for _, g := range r.Groups {
		p.line("\n## %s\n\n| Setting | Type | Default | What it is |\n|---|---|---|---|", g.Title())
		for _, s := range g.Settings {
			p.line("| <a id=%q></a>%s | %s | %s | %s |", s.Key, code(s.Key), cell(s.Kind)+values(s.Values), s.defaultMarkdown(), cell(s.Sentence)+s.names())
		}
	}
	return []byte(p.String())
}

func values(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return ": " + codes(list)
}

func (s Setting) defaultMarkdown() string {
	switch {
	case s.Derived:
		return "from " + code(s.Value)
	case s.Value == "":
		return ""
	}
	return code(s.Value)
}

// names says under which other names the setting is known, and what hangs on it.
func (s Setting) names() string {
	text := ""
	for _, note := range s.Notes() {
		text += " " + note.Text + " " + code(note.Code) + "."
	}
	return text
}

func (r *Reference) servicesMarkdown() []byte {
	p := newPage("Services")
	p.line("What stands in each service's folder. A profile says which of them run, and `services.NAME: false` takes one out; what nobody needs then goes too.")
	for _, s := range r.Services {
		p.line("\n## %s\n\n%s (%s)\n\n| | |\n|---|---|", s.Name, s.Summary, s.Role)
		for _, fact := range s.Facts() {
			var lines []string
			for _, l := range fact.Lines {
				lines = append(lines, strings.TrimSpace(code(l.Code)+" "+cell(l.Text)))
			}
			p.line("| %s | %s |", fact.Name, strings.Join(lines, "<br>"))
		}
		if keys := s.Settings(); len(keys) > 0 {
			var links []string
			for _, key := range keys {
				links = append(links, fmt.Sprintf("[%s](settings.md#%s)", code(key), key))
			}
			p.line("| Settings | %s |", strings.Join(links, ", "))
		}
	}
	return []byte(p.String())
}

func (r *Reference) commandsMarkdown() []byte {
	p := newPage("Commands")
	p.line("Data goes to standard output, and what is for people to standard error while there is data. The exit code says how it went:\n")
	for _, l := range ExitCodes() {
		p.line("* %s: %s", code(l.Code), l.Text)
	}
	p.line("\n| Command | What it does |\n|---|---|")
	for _, c := range r.Commands {
		p.line("| [%s](#owgen-%s) | %s |", code("owgen "+c.Name), strings.ReplaceAll(c.Name, " ", "-"), cell(c.Summary))
	}
	for _, c := range r.Commands {
		p.line("\n## owgen %s\n\n%s\n\n```\n%s\n```", c.Name, OneLine(c.Summary+" "+c.Detail), c.Usage())
		if len(c.Arguments)+len(c.Flags) == 0 {
			continue
		}
		p.line("\n| | |\n|---|---|")
		for _, a := range c.Arguments {
			p.line("| %s | %s |", code(strings.ToUpper(a.Name)), cell(a.Help))
		}
		for _, f := range c.Flags {
			p.line("| %s | %s |", code(f.Usage()), cell(f.Text()))
		}
	}
	return []byte(p.String())
}

func (r *Reference) rulesMarkdown() []byte {
	p := newPage("Rules")
	p.line("What `owgen lint` checks, in a bundle and in anybody's Compose project, and what every generated bundle is held against. A finding can be excused")
	p.line("where it stands, by a comment above the line: `# owgen:allow RULE: the reason`.")
	for _, rule := range r.Rules {
		p.line("\n## %s\n\n%s (%s)\n\n%s\n\nWhat to do: %s.", rule.ID, markdown(rule.Summary), Severity(rule), markdown(rule.Reason), strings.TrimSuffix(markdown(rule.Fix), "."))
		if rule.Docs != "" {
			p.line("\nMore: <%s>", rule.Docs)
		}
	}
	return []byte(p.String())
}

func codes(list []string) string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = code(text)
	}
	return strings.Join(out, ", ")
}

// code is text in a code span that a table can hold.
func code(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ReplaceAll(OneLine(text), "|", `\|`)
	fence := "`"
	if strings.Contains(text, "`") {
		fence = "``"
	}
	return fence + text + fence
}

// cell is plain text that a table can hold.
func cell(text string) string { return strings.ReplaceAll(markdown(OneLine(text)), "|", `\|`) }

// markdown escapes what Markdown takes for its own in plain text. Code spans that the text has stay.
func markdown(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 || len(parts)%2 == 0 {
			parts[i] = strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "[", `\[`).Replace(parts[i])
		}
	}
	return strings.Join(parts, "`")
}
