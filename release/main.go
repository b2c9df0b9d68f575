// Command release builds what a release of owgen consists of: `make release` calls it, in the repository.
// The same sources and the same Go give the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
)

const platforms = "linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64"

// A release is a folder in the making.
type release struct {
	dir       string
	platforms []string
	binaries  []string // in dir
	own       string   // the one that runs here
}

func main() {
	out := flag.String("o", "dist", "the folder, which is made anew")
	list := flag.String("platforms", platforms, "what to build for; the machine that this runs on must be among them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, strings.Fields(*list)); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
	fmt.Printf("%s: owgen %s\n", *out, generator.Version)
}

// run builds beside the folder and puts it into place at the end: an incomplete release is none.
func run(ctx context.Context, out string, platforms []string) error {
	if !slices.Contains(platforms, runtime.GOOS+"/"+runtime.GOARCH) {
		return fmt.Errorf("%s/%s is not among the platforms, and completions and man pages are made by the program itself", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := filepath.Abs(out + ".new")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &release{dir: dir, platforms: platforms}
	for _, step := range []func(context.Context) error{r.checkTag, r.build, r.completions, r.docs, r.bill, r.licenses, r.sums} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(dir, out)
}

// checkTag refuses to release a tag under another version. Without git, or without a tag, it is a trial.
func (r *release) checkTag(ctx context.Context) error {
	tags, err := exec.CommandContext(ctx, "git", "tag", "--points-at", "HEAD", "v*").Output()
	if names := strings.Fields(string(tags)); err == nil && len(names) > 0 && !slices.Contains(names, "v"+generator.Version) {
		return fmt.Errorf("the tag is %s, and generator.Version is %s", strings.Join(names, ", "), generator.Version)
	}
	return nil
}

// write puts a file into the release. An empty one means that a part is missing.
func (r *release) write(name string, data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%s would be empty", name)
	}
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}
