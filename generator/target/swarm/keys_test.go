package swarm

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/target"
)

// Every key of the Compose specification, as compose-go knows it, has a fate, and nothing else has.
func TestEveryKeyHasAFate(t *testing.T) {
	for kind, part := range map[string]any{
		"project": types.Project{}, "service": types.ServiceConfig{}, "deploy": types.DeployConfig{}, "resources": types.Resources{},
		"resource": types.Resource{}, "healthcheck": types.HealthCheckConfig{}, "logging": types.LoggingConfig{},
		"attachment": types.ServiceNetworkConfig{}, "port": types.ServicePortConfig{}, "mount": types.ServiceVolumeConfig{},
		"bind": types.ServiceVolumeBind{}, "secret": types.ServiceSecretConfig{}, "network": types.NetworkConfig{}, "ipam": types.IPAMConfig{},
		"pool": types.IPAMPool{}, "volume": types.VolumeConfig{}, "file": types.SecretConfig{}, "ulimit": types.UlimitsConfig{},
		"device": types.DeviceMapping{},
	} {
		var known []string
		for key := range target.Keys(reflect.ValueOf(part)) {
			known = append(known, key)
			if _, ok := fateOf(kind, key); !ok {
				t.Errorf("%s: %s of compose-go is not in the table: say what becomes of it", kind, key)
			}
		}
		var named []string
		for _, names := range keys[kind] {
			named = append(named, strings.Fields(names)...)
		}
		slices.Sort(named)
		if twice := slices.Compact(slices.Clone(named)); len(twice) != len(named) {
			t.Errorf("%s: a key has two fates: %v", kind, named)
		}
		for _, name := range named {
			if !slices.Contains(known, name) {
				t.Errorf("%s: %s is no key that compose-go knows", kind, name)
			}
		}
	}
	if len(keys) != 19 {
		t.Errorf("%d kinds are in the table, and 19 are looked at here", len(keys))
	}
}

// set gives a field a value other than zero, or says that it cannot.
func set(field reflect.Value) bool {
	switch field.Kind() {
	case reflect.String:
		field.SetString("x")
	case reflect.Bool:
		field.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		field.SetInt(1)
	case reflect.Uint, reflect.Uint32, reflect.Uint64, reflect.Uint16:
		field.SetUint(1)
	case reflect.Float32, reflect.Float64:
		field.SetFloat(1)
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	case reflect.Map:
		field.Set(reflect.MakeMap(field.Type()))
		field.SetMapIndex(reflect.ValueOf("x").Convert(field.Type().Key()), reflect.Zero(field.Type().Elem()))
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
	case reflect.Struct:
		return set(field.Field(0))
	default:
		return false
	}
	return true
}

// A key that is refused is found, each by itself; one that is not, is not.
func TestRefusedKeysAreFound(t *testing.T) {
	var example types.ServiceConfig
	for key := range target.Keys(reflect.ValueOf(example)) {
		var s types.ServiceConfig
		for name, field := range target.Keys(reflect.ValueOf(&s).Elem()) {
			if name == key && !set(field) {
				t.Errorf("%s: this test cannot set it", key)
			}
		}
		what, _ := fateOf("service", key)
		found := refuse("service", "services.x", s)
		if got := len(found) == 1 && found[0].Path == "services.x."+key && found[0].Rule == "swarm/refused"; got != (what == refused) || len(found) > 1 {
			t.Errorf("%s is %s, and the findings are %v", key, what, found)
		}
	}
}
