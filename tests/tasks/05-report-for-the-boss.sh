# Four machines for a 70B model, and a report for the one who pays.
. "$(dirname "$0")/window.sh"
open_window
press ctrl+p
type_words "chat 70b"
press ctrl+shift+m
type_words "macbook pro m5 max 128, mac studio m5 ultra 256, rtx 5090, dgx spark"
press ctrl+e
type_path "$folder/report.html"
check "$folder/report.html" <<'PY'
import sys
text = open(sys.argv[1]).read()
for part in ("M5 Max 128", "M5 Ultra 256", "RTX 5090", "DGX Spark", "<svg", "tok/s", "$"):
    assert part in text, part
first = text[: text.index("<table")]
assert "RTX 5090" in first or "M5" in first or "Spark" in first, "a machine that fits leads, not the one that was chosen"
PY
