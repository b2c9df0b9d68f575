package diff

// A Cluster is what the files of a bundle tell an engine of several machines to run. The target reads it from its own files, and
// says in it how the engine brings a change into force.
type Cluster struct {
	Engine    string // the target's name
	Name      string // what all that it runs belongs to
	Publish   string // the command that builds images and makes them known to all machines
	Workloads map[string]Workload
	Volumes   map[string]Storage
	Networks  map[string]Network
	Objects   map[string]any    // what is changed while everything goes on, by its kind and name
	Leftover  string            // the command that removes objects, where the engine keeps those that are no longer named; KIND and NAME stand for them
	Takes     map[string]string // what goes with an object that is removed, by its kind
}

// A Workload is what runs one or several containers on a number of machines.
type Workload struct {
	Role        string
	Manner      Manner
	Images      map[string]string // by container
	Replicas    int
	Place       []string // where it may run; nothing is anywhere
	Environment map[string]string
	Spec        map[string]any // what else makes it start anew when it differs; Sealed where nobody else is to see a value
	Files       []string       // files and folders of the bundle that it sees
	Secrets     []string
	Networks    []string
	Mounts      []Mount
	Removal     string // what ends it, when it is no longer there
}

// A Manner is how a new one takes the place of an old one.
type Manner int

// The manners.
const (
	Rolls Manner = iota // the new one is there before the old one ends
	Stops               // the old one ends first: two at a time cannot be
	Once                // it does its work once more
)

// cost is that of a change in this manner.
func (m Manner) cost() Cost {
	if m == Stops {
		return Restarted
	}
	return Rolled
}

// Sealed is a value of which only that it differs is said.
type Sealed struct{ Value any }

// A Mount is a volume in a container.
type Mount struct {
	Volume, Target string
	ReadOnly       bool
}

// Storage is a volume that outlives who mounts it.
type Storage struct {
	Where   string // it lies, in words: another place has other data
	Size    int64  // in bytes, where it has one
	Bound   bool   // it lies on the machine on which its workload runs, and stays there
	Scratch bool   // nothing is lost with it
	Holds   string // what is in it
	Keeps   string // what the engine does when it is to lie elsewhere
}

// A Network is one that the engine does not change while somebody is on it.
type Network struct {
	Spec    any
	Replace string // what has to be done
}
