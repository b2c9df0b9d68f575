#!/bin/sh
# Refreshes the lock files of the Python environments, in this folder or in LOCK_FOLDER: `make lock`. Arguments go to uv, such as `--upgrade` (the default
# keeps what is locked and still allowed) or `--upgrade-package django`.
#
# A lock holds the hashes of all files of a version, so that it serves amd64 and arm64, and no address of an index.
set -eu

uv_version=0.13.9
cd "${LOCK_FOLDER:-$(dirname "$0")}"

if ! command -v uv >/dev/null; then
	tools=$(mktemp -d)
	trap 'rm -rf "$tools"' EXIT INT TERM
	python3 -m venv "$tools"
	"$tools/bin/pip" install --quiet --disable-pip-version-check "uv==$uv_version"
	PATH=$tools/bin:$PATH
fi

for file in *requirements.in; do
	name=${file%.in}
	deps=
	# Only its shared libraries are used.
	if [ "$name" = gdal-requirements ]; then deps=--no-deps; fi
	# shellcheck disable=SC2086 # empty or one word
	uv pip compile --quiet --no-config --generate-hashes --python-version 3.13 --python-platform linux $deps \
		--no-header --no-emit-index-url --no-emit-find-links --no-annotate --allow-unsafe "$@" \
		"$name.in" --output-file "files/$name.txt"
done
