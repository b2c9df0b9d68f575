package reference

import (
	"bytes"
	_ "embed" // the page's parts
	"html/template"
	"strings"
)

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Page is the whole reference as one HTML page that needs nothing else, with a search. Without scripts it is
// a long page.
func (r *Reference) Page() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"prose": prose, "slug": slug, "upper": strings.ToUpper, "severity": Severity, "exitCodes": ExitCodes,
	}).Parse(pageTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		*Reference
		Style  template.CSS
		Script template.JS
	}{r, template.CSS(pageStyle), template.JS(pageScript)})
	return out.Bytes(), err
}

// slug is a command's name as part of an address.
func slug(name string) string { return strings.ReplaceAll(name, " ", "-") }

// prose is plain text with the code spans that it has in backquotes.
func prose(text string) template.HTML {
	parts := strings.Split(text, "`")
	for i := range parts {
		parts[i] = template.HTMLEscapeString(parts[i])
		if i%2 == 1 && len(parts)%2 == 1 {
			parts[i] = "<code>" + parts[i] + "</code>"
		}
	}
	if len(parts)%2 == 0 {
		return template.HTML(strings.Join(parts, "`"))
	}
	return template.HTML(strings.Join(parts, ""))
}
