#!/usr/bin/env bash
# Runs govulncheck. Without its database (it is on the internet) it says so and
# passes: a machine without a network must still be able to check the rest.
set -uo pipefail
cd "$(dirname "$0")/.."

output=$(timeout 180 bin/tools/govulncheck ./... 2>&1)
status=$?
if [ "$status" != 0 ] && { [ "$status" = 124 ] || grep -q 'fetching vulnerabilities' <<<"$output"; }; then
  echo "NOT CHECKED for known vulnerabilities: govulncheck's database is out of reach from here. It said:"
  tail -n 1 <<<"$output"
  exit 0
fi
echo "$output"
exit "$status"
