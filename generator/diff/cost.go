package diff

import (
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
)

// A Cost is what has to happen for a change to come into force.
type Cost int

// The costs, the lowest first.
const (
	Nothing    Cost = iota // no container notices
	Restart                // a container has to be restarted
	Recreate               // `docker compose up` replaces a container
	Rebuild                // an image is built, and its containers replaced
	Rolled                 // new containers start, and then old ones end: no request is lost
	Restarted              // old containers end, and then new ones start
	Moved                  // another machine runs it
	Migrate                // a job may change the data: there is no way back without a backup
	DataAtRisk             // data is left behind, or what is to read it may not be able to
)

var costs = append(strings.Split("nothing, restart, recreate, rebuild, rolled, restarted, moved, migrate", ", "), bundle.DataAtRisk)

// Costs returns all costs, the lowest first.
func Costs() []Cost {
	return []Cost{Nothing, Restart, Recreate, Rebuild, Rolled, Restarted, Moved, Migrate, DataAtRisk}
}

func (c Cost) String() string { return costs[c] }

// Explain says in a line what the cost means.
func (c Cost) Explain() string {
	switch c {
	case Restart:
		return "a container has to be restarted"
	case Recreate:
		return "`docker compose up` replaces containers"
	case Rebuild:
		return "`docker compose up` builds images and replaces containers"
	case Rolled:
		return "new containers start before old ones end, and no request is lost"
	case Restarted:
		return "some services end before their new containers start, and are away for as long"
	case Moved:
		return "other machines run some services from now on"
	case Migrate:
		return "a job may change the database, and only a backup leads back"
	case DataAtRisk:
		return "data is left behind, or may not be readable any longer: make a backup first"
	}
	return "no container notices"
}

// MarshalText makes the cost a word in JSON.
func (c Cost) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the word back.
func (c *Cost) UnmarshalText(text []byte) error {
	for i, name := range costs {
		if name == string(text) {
			*c = Cost(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no cost: %v", text, costs)
}
