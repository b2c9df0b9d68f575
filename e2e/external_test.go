//go:build e2e

package e2e

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

const (
	externalPassword = `p4ss "of' the\$external #store`
	postgresPort     = "25432"
	redisPort        = "26379"
)

// externalHost is the host's address on the application's network, the second of the pool: where the stores listen.
func externalHost() string {
	bytes := netip.MustParsePrefix(smallPool).Addr().As4()
	bytes[2]++
	bytes[3]++
	return netip.AddrFrom4(bytes).String()
}

// A database server as somebody else would run it, with TLS and a role that owns its database and no more.
const externalPostgres = `
set -eu
umask 077
cp /own/server.key /tmp/server.key
initdb -D /tmp/data -U postgres --auth=trust -E UTF8 >/dev/null
printf 'local all all trust\nhostssl all all all scram-sha-256\n' >/tmp/data/pg_hba.conf
pg_ctl -D /tmp/data -o "-c listen_addresses= -k /tmp" -w start >/dev/null
psql -h /tmp -d postgres -v ON_ERROR_STOP=1 -v password="$(cat /own/password)" <<'END'
CREATE ROLE openwisp LOGIN PASSWORD :'password';
CREATE DATABASE openwisp OWNER openwisp;
\connect openwisp
CREATE EXTENSION postgis;
END
pg_ctl -D /tmp/data -w stop >/dev/null
exec postgres -D /tmp/data -k /tmp -c listen_addresses='*' -c port=` + postgresPort + ` -c ssl=on -c ssl_cert_file=/own/server.crt -c ssl_key_file=/tmp/server.key
`

// And a Redis that wants TLS and a password.
const externalRedis = `
set -eu
umask 077
{
	echo 'port 0'
	echo 'tls-port ` + redisPort + `'
	echo 'tls-cert-file /own/server.crt'
	echo 'tls-key-file /own/server.key'
	echo 'tls-auth-clients no'
	echo 'bind 0.0.0.0'
	echo 'save ""'
	printf 'requirepass "%s"\n' "$(sed 's/[\\"]/\\&/g' /own/password)"
} >/tmp/redis.conf
exec valkey-server /tmp/redis.conf
`

// external runs the stores on the host's network, from the images that the bundle would run them from.
func external(t *testing.T, s *stack) *authority {
	t.Helper()
	own := newAuthority(t)
	certificate, key := own.issue(t, externalHost())
	own.copy(t, certificate, "server.crt")
	own.copy(t, key, "server.key")
	if err := writeFile(own.dir+"/password", []byte(externalPassword)); err != nil {
		t.Fatal(err)
	}
	for service, script := range map[string]string{"postgres": externalPostgres, "redis": externalRedis} {
		name := s.project + "-external-" + service
		t.Cleanup(func() {
			if t.Failed() {
				out, _ := command(time.Minute, "", "", "docker", "logs", "--tail", "25", name)
				t.Logf("--- %s\n%s", name, out)
			}
			_, _ = command(time.Minute, "", "", "docker", "rm", "-f", "-v", name)
		})
		_, err := command(time.Minute, "", "", "docker", "run", "-d", "--name", name, "--network", "host", "--user", "1001:1001",
			"--shm-size", "256m", "-v", own.dir+":/own:ro", s.file.Services[service].Image, "sh", "-c", script)
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, port := range []string{postgresPort, redisPort} {
		eventually(t, patience, "the external store on port "+port+" listens", func() error {
			conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
			if err == nil {
				conn.Close()
			}
			return err
		})
	}
	return own
}

func externalSettings(own *authority) []string {
	return []string{
		"external.sql.host=" + externalHost(),
		"external.sql.port=" + postgresPort,
		"external.sql.tls=verify-full",
		"external.sql.password_file=" + own.dir + "/password",
		"external.sql.ca_file=" + own.file,
		"external.cache.host=" + externalHost(),
		"external.cache.port=" + redisPort,
		"external.cache.tls=true",
		"external.cache.password_file=" + own.dir + "/password",
		"external.cache.ca_file=" + own.file,
	}
}

// everythingOff leaves what cannot be left out.
var everythingOff = []string{"modules.radius=false", "modules.topology=false", "modules.firmware=false", "modules.monitoring=false",
	"services.openvpn=false", "services.postfix=false"}
