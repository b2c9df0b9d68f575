//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// load is a fleet of devices that use a deployment as OpenWrt's agents do: each request has a connection of its own.
type load struct {
	client  *http.Client
	base    string
	devices []*agent
	metrics string // what each posts
}

// What agents ask, and how often each of them does.
var agentsRequests = map[string]time.Duration{"checksum": 2 * time.Minute, "metrics": 5 * time.Minute}

// enrolled are so many new devices of one name.
func (s *stack) enrolled(t testing.TB, name string, number int) []*agent {
	t.Helper()
	var devices []*agent
	for range number {
		a := s.agent(t, name)
		a.enroll(t)
		devices = append(devices, a)
	}
	return devices
}

func newLoad(client *http.Client, devices []*agent) *load {
	transport := client.Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives, transport.ForceAttemptHTTP2 = true, false
	transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
	return &load{
		client:  &http.Client{Transport: transport, Timeout: 30 * time.Second},
		base:    devices[0].base,
		devices: devices,
		metrics: someMetrics(),
	}
}

// send is one request of one of the devices, or of a browser for the page of the login. The status is 0 where there was no answer,
// and negative where one is put off without word of when to come back.
func (l *load) send(ctx context.Context, kind string) (status int) {
	a := l.devices[rand.IntN(len(l.devices))]
	query := url.Values{"key": {a.key}}
	method, path, body := http.MethodGet, "/controller/"+kind+"/"+a.id+"/", ""
	if kind == "metrics" {
		query.Set("time", time.Now().UTC().Format("02-01-2006_15:04:05.000000"))
		query.Set("current", "true")
		method, path, body = http.MethodPost, "/api/v1/monitoring/device/"+a.id+"/", l.metrics
	}
	address := l.base + path + "?" + query.Encode()
	if kind == "page" {
		address = strings.Replace(l.base, "//api.", "//dashboard.", 1) + "/admin/login/"
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return 0
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := l.client.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0
	}
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		return -response.StatusCode
	}
	return response.StatusCode
}

// tally is what became of the requests of one kind.
type tally struct {
	sync.Mutex
	took     []time.Duration // of those that were answered with 200
	statuses map[int]int
}

func (t *tally) add(status int, took time.Duration) {
	t.Lock()
	defer t.Unlock()
	if t.statuses == nil {
		t.statuses = map[int]int{}
	}
	t.statuses[status]++
	if status == http.StatusOK {
		t.took = append(t.took, took)
	}
}

// p95 is the time in which 19 of 20 were answered.
func (t *tally) p95() time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	return t.took[len(t.took)*95/100]
}

func (t *tally) String() string {
	return fmt.Sprintf("95 of 100 in %v, answers by status %v", t.p95().Round(time.Millisecond), t.statuses)
}

func (l *load) timed(ctx context.Context, kind string, t *tally) {
	began := time.Now()
	status := l.send(ctx, kind)
	if ctx.Err() == nil {
		t.add(status, time.Since(began))
	}
}

// atOnce keeps a number of requests of one kind under way, until as many were sent or the time is over.
func (l *load) atOnce(ctx context.Context, kind string, n, total int) *tally {
	t := &tally{}
	jobs := make(chan struct{}, total)
	for range total {
		jobs <- struct{}{}
	}
	close(jobs)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for range jobs {
				if ctx.Err() != nil {
					return
				}
				l.timed(ctx, kind, t)
			}
		})
	}
	all.Wait()
	return t
}

// asDevices sends what so many devices send, at random moments, whether or not earlier requests were answered.
func (l *load) asDevices(ctx context.Context, devices int) map[string]*tally {
	found := map[string]*tally{}
	var all sync.WaitGroup
	for kind, interval := range agentsRequests {
		t := &tally{}
		found[kind] = t
		all.Go(func() {
			mean := interval.Seconds() / float64(devices)
			for {
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Duration(rand.ExpFloat64() * mean * float64(time.Second))):
				}
				// What is under way at the end is waited for.
				all.Go(func() { l.timed(context.Background(), kind, t) })
			}
		})
	}
	all.Wait()
	return found
}

// someMetrics is a document of about 6 kB: an access point with some clients.
func someMetrics() string {
	var interfaces, neighbors []string
	for i := range 3 {
		var clients []string
		for j := range 4 {
			clients = append(clients, fmt.Sprintf(`{"mac": "02:00:00:00:%02x:%02x", "assoc": true, "auth": true, "authorized": true, "aid": %d, "ht": true, "vht": false, "mfp": false, "wds": false, "wmm": true, "wps": false, "preauth": false, "rrm": [0, 0, 0, 0, 0], "signal": -50, "capabilities": {}}`, i, j, j+1))
		}
		interfaces = append(interfaces, fmt.Sprintf(`{"name": "wlan%d", "type": "wireless", "up": true, "mac": "02:00:00:00:00:%02x", "mtu": 1500, "txqueuelen": 1000, "multicast": true,
 "addresses": [{"proto": "static", "family": "ipv4", "address": "192.0.2.%d", "mask": 24}],
 "statistics": {"rx_bytes": 1000, "tx_bytes": 2000, "rx_packets": 10, "tx_packets": 20, "rx_errors": 0, "tx_errors": 0, "collisions": 0, "multicast": 0, "rx_dropped": 0, "tx_dropped": 0, "rx_length_errors": 0, "rx_over_errors": 0, "rx_crc_errors": 0, "rx_frame_errors": 0, "rx_fifo_errors": 0},
 "wireless": {"frequency": 2437, "mode": "access_point", "signal": -26, "tx_power": 4, "channel": 6, "noise": -95, "country": "00", "ssid": "load", "htmode": "HT20", "clients": [%s]}}`, i, i+1, i+1, strings.Join(clients, ", ")))
	}
	for i := range 8 {
		neighbors = append(neighbors, fmt.Sprintf(`{"mac": "02:00:00:00:01:%02x", "state": "REACHABLE", "interface": "br-lan", "ip": "192.0.2.%d"}`, i, i+10))
	}
	return `{"type": "DeviceMonitoring", "general": {"hostname": "load", "local_time": 1700000000, "uptime": 3600},
 "resources": {"load": [0.4, 0.3, 0.2], "cpus": 2,
  "memory": {"total": 1000000000, "free": 630000000, "shared": 0, "buffered": 0, "available": 630000000, "cached": 0},
  "disk": [{"mount_point": "/", "available_bytes": 600, "filesystem": "/dev/root", "size_bytes": 1000, "used_bytes": 400, "used_percent": 40}]},
 "interfaces": [` + strings.Join(interfaces, ", ") + `], "neighbors": [` + strings.Join(neighbors, ", ") + `]}`
}
