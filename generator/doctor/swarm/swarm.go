// Package swarm asks the Docker engine for the Swarm that it manages.
package swarm

import (
	"context"
	"fmt"
	"strings"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/doctor/docker"
	"github.com/owgen/owgen/generator/engine"
)

// since is the engine whose `docker stack deploy` waits for nobody when it is told so, as ./deploy tells it.
const since = 26

// Engine builds the images, and deploys.
type Engine struct{ docker.Engine }

// Ask asks for the machines as well.
func (e Engine) Ask(ctx context.Context, project string) (*doctor.EngineFacts, error) {
	facts, err := e.Engine.Ask(ctx, project)
	if err != nil {
		return facts, err
	}
	facts.Cluster = &doctor.Cluster{Single: true,
		Naming: "rename the node in owgen.yaml, or label a machine: docker node update --label-add io.owgen.node=NODE HOST"}
	var old []doctor.Result
	facts.Cluster.Machines, old, err = machines(ctx)
	switch {
	case err != nil:
		facts.Cluster.Itself = append(facts.Cluster.Itself, doctor.Result{Check: "swarm", State: doctor.Problem, Message: "this engine manages no Swarm: " + err.Error(),
			Hint: "`docker swarm init` makes one, or let docker speak to a manager: DOCKER_HOST=ssh://USER@MANAGER, or `docker context use`"})
	case len(facts.Cluster.Machines) == 0:
		facts.Cluster.Itself = append(facts.Cluster.Itself, doctor.Result{Check: "swarm", State: doctor.Problem, Message: "the Swarm has no machines", Hint: "`docker swarm join` on each"})
	default:
		facts.Cluster.Itself = append(facts.Cluster.Itself, doctor.Result{Check: "swarm", State: doctor.OK, Message: "this engine is a manager"})
		facts.Cluster.Itself = append(facts.Cluster.Itself, old...)
	}
	return facts, nil
}

// Words are those of Docker, but for what starts anew.
func (e Engine) Words() doctor.Words {
	words := e.Engine.Words()
	words.Rebuild = "docker compose build --pull && docker compose push && ./deploy"
	return words
}

// machines are those that a manager knows: a planned node's by their host name, or by a label; and whose engine is too old.
func machines(ctx context.Context) (out []doctor.Member, old []doctor.Result, err error) {
	ids, err := engine.Text(ctx, "node", "ls", "--quiet")
	if err != nil || strings.TrimSpace(ids) == "" {
		return nil, nil, err
	}
	type answer struct {
		Host, State, Availability, Version string
		Labels                             map[string]string
	}
	format := `{"Host":{{json .Description.Hostname}},"Version":{{json .Description.Engine.EngineVersion}},"State":{{json .Status.State}},"Availability":{{json .Spec.Availability}},"Labels":{{json .Spec.Labels}}}`
	answers, err := engine.JSON[answer](ctx, append([]string{"node", "inspect", "--format", format}, strings.Fields(ids)...)...)
	for _, a := range answers {
		if docker.Older(a.Version, since) {
			old = append(old, doctor.Result{Check: "swarm", State: doctor.Problem, Message: a.Host + " has Docker Engine " + a.Version + ", which is too old for ./deploy",
				Hint: fmt.Sprintf("install Docker Engine %d or newer on each machine", since)})
		}
		m := doctor.Member{Name: a.Host, Node: a.Host, Ready: a.State == "ready" && a.Availability == "active"}
		if node := a.Labels["io.owgen.node"]; node != "" {
			m.Node = node
		}
		out = append(out, m)
	}
	return out, old, err
}
