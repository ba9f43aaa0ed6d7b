#!/bin/sh
# Takes the pictures of docs/guide/ from a desk of its own with demo data.
# PICTURES chooses them by name, PORT is where the desk listens.
set -eu
cd "$(dirname "$0")/.."
port=${PORT:-8099}
pictures=${PICTURES:-'^(sign-in-light|agent-(queue|ticket|conversation|palette|export|dashboard)-light|employee-(ticket-phone|ticket-light|tickets-phone|new-ticket-light)|admin-(dashboard-dark|reports-light|teams-light|desk-light|sla-light|calendars-light|users-light|jobs-light))$'}
data=$(mktemp -d)
desk=
trap '[ -z "$desk" ] || kill "$desk"; rm -rf "$data"' EXIT
trap 'exit 1' INT TERM
export FIXDESK_LISTEN="127.0.0.1:$port" FIXDESK_DATA_DIR="$data" FIXDESK_DATABASE="sqlite:$data/fixdesk.db" \
  FIXDESK_PUBLIC_URL="http://127.0.0.1:$port" FIXDESK_RATE_LIMIT=off FIXDESK_LOG_LEVEL=error
bin/fixdesk demo --tickets 3000 --seed 1 >/dev/null
bin/fixdesk serve &
desk=$!
# The demo's accounts: an employee, an agent and an administrator, in this order.
sign_in=$(node -e '
  const all = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  console.log(all.map(({ username, password }) => `${username}:${password}`).join(" "));
' "$data/demo-accounts.json")
node -e '
  const ready = async (left) => {
    const answer = await fetch(process.argv[1]).catch(() => null);
    if (answer?.ok) return;
    if (left === 0) throw new Error("the desk does not start");
    await new Promise((go) => setTimeout(go, 200));
    return ready(left - 1);
  };
  ready(100);
' "http://127.0.0.1:$port/readyz"
(cd frontend && FIXDESK_URL="http://127.0.0.1:$port" FIXDESK_SIGN_IN="$sign_in" node scripts/screenshots.mjs ../docs/guide "$pictures")
