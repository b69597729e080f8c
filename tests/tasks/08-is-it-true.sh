# "70B Q4 at 35 tokens a second on an M5 Max": is that true?
. "$(dirname "$0")/window.sh"
open_window
press ctrl+k
type_words "claim M5 Max, Llama 3.3 70B Q4_K_M, 35 tok/s"
pause 6
press ctrl+k
type_words "save claims"
type_path "$folder/claims.md"
check "$folder/claims.md" <<'PY'
import sys
text = open(sys.argv[1]).read()
assert "70B" in text and "impossible" in text.lower(), text
PY
