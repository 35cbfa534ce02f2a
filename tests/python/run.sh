#!/bin/sh
# Install the package with what its tests need into a fresh environment, and run its tests away from the sources.
#   run.sh PYTHON SOURCE POLICY_COMMAND FOLDER
set -eu
python=$1 source=$2 policy=$3 folder=$4

rm -rf "$folder/environment" "$folder/tests"
mkdir -p "$folder"
"$python" -m venv "$folder/environment"
"$folder/environment/bin/pip" install --quiet --disable-pip-version-check "$source/bindings/python[test]"
cp -R "$source/bindings/python/tests" "$folder/tests"
cd "$folder/tests"
POLICY_SOURCE_DIR=$source POLICY_COMMAND=$policy \
    exec "$folder/environment/bin/python" -X dev -W error::ResourceWarning -m pytest -q -p no:cacheprovider .
