//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/owgen/owgen/generator"
)

// An understanding is what a program in an image makes of generated files.
type understanding struct {
	name, service string
	user          string // the image's own, unless empty: root
	units         func(*generator.Deployment) []unit
	script        string // defines read_version FOLDER, whose output has names without values
	shape         func(string) string
	closed        string // what its files have of the user's, if that is of kinds that take no hostile value
}

// A unit is the files that are read together, and where their counterpart is.
type unit struct {
	files map[string][]byte
	of    func(*generator.Deployment) map[string][]byte
}

func one(of func(*generator.Deployment) map[string][]byte) func(*generator.Deployment) []unit {
	return func(d *generator.Deployment) []unit {
		files := of(d)
		if len(files) == 0 {
			return nil
		}
		return []unit{{files, of}}
	}
}

// folder is what a service's image is built from, and the environment of its container.
func folder(service string) func(*generator.Deployment) []unit {
	return one(func(d *generator.Deployment) map[string][]byte {
		files := map[string][]byte{}
		prefix := "dockerfiles/" + service + "/files/"
		for name, file := range d.Files {
			if rest, ok := strings.CutPrefix(name, prefix); ok {
				files[rest] = file.Data
			}
		}
		if len(files) > 0 {
			files["environment"] = environment(d, service)
		}
		return files
	})
}

// environment has a service's variables, each ended by a zero byte.
func environment(d *generator.Deployment, service string) []byte {
	var out bytes.Buffer
	variables := d.Project.Services[service].Environment
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if value := variables[name]; value != nil {
			fmt.Fprintf(&out, "%s=%s\x00", name, *value)
		}
	}
	return out.Bytes()
}

// scripts are the shell scripts of all images, each by itself.
func scripts(d *generator.Deployment) []unit {
	var out []unit
	for name, file := range d.Files {
		if !bytes.HasPrefix(file.Data, []byte("#!/bin/sh")) {
			continue
		}
		out = append(out, unit{map[string][]byte{path.Base(name): file.Data}, func(other *generator.Deployment) map[string][]byte {
			return map[string][]byte{path.Base(name): other.Files[name].Data}
		}})
	}
	return out
}

func composeFiles(d *generator.Deployment) map[string][]byte {
	return map[string][]byte{"docker-compose.yml": d.Files["docker-compose.yml"].Data, ".env": d.Files[".env"].Data}
}

func pythonFiles(d *generator.Deployment) map[string][]byte {
	files := map[string][]byte{"environment": environment(d, "migrate")}
	for name, file := range d.Files {
		if strings.HasSuffix(name, ".py") || strings.HasSuffix(name, "jobs.json") {
			files[path.Base(path.Dir(name))+"/"+path.Base(name)] = file.Data
		}
	}
	return files
}

// with runs a command with the variables of a version alone.
const with = `
with() {
	file=$1/environment
	shift
	xargs -0 -a "$file" sh -c 'command=$1; shift; exec env -i PATH="$PATH" "$@" sh -c "$command"' sh "$@"
}
`

func asPrinted(text string) string { return text }

// namesOf cuts off values.
func namesOf(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
		out = append(out, name)
	}
	return strings.Join(out, "\n")
}

