# A GGUF file of one's own.
. "$(dirname "$0")/window.sh"
model=$(ls "$root"/tests/headers/*.gguf 2>/dev/null | head -1)
cp "$model" "$folder/mine.gguf"
open_window
press ctrl+o
xdotool key --clearmodifiers ctrl+a
type_words "$folder/mine.gguf"
look_at "$folder/answer.preset.ron"
check "$folder/answer.preset.ron" <<'PY'
import sys
text = open(sys.argv[1]).read()
assert "mine.gguf" in text, text
assert "Chat with Llama 3.1 8B" not in text, "the title is that of the file"
PY
