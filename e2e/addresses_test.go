//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Another uid is everybody's, and each published port listens on the address that it was given, and on no other. The same
// stack has its connections to the database pooled.
func TestOtherUserAddressesAndPool(t *testing.T) {
	const uid = 4711
	s := newStack(t, "addresses", append([]string{fmt.Sprint("build.uid=", uid), "publish.radius_address=127.0.0.2",
		"publish.http_address=127.0.0.3", "publish.https_address=127.0.0.3", "sql.pool=true", "pgbouncer.pool_size=5"}, elsewhere...)...)
	s.run(t, 6*time.Minute)
	seen := 0
	for _, service := range s.services() {
		c := must(s.container(service))(t)
		for _, p := range must(processesOf(c))(t) {
			if slices.Contains(p.uids, "1001") {
				t.Errorf("%s: %s (%d) runs as 1001", service, p.name, p.pid)
			}
			if slices.Contains(p.uids, fmt.Sprint(uid)) {
				seen++
			}
		}
		for _, m := range c.Mounts {
			if m.Type == "volume" {
				ownedBy(t, m.Source, uid)
			}
		}
	}
	if seen < len(s.services()) {
		t.Errorf("only %d processes run as %d", seen, uid)
	}
	for _, port := range []string{"20080", "20443"} {
		listensAlone(t, port, "127.0.0.3", "127.0.0.1", "127.0.0.2")
	}
	for _, port := range []int{21812, 21813} {
		bindable(t, port, "127.0.0.2", "127.0.0.1", "127.0.0.3")
	}
	// Whoever asks there is answered.
	client := s.client(t)
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.3:20443")
	}
	answer := must(client.Get(s.origin("dashboard") + "/status"))(t)
	_ = answer.Body.Close()
	if answer.StatusCode != 200 {
		t.Errorf("/status at 127.0.0.3: %s", answer.Status)
	}
	pooled(t, s, client)
}

// pooled logs in, lets many devices at once ask for what needs the database, and looks who has connections to it.
func pooled(t *testing.T, s *stack, client *http.Client) {
	t.Helper()
	login := must(client.PostForm(s.origin("dashboard")+"/api/v1/users/token/", url.Values{"username": {"admin"}, "password": {s.secret(t, "admin_password")}}))(t)
	_ = login.Body.Close()
	if login.StatusCode != 200 {
		t.Errorf("a login through the pool: %s", login.Status)
	}
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			answer, err := client.Get(s.origin("dashboard") + "/controller/checksum/8f3a2f0e-5d7c-4f6b-9a51-0c1d2e3f4a5b/?key=none")
			if err != nil {
				t.Error(err)
				return
			}
			_ = answer.Body.Close()
			if answer.StatusCode != 404 {
				t.Errorf("a device that is not there: %s", answer.Status)
			}
		})
	}
	group.Wait()
	pool := s.address(t, "pgbouncer", "data").String()
	out := must(s.compose(time.Minute, "exec", "-T", "postgres", "psql", "-XAtd", "postgres", "-c",
		"SELECT host(client_addr), count(*) FROM pg_stat_activity WHERE datname = 'openwisp' AND client_addr IS NOT NULL AND host(client_addr) <> '127.0.0.1' GROUP BY 1"))(t)
	clients := strings.Fields(out)
	if len(clients) != 1 || !strings.HasPrefix(clients[0], pool+"|") {
		t.Fatalf("connected to the database are %q, and not %s alone", clients, pool)
	}
	if count := strings.TrimPrefix(clients[0], pool+"|"); count > "5" || len(count) > 1 {
		t.Errorf("%s connections to the database, and 5 is the most", count)
	}
}

// ownedBy fails for what is neither a uid's nor root's in a volume, and unless the volume itself is the uid's.
func ownedBy(t *testing.T, root string, uid uint32) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != root {
			return nil // a folder that is gone while we look
		}
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return nil // gone while we looked
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != uid && owner != 0 || path == root && owner != uid {
			t.Errorf("%s belongs to %d", path, owner)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// listensAlone connects to a TCP port at one address, and is refused at the others.
func listensAlone(t *testing.T, port, address string, others ...string) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), 5*time.Second)
	if err != nil {
		t.Errorf("%s:%s: %v", address, port, err)
	} else {
		_ = conn.Close()
	}
	for _, other := range others {
		if conn, err := net.DialTimeout("tcp", net.JoinHostPort(other, port), 5*time.Second); err == nil {
			_ = conn.Close()
			t.Errorf("%s:%s answers as well", other, port)
		}
	}
}

// bindable tells by binding who has a UDP port: at one address it is taken, at the others it is free.
func bindable(t *testing.T, port int, address string, others ...string) {
	t.Helper()
	for _, a := range append([]string{address}, others...) {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(a), Port: port})
		if err == nil {
			_ = conn.Close()
		}
		if taken := err != nil; taken != (a == address) {
			t.Errorf("%s:%d: taken is %v", a, port, taken)
		}
	}
}
