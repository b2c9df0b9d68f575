package main

import (
	"fmt"
	"strings"
	"time"
)

// A progress shows how far a long command is: as a bar where the terminal can draw a line anew, and else as
// about twenty lines.
type progress struct {
	t     *terminal
	total int
	what  string
	began time.Time
	drawn time.Time
	done  int
	width int // of the line that is shown
}

const (
	barWidth    = 30
	barInterval = 100 * time.Millisecond
	barLines    = 20 // where it is no terminal
)

func newProgress(t *terminal, total int, what string) *progress {
	return &progress{t: t, total: total, what: what, began: time.Now()}
}

// step counts one more; wrong is how many failed up to now.
func (p *progress) step(wrong int) {
	p.done++
	text := fmt.Sprintf("%d of %d %s", p.done, p.total, p.what)
	if wrong > 0 {
		text += ", " + string(p.t.paint("31", fmt.Sprintf("%d wrong", wrong)))
	}
	switch {
	case p.t.redraw && (p.done == p.total || time.Since(p.drawn) >= barInterval):
		p.drawn = time.Now()
		p.draw(p.bar() + " " + text + p.left())
	case !p.t.redraw && p.done*barLines/p.total > (p.done-1)*barLines/p.total:
		fmt.Fprintln(p.t.errs, text)
	}
}

func (p *progress) bar() string {
	full := p.done * barWidth / p.total
	return "[" + string(p.t.paint("32", strings.Repeat("=", full))) + strings.Repeat(" ", barWidth-full) + "]"
}

// left says how much longer it takes, once there is something to judge by.
func (p *progress) left() string {
	took := time.Since(p.began)
	if took < time.Second || p.done == p.total {
		return ""
	}
	left := took / time.Duration(p.done) * time.Duration(p.total-p.done)
	return fmt.Sprintf(", about %s left", max(left.Round(time.Second), time.Second))
}

// draw writes a line over the one that is shown. What was longer is covered by spaces.
func (p *progress) draw(line string) {
	fmt.Fprintf(p.t.errs, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

// end leaves the line behind.
func (p *progress) end() {
	if p.width > 0 {
		fmt.Fprintln(p.t.errs)
	}
}
