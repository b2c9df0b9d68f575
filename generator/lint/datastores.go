package lint

import (
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// A store is a kind of datastore: the words that images and services of its kind are named with, and its ports.
type store struct {
	name  string
	words []string
	ports []uint32
}

func stores() []store {
	return []store{
		{"PostgreSQL", []string{"postgres", "postgresql", "postgis", "timescaledb", "timescale", "pgvector", "pgbouncer", "pgpool", "patroni", "spilo", "citus", "pg"}, []uint32{5432, 5433, 6432}},
		{"MySQL", []string{"mysql", "mariadb", "percona", "galera", "proxysql"}, []uint32{3306, 3307, 33060}},
		{"SQL Server", []string{"mssql", "sqlserver", "sqledge"}, []uint32{1433, 1434}},
		{"Oracle", []string{"oracle", "oracledb"}, []uint32{1521, 1522}},
		{"CockroachDB", []string{"cockroach", "cockroachdb"}, []uint32{26257}},
		{"Redis", []string{"redis", "valkey", "keydb", "dragonfly", "kvrocks", "sentinel"}, []uint32{6379, 6380, 16379, 26379}},
		{"memcached", []string{"memcached", "memcache"}, []uint32{11211}},
		{"MongoDB", []string{"mongo", "mongodb", "ferretdb"}, []uint32{27017, 27018, 27019}},
		{"CouchDB", []string{"couchdb", "couch"}, []uint32{5984, 6984}},
		{"Couchbase", []string{"couchbase"}, []uint32{8091, 8093, 11210}},
		{"Cassandra", []string{"cassandra", "scylla", "scylladb"}, []uint32{9042, 7000, 7199, 9160}},
		{"InfluxDB", []string{"influxdb", "influx"}, []uint32{8086, 8088}},
		{"ClickHouse", []string{"clickhouse"}, []uint32{8123, 9000, 9009}},
		{"Elasticsearch", []string{"elasticsearch", "elastic", "opensearch", "es"}, []uint32{9200, 9300}},
		{"Solr", []string{"solr"}, []uint32{8983}},
		{"Meilisearch", []string{"meilisearch"}, []uint32{7700}},
		{"Qdrant", []string{"qdrant"}, []uint32{6333, 6334}},
		{"Neo4j", []string{"neo4j"}, []uint32{7474, 7473, 7687}},
		{"Kafka", []string{"kafka", "redpanda"}, []uint32{9092, 9093, 9094, 19092, 29092}},
		{"ZooKeeper", []string{"zookeeper"}, []uint32{2181, 2888, 3888}},
		{"RabbitMQ", []string{"rabbitmq", "rabbit"}, []uint32{5672, 4369, 25672}},
		{"NATS", []string{"nats"}, []uint32{4222, 6222, 8222}},
		{"etcd", []string{"etcd"}, []uint32{2379, 2380}},
		{"an LDAP directory", []string{"ldap", "openldap", "slapd", "389ds", "glauth", "lldap"}, []uint32{389, 636, 3890, 6360, 1389, 1636}},
		{"RethinkDB", []string{"rethinkdb"}, []uint32{28015, 29015}},
		{"ArangoDB", []string{"arangodb", "arango"}, []uint32{8529}},
	}
}

// datastore names the datastore behind a port of a service, "" if there is none: its image or its name says that it is
// one, and the port is one of that kind. The number alone says nothing, since others listen there as well.
func (s locatedService) datastore(port uint32) string {
	words := s.kindWords()
	for _, st := range stores() {
		if slices.Contains(st.ports, port) && slices.ContainsFunc(st.words, func(word string) bool { return words[word] }) {
			return st.name
		}
	}
	return ""
}

// kindWords are the words in the name of a service's image, and in its own name, with the numbers at their ends dropped.
func (s locatedService) kindWords() map[string]bool {
	texts := []string{s.Name}
	if name, err := reference.ParseNormalizedNamed(s.Image); err == nil {
		texts = append(texts, reference.Path(name))
	}
	if img := s.subject.image(s.Name); img != nil {
		if name, err := reference.ParseNormalizedNamed(img.From()); err == nil {
			texts = append(texts, reference.Path(name))
		}
	}
	words := map[string]bool{}
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune("-_./", r) }) {
			words[word] = true
			words[strings.TrimRight(word, "0123456789")] = true
		}
	}
	return words
}
