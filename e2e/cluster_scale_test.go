//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// autoscale puts the large overlay's autoscaler of the API over the running deployment: at least two at once, and more of them while
// many ask. The whole overlay asks for more processors than a test's node has.
func (k *cluster) autoscale(t *testing.T, s *stack) {
	var scaler string
	for document := range strings.SplitSeq(string(must(os.ReadFile(filepath.Join(s.dir, "kubernetes/overlays/large/scale.yaml")))(t)), "\n---\n") {
		if strings.Contains(document, "kind: HorizontalPodAutoscaler") && strings.Contains(document, "\n  name: api\n") {
			scaler = document
		}
	}
	file := filepath.Join(t.TempDir(), "scaler.yaml")
	if err := writeFile(file, []byte(scaler)); err != nil {
		t.Fatal(err)
	}
	must(k.kubectl(time.Minute, "apply", "-f", file))(t)
	t.Cleanup(func() {
		must(k.kubectl(time.Minute, "delete", "-f", file))(t)
		must(k.kubectl(time.Minute, "-n", s.project, "scale", "deployment/api", "--replicas", "1"))(t)
		k.rolled(t, s)
	})
	ready := func(least int) func() error {
		return func() error {
			out, err := k.kubectl(time.Minute, "-n", s.project, "get", "deployment", "api", "-o", "jsonpath={.status.readyReplicas}")
			if n, _ := strconv.Atoi(out); err == nil && n < least {
				err = fmt.Errorf("%d are ready", n)
			}
			return err
		}
	}
	eventually(t, 4*time.Minute, "two of the API are ready", ready(2))
	a := s.agent(t, "busy")
	a.enroll(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan *tally, 1)
	go func() { done <- newLoad(s.client(t), []*agent{a}).atOnce(ctx, "checksum", 4, 1_000_000) }()
	began := time.Now()
	eventually(t, 6*time.Minute, "more of the API are ready while many ask", ready(3))
	t.Logf("a third was ready after %.0f s", time.Since(began).Seconds())
	stop()
	<-done
}
