package reference

import (
	"fmt"
	"strings"
)

// ManPages are owgen.1 and one page a command, by their names.
func (r *Reference) ManPages() map[string][]byte {
	out := map[string][]byte{"owgen.1": r.mainPage()}
	for _, c := range r.Commands {
		out["owgen-"+slug(c.Name)+".1"] = r.manPage(c)
	}
	return out
}

// A roff collects a man page.
type roff struct{ strings.Builder }

func (r *Reference) newRoff(name, summary string) *roff {
	p := &roff{}
	p.macro("TH", strings.ToUpper(name), "1", "", "owgen "+r.Version, "owgen")
	p.macro("SH", "NAME")
	p.text(name + " - " + strings.TrimSuffix(lowerFirst(summary), "."))
	return p
}

func (p *roff) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `\(dq`) + `"`)
	}
	p.WriteByte('\n')
}

// text writes a paragraph; what stands in backquotes becomes bold.
func (p *roff) text(text string) {
	text = OneLine(text)
	parts := strings.Split(text, "`")
	for i := range parts {
		parts[i] = escape(parts[i])
		if i%2 == 1 && len(parts)%2 == 1 {
			parts[i] = `\fB` + parts[i] + `\fR`
		}
	}
	text = strings.Join(parts, "")
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	p.WriteString(text + "\n")
}

// item is one entry of a list.
func (p *roff) item(name, text string) {
	p.WriteString(".TP\n")
	p.text("`" + name + "`")
	p.text(text)
}

// escape makes a text mean itself.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "’", "'").Replace(text)
}

func (r *Reference) mainPage() []byte {
	p := r.newRoff("owgen", "turns a profile into a hardened deployment of OpenWISP")
	p.macro("SH", "SYNOPSIS")
	p.text("`owgen` COMMAND [FLAGS]")
	p.macro("SH", "DESCRIPTION")
	p.text("From a profile owgen makes a bundle: a folder that `docker compose up` builds and starts as it is, and that can be reviewed in a pull request. Each command has a page of its own.")
	p.macro("SH", "COMMANDS")
	for _, c := range r.Commands {
		p.item("owgen-"+slug(c.Name)+"(1)", c.Summary)
	}
	p.macro("SH", "PROFILES")
	for _, profile := range r.Profiles {
		p.item(profile.Name, profile.Summary)
	}
	p.exitStatus()
	p.macro("SH", "FILES")
	p.item("owgen.yaml", "the input of a bundle: a profile's name, and what differs from it")
	p.item("owgen.lock", "what was generated; it tells generated files from edited ones")
	p.item("secrets/", "one file a secret; made once, never printed, not for git")
	p.macro("SH", "EXAMPLE")
	p.WriteString(".nf\n")
	p.text("owgen generate single-server -o bundle")
	p.text("cd bundle && docker compose up -d --wait")
	p.WriteString(".fi\n")
	return []byte(p.String())
}

func (p *roff) exitStatus() {
	p.macro("SH", "EXIT STATUS")
	for _, l := range ExitCodes() {
		p.item(l.Code, l.Text)
	}
}

func (r *Reference) manPage(c Command) []byte {
	p := r.newRoff("owgen-"+slug(c.Name), c.Summary)
	p.macro("SH", "SYNOPSIS")
	p.text("`owgen " + c.Name + "`" + strings.TrimPrefix(c.Usage(), "owgen "+c.Name))
	p.macro("SH", "DESCRIPTION")
	p.text(c.Summary)
	if c.Detail != "" {
		p.macro("PP")
		p.text(c.Detail)
	}
	if len(c.Arguments) > 0 {
		p.macro("SH", "ARGUMENTS")
		for _, a := range c.Arguments {
			p.item(strings.ToUpper(a.Name), a.Help)
		}
	}
	if len(c.Flags) > 0 {
		p.macro("SH", "OPTIONS")
		for _, f := range c.Flags {
			p.item(f.Usage(), f.Text())
		}
	}
	p.exitStatus()
	p.macro("SH", "SEE ALSO")
	p.text(fmt.Sprintf("`owgen`(1)"))
	return []byte(p.String())
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
