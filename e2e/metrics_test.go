//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// deviceStatus is NetJSON DeviceMonitoring, as openwisp-monitoring on a device sends it.
const deviceStatus = `{
  "type": "DeviceMonitoring",
  "general": {"hostname": "e2e", "local_time": %d, "uptime": 3600},
  "resources": {
    "load": [0.4, 0.3, 0.2], "cpus": 2,
    "memory": {"total": 1000000000, "free": 630000000, "shared": 0, "buffered": 0, "available": 630000000, "cached": 0},
    "disk": [{"mount_point": "/", "available_bytes": 600, "filesystem": "/dev/root", "size_bytes": 1000, "used_bytes": 400, "used_percent": 40}]
  },
  "interfaces": [{
    "name": "eth0", "type": "ethernet", "mac": "02:00:00:00:00:01", "up": true, "mtu": 1500,
    "addresses": [{"address": "192.0.2.5", "mask": 24, "family": "ipv4", "proto": "static"}],
    "statistics": {"rx_bytes": 1000, "tx_bytes": 2000, "rx_packets": 10, "tx_packets": 20}
  }]
}`

// post sends the device's metrics.
func (a *agent) post(t testing.TB, now time.Time) {
	t.Helper()
	query := url.Values{"key": {a.key}, "time": {now.UTC().Format("02-01-2006_15:04:05.000000")}, "current": {"true"}}
	address := a.base + "/api/v1/monitoring/device/" + a.id + "/?" + query.Encode()
	got := must(fetch(a.client, http.MethodPost, address, fmt.Sprintf(deviceStatus, now.Unix()), "Content-Type", "application/json"))(t)
	if got.status != http.StatusOK {
		t.Fatalf("the metrics of %s were refused: %s", a.name, got)
	}
}

func TestMetricsBecomeCharts(t *testing.T) {
	s := shared(t)
	s.watch(t, "api", "celery-monitoring", "influxdb")
	a := s.agent(t, "e2e-metrics")
	a.enroll(t)
	a.post(t, time.Now())
	// Usage as it was posted: 40 % of the disk, 37 % of the memory, a load of 0.4 on two processors.
	for name, want := range map[string]float64{"disk": 40, "memory": 37, "cpu": 20} {
		a.charted(t, patience, name, want)
	}
}

// charted waits until one of the device's charts shows a value.
func (a *agent) charted(t testing.TB, limit time.Duration, name string, want float64) {
	t.Helper()
	eventually(t, limit, "a chart of "+name, func() error { return a.shows(name, want) })
}

// shows looks for a value in one of the device's charts.
func (a *agent) shows(name string, want float64) error {
	values, err := a.chart(name)
	if err == nil && !slices.ContainsFunc(values, func(v float64) bool { return v > want-0.6 && v < want+0.6 }) {
		err = fmt.Errorf("the chart has no %v in %v", want, values)
	}
	return err
}

// chart reads the values of the first trace of one of the device's charts.
func (a *agent) chart(name string) ([]float64, error) {
	got, err := fetch(a.client, http.MethodGet, a.base+"/api/v1/monitoring/device/"+a.id+"/?"+url.Values{"key": {a.key}, "time": {"1d"}}.Encode(), "")
	if err != nil {
		return nil, err
	}
	var found struct {
		Charts []struct {
			Traces [][2]json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(got.body), &found); err != nil {
		return nil, fmt.Errorf("%w: %s", err, got)
	}
	var labels []string
	for _, chart := range found.Charts {
		for _, trace := range chart.Traces {
			var label string
			var values []*float64
			if err := errors.Join(json.Unmarshal(trace[0], &label), json.Unmarshal(trace[1], &values)); err != nil {
				return nil, fmt.Errorf("%w: %s", err, got)
			}
			if labels = append(labels, label); label != chartTraces[name] {
				continue
			}
			var numbers []float64
			for _, value := range values {
				if value != nil {
					numbers = append(numbers, *value)
				}
			}
			return numbers, nil
		}
	}
	return nil, fmt.Errorf("no such chart among %q", labels)
}

// chartTraces are the fields that OpenWISP's charts show.
var chartTraces = map[string]string{"disk": "disk_usage", "memory": "memory_usage", "cpu": "CPU_load", "ping": "uptime"}

// Past what can be written, devices keep their metrics and send them later; configurations and pages go on, and once the
// queue is shorter metrics are taken again.
func TestFaultMetricsArePutOff(t *testing.T) {
	s := faulty(t)
	a := s.agent(t, "e2e-overload")
	a.enroll(t)
	a.post(t, time.Now())
	must(s.compose(time.Minute, "stop", "celery-monitoring"))(t)
	queue := func(script string) {
		t.Helper()
		s.django(t, "from openwisp.celery import app\nwith app.producer_or_acquire() as producer:\n    redis = producer.channel.client\n    "+script, nil)
	}
	// Messages that nobody understands, behind those that wait.
	t.Cleanup(func() { queue(`redis.lrem("monitoring", 0, "e2e")`) })
	queue(`redis.lpush("monitoring", *["e2e"] * 1000)`)
	address := a.base + "/api/v1/monitoring/device/" + a.id + "/?key=" + a.key
	post := func() answer {
		return must(fetch(a.client, http.MethodPost, address, fmt.Sprintf(deviceStatus, time.Now().Unix()), "Content-Type", "application/json"))(t)
	}
	eventually(t, 2*patience, "metrics are put off", func() error {
		if got := post(); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			return fmt.Errorf("metrics were answered with %s, Retry-After %q", got, got.header.Get("Retry-After"))
		}
		return nil
	})
	if got := must(a.checksum(""))(t); got.status != http.StatusOK {
		t.Errorf("the checksum meanwhile: %s", got)
	}
	queue(`redis.lrem("monitoring", 0, "e2e")`)
	eventually(t, 2*patience, "metrics are taken again", func() error {
		if got := post(); got.status != http.StatusOK {
			return errors.New(got.String())
		}
		return nil
	})
}
