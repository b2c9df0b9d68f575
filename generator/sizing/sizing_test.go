package sizing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const model = `
loads:
  - {name: asks, what: Asks, every: 100, requests: 1, bytes: 1000, cpu: 10}
  - {name: tells, what: Tells, every: 200, requests: 1, tasks: 2, points: 10, bytes: 3000, cpu: 100, takes: 400}
stored: 5
busy: 0.5
sizes:
  - {size: small, cores: 2, memory: 4G, limit: first}
  - {size: large, cores: 8, memory: 16G, limit: last, machines: true}
`

func TestFor(t *testing.T) {
	m, err := Read([]byte(model))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Requests, Tasks, Points, Bytes, Cores float64
		Size                                  string
		Bears                                 int
		Beyond                                bool
	}
	for devices, want := range map[int]row{
		1000:   {15, 10, 50, 25000, 1.2, "small", 1600, false},
		1666:   {24.99, 16.66, 83.3, 41650, 1.9992, "small", 1600, false},
		1700:   {25.5, 17, 85, 42500, 2.04, "large", 6600, false},
		100000: {1500, 1000, 5000, 2500000, 120, "large", 6600, true},
	} {
		s := m.For(devices)
		got := row{s.Sum.Requests, s.Sum.Tasks, s.Sum.Points, s.Sum.Bytes, s.Cores, s.Size.Size, s.Bears, s.Beyond}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
			t.Errorf("%d devices (-want +got)\n%s", devices, diff)
		}
	}
	if got := m.For(1000).Rates[1].AtOnce; got != 2 {
		t.Errorf("%v processes are taken", got)
	}
	if got := m.For(1000).PerYear; got != 50*5*365*24*3600 {
		t.Errorf("a year %v", got)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{"", "loads: []", model + "more: 1", "loads: [{name: a}]\nsizes: [{size: s}]\nbusy: 0.5", "loads: [{name: a, every: 1}]\nsizes: [{size: s}]\nbusy: 2"} {
		if _, err := Read([]byte(text)); err == nil {
			t.Errorf("%q passes", text)
		}
	}
}
