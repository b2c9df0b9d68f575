package settings

import "testing"

// Who writes a secret as a setting is told of a file that is read, by whatever name they have for it, and of no other.
func TestWhereASecretGoes(t *testing.T) {
	s, _ := NewSchema(nil)
	s.SetSecrets([]SecretFile{
		{Name: "sql_password", Also: []string{"postgres_password", "db_pass"}},
		{Name: "edge_key", Also: []string{"web_key"}},
		{Name: "tls_key", Also: []string{"web_key"}, Given: "tls.key_file"},
	})
	all := "secrets are no settings: each is a file in secrets/, such as secrets/sql_password, secrets/edge_key"
	sql := "secrets are no settings: each is a file in secrets/, and this one is secrets/sql_password; write its value there"
	for path, want := range map[string]string{
		"sql.password":      sql,
		"postgres_password": sql,
		"postgres-pasword":  sql,
		"DB_PASS":           sql,
		"tls.key":           "no secret stands in the input: write it into a file, and name that with tls.key_file",
		"web.key":           all, // two are called so
		"mail.password":     all,
	} {
		if got := s.notASetting(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	empty, _ := NewSchema(nil)
	if got := empty.notASetting("a.password"); got != "secrets are no settings: each is a file in secrets/" {
		t.Error(got)
	}
}
