# What each target needs stands beside it. `make test` needs Go alone.
GO ?= go
RUN ?= .
SKIP ?= ^$$
# An image that there is not, by whose name bundles are made that nobody builds
NOWHERE := example.org/nowhere@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

.PHONY: build test update docs lint e2e bench bench-fleet lock release image

build: ## the program, in ./owgen
	CGO_ENABLED=0 $(GO) build -trimpath -o owgen ./cmd/owgen

# Vet runs before the tests, not with them again; a collector that runs rarely leaves them.
test: ## unit tests, golden bundles, command scripts, fuzz corpora
	@test -z "$$(gofmt -l cmd generator dockerfiles profiles e2e)" || { gofmt -l cmd generator dockerfiles profiles e2e; echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags e2e ./e2e
	GOGC=1000 $(GO) test -vet=off ./...

update: ## rewrite the golden files; read the difference before you commit it
	$(GO) test ./generator ./generator/catalog ./generator/diff ./cmd/owgen -update

docs: ## rewrite what is generated in docs/: the architecture and the reference
	$(GO) test ./cmd/owgen -run TestCommittedDocs -update

lint: ## the shell and Python inside the images, as bundles have them, and the manifests for Kubernetes; needs shellcheck and ruff
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	$(GO) run ./cmd/owgen generate single-server -o "$$dir/a" >/dev/null; \
	$(GO) run ./cmd/owgen generate single-server --set tls.mode=acme --set domain=example.org -o "$$dir/b" >/dev/null; \
	$(GO) run ./cmd/owgen generate groupware -o "$$dir/c" >/dev/null; echo none >"$$dir/key"; \
	$(GO) run ./cmd/owgen generate groupware --set mail.suite=kopano --set kopano.repositories=[https://packages.example.org/] --set kopano.repository_key_file="$$dir/key" --set domain=example.org --set kopano.images.konnect=$(NOWHERE) --set kopano.images.kwmserver=$(NOWHERE) --set kopano.images.meet=$(NOWHERE) --set kopano.meeting_guests=true -o "$$dir/d" >/dev/null; \
	grep -rlE '^#!/bin/sh' "$$dir/a/dockerfiles" "$$dir/b/dockerfiles" "$$dir/c/dockerfiles" "$$dir/d/dockerfiles" dockerfiles --include='*' --exclude='*.tmpl' | xargs shellcheck --exclude=SC2317 docs/ci/pre-commit # what a trap calls looks unreachable to it
	python=$$(grep -rlE '^#!.*python' dockerfiles) && ruff check dockerfiles $$python && ruff format --check dockerfiles $$python # scripts have no .py
	cd e2e/manifests && $(GO) vet ./... && $(GO) test -count=1 ./... # what it judges is built by it, which the cache cannot know

e2e: ## the real thing; needs Docker with Compose 2.33.1, chromium, openvpn, radclient. RUN=regexp and SKIP=regexp select tests
	$(GO) test -tags e2e -count=1 -timeout 75m -v -run '(?i)$(RUN)' -skip '$(SKIP)' ./e2e

bench: ## the figures of the README; needs Docker, and a Swarm for some (CONTRIBUTING.md). RUN=regexp selects: RUN=Devices
	$(GO) test -run '^$$' -bench '$(RUN)' -benchtime 3s ./generator
	$(GO) test -tags e2e -count=1 -timeout 3h -v -run '^$$' -bench '$(RUN)' -benchtime 1x ./e2e
	$(MAKE) bench-fleet

bench-fleet: ## fleets of 100, 1,000 and 5,000 sites, beside what compose-go needs to load them; needs 8 GB of disk
	$(GO) test -run '^$$' -bench '$(RUN)' -benchtime 1x -timeout 60m -v ./cmd/owgen

lock: ## the Python packages' versions and hashes, from dockerfiles/*/*requirements.in
	for in in dockerfiles/*/requirements.in; do LOCK_FOLDER=$${in%/*} sh dockerfiles/python/lock.sh || exit; done

release: ## the programs for all systems, with checksums, bill of materials, completions and man pages, in dist/
	$(GO) run ./release -o dist

image: ## the image of owgen itself, from dist/; needs Docker and `make release`
	docker build -t owgen:dev .
