package known

import "strings"

// The words that examples, defaults and lists of stolen passwords are made of.
var words = set(`
a an the this that my me it is be in of on at to for with and or not no do dont only by as if your you ours our own
change changed changeme changethis changeit replace replaceme replaced put enter insert here fill write set choose use using please
now must should before later todo fixme tbd some something anything any value values string text word words char chars characters bytes hex long
longer very really super extra quite strong stronger random randomly secure secured safe unsafe insecure complex unique new old good bad
generate generated default defaults standard example examples sample placeholder dummy fake mock foo bar baz foobar test tests tester testing
tested demo dev devel develop development local localhost stage staging prod production live ci debug temp tmp trial
secret secrets secretkey secretpassword key keys password passwords passwort passwd passphrase pass passw pword pwd pw pin code token tokens
credential credentials motdepasse contrasena senha geheim parola wachtwoord haslo
admin admins administrator root superuser user users username name guest anonymous nobody operator owner manager system sysadmin service
server client host login logon letmein welcome open sesame opensesame hello world master access enable cisco private public shared internal
api apikey app application web website site page db database data sql nosql postgres postgresql postgis pgsql mysql mariadb mssql sa oracle sqlite
redis valkey cache mongo mongodb rabbit rabbitmq amqp mqtt kafka elastic elasticsearch opensearch kibana influx influxdb clickhouse cassandra
couchdb neo4j minio minioadmin keycloak grafana prometheus jenkins gitlab github gitea nextcloud wordpress drupal django flask rails laravel symfony
node express spring tomcat nginx apache traefik docker kubernetes vault consul nats ldap radius openvpn vpn wifi
openwisp ubnt raspberry raspberrypi pi alpine ubuntu debian vagrant toor calvin changeit
jwt auth authentication session cookie csrf encryption encrypt encrypted signing sign signed hash salt pepper hmac aes rsa ssh ssl tls
base64 sha md5 uuid id
supersecret supersecure topsecret mysecret notsecret s3cr3t p4ss
qwerty qwertz azerty abc abcd abcde abcdef asdf asdfgh zxcv zxcvbn iloveyou monkey dragon football baseball basketball sunshine princess shadow superman batman
trustno hunter ninja flower freedom whatever starwars pokemon michael jordan charlie love lovely summer winter spring autumn
january february march april june july august september october november december monday
deadbeef cafebabe coffee testing123 correcthorsebatterystaple
keyboard cat shh shhh ultra mega hyper hidden hide ignore rand openssl killer zabbix odoo metabase sonar sonarqube nexus strapi directus matomo moodle gogs harbor
modified modify need needs quick brown fox lorem ipsum dolor tell anyone everyone temporary initial first last bootstrap static simple easy basic weak common
http https url uri host port name nickname mypass mypw own team lab home house office school work job project net network bot robot agent worker queue broker
backup replication repl replica primary monitor monitoring metrics exporter reader writer readonly read write rw ro ci cd build deploy deployment registry
company corp acme inc org com net email mail smtp
`)

func set(text string) map[string]bool {
	out := map[string]bool{}
	for _, word := range strings.Fields(text) {
		out[word] = true
	}
	return out
}

// rows are what fingers and eyes run along.
var rows = []string{"01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9j0", "1a2b3c4d5e6f7g8h9i0j"}

// isWalk tells whether a text runs along one of them, forwards or backwards.
func isWalk(text string) bool {
	back := []byte(text)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		if strings.Contains(row, text) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}
