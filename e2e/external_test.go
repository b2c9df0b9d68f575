//go:build e2e

package e2e

import (
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	externalPassword = `p4ss "of' the\$external #store`
	postgresPort     = "25432"
	redisPort        = "26379"
	influxPort       = "28086"
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

// And an InfluxDB, as well with both.
const externalInflux = `
set -eu
umask 077
cp /own/server.key /tmp/server.key
export INFLUXDB_META_DIR=/tmp/meta INFLUXDB_DATA_DIR=/tmp/data INFLUXDB_DATA_WAL_DIR=/tmp/wal INFLUXDB_BIND_ADDRESS=127.0.0.1:28088
local=127.0.0.1:28087
INFLUXDB_HTTP_AUTH_ENABLED=false INFLUXDB_HTTP_BIND_ADDRESS=$local influxd -config /etc/influxdb/influxdb.conf &
until curl -fs "http://$local/ping"; do sleep 0.1; done
password=$(sed "s/[\\\\']/\\\\&/g" /own/password)
printf "CREATE USER openwisp WITH PASSWORD '%s' WITH ALL PRIVILEGES" "$password" | curl -fsS --data-urlencode q@- "http://$local/query"
kill $!
wait
export INFLUXDB_HTTP_HTTPS_ENABLED=true INFLUXDB_HTTP_HTTPS_CERTIFICATE=/own/server.crt INFLUXDB_HTTP_HTTPS_PRIVATE_KEY=/tmp/server.key
export INFLUXDB_HTTP_BIND_ADDRESS=0.0.0.0:` + influxPort + `
exec influxd -config /etc/influxdb/influxdb.conf
`

var externalStores = map[string]struct{ script, port string }{
	"postgres": {externalPostgres, postgresPort},
	"redis":    {externalRedis, redisPort},
	"influxdb": {externalInflux, influxPort},
}

// external runs stores on the host's network, from the images that a bundle would run them from.
func external(t *testing.T, services ...string) *authority {
	t.Helper()
	return externalAt(t, externalHost(), services...)
}

// externalAt runs them with certificates for another of the host's addresses.
func externalAt(t *testing.T, host string, services ...string) *authority {
	t.Helper()
	s := &stack{dir: filepath.Join(scratch, "stores-of-"+t.Name())}
	if err := s.generate("project="+scratchPrefix+"stores", "network.pool="+smallPool); err != nil {
		t.Fatal(err)
	}
	if err := s.build(services...); err != nil {
		t.Fatal(err)
	}
	s.forget()
	own := newAuthority(t)
	certificate, key := own.issue(t, host)
	own.copy(t, certificate, "server.crt")
	own.copy(t, key, "server.key")
	if err := writeFile(own.dir+"/password", []byte(externalPassword)); err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		own.serve(t, service, s.file.Services[service].Image)
	}
	return own
}

// serve starts one of the stores, and waits until it listens.
func (a *authority) serve(t *testing.T, service, image string) {
	t.Helper()
	name, store := scratchPrefix+"external-"+service, externalStores[service]
	t.Cleanup(func() {
		if t.Failed() {
			out, _ := command(time.Minute, "", "", "docker", "logs", "--tail", "25", name)
			t.Logf("--- %s\n%s", name, out)
		}
		_, _ = command(time.Minute, "", "", "docker", "rm", "-f", "-v", name)
	})
	must(command(time.Minute, "", "", "docker", "run", "-d", "--name", name, "--network", "host", "--user", "1001:1001",
		"--shm-size", "256m", "-v", a.dir+":/own:ro", image, "sh", "-c", store.script))(t)
	eventually(t, patience, "the external "+service+" listens", func() error {
		conn, err := net.DialTimeout("tcp", "127.0.0.1:"+store.port, time.Second)
		if err == nil {
			conn.Close()
		}
		return err
	})
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

// Measurements go to somebody else's InfluxDB and mail to somebody else's server, over TLS and with a login.
func TestExternalMetricsAndRelay(t *testing.T) {
	const user, mailPort = "mailer", "22465"
	own := external(t, "influxdb")
	sink := startClosedSink(t, "0.0.0.0:"+mailPort, own.dir+"/server.crt", own.dir+"/server.key", user, externalPassword)
	s := newStack(t, "external", append([]string{"modules.radius=false", "modules.topology=false", "modules.firmware=false", "services.openvpn=false",
		"external.timeseries.host=" + externalHost(), "external.timeseries.port=" + influxPort, "external.timeseries.tls=true",
		"external.timeseries.password_file=" + own.dir + "/password", "external.timeseries.ca_file=" + own.file,
		"external.smtp.host=" + externalHost(), "external.smtp.port=" + mailPort, "external.smtp.tls=implicit", "external.smtp.username=" + user,
		"external.smtp.password_file=" + own.dir + "/password", "external.smtp.ca_file=" + own.file}, elsewhere...)...)
	if names := s.services(); slices.Contains(names, "influxdb") || slices.Contains(names, "postfix") {
		t.Errorf("the bundle has the services %v", names)
	}
	s.run(t, 4*time.Minute)
	s.watch(t, "dashboard", "api", "celery", "celery-monitoring")
	device := s.agent(t, "e2e-external")
	device.enroll(t)
	device.post(t, time.Now())
	device.charted(t, 2*patience, "memory", 37)
	const address = "reset@example.net"
	s.forgetPassword(t, address)
	mail := sink.await(t, address)
	if !strings.Contains(mail.content, "/accounts/password/reset/key/") {
		t.Errorf("the mail has no link:\n%s", mail.content)
	}
}
