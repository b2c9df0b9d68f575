package swarm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/bundle"
	"github.com/owgen/owgen/generator/diag"
	"github.com/owgen/owgen/generator/target"
)

// A fate is what becomes of a key of the Compose specification in a stack.
type fate string

const (
	carried fate = "carried" // as it stands
	changed fate = "changed" // into what a stack has for it
	idle    fate = "idle"    // it says nothing to a stack: what it is about was done before, or is not there
	refused fate = "refused" // a stack cannot do it, and nothing takes its place
)

// keys has every key of compose-go's types that a project can hold, and what becomes of it. `docker stack deploy` drops most of
// what it does not know without a word; a key that is missing here fails a test.
var keys = map[string]map[fate]string{
	"service": {
		carried: "cap_add cap_drop dns dns_search environment extra_hosts healthcheck hostname image init labels logging oom_score_adj" +
			" read_only stdin_open stop_grace_period stop_signal sysctls tty ulimits user working_dir",
		// command and entrypoint: begin, which waits, goes before them. deploy, scale and restart: by the kind of service. depends_on: waits.
		// devices: bind mounts. security_opt: of each engine. shm_size: a tmpfs. env_file: read by Compose already.
		changed: "command entrypoint deploy depends_on devices env_file network_mode networks ports restart scale secrets security_opt shm_size tmpfs volumes",
		// build and pull_policy: the images come from the registry. expose: all ports are open on a network.
		idle: "attach build develop dockerfile expose name pull_policy pull_refresh_after",
		refused: "annotations blkio_config cgroup cgroup_parent configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period" +
			" cpu_rt_runtime cpu_shares cpus cpuset credential_spec device_cgroup_rules dns_opt domainname extends external_links gpus group_add ipc isolation" +
			" label_file links log_driver log_opt mac_address mem_limit mem_reservation mem_swappiness memswap_limit models net oom_kill_disable pid pids_limit" +
			" platform post_start pre_start pre_stop privileged profiles provider runtime storage_opt umask use_api_socket userns_mode uts volume_driver volumes_from",
	},
	"deploy":      {carried: "resources", changed: "replicas", refused: "endpoint_mode labels mode placement restart_policy rollback_config update_config"},
	"resources":   {carried: "limits reservations"},
	"resource":    {carried: "cpus memory pids", refused: "devices generic_resources"},
	"healthcheck": {carried: "disable interval retries start_interval start_period test timeout"},
	"logging":     {carried: "driver options"},
	// ipv4_address: an overlay gives addresses as it likes; intents say what they were for.
	"attachment": {carried: "aliases", changed: "ipv4_address", refused: "driver_opts gw_priority interface_name ipv6_address link_local_ips mac_address priority use_service_name_alias"},
	"port":       {carried: "protocol published target", changed: "host_ip mode", idle: "app_protocol name"},
	"mount":      {carried: "read_only source target type", changed: "bind", refused: "consistency image tmpfs volume"},
	"bind":       {idle: "create_host_path", refused: "propagation recursive selinux"},
	"secret":     {carried: "gid mode source target uid"},
	// enable_icc, of bridges: whoever is on an overlay can reach the others on it.
	"network": {carried: "internal labels", changed: "driver_opts ipam name", refused: "attachable driver enable_ipv4 enable_ipv6 external"},
	"ipam":    {carried: "config", refused: "driver options"},
	"pool":    {carried: "subnet", changed: "ip_range", refused: "aux_addresses gateway"},
	"volume":  {carried: "labels", changed: "name", refused: "driver driver_opts external"},
	"file":    {changed: "file name", refused: "content driver driver_opts environment external labels template_driver"},
	"project": {carried: "networks secrets services volumes", changed: "name", refused: "configs jobs models"},
	"ulimit":  {carried: "hard single soft"},
	"device":  {changed: "source target", refused: "permissions"},
}

// fateOf says what becomes of a key.
func fateOf(kind, key string) (fate, bool) {
	for what, names := range keys[kind] {
		if slices.Contains(strings.Fields(names), key) {
			return what, true
		}
	}
	return refused, false
}

// refuse finds what is set in a part of a project and has no place in a stack.
func refuse(kind, path string, part any) diag.List {
	var found diag.List
	for key := range target.Said(part) {
		if what, _ := fateOf(kind, key); what == refused {
			found.Add(diag.Finding{Rule: "swarm/refused", File: bundle.ComposeFile, Path: path + "." + key,
				Message: fmt.Sprintf("%s is set, which `docker stack deploy` would drop without a word", key), Hint: "remove it, or take another target"})
		}
	}
	return found
}
