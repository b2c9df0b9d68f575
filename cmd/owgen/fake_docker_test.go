package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// fakeDocker is the docker command in scripts, and kubectl: it prints the file of $FAKE_DOCKER that is named after its first
// words, with - between them, or nothing. With a file `down` it says that and fails, as without an engine.
func fakeDocker() {
	dir := os.Getenv("FAKE_DOCKER")
	if text, err := os.ReadFile(filepath.Join(dir, "down")); err == nil || dir == "" {
		fmt.Fprint(os.Stderr, string(text))
		os.Exit(1)
	}
	var words []string
	for _, arg := range os.Args[1:] {
		if strings.HasPrefix(arg, "-") || len(words) == 2 {
			break
		}
		words = append(words, arg)
	}
	text, err := os.ReadFile(filepath.Join(dir, strings.Join(words, "-")))
	if err != nil {
		return
	}
	fmt.Print(string(text))
}
