package graph

import "strings"

// widths are those of a common sans-serif font, in thousandths of its size, from the space on. No font is at
// hand when a picture is written, and the reader's may be another: boxes leave room for that.
var widths = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// width is how wide a text is at most, in pixels. The widest common font is a good eighth wider than the table.
func width(text string, size float64, bold bool) float64 {
	sum := 0
	for _, r := range text {
		if i := int(r) - ' '; i >= 0 && i < len(widths) {
			sum += widths[i]
		} else {
			sum += 600
		}
	}
	factor := 1.13
	if bold {
		factor = 1.24
	}
	return float64(sum) / 1000 * size * factor
}

// wrap breaks a text into lines of at most that width; what does not fit ends in an ellipsis.
func wrap(text string, size, limit float64, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch joined := strings.TrimPrefix(line+" "+word, " "); {
		case width(joined, size, false) <= limit || line == "":
			line = joined
		case len(out)+1 == lines:
			return append(out, shorten(joined, size, limit))
		default:
			out = append(out, line)
			line = word
		}
	}
	if line != "" {
		out = append(out, shorten(line, size, limit))
	}
	return out
}

// shorten cuts a text to that width.
func shorten(text string, size, limit float64) string {
	if width(text, size, false) <= limit {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && width(string(runes)+"…", size, false) > limit {
		runes = runes[:len(runes)-1]
	}
	cut := string(runes)
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.(") + "…"
}
