# FLUX.1 on a Mac with 16 GB.
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "flux"
press ctrl+k
type_words "evaluate mac mini m4 16"
press ctrl+k
type_words "precision nf4"
look_at "$folder/answer.json"
check "$folder/answer.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
answer = report["answers"][0] if "answers" in report else report[0]
assert "m4" in json.dumps(answer["machine"]), answer["machine"]
memory = answer["memory"]
# Never against all of its 16 GiB.
assert memory is None or memory["ceiling_bytes"] < 15 * 2**30, memory["ceiling_bytes"]
assert answer["verdict"] != "fits", answer["verdict"]
PY
