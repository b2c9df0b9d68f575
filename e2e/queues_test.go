//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// queues are those that somebody has to read.
func (s *stack) queues() []string {
	if _, monitoring := s.file.Services["celery-monitoring"]; monitoring {
		return []string{"celery", "firmware_upgrader", "monitoring", "monitoring_checks", "network"}
	}
	return []string{"celery", "network"}
}

// A task that only gives its arguments back, and belongs to Celery itself.
const idleTask = "celery.accumulate"

func TestEachQueueAnswers(t *testing.T) {
	s := shared(t)
	s.watch(t, "celery", "celery-monitoring", "redis")
	var routed map[string]string
	s.django(t, `
from django.conf import settings
answer({name: route["queue"] for name, route in settings.CELERY_TASK_ROUTES.items()})
`, &routed)
	for task, queue := range routed {
		if !slices.Contains(s.queues(), queue) {
			t.Errorf("%s is routed to %s, which nobody reads", task, queue)
		}
	}
	s.queuesAnswer(t, patience)
}

// queuesAnswer sends a task to each queue and waits until the workers have done them.
func (s *stack) queuesAnswer(t testing.TB, limit time.Duration) {
	t.Helper()
	var before, after map[string]int
	eventually(t, limit, "each queue has a worker", func() (err error) {
		before, err = s.tasksDone()
		return err
	})
	var script strings.Builder
	fmt.Fprintf(&script, "from openwisp.celery import app\nfor queue in %s:\n", must(jsonText(s.queues()))(t))
	fmt.Fprintf(&script, "    app.send_task(%q, args=[1], queue=queue)\n", idleTask)
	s.django(t, script.String(), nil)
	eventually(t, limit, "each queue's worker does a task", func() (err error) {
		if after, err = s.tasksDone(); err != nil {
			return err
		}
		for _, queue := range s.queues() {
			if after[queue] <= before[queue] {
				return fmt.Errorf("that of %s did none: %v, before %v", queue, after, before)
			}
		}
		return nil
	})
}

// tasksDone asks the workers how many of the idle tasks each has done, by queue.
func (s *stack) tasksDone() (map[string]int, error) {
	var found struct {
		Queues map[string][]struct{ Name string }
		Stats  map[string]struct{ Total map[string]int }
	}
	err := s.tryDjango(`
from openwisp.celery import app
inspect = app.control.inspect(timeout=3)
answer({"queues": inspect.active_queues(), "stats": inspect.stats()})
`, &found)
	if err != nil {
		return nil, err
	}
	done := map[string]int{}
	for worker, queues := range found.Queues {
		for _, queue := range queues {
			done[queue.Name] += found.Stats[worker].Total[idleTask]
		}
	}
	if names := slices.Sorted(maps.Keys(done)); !slices.Equal(names, s.queues()) {
		return nil, fmt.Errorf("the workers read %v, and not %v", names, s.queues())
	}
	return done, nil
}

func jsonText(value any) (string, error) {
	text, err := json.Marshal(value)
	return string(text), err
}
