// Package kubernetes asks the cluster that kubectl reaches, and the Docker engine, which builds the images.
package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"time"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/doctor/docker"
)

// patience is how long the cluster may take to answer.
const patience = 20 * time.Second

// Engine builds the images by Docker, and runs them in a cluster.
type Engine struct {
	docker.Engine
	PoolLabel string // which names the pool that a node of the cluster belongs to
}

// Ask asks for the cluster's nodes as well, also where no engine builds images: that may be another machine's work.
func (e Engine) Ask(ctx context.Context, project string) (*doctor.EngineFacts, error) {
	facts, silent := e.Engine.Ask(ctx, project)
	if silent != nil {
		facts = &doctor.EngineFacts{}
	}
	facts.Cluster = &doctor.Cluster{Naming: "kubectl label node HOST " + e.PoolLabel + "=NODE"}
	machines, err := e.machines(ctx)
	facts.Cluster.Machines = machines
	said := doctor.Result{Check: "cluster", State: doctor.OK, Message: "kubectl reaches it"}
	if err != nil {
		said = doctor.Result{Check: "cluster", State: doctor.Problem, Message: "kubectl reaches no cluster: " + err.Error(),
			Hint: "install kubectl, and let `kubectl get nodes` show the nodes: KUBECONFIG, or `kubectl config use-context`"}
	} else if len(machines) == 0 {
		said = doctor.Result{Check: "cluster", State: doctor.Problem, Message: "the cluster has no nodes", Hint: "`kubectl get nodes` has to show them"}
	}
	facts.Cluster.Itself = append(facts.Cluster.Itself, said)
	return facts, silent
}

// Words are those of Docker, but for what starts anew.
func (e Engine) Words() doctor.Words {
	words := e.Engine.Words()
	words.Rebuild = "docker compose build --pull && docker compose push && kubectl apply -k ."
	return words
}

func (e Engine) machines(ctx context.Context) ([]doctor.Member, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var failed bytes.Buffer
	command := exec.CommandContext(ctx, "kubectl", "get", "nodes", "-o", "json")
	command.Stderr = &failed
	text, err := command.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(failed.String()), "\n")
		if last := lines[len(lines)-1]; last != "" { // what comes before is its log
			return nil, errors.New(last)
		}
		return nil, err
	}
	var nodes struct {
		Items []struct {
			Metadata struct {
				Name   string
				Labels map[string]string
			}
			Spec   struct{ Unschedulable bool }
			Status struct {
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := json.Unmarshal(text, &nodes); err != nil {
		return nil, err
	}
	var out []doctor.Member
	for _, n := range nodes.Items {
		m := doctor.Member{Name: n.Metadata.Name, Node: n.Metadata.Labels[e.PoolLabel]}
		for _, condition := range n.Status.Conditions {
			m.Ready = m.Ready || condition.Type == "Ready" && condition.Status == "True" && !n.Spec.Unschedulable
		}
		out = append(out, m)
	}
	return out, nil
}
