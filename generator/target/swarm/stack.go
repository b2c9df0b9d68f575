package swarm

import "gopkg.in/yaml.v3"

// What stands in a file for `docker stack deploy`, in the order in which a reader wants it: what a service is, what it may do, what it gets,
// where it is, how it lives.

type service struct {
	Image           string               `yaml:"image"`
	Hostname        string               `yaml:"hostname,omitempty"`
	Entrypoint      []string             `yaml:"entrypoint,omitempty,flow"`
	Command         []string             `yaml:"command,omitempty,flow"`
	Init            *bool                `yaml:"init,omitempty"`
	WorkingDir      string               `yaml:"working_dir,omitempty"`
	StdinOpen       bool                 `yaml:"stdin_open,omitempty"`
	TTY             bool                 `yaml:"tty,omitempty"`
	User            string               `yaml:"user,omitempty"`
	ReadOnly        bool                 `yaml:"read_only,omitempty"`
	CapDrop         []string             `yaml:"cap_drop,omitempty,flow"`
	CapAdd          []string             `yaml:"cap_add,omitempty,flow"`
	Sysctls         map[string]string    `yaml:"sysctls,omitempty"`
	Ulimits         map[string]ulimit    `yaml:"ulimits,omitempty"`
	OOMScore        int64                `yaml:"oom_score_adj,omitempty"`
	EnvFile         []string             `yaml:"env_file,omitempty,flow"`
	Environment     map[string]string    `yaml:"environment,omitempty"`
	Secrets         []reference          `yaml:"secrets,omitempty"`
	Configs         []reference          `yaml:"configs,omitempty"`
	Volumes         []mount              `yaml:"volumes,omitempty"`
	Networks        map[string]*attached `yaml:"networks"`
	DNS             []string             `yaml:"dns,omitempty,flow"`
	DNSSearch       []string             `yaml:"dns_search,omitempty,flow"`
	ExtraHosts      []string             `yaml:"extra_hosts,omitempty"`
	Ports           []port               `yaml:"ports,omitempty"`
	Healthcheck     *probe               `yaml:"healthcheck,omitempty"`
	StopSignal      string               `yaml:"stop_signal,omitempty"`
	StopGracePeriod string               `yaml:"stop_grace_period,omitempty"`
	Deploy          deploy               `yaml:"deploy"`
	Logging         *logging             `yaml:"logging,omitempty"`
	Labels          map[string]string    `yaml:"labels,omitempty"`
}

type ulimit struct {
	Soft int `yaml:"soft"`
	Hard int `yaml:"hard"`
}

// A reference mounts a secret or a config.
type reference struct {
	Source string `yaml:"source"`
	Target string `yaml:"target,omitempty"`
	UID    string `yaml:"uid,omitempty"`
	GID    string `yaml:"gid,omitempty"`
	Mode   *octal `yaml:"mode,omitempty"`
}

// An octal number is written as one.
type octal uint32

func (o octal) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "0" + oct(uint32(o))}, nil
}

type mount struct {
	Type     string `yaml:"type"`
	Source   string `yaml:"source,omitempty"`
	Target   string `yaml:"target"`
	ReadOnly bool   `yaml:"read_only,omitempty"`
	Volume   *named `yaml:"volume,omitempty,flow"`
	Tmpfs    *tmpfs `yaml:"tmpfs,omitempty,flow"`
}

// named is how a named volume is mounted.
type named struct {
	NoCopy bool `yaml:"nocopy"`
}

type tmpfs struct {
	Size int64 `yaml:"size"`
}

type attached struct {
	Aliases []string `yaml:"aliases,omitempty,flow"`
}

type port struct {
	Target    uint32 `yaml:"target"`
	Published int    `yaml:"published"`
	Protocol  string `yaml:"protocol"`
	Mode      string `yaml:"mode"`
}

type probe struct {
	Test          []string `yaml:"test,flow,omitempty"`
	Interval      string   `yaml:"interval,omitempty"`
	Timeout       string   `yaml:"timeout,omitempty"`
	Retries       uint64   `yaml:"retries,omitempty"`
	StartPeriod   string   `yaml:"start_period,omitempty"`
	StartInterval string   `yaml:"start_interval,omitempty"`
	Disable       bool     `yaml:"disable,omitempty"`
}

type logging struct {
	Driver  string            `yaml:"driver,omitempty"`
	Options map[string]string `yaml:"options,omitempty"`
}

// deploy is how Swarm runs a service.
type deploy struct {
	Mode           string            `yaml:"mode,omitempty"`
	Replicas       int64             `yaml:"replicas"`
	EndpointMode   string            `yaml:"endpoint_mode,omitempty"`
	Labels         map[string]string `yaml:"labels,omitempty"`
	Placement      *placement        `yaml:"placement,omitempty"`
	UpdateConfig   *rollout          `yaml:"update_config,omitempty"`
	RollbackConfig *rollout          `yaml:"rollback_config,omitempty"`
	RestartPolicy  restart           `yaml:"restart_policy"`
	Resources      resources         `yaml:"resources,omitempty"`
}

type placement struct {
	Constraints []string `yaml:"constraints,omitempty,flow"`
	MaxReplicas int      `yaml:"max_replicas_per_node,omitempty"`
}

type rollout struct {
	Parallelism   int    `yaml:"parallelism"`
	Order         string `yaml:"order"`
	FailureAction string `yaml:"failure_action"`
	Monitor       string `yaml:"monitor,omitempty"`
}

type restart struct {
	Condition   string `yaml:"condition"`
	Delay       string `yaml:"delay,omitempty"`
	MaxAttempts int    `yaml:"max_attempts,omitempty"`
}

type resources struct {
	Limits       *resource `yaml:"limits,omitempty"`
	Reservations *resource `yaml:"reservations,omitempty"`
}

type resource struct {
	CPUs   string `yaml:"cpus,omitempty"`
	Memory string `yaml:"memory,omitempty"`
	Pids   int64  `yaml:"pids,omitempty"`
}

// The resources of a stack.

type network struct {
	Driver     string            `yaml:"driver,omitempty"`
	Internal   bool              `yaml:"internal,omitempty"`
	DriverOpts map[string]string `yaml:"driver_opts,omitempty"`
	Labels     map[string]string `yaml:"labels,omitempty"`
	IPAM       *ipam             `yaml:"ipam,omitempty"`
}

type ipam struct {
	Config []pool `yaml:"config"`
}

type pool struct {
	Subnet string `yaml:"subnet"`
}

type volume struct {
	Name       string            `yaml:"name,omitempty"`
	Driver     string            `yaml:"driver,omitempty"`
	DriverOpts map[string]string `yaml:"driver_opts,omitempty"`
	Labels     map[string]string `yaml:"labels,omitempty"`
}

type file struct {
	Name string `yaml:"name"`
	File string `yaml:"file"`
}
