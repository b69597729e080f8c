# Parse trees of 32K tokens on an 8B model, on an M5 Ultra: does it fit, and what makes it?
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "parse trees 32k"
press ctrl+k
type_words "evaluate mac studio m5 ultra 256"
look_at "$folder/answer.json"
look_at "$folder/answer.preset.ron"
check "$folder/answer.json" "$folder/answer.preset.ron" <<'PY'
import json, re, sys
report, preset = json.load(open(sys.argv[1])), open(sys.argv[2]).read()
answer = report["answers"][0] if "answers" in report else report[0]
assert "ultra" in json.dumps(answer["machine"]), answer["machine"]
assert re.search(r"max_sequence: \"?32_?(768|k)", preset), preset
peak, ceiling = answer["memory"]["peak_bytes"], answer["memory"]["ceiling_bytes"]
verdict = answer["verdict"]
best = peak["best"] <= ceiling
# The words never contradict the figures.
assert (verdict in ("fits", "tight")) <= best and (verdict == "does-not-fit") <= (peak["low"] > ceiling), (verdict, peak, ceiling)
PY
