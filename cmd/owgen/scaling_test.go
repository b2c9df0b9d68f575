package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/owgen/owgen/dockerfiles"
	"github.com/owgen/owgen/generator/sizing"
)

// TestScalingTable holds docs/scaling.md to what `owgen plan` says.
func TestScalingTable(t *testing.T) {
	data, err := dockerfiles.FS.ReadFile("_shared/sizing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	model, err := sizing.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| ([0-9,]+) \|.*$`).FindAllStringSubmatch(string(doc), -1)
	if len(rows) < 8 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		devices, _ := strconv.Atoi(strings.ReplaceAll(row[1], ",", ""))
		s := model.For(devices)
		size := s.Size.Size
		if s.Beyond {
			size = "none"
		}
		want := fmt.Sprintf("| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.2f | %s |", row[1], s.Sum.Requests, s.Sum.Tasks, s.Sum.Points,
			s.Sum.Bytes/1000, s.PerYear/1e9, s.Sum.Cores, size)
		if row[0] != want {
			t.Errorf("%s\nis  %s\nnow %s", row[1], row[0], want)
		}
	}
}
