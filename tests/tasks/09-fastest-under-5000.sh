# The fastest machine to buy for less than $5,000 for a 70B model in 4 bit.
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "chat 70b"
press ctrl+k
type_words "sort machines fastest"
press ctrl+f
type_words "<5000"
look_at "$folder/answer.preset.ron"
ranked=$("$program" rank chat-70b --machines all --max-price 5000 --sort speed --json)
check "$folder/answer.preset.ron" "$ranked" <<'PY'
import json, re, sys
machine = re.search(r'machine: "([^"]+)"', open(sys.argv[1]).read()).group(1)
rows = [row for row in json.loads(sys.argv[2])["rows"] if row["price_dollars"] and row["verdict"] in ("fits", "tight")]
best = max(row["decode_tokens_per_s"] for row in rows)
chosen = next(row for row in rows if row["machine"] == machine)
assert chosen["decode_tokens_per_s"] >= best * (1 - 1e-9) and chosen["price_dollars"] < 5000, (chosen, best)
PY
