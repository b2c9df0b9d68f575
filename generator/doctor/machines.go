package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/plan"
)

// A Cluster is what an engine of several machines says of them.
type Cluster struct {
	Machines []Member
	Itself   []Result // checks of the cluster that who knows the engine makes
	// Single says that what keeps data needs a node that is one machine: volumes follow nobody.
	Single bool
	Naming string // how a machine is made one of a planned node; NODE stands for it
}

// A Member is a machine of a cluster.
type Member struct {
	Name  string
	Node  string // the planned node that it is or belongs to
	Ready bool
}

// several tells of a deployment that runs on other machines than the one from which it is deployed: of this one counts what
// building images needs.
func (c *checkup) several() bool { return c.Plan.Target() != plan.TargetCompose }

// checkMachines finds planned nodes that are no machine, and machines that run nothing at the moment.
func (c *checkup) checkMachines() {
	cluster := c.cluster
	c.results = append(c.results, cluster.Itself...)
	if len(cluster.Machines) == 0 {
		return // which Itself has said
	}
	good := true
	problem := func(state State, message, hint string) {
		good = false
		c.add("machines", state, message, hint)
	}
	var all []string
	for _, m := range cluster.Machines {
		all = append(all, m.Name)
		if !m.Ready {
			problem(Warning, m.Name+" is not ready, and runs nothing", "look at it, or take it out of the cluster")
		}
	}
	for _, n := range c.Plan.Nodes {
		var of []string
		for _, m := range cluster.Machines {
			if m.Node == n.Name {
				of = append(of, m.Name)
			}
		}
		switch {
		case len(of) == 0:
			problem(Problem, fmt.Sprintf("no machine is %s (there are %s)", n.Name, strings.Join(all, ", ")), strings.ReplaceAll(cluster.Naming, "NODE", n.Name))
		case len(of) > 1 && cluster.Single && c.isHome(n):
			problem(Problem, fmt.Sprintf("%s is %s, and data lie there", n.Name, strings.Join(of, " and ")), "give the data a node of their own, which is one machine")
		}
	}
	if good {
		c.add("machines", OK, fmt.Sprintf("%s: all that is planned is there and ready", strings.Join(all, ", ")), "")
	}
}

// isHome tells whether something keeps data on a node.
func (c *checkup) isHome(n *plan.Node) bool {
	return slices.ContainsFunc(n.Services, func(name string) bool {
		return c.Plan.KeepsHome(c.Plan.Service(name))
	})
}
