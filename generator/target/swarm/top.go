package swarm

import (
	"fmt"
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator/plan"
)

// topNetworks are overlays: one segment across all machines each.
func (b *builder) topNetworks() map[string]network {
	out := map[string]network{}
	for i, name := range b.isolated {
		if i >= asides {
			b.refused("network.pool", fmt.Sprintf("has no room for the networks of more than %d services that shall reach nobody", asides), "give some of them a network: networks: {NAME: {}}")
			break
		}
		out[name] = network{Driver: "overlay", Internal: true, IPAM: &ipam{[]pool{{b.aside(i)}}}}
	}
	for name, x := range b.project.Networks {
		path := "networks." + name
		b.found.Add(refuse("network", path, x)...)
		b.found.Add(refuse("ipam", path+".ipam", x.Ipam)...)
		for option := range x.DriverOpts {
			if option != "com.docker.network.bridge.enable_icc" {
				b.refused(path+".driver_opts", option+" is an option of another driver", "remove it")
			}
		}
		made := network{Driver: "overlay", Internal: x.Internal, Labels: x.Labels}
		if b.plan.Values.Bool("swarm.encrypt") {
			made.DriverOpts = map[string]string{"encrypted": "true"}
		}
		for i, p := range x.Ipam.Config {
			b.found.Add(refuse("pool", fmt.Sprintf("%s.ipam.config[%d]", path, i), p)...)
			if made.IPAM == nil {
				made.IPAM = &ipam{}
			}
			made.IPAM.Config = append(made.IPAM.Config, pool{p.Subnet})
		}
		out[name] = made
	}
	return out
}

// asides is how many there can be: the pool's last 256 addresses are theirs, 16 each.
const asides = 16

// aside is a small subnet at the end of the pool, where no planned network is: a stack has no service without a network, so who shall reach
// nobody is alone on one of its own.
func (b *builder) aside(number int) string {
	last := b.plan.Pool.Masked().Addr().As4()
	for bit := b.plan.Pool.Bits(); bit < 24; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	last[3] = byte(number * 16)
	return netip.PrefixFrom(netip.AddrFrom4(last), 28).String()
}

// topVolumes are of each machine, but for what is shared: that lies on a server.
func (b *builder) topVolumes() map[string]volume {
	out := map[string]volume{}
	for name, x := range b.project.Volumes {
		b.found.Add(refuse("volume", "volumes."+name, x)...)
		made := volume{Labels: x.Labels}
		if b.plan.Volume(name).Class == plan.ClassShared {
			made = b.shared(name, made)
		}
		out[name] = made
	}
	return out
}

// topSecrets are named by their content, so that another value rolls out; the hash is computed by ./deploy and stands in no file.
func (b *builder) topSecrets() map[string]file {
	out := map[string]file{}
	for _, name := range b.mounted() {
		x := b.project.Secrets[name]
		b.found.Add(refuse("file", "secrets."+name, x)...)
		out[name] = b.hashed(name, x.File)
	}
	return out
}

// mounted are the secrets that services have. Those that images are built with alone stay where that happens.
func (b *builder) mounted() []string {
	names := map[string]bool{}
	for _, s := range b.project.Services {
		for _, x := range s.Secrets {
			names[x.Source] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// config is one that a service asked for.
func (b *builder) config(name, source string, folder bool) {
	if folder {
		b.packed[name] = source
		source = path.Join(packedFolder, name+".tar.gz")
	}
	b.configs[name] = b.hashed(name, "./"+strings.TrimPrefix(source, "./"))
}

// hashed names a secret or a config by its content.
func (b *builder) hashed(name, source string) file {
	variable := hashVariable(name)
	full := b.plan.Project + "_" + name + "_0123456789ab"
	if len(full) > 64 {
		b.refused("secrets."+name, fmt.Sprintf("has a name of %d characters with the project's and a hash, and Swarm takes 64", len(full)), "a shorter project or name")
	}
	return file{Name: b.plan.Project + "_" + name + "_" + filled(variable+":?is not set: run ./deploy"), File: source}
}

// hashVariable is the variable of a hash: SQL_PASSWORD_HASH.
func hashVariable(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(name)) + "_HASH"
}

// packedFolder is where ./deploy packs folders of the user's.
const packedFolder = ".deploy"

// conf is what ./deploy reads: the planned nodes with their labels, and what is hashed.
func (b *builder) conf() []byte {
	var out strings.Builder
	out.WriteString("# Made by owgen from owgen.yaml. What ./deploy does before `docker stack deploy`:\n" +
		"#   node NAME LABEL...       labels a node; first LABEL labels one of them for what must not move\n" +
		"#   home NAME SERVICE...     is one machine, because data of these services lie on it\n" +
		"#   secret|config NAME FILE  computes the hash that is part of its name\n" +
		"#   pack NAME FOLDER         packs a folder of yours, which then is a config\n" +
		"#   files NAME               its address is that of the file server\n")
	fmt.Fprintf(&out, "project %s\n", b.plan.Project)
	labels := b.labels()
	for _, n := range b.plan.Nodes {
		fmt.Fprintf(&out, "node %s %s\n", n.Name, strings.Join(labels[n.Name], " "))
	}
	for _, n := range b.plan.Nodes {
		if keeps := slices.DeleteFunc(slices.Clone(n.Services), func(name string) bool { return !b.plan.KeepsHome(b.plan.Service(name)) }); len(keeps) > 0 {
			fmt.Fprintf(&out, "home %s %s\n", n.Name, strings.Join(keeps, " "))
		}
	}
	if len(b.plan.Nodes) == 0 {
		fmt.Fprintf(&out, "first io.owgen.%s.%s\n", b.plan.Project, firstNode)
	}
	if line := b.fileServer(); line != "" {
		out.WriteString(line + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(b.packed)) {
		fmt.Fprintf(&out, "pack %s %s\n", name, b.packed[name])
	}
	for _, name := range slices.Sorted(maps.Keys(b.configs)) {
		fmt.Fprintf(&out, "config %s %s\n", name, b.configs[name].File)
	}
	for _, name := range b.mounted() {
		fmt.Fprintf(&out, "secret %s %s\n", name, b.project.Secrets[name].File)
	}
	return []byte(out.String())
}
