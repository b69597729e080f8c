#!/usr/bin/env bash
# Counts the instructions of one check, and of ranking all models for a machine, from start to exit, and fails above their
# budgets. A count does not change with the load of the machine, so a slower start is seen at once. Needs valgrind; CI
# installs it.
set -euo pipefail
cd "$(dirname "$0")/.."

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
failed=0

# counted BUDGET QUESTION…
counted() {
    local budget=$1 count
    shift
    valgrind --tool=callgrind --callgrind-out-file="$scratch/profile" "$program" "$@" \
        >"$scratch/answer" 2>"$scratch/counted" || { cat "$scratch/counted" >&2; exit 1; }
    count=$(sed -n 's/.*Collected : //p' "$scratch/counted")
    [ -n "$count" ] || { cat "$scratch/counted" >&2; exit 1; }
    printf 'plimsoll %s\n%s instructions, %s %% of the budget of %s\n' \
        "$*" "$count" "$((count * 100 / budget))" "$budget"
    [ "$count" -le "$budget" ] || { echo 'more than the budget' >&2; failed=1; }
}

counted 16000000 check presets/chat-8b.ron --machine rtx-4090 --json
counted 180000000 rank --machine rtx-4090 --json
exit "$failed"
