#!/usr/bin/env bash
# Fails when a generated file is not what `make generate` would write now.
# It writes into a temporary folder, so it can run on a tree with changes.
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

tools/generate.sh "$fresh/docs"
# The client is generated beside its configuration, from the committed document.
(cd frontend && npx --no-install openapi-ts --output "$fresh/api" >"$fresh/log") || { cat "$fresh/log"; exit 1; }

drift=0
for file in swagger.json swagger.yaml openapi.json; do
  diff -u "docs/$file" "$fresh/docs/$file" | head -40 || drift=1
done
diff -ru frontend/src/lib/api "$fresh/api" | head -40 || drift=1
if [ "$drift" != 0 ]; then
  echo "Generated files differ from their sources: run 'make generate' and commit the result." >&2
  exit 1
fi
echo "generated files are up to date"
