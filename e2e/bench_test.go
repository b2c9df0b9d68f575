//go:build e2e

package e2e

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The figures of the README. Each is one line of the output, with what it has to reach in its name.

// BenchmarkCommands times what is typed and what CI runs, as processes, each in turn with `docker compose config -q` on
// the same bundle: check and diff may take 1.5 times that, generate not longer, package 100 ms.
func BenchmarkCommands(b *testing.B) {
	dir := filepath.Join(scratch, "bench-commands")
	archive := filepath.Join(scratch, "bench.tar.gz")
	commit := []string{"git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"}
	steps := []struct {
		name    string
		prepare func() error
		command []string
	}{
		{"generate", func() error { return os.RemoveAll(dir) }, []string{owgen, "generate", "single-server", "-o", dir}},
		{"compose-config", nil, []string{"docker", "compose", "--project-directory", dir, "config", "-q"}},
		{"check", nil, []string{owgen, "check", dir}},
		{"diff", nil, []string{owgen, "diff", dir}},
		{"diff-of-a-setting", nil, []string{owgen, "diff", dir, "--set", "uwsgi.processes=3"}},
		{"diff-against-revision", func() error {
			return errors.Join(runQuietly(dir, "git", "init", "-q"), runQuietly(dir, "git", "add", "-A"),
				runQuietly(dir, commit[0], append(commit[1:], "commit", "-qm", "bench")...))
		}, []string{owgen, "diff", dir, "--against", "HEAD"}},
		{"package", nil, []string{owgen, "package", dir, "-o", archive}},
	}
	const runs = 15
	took := map[string][]time.Duration{}
	for range runs {
		for _, step := range steps {
			if step.prepare != nil {
				if err := step.prepare(); err != nil {
					b.Fatal(err)
				}
			}
			took[step.name] = append(took[step.name], timed(b, func() error { return runQuietly("", step.command[0], step.command[1:]...) }))
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, step := range steps {
		b.ReportMetric(median(took[step.name]).Seconds()*1000, "ms/"+step.name)
	}
}

func runQuietly(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

func timed(b *testing.B, work func() error) time.Duration {
	b.Helper()
	began := time.Now()
	if err := work(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkStack starts the profile on fresh volumes and on old ones, and weighs what runs and what it runs from.
func BenchmarkStack(b *testing.B) {
	s := newStack(b, "bench", elsewhere...)
	if err := s.build(); err != nil {
		b.Fatal(err)
	}
	b.Run("images", func(b *testing.B) { s.weighImages(b) })
	b.Run("up-on-fresh-volumes", func(b *testing.B) { reportSeconds(b, func() error { return s.up(5 * time.Minute) }) })
	b.Run("memory-idle", func(b *testing.B) { s.weighMemory(b) })
	if _, err := s.compose(3*time.Minute, "down", "-t", "30"); err != nil {
		b.Fatal(err)
	}
	b.Run("up-on-old-volumes", func(b *testing.B) { reportSeconds(b, func() error { return s.up(5 * time.Minute) }) })
	if _, err := s.compose(3*time.Minute, "stop"); err != nil {
		b.Fatal(err)
	}
	b.Run("up-of-stopped-containers", func(b *testing.B) { reportSeconds(b, func() error { return s.up(5 * time.Minute) }) })
}

func reportSeconds(b *testing.B, work func() error) {
	b.Helper()
	took := timed(b, work)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took.Seconds(), "s")
}

// weighMemory waits until the stack is quiet, and adds up what docker stats shows: all memory of a container but what
// the kernel could take from its file cache at once. It returns the bytes.
func (s *stack) weighMemory(b *testing.B) float64 {
	b.Helper()
	s.quiet(b)
	var total float64
	b.ReportMetric(0, "ns/op")
	for _, service := range s.services() {
		c := must(s.container(service))(b)
		used, err := memoryOf(c.ID)
		if err != nil {
			b.Fatal(err)
		}
		total += used
		fmt.Printf("  %-20s %6.0f MB\n", service, used/1e6)
	}
	b.ReportMetric(total/1e6, "MB")
	return total
}

func memoryOf(id string) (float64, error) {
	for _, known := range []struct{ group, usage, cache string }{
		{"/sys/fs/cgroup/docker/" + id, "memory.current", "inactive_file"},
		{"/sys/fs/cgroup/system.slice/docker-" + id + ".scope", "memory.current", "inactive_file"},
		{"/sys/fs/cgroup/memory/docker/" + id, "memory.usage_in_bytes", "total_inactive_file"}, // version 1
	} {
		usage, err := os.ReadFile(filepath.Join(known.group, known.usage))
		if err != nil {
			continue
		}
		used, err := strconv.ParseFloat(strings.TrimSpace(string(usage)), 64)
		if err != nil {
			return 0, err
		}
		stat, err := os.ReadFile(filepath.Join(known.group, "memory.stat"))
		if err != nil {
			return 0, err
		}
		for line := range strings.Lines(string(stat)) {
			if value, is := strings.CutPrefix(line, known.cache+" "); is {
				cache, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
				return used - cache, err
			}
		}
	}
	return 0, errors.New("the control group of container " + id + " was not found")
}

// quiet waits until the machine did little for ten seconds. Of what runs on others it only gives them time.
func (s *stack) quiet(b *testing.B) {
	b.Helper()
	if s.away() != nil {
		time.Sleep(30 * time.Second)
		return
	}
	eventually(b, 5*time.Minute, "the stack is idle", func() error {
		before, err := cpuTime()
		if err != nil {
			return err
		}
		time.Sleep(10 * time.Second)
		after, err := cpuTime()
		if err != nil {
			return err
		}
		if busy := (after - before) / 10; busy > 0.3 {
			return fmt.Errorf("%.1f processors are busy", busy)
		}
		return nil
	})
}

// cpuTime is how many seconds the machine's processors have worked.
func cpuTime() (float64, error) {
	content, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(strings.SplitN(string(content), "\n", 2)[0])
	var ticks float64
	for i, field := range fields[1:] {
		if value, err := strconv.ParseFloat(field, 64); err == nil && i != 3 && i != 4 && i < 8 {
			ticks += value
		}
	}
	return ticks / 100, nil
}

// weighImages adds up the layers of all images, each once, and those of the largest.
func (s *stack) weighImages(b *testing.B) {
	b.Helper()
	layers, images := map[string]int64{}, map[string][]string{}
	save := exec.Command("docker", append([]string{"save"}, s.imageNames()...)...)
	out := must(save.StdoutPipe())(b)
	if err := save.Start(); err != nil {
		b.Fatal(err)
	}
	for reader := tar.NewReader(out); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		layers[header.Name] = header.Size
		if header.Name != "manifest.json" {
			continue
		}
		var manifest []struct{ RepoTags, Layers []string }
		if err := json.NewDecoder(reader).Decode(&manifest); err != nil {
			b.Fatal(err)
		}
		for _, image := range manifest {
			for _, tag := range image.RepoTags {
				images[tag] = image.Layers
			}
		}
	}
	if err := save.Wait(); err != nil {
		b.Fatal(err)
	}
	var total int64
	seen := map[string]bool{}
	b.ReportMetric(0, "ns/op")
	for _, tag := range s.imageNames() {
		var size, own int64
		for _, layer := range images[tag] {
			size += layers[layer]
			if !seen[layer] {
				seen[layer], own = true, own+layers[layer]
			}
		}
		total += own
		fmt.Printf("  %-50s %6.0f MB, %6.0f MB not counted above\n", tag, float64(size)/1e6, float64(own)/1e6)
		if strings.Contains(tag, "openwisp-python") {
			b.ReportMetric(float64(size)/1e6, "MB/openwisp-python")
		}
	}
	b.ReportMetric(float64(total)/1e6, "MB/all-layers-once")
}
