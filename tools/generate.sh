#!/usr/bin/env bash
# Writes swagger.json, swagger.yaml (by swag, from the comments of the handlers)
# and openapi.json (what is served and what clients are generated from) into a folder.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?usage: tools/generate.sh FOLDER}

bin/tools/swag init --quiet --dir ./api --generalInfo server/doc.go --parseInternal \
  --requiredByDefault --outputTypes json,yaml --output "$out"
bin/tools/openapi "$out/swagger.json" "$out/openapi.json"
