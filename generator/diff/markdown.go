package diff

import (
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator/diag"
)

// maxComment is how much of a comment the differences of files may fill: GitHub takes 65,536 characters.
const maxComment = 50_000

// Markdown renders the report as a comment for a pull request.
func (r Report) Markdown(title string) string {
	var b strings.Builder
	if len(r.Services) == 0 && len(r.Files) == 0 {
		return "### " + escape(title) + ": nothing changes\n"
	}
	fmt.Fprintf(&b, "### %s: %s\n\n%s.\n", escape(title), r.Cost, sentence(r.Cost.Explain()))
	for i, note := range r.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "* **%s**: %s\n", note.Cost, escape(note.What))
	}
	if len(r.Services) > 0 {
		fmt.Fprintf(&b, "\n%s.\n\n| Service | | Cost | Why |\n|---|---|---|---|\n", counts("service", servicesOf(r.Services)))
	}
	for _, s := range r.Services {
		var why []string
		for _, reason := range s.Reasons {
			what := escape(reason.What)
			if reason.Cost != s.Cost {
				what += " (" + reason.Cost.String() + ")"
			}
			why = append(why, what)
		}
		cost := s.Cost.String()
		if s.Cost >= Migrate {
			cost = "**" + cost + "**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", strings.ReplaceAll(code(s.Name), "|", `\|`), s.Change, cost, strings.Join(why, "<br>"))
	}
	r.markdownFiles(&b)
	return b.String()
}

// markdownFiles folds the files away below the table.
func (r Report) markdownFiles(b *strings.Builder) {
	if len(r.Files) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", counts("file", filesOf(r.Files)))
	for _, f := range r.Files {
		fmt.Fprintf(b, "* %s %s %s\n", f.Change, code(f.Path), f.size())
	}
	left := 0
	for _, f := range r.Files {
		if f.Lines == "" {
			continue
		}
		if b.Len()+len(f.Lines) > maxComment {
			left++
			continue
		}
		fence := fenceFor(f.Lines)
		fmt.Fprintf(b, "\n%s\n\n%sdiff\n%s%s\n", code(f.Path), fence, withNewline(diag.PlainLines(f.Lines)), fence)
	}
	if left > 0 {
		fmt.Fprintf(b, "\nNot shown, because a comment has its limits: the lines of %d files.\n", left)
	}
	b.WriteString("\n</details>\n")
}

// fenceFor is longer than any row of backticks in a text.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}

func withNewline(text string) string {
	if strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

var escaper = strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "\n", " ")

// escape makes a text safe in a cell of a table. What stands between backticks is shown as it is.
func escape(text string) string {
	parts := strings.Split(diag.Plain(text), "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = escaper.Replace(parts[i])
		} else {
			parts[i] = strings.ReplaceAll(parts[i], "|", `\|`)
		}
	}
	return strings.Join(parts, "`")
}

// code shows a name as it is.
func code(name string) string { return "`" + strings.ReplaceAll(diag.Plain(name), "`", "'") + "`" }

// sentence begins with a capital letter.
func sentence(text string) string {
	if strings.HasPrefix(text, "`") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
