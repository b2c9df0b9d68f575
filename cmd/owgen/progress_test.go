package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	run := func(term *terminal, total, wrong int) string {
		var out bytes.Buffer
		term.errs = &out
		p := newProgress(term, total, "sites")
		for i := range total {
			p.step(min(i, wrong))
		}
		p.end()
		return out.String()
	}
	tests := map[string]struct {
		terminal     *terminal
		total, wrong int
		want         string
	}{
		"elsewhere, few":    {&terminal{}, 2, 1, "1 of 2 sites\n2 of 2 sites, 1 wrong\n"},
		"nothing to do":     {&terminal{redraw: true}, 0, 0, ""},
		"without colour":    {&terminal{redraw: true}, 2, 0, "\r[===============               ] 1 of 2 sites\r[==============================] 2 of 2 sites\n"},
		"colour":            {&terminal{redraw: true, colour: true}, 1, 0, "\r[\x1b[32m==============================\x1b[0m] 1 of 1 sites\n"},
		"wrong, in colour":  {&terminal{colour: true}, 2, 1, "1 of 2 sites\n2 of 2 sites, \x1b[31m1 wrong\x1b[0m\n"},
		"elsewhere, a line": {&terminal{}, 1, 0, "1 of 1 sites\n"},
	}
	for name, tt := range tests {
		if got := run(tt.terminal, tt.total, tt.wrong); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, tt.want)
		}
	}
	if lines := strings.Count(run(&terminal{}, 1000, 0), "\n"); lines != 20 {
		t.Errorf("%d lines for 1000 sites", lines)
	}
	if draws := strings.Count(run(&terminal{redraw: true}, 1000, 0), "\r"); draws > 5 {
		t.Errorf("drawn %d times in no time", draws)
	}
}

func TestProgressSaysHowLong(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&terminal{errs: &out, redraw: true}, 4, "sites")
	p.began = time.Now().Add(-10 * time.Second)
	p.step(0)
	if !strings.HasSuffix(out.String(), "1 of 4 sites, about 30s left") {
		t.Errorf("%q", out.String())
	}
	p.drawn = time.Time{}
	p.began = time.Now()
	p.step(0)
	if !strings.HasSuffix(out.String(), "2 of 4 sites                ") {
		t.Errorf("not covered: %q", out.String())
	}
}
