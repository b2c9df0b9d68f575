package generator

import (
	"slices"
	"strconv"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/catalog"
	"github.com/owgen/owgen/generator/plan"
)

// On several machines, too, all processes that know the database's password go to the pool, wait for it, and may reach it; the job that changes the database,
// whose lock is a session's, goes by itself; and the edge reaches neither.
func TestPoolOnSeveralMachines(t *testing.T) {
	for target, set := range map[string][]string{
		"swarm": append([]string{"target=swarm", "size=huge"}, multiNode[:2]...), "kubernetes": append(slices.Clone(onKubernetes[:5]), "size=huge"),
	} {
		made := generateFrom(t, "multi-node", set...)
		at := slices.IndexFunc(made.Plan.Services, func(s *plan.Service) bool { return s.Provided("sql-pool") != nil })
		if at < 0 {
			t.Fatal("there is no pool")
		}
		pool := made.Plan.Services[at]
		pooled, direct := []string{}, 0
		for name, s := range made.Project.Services {
			is := s.Environment["DB_POOLED"]
			if is == nil || !slices.ContainsFunc(s.Secrets, func(x types.ServiceSecretConfig) bool { return x.Source == "sql_password" }) {
				continue
			}
			_, waits := s.DependsOn[pool.Name]
			toPool := *s.Environment["DB_HOST"] == pool.Name && *s.Environment["DB_PORT"] == strconv.Itoa(pool.Provided("sql-pool").Port)
			job := made.Plan.Service(name).Role == catalog.RoleJob
			if want := strconv.FormatBool(!job); *is != want || toPool == job || waits == job {
				t.Errorf("%s: %s: pooled %s, to the pool %v, waits for it %v", target, name, *is, toPool, waits)
			}
			if job {
				direct++
			} else {
				pooled = append(pooled, name)
			}
		}
		if len(pooled) < 4 || direct != 1 {
			t.Errorf("%s: %v go to the pool, and %d jobs to the database", target, pooled, direct)
		}
		if target != "kubernetes" {
			continue
		}
		c := applied(t, "", set...)
		for key, pod := range c.pods {
			mine := slices.ContainsFunc(pooled, func(name string) bool { return pod.Spec.Containers[0].Name == name })
			edge := made.Plan.Service(pod.Spec.Containers[0].Name).Provided(catalog.Edge) != nil
			to := made.Plan.Project + "/" + pool.Name
			if got := c.reaches(t, key, to) && c.open(t, to, key, int32(pool.Provided("sql-pool").Port)); mine && !got || edge && got {
				t.Errorf("%s reaches the pool: %v", key, got)
			}
		}
	}
}
