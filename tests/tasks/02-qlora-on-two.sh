# QLoRA of an 8B model on 1,000 examples: M5 Max or RTX 4090?
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "tool calling"
press ctrl+shift+m
type_words "macbook pro m5 max 128, rtx 4090"
look_at "$folder/answer.csv"
check "$folder/answer.csv" <<'PY'
import csv, sys
rows = {row["machine"]: row for row in csv.DictReader(open(sys.argv[1]))}
mac = next(row for name, row in rows.items() if "m5-max" in name or "m5max" in name)
card = next(row for name, row in rows.items() if name.startswith("rtx-4090"))
assert mac["verdict"] == card["verdict"] == "fits", (mac["verdict"], card["verdict"])
assert mac["runtime"] != card["runtime"], "each as its owner runs it"
assert 0 < float(card["run_hours"]) < float(mac["run_hours"]), (card["run_hours"], mac["run_hours"])
PY
