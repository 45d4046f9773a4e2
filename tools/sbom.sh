#!/bin/sh
# List what is shipped (CycloneDX): the wheel and the run lock in an empty environment, and what that cannot show.
set -eu
python=$(cd "$(dirname "$PYTHON")" && pwd)/$(basename "$PYTHON")
bom=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

pip="$python -m pip --disable-pip-version-check -qq"
"$python" -m venv --without-pip "$place/venv"
$pip --python "$place/venv" install --require-hashes -r requirements/run.lock
$pip wheel --no-build-isolation --no-deps --wheel-dir "$place" .
$pip --python "$place/venv" install --no-index --no-deps "$place"/*.whl
"$python" -m cyclonedx_py environment --pyproject pyproject.toml --output-reproducible --output-file "$place/bom.json" "$place/venv"
"$python" -m tools.sbom "$place/bom.json" "$bom"
