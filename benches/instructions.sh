#!/usr/bin/env bash
# Counts the instructions of one check from start to exit, and fails above the budget. A count does not change
# with the load of the machine, so a slower start is seen at once. Needs valgrind; CI installs it.
set -euo pipefail
cd "$(dirname "$0")/.."

budget=16000000
question=(check presets/chat-8b.ron --machine rtx-4090 --json)

if ! command -v valgrind >/dev/null; then
    if [ "${CI:-}" != true ]; then
        echo 'valgrind is not here; on Debian: apt-get install valgrind' >&2
        exit 1
    fi
    apt-get update -qq && apt-get install -y -qq valgrind >/dev/null
fi

cargo build --quiet --release --no-default-features

# A user's own catalog would be counted too.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch XDG_CONFIG_HOME=$scratch

program=${CARGO_TARGET_DIR:-target}/release/plimsoll
valgrind --tool=callgrind --callgrind-out-file="$scratch/profile" "$program" "${question[@]}" \
    >"$scratch/answer" 2>"$scratch/counted" || { cat "$scratch/counted" >&2; exit 1; }
count=$(sed -n 's/.*Collected : //p' "$scratch/counted")
[ -n "$count" ] || { cat "$scratch/counted" >&2; exit 1; }

printf 'plimsoll %s\n%s instructions, %s %% of the budget of %s\n' \
    "${question[*]}" "$count" "$((count * 100 / budget))" "$budget"
[ "$count" -le "$budget" ] || { echo 'more than the budget' >&2; exit 1; }
