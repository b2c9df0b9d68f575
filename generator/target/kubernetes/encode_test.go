package kubernetes

import (
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// Every text is the same text again, in the YAML that kubectl reads, which takes "on" and "0777" for something else.
func TestTextsStayTexts(t *testing.T) {
	for _, value := range []string{"", "y", "No", "on", "NULL", "true", "0777", "0o17", "1e3", "12:30:45", "1_000", "~", ".inf", "a: b", "a #b", "- x", "$(A) %", "'q' \"d\" \\", "line\nline\n", " x ", "é\t", "/a/b", "a-b.c_d", "{}", "=", "<<", "!x", "2026-11-27"} {
		text, err := encode(document{&core.EnvVar{Name: "N", Value: value}, ""})
		if err != nil {
			t.Fatal(err)
		}
		var got core.EnvVar
		if err := yaml.UnmarshalStrict(text, &got); err != nil || got.Value != value {
			t.Errorf("%q became %q (%v)\n%s", value, got.Value, err, text)
		}
	}
}

func TestQuantity(t *testing.T) {
	for size, want := range map[string]int64{"16m": 16 << 20, "1G": 1 << 30, "8K": 8 << 10, "512": 512, "100": 100} {
		if got := quantity(size); got.Value() != want {
			t.Errorf("%s is %d, want %d", size, got.Value(), want)
		}
	}
}

func TestProbes(t *testing.T) {
	interval, start, retries := types.Duration(30*time.Second), types.Duration(3*time.Minute), uint64(3)
	startup, ready, live := probes(&types.HealthCheckConfig{Test: types.HealthCheckTest{"CMD", "health"}, Interval: &interval, StartPeriod: &start, Retries: &retries})
	row := func(p *core.Probe) []int32 { return []int32{p.PeriodSeconds, p.FailureThreshold, p.TimeoutSeconds} }
	if diff := cmp.Diff([][]int32{{2, 450, 5}, {10, 6, 5}, {30, 10, 5}}, [][]int32{row(startup), row(ready), row(live)}); diff != "" {
		t.Error(diff)
	}
	if a, b, c := probes(nil); a != nil || b != nil || c != nil {
		t.Error("a service without a health check is asked for its health")
	}
	if _, b, _ := probes(&types.HealthCheckConfig{Test: types.HealthCheckTest{"CMD-SHELL", "a && b"}}); !cmp.Equal(b.Exec.Command, []string{"sh", "-c", "a && b"}) {
		t.Errorf("a shell's command became %q", b.Exec.Command)
	}
}