var hostileReaders = []understanding{
	{name: "postfix", service: "postfix", units: folder("postfix"), shape: namesOf, script: with + `
mkdir -p /run/secrets /stub
echo secret >/run/secrets/relay_password
# Ends "start" once the configuration is there.
printf '#!/bin/sh\nexit 9\n' >/stub/setpriv
chmod 755 /stub/setpriv
read_version() {
	rm -rf /etc/postfix /usr/share/openwisp/postfix
	mkdir -p /etc/postfix /usr/share/openwisp/postfix
	cp "$1"/*.cf /usr/share/openwisp/postfix/
	with "$1" "PATH=/stub:$PATH $1/start || [ \$? = 9 ]"
	grep -q '^mynetworks = ' /etc/postfix/main.cf
	postconf -n
	postconf -M | awk '{ print $1, $2, $8 }'
	postconf -P | sed 's/ = .*//'
	# Whom it lets send, and the logins that it has
	senders=$(postconf -hx smtpd_sender_restrictions | sed -n 's/.*check_sender_access \(inline:{.*}\), *reject$/\1/p')
	postmap -s "$senders" | awk '{ print "sender", $2 }'
	[ ! -e /etc/postfix/relay_password ] || postmap -s texthash:/etc/postfix/relay_password | wc -l
}
`},
	{name: "nginx", service: "nginx", units: folder("nginx"), shape: nginxDirectives, script: with + `
mkdir -p /run/secrets
echo key >/run/secrets/edge_key
echo nameserver 127.0.0.11 >/etc/resolv.conf
mkdir -p /var/lib/nginx
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=x -keyout /run/secrets/tls_key -out /run/secrets/tls_certificate 2>/dev/null
read_version() {
	rm -rf /etc/openwisp/nginx /run/nginx
	mkdir /run/nginx
	cp -r "$1/conf" /etc/openwisp/nginx
	cp "$1"/bin/* /usr/local/bin/
	with "$1" nginx-configure >/tmp/said 2>&1 || { cat /tmp/said; exit 1; }
	nginx -T -c /run/nginx/conf/nginx.conf 2>/dev/null
	[ ! -e /run/nginx/temporary ] || openssl x509 -in /run/nginx/temporary/fullchain.pem -noout -ext subjectAltName | tr -cd , | sed 's/$/ names;/'
}
`},
	{name: "freeradius", service: "freeradius", closed: "numbers, switches and networks", units: folder("freeradius"), shape: namesOf, script: with + `
mkdir -p /run/secrets
echo token >/run/secrets/radius_organization_token
read_version() {
	rm -rf /usr/share/openwisp/freeradius /run/freeradius
	mkdir /run/freeradius
	cp -r "$1/raddb" /usr/share/openwisp/freeradius
	with "$1" "$1/configure /run/freeradius/config custom"
	freeradius -XC -d /run/freeradius/config
}
`},
	{name: "openvpn", service: "openvpn", closed: "numbers and networks", units: folder("openvpn"), shape: asPrinted, script: `
read_version() {
	nft --define 'workers_interface="lo"' --file "$1/firewall.nft"
	nft list ruleset | sed 's/[0-9][0-9./]*/N/g'
}
`},
	{name: "postgres", service: "postgres", user: "own", units: folder("postgres"), shape: asPrinted, script: with + `
export PGDATA=/tmp/data PGHOST=/tmp
set -- /versions/*
cp "$1/postgresql.conf" /tmp/live.conf
sed -i '/^hba_file\|^ident_file/!d' /tmp/live.conf
initdb -U postgres --auth=trust --no-sync >/dev/null
pg_ctl -w -l /tmp/log -o "-c config_file=/tmp/live.conf -c unix_socket_directories=/tmp -c fsync=off -c hba_file=$PGDATA/pg_hba.conf" start >/dev/null
trap 'pg_ctl -m immediate stop >/dev/null' EXIT
read_version() {
	cp "$1/postgresql.conf" /tmp/live.conf
	# Values that it does not like are not what this is about.
	psql -XAtc "SELECT name, nullif(error, 'setting could not be applied') FROM pg_file_settings ORDER BY 1, 2"
	with "$1" '
		mkdir -p /tmp/secrets
		for entry in $SQL_TENANTS; do rest=${entry#*:*:*:}; echo secret >"/tmp/secrets/${rest%%:*}"; done
		sed "s#/run/secrets#/tmp/secrets#" '"$1"'/functions >/tmp/functions
		. /tmp/functions
		each make_tenant' >/tmp/tenants.sql
	if ! grep -qxF "$(cksum </tmp/tenants.sql)" /tmp/made 2>/dev/null; then
		cksum </tmp/tenants.sql >>/tmp/made
		psql -Xq -v ON_ERROR_STOP=1 -f /tmp/tenants.sql
		psql -XAtc "SELECT 'DROP DATABASE \"' || replace(datname, '\"', '\"\"') || '\";' FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'
			UNION ALL SELECT 'DROP ROLE \"' || replace(rolname, '\"', '\"\"') || '\";' FROM pg_roles WHERE rolname <> 'postgres' AND rolname NOT LIKE 'pg\_%'" >/tmp/drop.sql
		psql -Xq -v ON_ERROR_STOP=1 -f /tmp/drop.sql
		[ "$(wc -l </tmp/drop.sql)" = 2 ]
	fi
}
`},
	{name: "redis", service: "redis", closed: "numbers, sizes and names of a list", units: folder("redis"), shape: asPrinted, script: `
read_version() {
	mkdir -p /tmp/redis
	valkey-server "$1/redis.conf" --port 0 --unixsocket /tmp/socket --dir /tmp/redis --daemonize yes >/tmp/said || { cat /tmp/said; exit 1; }
	until valkey-cli -s /tmp/socket ping >/dev/null 2>&1; do sleep 0.02; done
	valkey-cli -s /tmp/socket shutdown nosave
	awk '{ print $1 }' "$1/redis.conf"
}
`},
	{name: "influxdb", service: "influxdb", units: folder("influxdb"), shape: namesOf, script: with + `
mkdir -p /run/influxdb
read_version() {
	influxd config -config "$1/influxdb.conf" 2>/dev/null
}
`},
	{name: "shell", service: "openwisp-base", closed: "numbers, networks and names of a list", units: scripts, shape: asPrinted, script: `
read_version() {
	sh -n "$1"/*
	echo read
}
`},
	{name: "yaml", service: "openwisp-python", units: one(composeFiles), shape: asPrinted, script: pythonReader(`
import yaml
def understand(folder):
    def names(value, before):
        if isinstance(value, dict):
            for key, inner in value.items():
                print(before, key)
                names(inner, f"{before} {key}")
        elif isinstance(value, list):
            print(before, len(value))
            for inner in value:
                names(inner, before + " -")
        elif not isinstance(value, str):
            print(before, type(value).__name__)
    names(yaml.load((folder / "docker-compose.yml").read_text(), yaml.CSafeLoader), "")
`)},
	{name: "django", service: "dashboard", units: one(pythonFiles), shape: asPrinted, script: pythonReader(`
import importlib, json
secrets = pathlib.Path("/tmp/secrets")
secrets.mkdir()
for name in "django_secret_key sql_password cache_password timeseries_password smtp_password edge_key".split():
    (secrets / name).write_text("s" * 50)
(secrets / "sentry_dsn").write_text("")
pathlib.Path("/tmp/custom").mkdir()
import django.conf.global_settings, celery.schedules, kombu, redis, openwisp.env
def understand(folder):
    for file in folder.rglob("*.py"):
        compile(file.read_bytes(), file.name, "exec")
    jobs = folder / "files" / "jobs.json"
    if jobs.exists():  # no beat, no jobs
        print(len(json.loads(jobs.read_text())), "jobs")
    variables = (folder / "environment").read_bytes().decode().split("\0")[:-1]
    os.environ.update(variable.split("=", 1) for variable in variables)
    for name in os.environ.get("DJANGO_SETTINGS_IN_FILES", "").replace(",", " ").split():
        (secrets / f"django_{name}").write_text("s")
    openwisp.env.SECRETS = secrets
    settings = importlib.import_module("openwisp.settings")
    for name in sorted(dir(settings)):
        if name.isupper():
            print(name)
`)},
}

