#!/usr/bin/env bash
# Checks the unit with systemd's own parser, and that it stays well confined.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v systemd-analyze >/dev/null; then
  echo "SKIPPED: deploy/systemd/fixdesk.service, for there is no systemd-analyze here"
  exit 0
fi
# The program that the unit starts need not be installed where it is checked.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
sed 's|^ExecStart=/usr/local/bin/fixdesk|ExecStart=/bin/true|' fixdesk.service >"$root/fixdesk.service"
complaints=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$root/fixdesk.service" 2>&1) || {
  echo "$complaints"
  exit 1
}
if grep -q 'fixdesk.service' <<<"$complaints"; then
  echo "$complaints"
  exit 1
fi
# 0 is the most confined, 10 not at all; the option wants it times ten.
systemd-analyze security --no-pager --offline=yes --threshold=20 "$root/fixdesk.service" >"$root/report" || {
  cat "$root/report"
  exit 1
}
echo "systemd: $(tail -n 1 "$root/report" | sed 's/^[^A-Za-z]*//')"
