package doctor_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/owgen/owgen/generator/doctor"
	"github.com/owgen/owgen/generator/plan"
	"github.com/owgen/owgen/generator/secret"
	"github.com/owgen/owgen/generator/settings"
)

// What the imported authority may sign is looked at: any name, others than these, or these alone.
func TestAuthority(t *testing.T) {
	schema, _ := settings.NewSchema(nil)
	values, _ := schema.Resolve(nil)
	tests := []struct {
		made  []string // the names that the authority was made for
		bytes []byte   // instead of one
		want  doctor.State
	}{
		{[]string{"example.org", "192.0.2.7"}, nil, doctor.OK},
		{[]string{"example.org"}, nil, doctor.Problem},
		{[]string{"old.example"}, nil, doctor.Problem},
		{nil, nil, doctor.Warning},
		{nil, []byte("nonsense"), doctor.Problem},
	}
	for _, test := range tests {
		certificate := test.bytes
		if certificate == nil {
			made, err := secret.Create(secret.Spec{Name: "ca_key", Kind: secret.Authority, Names: test.made}, rand.Reader, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			certificate = made.Public[secret.CertificatePath]
		}
		p := &plan.Plan{Values: values, Secrets: []secret.Spec{{Name: "ca_key", Kind: secret.Authority, Names: []string{"example.org", "192.0.2.7"}}}}
		results := doctor.Authority(doctor.Patient{Plan: p, Authority: bytes.Clone(certificate)})
		if len(results) != 1 || results[0].State != test.want || (test.want != doctor.OK) != (results[0].Hint != "") {
			t.Errorf("an authority for %v: %+v, want %s", test.made, results, test.want)
		}
	}
}