// pythonReader is a script whose read_version is the function understand, each time in a process of its own.
func pythonReader(code string) string {
	return `
cat >/tmp/reader.py <<'END_OF_PYTHON'
import os, pathlib, sys, traceback
sys.path.insert(0, "/opt/openwisp")
os.environ["SECRETS_DIR"], os.environ["CUSTOM_DIR"] = "/tmp/secrets", "/tmp/custom"
` + code + `
pathlib.Path("/tmp/results").mkdir()
for folder in sorted(pathlib.Path("/versions").iterdir()):
    child = os.fork()
    if not child:
        out = os.open(f"/tmp/results/{folder.name}", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        try:
            understand(folder)
        except BaseException:
            traceback.print_exc()
            sys.stdout.flush()
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    pathlib.Path(f"/tmp/results/{folder.name}.code").write_text(str(code))
END_OF_PYTHON
python3 /tmp/reader.py
read_version() {
	cat "/tmp/results/${1##*/}"
	return "$(cat "/tmp/results/${1##*/}.code")"
}
`
}

// nginxDirectives are the directives of a configuration with the number of their arguments, as nginx splits them. In
// blocks that are tables the first word is a value.
func nginxDirectives(text string) string {
	var out []string
	var blocks, words []string
	end := func(sign string) {
		if len(words) > 0 {
			name := words[0]
			if len(blocks) > 0 && slices.Contains([]string{"map", "geo", "types"}, blocks[len(blocks)-1]) && name != "include" && name != "default" {
				name = "entry"
			}
			out = append(out, fmt.Sprintf("%s%s %d%s", strings.Repeat("  ", len(blocks)), name, len(words), sign))
		}
		if sign == "{" {
			blocks = append(blocks, words[0])
		}
		words = nil
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.ContainsRune(" \t\r\n", rune(c)):
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == ';' || c == '{':
			end(string(c))
			i++
		case c == '}':
			end("}")
			blocks = blocks[:max(0, len(blocks)-1)]
			i++
		case c == '"' || c == '\'':
			from := i + 1
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			words = append(words, text[from:min(i, len(text))])
			i++
		default:
			from := i
			for ; i < len(text) && !strings.ContainsRune(" \t\r\n;", rune(text[i])); i++ {
				if text[i] == '\\' {
					i++
				}
				if i < len(text) && text[i] == '{' && text[i-1] != '$' {
					break
				}
			}
			words = append(words, text[from:min(i, len(text))])
		}
	}
	return strings.Join(out, "\n")
}
