package kubernetes

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	net "k8s.io/api/networking/v1"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// Servers of others in this cluster are reached where they are, each at its port, also where two have the same one.
func TestServersOfOthers(t *testing.T) {
	b := &builder{layout: &layout{plan: &plan.Plan{Project: "x"}}}
	web := &plan.Service{Definition: &catalog.Definition{Name: "web"}}
	for _, c := range []plan.Capability{
		{External: true, Host: "a.one.svc", Port: 5432}, {External: true, Host: "b.two.svc.cluster.local", Port: 5432},
		{External: true, Host: "c.two.svc", Port: 5432}, {External: true, Host: "db.example.org", Port: 5432}, {Host: "d.three.svc", Port: 6379},
	} {
		web.Uses = append(web.Uses, plan.Use{Capability: c})
	}
	var got []string
	for _, d := range b.openings(&pod{Name: "web", Containers: []part{{Service: web}}}) {
		for _, rule := range d.object.(*net.NetworkPolicy).Spec.Egress {
			got = append(got, fmt.Sprintf("%s %d", rule.To[0].NamespaceSelector.MatchLabels[labelNamespace], rule.Ports[0].Port.IntVal))
		}
	}
	if diff := cmp.Diff([]string{"one 5432", "two 5432"}, got); diff != "" {
		t.Error(diff)
	}
}
