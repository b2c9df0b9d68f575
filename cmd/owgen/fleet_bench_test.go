//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"time"

	compose "github.com/compose-spec/compose-go/v2/cli"
)

// BenchmarkFleet makes fleets of three sizes with the real program, and loads the thousand bundles that one of them
// gives with compose-go, as docker compose does, on all processors. What it has to reach: at most 1.5 times that, at
// most 250 MB, and the same time a site in each size.
func BenchmarkFleet(b *testing.B) {
	owgen := filepath.Join(b.TempDir(), "owgen")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", owgen, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	base := b.TempDir() // removed at the very end: ext4 is slow to make files while it remembers that some were deleted
	for _, sites := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint(sites), func(b *testing.B) {
			if testing.Short() && sites > 100 {
				b.Skip("takes minutes")
			}
			dir := filepath.Join(base, fmt.Sprint(sites))
			made := measure(b, owgen, "generate", "--fleet", inventoryOf(b, sites), "-o", dir)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(made.wall.Seconds(), "s")
			b.ReportMetric(made.wall.Seconds()*1000/float64(sites), "ms/site")
			b.ReportMetric(made.processor.Seconds()*1000/float64(sites), "processor-ms/site")
			b.ReportMetric(float64(made.memory)/1e6, "MB-peak")
			if sites <= 1000 {
				loads := loadAll(b, dir, sites)
				b.ReportMetric(loads.wall.Seconds(), "s/compose-go-loads")
				b.ReportMetric(made.wall.Seconds()/loads.wall.Seconds(), "times-compose-go")
				b.ReportMetric(made.processor.Seconds()/loads.processor.Seconds(), "times-compose-go-processor")
			}
		})
	}
}

type cost struct {
	wall, processor time.Duration
	memory          int64
}

// measure runs a program to its end.
func measure(b *testing.B, name string, args ...string) cost {
	b.Helper()
	var stderr bytes.Buffer
	command := exec.CommandContext(b.Context(), name, args...)
	command.Stderr = &stderr
	began := time.Now()
	if err := command.Run(); err != nil {
		b.Fatalf("%v\n%s", err, &stderr)
	}
	state := command.ProcessState
	return cost{time.Since(began), state.UserTime() + state.SystemTime(), peakMemory(state)}
}

// loadAll loads each bundle once.
func loadAll(b *testing.B, dir string, sites int) cost {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program has it
	next := make(chan int)
	var group sync.WaitGroup
	began, before := time.Now(), processorTime(b)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				if err := load(b.Context(), filepath.Join(dir, siteName(i))); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range sites {
		next <- i
	}
	close(next)
	group.Wait()
	return cost{wall: time.Since(began), processor: processorTime(b) - before}
}

func load(ctx context.Context, dir string) error {
	options, err := compose.NewProjectOptions([]string{filepath.Join(dir, "docker-compose.yml")},
		compose.WithWorkingDirectory(dir), compose.WithEnvFiles(), compose.WithDotEnv)
	if err != nil {
		return err
	}
	_, err = options.LoadProject(ctx)
	return err
}

// peakMemory is the most that a process had resident, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	kibibytes := int64(1024)
	if runtime.GOOS == "darwin" {
		kibibytes = 1 // it counts bytes
	}
	return int64(state.SysUsage().(*syscall.Rusage).Maxrss) * kibibytes
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
