package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/owgen/owgen/generator/dockerfile"
	"github.com/owgen/owgen/generator/lint"
	"github.com/owgen/owgen/generator/project"
)

// large is a hardened project of that many services, each with its Dockerfile, about as large as a bundle.
func large(services int) given {
	var compose strings.Builder
	compose.WriteString("name: large\nservices:\n")
	in := given{File: "docker-compose.yml", EnvFile: ".env", Env: []byte("VERSION=1\n"), Dockerfiles: map[string]dockerfile.File{}}
	for i := range services {
		name := fmt.Sprintf("service%d", i)
		fmt.Fprintf(&compose, serviceText, name, i)
		from := "debian:13"
		if i > 0 {
			from = "base"
			fmt.Fprintf(&compose, "      additional_contexts:\n        base: service:service0\n    depends_on:\n      service0:\n        condition: service_healthy\n")
		}
		in.Dockerfiles[name] = dockerfile.File{Path: "dockerfiles/" + name + "/Dockerfile", Data: fmt.Appendf(nil, dockerfileText, from, name),
			Files: []string{"Dockerfile", "files/start", "files/server.conf"}}
	}
	compose.WriteString(sectionsText)
	in.Compose = []byte(compose.String())
	return in
}

const serviceText = `  # What this service is for, in a line.
  %s:
    image: example/service:${VERSION}
    pull_policy: never
    user: "1001:1001"
    read_only: true
    init: true
    restart: unless-stopped
    cap_drop:
      - ALL
    security_opt:
      - no-new-privileges:true
    mem_limit: 256M
    pids_limit: 100
    stop_grace_period: 30s
    logging:
      driver: json-file
      options:
        max-size: "10m"
        max-file: "3"
    labels:
      org.example.role: "app"
      org.example.version: "1.0"
    environment:
      TZ: "UTC"
      HOST: "dashboard.example.org"
      DATABASE_HOST: "sql"
      DATABASE_PASSWORD_FILE: "/run/secrets/sql_password"
      ADDRESS: "https://dashboard.example.org"
      WORKERS: "2"
    networks:
      app:
        aliases:
          - alias
      data: {}
    ports:
      - name: https
        target: 8443
        published: "8%03d"
        host_ip: 127.0.0.1
        protocol: tcp
    secrets:
      - source: sql_password
        target: sql_password
    volumes:
      - type: volume
        source: media
        target: /opt/media
      - type: bind
        source: ./custom
        target: /opt/custom
        read_only: true
    tmpfs:
      - /tmp:size=64m,mode=1777
    healthcheck:
      test:
        - CMD
        - health
      interval: 30s
      timeout: 5s
      retries: 3
      start_period: 60s
      start_interval: 1s
    build:
      context: ./dockerfiles/service
`

const sectionsText = `networks:
  app:
    ipam:
      config:
        - subnet: 172.28.1.0/24
          ip_range: 172.28.1.0/25
  data:
    internal: true
    ipam:
      config:
        - subnet: 172.28.2.0/24
          ip_range: 172.28.2.0/25
volumes:
  media: {}
secrets:
  sql_password:
    file: ./secrets/sql_password
`

const dockerfileText = `# syntax=docker/dockerfile:1
FROM %s AS build
ARG TARGETARCH
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential curl git \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY files/server.conf ./
RUN make && make install DESTDIR=/out

FROM build
LABEL org.opencontainers.image.title="%s"
ENV LANG=C.UTF-8 \
    PATH=/opt/venv/bin:$PATH
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o 1001 -g 1001 /var/lib/service
COPY --from=build /out/ /
COPY --chmod=0755 files/start /usr/local/bin/start
COPY --chmod=0644 files/server.conf /etc/service/server.conf
EXPOSE 8443
USER 1001:1001
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["/usr/local/bin/start"]
`

// TestLargeIsClean keeps the benchmark honest: it measures a project in which nothing is found.
func TestLargeIsClean(t *testing.T) {
	p, found := large(20).check(t.Context())
	if len(found) > 0 || p.Loaded == nil {
		t.Error(found.Error())
	}
}

// BenchmarkCheck measures all there is: 20 services and 20 Dockerfiles.
func BenchmarkCheck(b *testing.B) {
	in := large(20)
	for b.Loop() {
		if _, found := in.check(b.Context()); len(found) > 0 {
			b.Fatal(found.Error())
		}
	}
}

// BenchmarkComposeGo measures what compose-go alone needs to load the same file, as `docker compose` does it.
func BenchmarkComposeGo(b *testing.B) {
	in := large(20)
	for b.Loop() {
		_, err := loader.LoadWithContext(b.Context(), types.ConfigDetails{
			WorkingDir: "/bundle", Environment: types.Mapping{"VERSION": "1"},
			ConfigFiles: []types.ConfigFile{{Filename: in.File, Content: in.Compose}},
		}, func(o *loader.Options) { o.SetProjectName("large", false) })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead measures the reading alone, as Check does it.
func BenchmarkRead(b *testing.B) {
	in := large(20)
	for b.Loop() {
		if _, found := project.Read(b.Context(), in.sources()); len(found) > 0 {
			b.Fatal(found.Error())
		}
	}
}

// BenchmarkRun measures the rules alone, the Dockerfiles included.
func BenchmarkRun(b *testing.B) {
	p, _ := large(20).check(b.Context())
	for b.Loop() {
		fresh := &lint.Subject{Reading: p.Reading, Dockerfiles: p.Dockerfiles}
		if found := lint.Run(fresh); len(found) > 0 {
			b.Fatal(found.Error())
		}
	}
}
