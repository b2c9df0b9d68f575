//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The database is somebody else's, outside of the cluster, and proves who it is by a certificate of a private authority.
func TestKubernetesExternalDatabase(t *testing.T) {
	k := newCluster(t)
	own := externalAt(t, k.host, "postgres")
	for from, name := range map[string]string{own.dir + "/password": "their_password", own.file: "their_ca"} {
		if err := writeFile(filepath.Join(scratch, "cluster-sql", "secrets", name), must(os.ReadFile(from))(t)); err != nil {
			t.Fatal(err)
		}
	}
	s := k.bundle(t, "cluster-sql", "external.sql={host: "+k.host+", port: "+postgresPort+", tls: verify-full, password_file: secrets/their_password, ca_file: secrets/their_ca}")
	if slices.Contains(s.services(), "postgres") {
		t.Error("the bundle has a database of its own")
	}
	s.login(t)
	a := s.agent(t, "external")
	a.enroll(t)
	var encrypted bool
	s.django(t, `
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    answer(cursor.fetchone()[0])
`, &encrypted)
	if !encrypted {
		t.Error("the connection to the database is not encrypted")
	}
}
