//go:build e2e

package e2e

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Debian's packages can be pinned to a time. The archive of that time is one of this test's own, which passes on what
// Debian has now.
func TestDebianSnapshot(t *testing.T) {
	const prefix, snapshot = "/archive/debian/", "20261101T000000Z"
	var served, others atomic.Int32
	// Where the image takes packages from by itself.
	sources := must(command(time.Minute, "", "", "docker", "run", "--rm", "--network", "none", "debian:trixie-slim", "grep", "-rhoE", "https?://[^ ]+", "/etc/apt"))(t)
	archive := must(url.Parse(strings.Fields(sources)[0]))(t)
	debian := &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(archive)
		request.Out.URL.Path = strings.TrimSuffix(archive.Path, "/") + "/" + strings.TrimPrefix(request.In.URL.Path, prefix+snapshot+"/")
	}}
	bridge := strings.TrimSpace(must(command(time.Minute, "", "", "docker", "network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "bridge"))(t))
	listener := must(net.Listen("tcp", bridge+":0"))(t)
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix+snapshot+"/") {
			others.Add(1)
			http.NotFound(w, r)
			return
		}
		served.Add(1)
		debian.ServeHTTP(w, r)
	}))

	s := &stack{dir: filepath.Join(scratch, "snapshot")}
	if err := s.generate("project="+scratchPrefix+"snapshot", "build.apt_snapshot="+snapshot, "build.apt_mirror=http://"+listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	image := s.file.Services["openwisp-base"].Image
	t.Cleanup(func() { _, _ = command(time.Minute, "", "", "docker", "image", "rm", image) })
	must(s.compose(10*time.Minute, "build", "openwisp-base"))(t)
	// The indexes, and the packages that the image installs.
	if served.Load() < 5 || others.Load() > 0 {
		t.Errorf("%d requests for the archive of that time, and %d others", served.Load(), others.Load())
	}
	must(command(time.Minute, "", "", "docker", "run", "--rm", "--network", "none", image, "curl", "--version"))(t)
}
