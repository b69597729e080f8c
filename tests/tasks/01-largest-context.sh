# A Mac with M4 Max and 64 GB, a 70B model in 4 bit: the largest context that is sure to fit.
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "chat 70b"
press ctrl+k
type_words "evaluate m4 max 64"
press ctrl+k
type_words "largest context"
look_at "$folder/answer.json"
look_at "$folder/answer.preset.ron"
solved=$("$program" solve chat-70b --for context --machine apple-m4max-40c-64gb --json)
check "$folder/answer.json" "$folder/answer.preset.ron" "$solved" <<'PY'
import json, re, sys
report, preset, solved = json.load(open(sys.argv[1])), open(sys.argv[2]).read(), json.loads(sys.argv[3])
assert "m4max" in json.dumps(report), "the machine"
context = int(re.search(r"context: \"?([\d_]+)", preset).group(1).replace("_", ""))
assert "llama-3.3-70b" in preset, "the model"
# The slider steps by 512 tokens; the terminal by one.
assert 0 <= solved["value"] - context < 1024, (context, solved["value"])
PY
