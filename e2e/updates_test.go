//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakePackage makes a Debian package of the name and version in the folder, and the index of that folder as apt reads it.
func fakePackage(t *testing.T, folder, name, version string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), name)
	control := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: e2e <e2e@localhost>\nDescription: e2e\n", name, version)
	if err := writeFile(filepath.Join(root, "DEBIAN", "control"), []byte(control)); err != nil {
		t.Fatal(err)
	}
	file := name + "_" + version + "_all.deb"
	must(command(time.Minute, "", "", "dpkg-deb", "--root-owner-group", "--build", root, filepath.Join(folder, file)))(t)
	sum, _, _ := strings.Cut(must(command(time.Minute, "", "", "sha256sum", filepath.Join(folder, file)))(t), " ")
	size := must(os.Stat(filepath.Join(folder, file)))(t).Size()
	index := fmt.Sprintf("%sFilename: ./%s\nSize: %d\nSHA256: %s\n", control, file, size, sum)
	if err := writeFile(filepath.Join(folder, "Packages"), []byte(index)); err != nil {
		t.Fatal(err)
	}
}

// An update that Debian brings out arrives with the runbook's upgrade: by the day in build.debian_updates. A build alone
// finds what it made before. The archive is one of this test's own, which has a newer version of a package at each time.
func TestDebianUpdatesArrive(t *testing.T) {
	bridge := strings.TrimSpace(must(command(time.Minute, "", "", "docker", "network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "bridge"))(t))
	listener := must(net.Listen("tcp", bridge+":0"))(t)
	defer listener.Close()
	folder := t.TempDir()
	go http.Serve(listener, http.FileServer(http.Dir(folder)))

	const debian = scratchPrefix + "debian:updates"
	file := fmt.Sprintf("FROM debian:trixie-slim\nRUN echo 'deb [trusted=yes] http://%s ./' >/etc/apt/sources.list.d/e2e.list\n", listener.Addr())
	must(command(5*time.Minute, "", file, "docker", "build", "-t", debian, "-"))(t)
	images := []string{debian}
	t.Cleanup(func() {
		_, _ = command(time.Minute, "", "", "docker", append([]string{"image", "rm", "-f"}, images...)...)
	})

	s := &stack{dir: filepath.Join(scratch, "updates")}
	// built makes the base image anew, and returns its name and the version of the package in it.
	built := func(settings ...string) (image, version string) {
		if err := s.generate(append(settings, "project="+scratchPrefix+"updates", "build.debian_image="+debian)...); err != nil {
			t.Fatal(err)
		}
		must(s.compose(10*time.Minute, "build", "openwisp-base"))(t)
		image = s.file.Services["openwisp-base"].Image
		images = append(images, image)
		out := must(command(time.Minute, "", "", "docker", "run", "--rm", "--network", "none", image, "dpkg-query", "-W", "-f", "${Version}", "tzdata"))(t)
		return image, out
	}
	fakePackage(t, folder, "tzdata", "2099a-1")
	before, version := built("build.debian_updates=2026-11-01")
	if version != "2099a-1" {
		t.Fatalf("the archive of this test is not used: tzdata is %s", version)
	}
	fakePackage(t, folder, "tzdata", "2099b-1")
	if again, version := built(); again != before || version != "2099a-1" {
		t.Errorf("a build without another day gave %s with %s: then the setting is for nothing", again, version)
	}
	after, version := built("build.debian_updates=2026-11-27")
	if after == before || version != "2099b-1" {
		t.Errorf("with another day, %s has %s; before, %s had 2099a-1", after, version, before)
	}
}
