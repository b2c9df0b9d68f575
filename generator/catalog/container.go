package catalog

// What a container may do and use is said in fields that every target can read, not in the words of one engine.

// A Tmpfs is memory that the service writes to; everything else is read-only.
type Tmpfs struct {
	Path  string `yaml:"path"`
	Size  string `yaml:"size"`  // with a suffix: 16m
	Owner string `yaml:"owner"` // service, which is the default, or root
	Mode  string `yaml:"mode"`  // octal; 0700 when empty
}

// The users that a container or a tmpfs can belong to.
const (
	OwnerService = "service" // the unprivileged user of all images
	OwnerRoot    = "root"
)

// Permissions is the mode of the folder, as octal digits.
func (t Tmpfs) Permissions() string {
	if t.Mode == "" {
		return "0700"
	}
	return t.Mode
}

// A Probe proves that the service does its work. Durations are as Go writes them.
type Probe struct {
	Command     []string `yaml:"command"`
	Interval    string   `yaml:"interval"`
	Timeout     string   `yaml:"timeout"`
	Retries     int      `yaml:"retries"`
	StartPeriod string   `yaml:"start_period"`
}

// Resources become the settings resources.NAME.memory, .cpus and .pids.
type Resources struct {
	Memory string  `yaml:"memory"`
	CPUs   float64 `yaml:"cpus"` // processors; 0: as many as there are
	Pids   int     `yaml:"pids"`
}

// A Stop says how the service is stopped.
type Stop struct {
	Grace  string `yaml:"grace"`
	Signal string `yaml:"signal"`
}

// An Exception is a deviation from the hardened default, with its reason. It sets one of the fields.
type Exception struct {
	User         string            `yaml:"user"`         // root: whom the container starts as
	Capabilities []string          `yaml:"capabilities"` // of Linux, without CAP_
	Devices      []string          `yaml:"devices"`      // paths on the host, the same in the container
	Sysctls      map[string]string `yaml:"sysctls"`      // values may name settings: "{build.uid}"
	Port         string            `yaml:"port"`         // a published port, by name, that the service's role forbids
	Reason       string            `yaml:"reason"`
	When         Condition         `yaml:"when"`
}

// Kinds names the fields that are set; there has to be one.
func (e Exception) Kinds() []string {
	return kinds(kind{"user", e.User != ""}, kind{"capabilities", len(e.Capabilities) > 0}, kind{"devices", len(e.Devices) > 0},
		kind{"sysctls", len(e.Sysctls) > 0}, kind{"port", e.Port != ""})
}

// A kind is one of the fields of which one has to be set.
type kind struct {
	name string
	set  bool
}

// kinds names those that are set.
func kinds(all ...kind) []string {
	var out []string
	for _, k := range all {
		if k.set {
			out = append(out, k.name)
		}
	}
	return out
}
