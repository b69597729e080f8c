# A graph network over 5 million edges: A100 or M5 Ultra 256 GB?
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "whole-program data-flow"
press ctrl+k
type_words "edges 5M"
press ctrl+shift+m
type_words "a100 80, mac studio m5 ultra 256"
look_at "$folder/answer.csv"
look_at "$folder/answer.preset.ron"
check "$folder/answer.csv" "$folder/answer.preset.ron" <<'PY'
import csv, re, sys
assert re.search(r"edges: \"?5_?000_?000", open(sys.argv[2]).read()), "5 million edges"
rows = {row["machine"]: row for row in csv.DictReader(open(sys.argv[1]))}
card = next(row for name, row in rows.items() if "a100" in name)
mac = next(row for name, row in rows.items() if "ultra" in name)
assert mac["verdict"] in ("fits", "tight"), mac["verdict"]
assert float(card["memory_bytes"]) > 0 and card["verdict"], card
PY
