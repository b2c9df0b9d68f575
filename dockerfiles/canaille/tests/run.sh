#!/bin/sh
# Tests of the Python code, inside the image that it is part of: run.sh IMAGE. They need no other service.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec docker run --rm --network none --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
	--volume "$here:/tests:ro" --workdir /tests --env CANAILLE_CONFIG= "$1" python -m unittest discover --start-directory /tests
