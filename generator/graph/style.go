package graph

import (
	"fmt"
	"strings"
)

// A hue is a network's colour: its area's fill, its area's frame and arrows, and its text, on light and on dark.
type hue struct{ fill, line, text string }

var light = []hue{
	{"#eaf3fe", "#3b82d6", "#1d4f91"}, // blue
	{"#e9f8f0", "#2a9d6a", "#176343"}, // green
	{"#fdf3e1", "#d08a1d", "#86540a"}, // amber
	{"#f9ecf8", "#b85bb5", "#7a2f78"}, // orchid
	{"#e6f7f8", "#1c9aa6", "#0f616a"}, // teal
	{"#fdecec", "#d65a5a", "#8f2c2c"}, // red
	{"#f0eefc", "#7a6ae0", "#463a9c"}, // violet
}

var dark = []hue{
	{"#10233d", "#5b9df0", "#a9cdfb"},
	{"#0f2a20", "#43b883", "#9be3c4"},
	{"#2e220d", "#e0a23c", "#f3cf8e"},
	{"#2b1730", "#cf7ccb", "#eebcec"},
	{"#0c292c", "#3cb9c5", "#9be4ea"},
	{"#331719", "#ea7b7b", "#f6b9b9"},
	{"#1f1b3d", "#9a8cf5", "#cbc3fb"},
}

// A palette is what is not about networks: the page, cards, text, quiet text, quiet lines, what comes from outside.
type palette struct{ page, card, text, quiet, line, outside string }

var (
	lightPalette = palette{"#ffffff", "#ffffff", "#1b2430", "#5a6675", "#98a3b0", "#3c4856"}
	darkPalette  = palette{"#0d1117", "#161c25", "#e8edf3", "#9aa7b6", "#5d6a79", "#c3ccd6"}
)

// neutral is the hue of what lies on no network.
const neutral = -1

// class is the class of a hue; the colours repeat when there are more networks than colours.
func class(number int) string {
	if number == neutral {
		return "n"
	}
	return fmt.Sprintf("h%d", number%len(light))
}

// css is the style sheet. It uses nothing that a simple renderer lacks, so that the light picture at least is
// right everywhere.
func css() string {
	var b strings.Builder
	b.WriteString(`text{font-family:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-size:12px}` +
		`.name{font-size:14.5px;font-weight:600}.area{font-size:14px;font-weight:600}.subnet{font-size:12px;font-weight:400}.title{font-size:17px;font-weight:600}.strong{font-weight:600}` +
		`.box{stroke-width:1.3}.edge{fill:none;stroke-width:1.5}.soft{stroke-dasharray:5 4}.out{stroke-dasharray:4 3}` + "\n")
	b.WriteString(colours(lightPalette, light) + "\n@media(prefers-color-scheme:dark){\n" + colours(darkPalette, dark) + "\n}")
	return b.String()
}

func colours(p palette, hues []hue) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".page{fill:%s}.card{fill:%s}text{fill:%s}.quiet,tspan.quiet{fill:%s}.icon{fill:none;stroke:%s}", p.page, p.card, p.text, p.quiet, p.quiet)
	fmt.Fprintf(&b, ".n.box,.n.edge{stroke:%s}.n.tip{fill:%s}.n.zone{fill:none;stroke:%s}.entry{fill:%s}.entry-text{fill:%s}", p.line, p.line, p.line, p.outside, p.page)
	fmt.Fprintf(&b, ".in{stroke:%s}.in.tip{fill:%s}", p.outside, p.outside)
	for i, h := range hues {
		c := class(i)
		fmt.Fprintf(&b, "\n.%s.zone{fill:%s;stroke:%s;stroke-opacity:.35}.%s.box,.%s.edge{stroke:%s}.%s.tip,.%s.dot{fill:%s}.%s.area,.%s.note{fill:%s}",
			c, h.fill, h.line, c, c, h.line, c, c, h.line, c, c, h.text)
	}
	return b.String()
}
