// Package sizing says which size bears how many devices, and why.
package sizing

import (
	"bytes"
	"fmt"
	"math"

	"gopkg.in/yaml.v3"
)

// A Model is what devices ask of a deployment, and what the sizes bear.
type Model struct {
	Loads  []Load  `yaml:"loads"`
	Stored float64 `yaml:"stored"` // bytes on the disk for a point
	Busy   float64 `yaml:"busy"`   // the part of a core that may be in use
	Sizes  []Size  `yaml:"sizes"`  // from the smallest to the largest
}

// A Load is something that each device causes again and again.
type Load struct {
	Name     string  `yaml:"name" json:"name"`
	What     string  `yaml:"what" json:"what"`
	Every    float64 `yaml:"every" json:"every"`       // seconds
	Requests float64 `yaml:"requests" json:"requests"` // of the edge
	Tasks    float64 `yaml:"tasks" json:"tasks"`       // of the workers
	Points   float64 `yaml:"points" json:"points"`     // of the time-series store
	Bytes    float64 `yaml:"bytes" json:"bytes"`       // on the wire
	CPU      float64 `yaml:"cpu" json:"cpu"`           // milliseconds of a core

	Takes float64 `yaml:"takes" json:"takes,omitempty"` // milliseconds for which a process is taken, waiting included
}

// A Size is a preset of settings.
type Size struct {
	Size     string  `yaml:"size" json:"size"`
	Cores    float64 `yaml:"cores" json:"cores"`
	Memory   string  `yaml:"memory" json:"memory"`
	Limit    string  `yaml:"limit" json:"limit"`       // what ends first beyond it
	Machines bool    `yaml:"machines" json:"machines"` // it needs several
}

// A Rate is a load a second, of all devices.
type Rate struct {
	Load     `json:"load"`
	Requests float64 `json:"requests"`
	Tasks    float64 `json:"tasks"`
	Points   float64 `json:"points"`
	Bytes    float64 `json:"bytes"`
	Cores    float64 `json:"cores"`             // at full use
	AtOnce   float64 `json:"at_once,omitempty"` // processes that are taken, on average
}

// A Sizing is what a number of devices needs.
type Sizing struct {
	Devices int     `json:"devices"`
	Rates   []Rate  `json:"rates"`
	Sum     Rate    `json:"sum"`
	Cores   float64 `json:"cores"` // with what is left free
	PerYear float64 `json:"bytes_per_year"`
	Size    Size    `json:"size"`
	Bears   int     `json:"bears"`  // devices, at most
	Beyond  bool    `json:"beyond"` // no size bears so many
}

// Read reads a model.
func Read(data []byte) (Model, error) {
	var m Model
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if len(m.Loads) == 0 || len(m.Sizes) == 0 || m.Busy <= 0 || m.Busy > 1 {
		return m, fmt.Errorf("needs loads, sizes, and busy between 0 and 1")
	}
	for _, l := range m.Loads {
		if l.Every <= 0 {
			return m, fmt.Errorf("%s needs every: SECONDS", l.Name)
		}
	}
	return m, nil
}

// For says what a number of devices asks, and which size bears it.
func (m Model) For(devices int) Sizing {
	out := Sizing{Devices: devices}
	n := float64(devices)
	for _, l := range m.Loads {
		r := Rate{Load: l, Requests: n * l.Requests / l.Every, Tasks: n * l.Tasks / l.Every, Points: n * l.Points / l.Every,
			Bytes: n * l.Bytes / l.Every, Cores: n * l.CPU / 1000 / l.Every, AtOnce: n * l.Takes / 1000 / l.Every}
		out.Rates = append(out.Rates, r)
		out.Sum.Requests += r.Requests
		out.Sum.Tasks += r.Tasks
		out.Sum.Points += r.Points
		out.Sum.Bytes += r.Bytes
		out.Sum.Cores += r.Cores
	}
	out.Cores = out.Sum.Cores / m.Busy
	out.PerYear = out.Sum.Points * m.Stored * 365 * 24 * 3600
	out.Size, out.Beyond = m.Sizes[len(m.Sizes)-1], true
	for _, s := range m.Sizes {
		if out.Cores <= s.Cores {
			out.Size, out.Beyond = s, false
			break
		}
	}
	out.Bears = m.Bears(out.Size)
	return out
}

// Bears is how many devices a size bears at most, rounded down to two digits.
func (m Model) Bears(s Size) int {
	perDevice := 0.0
	for _, l := range m.Loads {
		perDevice += l.CPU / 1000 / l.Every
	}
	exact := s.Cores * m.Busy / perDevice
	digits := math.Pow(10, math.Floor(math.Log10(exact))-1)
	return int(math.Floor(exact/digits) * digits)
}
