package kubernetes

import (
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	core "k8s.io/api/core/v1"
)

// What three questions mean by one program. The first answer may take as long as a large database takes to recover. Who is
// not ready gets no requests: who hangs should not, and who is only busy should, or all are taken out at once when all are busy. Who is
// started anew loses what it was doing, and often only waits for somebody else: that comes late.
const (
	patience   = 10 * time.Minute
	startEvery = 2 * time.Second
	readyEvery = 10 * time.Second
	outAfter   = time.Minute
	deadAfter  = 5 * time.Minute
)

// probes make the health check of Compose the three of Kubernetes.
func probes(check *types.HealthCheckConfig) (startup, readiness, liveness *core.Probe) {
	if check == nil || check.Disable || len(check.Test) < 2 {
		return nil, nil, nil
	}
	command := []string(check.Test[1:])
	if check.Test[0] == "CMD-SHELL" {
		command = append([]string{"sh", "-c"}, command...)
	}
	probe := func(every time.Duration, failures int) *core.Probe {
		return &core.Probe{
			ProbeHandler:   core.ProbeHandler{Exec: &core.ExecAction{Command: command}},
			TimeoutSeconds: seconds(check.Timeout, 5*time.Second), PeriodSeconds: int32(every / time.Second), FailureThreshold: int32(failures),
		}
	}
	interval := 30 * time.Second
	if check.Interval != nil {
		interval = max(time.Duration(*check.Interval), time.Second)
	}
	retries := 3
	if check.Retries != nil {
		retries = int(*check.Retries)
	}
	start := patience
	if check.StartPeriod != nil {
		start = max(start, 5*time.Duration(*check.StartPeriod))
	}
	every := min(interval, readyEvery)
	return probe(startEvery, int(start/startEvery)), probe(every, max(int(outAfter/every), retries)), probe(interval, max(int(deadAfter/interval), 2*retries))
}

func seconds(d *types.Duration, otherwise time.Duration) int32 {
	if d != nil {
		otherwise = time.Duration(*d)
	}
	return int32((otherwise + time.Second - 1) / time.Second)
}
