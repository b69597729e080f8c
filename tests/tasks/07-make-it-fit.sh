# A 70B model does not fit a card of 24 GB: what would make it?
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "chat 70b"
press ctrl+k
type_words "evaluate rtx 4090"
press ctrl+k
type_words "make it fit"
pause 20
look_at "$folder/answer.preset.ron"
before=$("$program" check chat-70b --machine rtx-4090 --json)
after=$("$program" check "$folder/answer.preset.ron" --json)
check "$before" "$after" <<'PY'
import json, sys
before, after = json.loads(sys.argv[1]), json.loads(sys.argv[2])
assert before["verdict"] == "does-not-fit", before["verdict"]
assert after["verdict"] in ("fits", "tight"), after["verdict"]
PY
