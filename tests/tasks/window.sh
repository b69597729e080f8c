# What the ten tasks are driven with: the real program in an X server of its own, by keys as a person presses them.
#
# An action is a shortcut, a click, or words that are typed and ended with Enter. Saving is counted where the task is to
# save; elsewhere a file is saved only to be looked at. Needs (Debian): xvfb xdotool libgl1-mesa-dri python3.

set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${PLIMSOLL:-$root/target/debug/plimsoll}
# Seconds to wait after a step; more on a busy machine.
pace=${PLIMSOLL_PACE:-1}
folder=$(mktemp -d)
actions=0
server= window=

fail() {
    [ -n "${PLIMSOLL_SHOTS:-}" ] && command -v import >/dev/null && import -window root "$PLIMSOLL_SHOTS/$(basename "$0" .sh).png"
    echo "$(basename "$0" .sh): $actions actions, failed: $*" >&2
    exit 1
}

clean() {
    [ -n "$window" ] && kill "$window" 2>/dev/null
    [ -n "$server" ] && kill "$server" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$folder"
}
trap clean EXIT

pause() { sleep "$(python3 -c "print($pace * ${1:-1})")"; }

# Opens the program with an empty home, 1280 by 800.
open_window() {
    for tool in Xvfb xdotool python3; do command -v $tool >/dev/null || fail "$tool is missing"; done
    local display=90
    while [ -e /tmp/.X11-unix/X$display ] || [ -e /tmp/.X$display-lock ]; do display=$((display + 1)); done
    Xvfb :$display -screen 0 1280x800x24 -nolisten tcp >/dev/null 2>&1 &
    server=$!
    export DISPLAY=:$display HOME=$folder XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data \
        XDG_CACHE_HOME=$folder/cache XDG_RUNTIME_DIR=$folder WAYLAND_DISPLAY= DBUS_SESSION_BUS_ADDRESS= \
        LIBGL_ALWAYS_SOFTWARE=1
    for _ in $(seq 100); do xdotool getdisplaygeometry >/dev/null 2>&1 && break; sleep 0.1; done
    "$program" "$@" >"$folder/output" 2>&1 &
    window=$!
    local id=
    for _ in $(seq 300); do
        id=$(xdotool search --onlyvisible --pid $window 2>/dev/null | tail -1)
        [ -n "$id" ] && break
        kill -0 $window 2>/dev/null || fail "the program ended: $(cat "$folder/output")"
        sleep 0.1
    done
    [ -n "$id" ] || fail "no window"
    xdotool windowmove "$id" 0 0 windowsize "$id" 1280 800 windowfocus "$id" 2>/dev/null
    pause 5
}

# A shortcut: `press ctrl+k`.
press() {
    actions=$((actions + 1))
    xdotool key --clearmodifiers "$1"
    pause
}

# Words, and Enter.
type_words() {
    actions=$((actions + 1))
    xdotool type --delay 25 -- "$1"
    pause
    xdotool key Return
    pause 1.5
}

# Types a path over the one that is suggested, and waits for the file.
type_path() {
    xdotool key --clearmodifiers ctrl+a
    type_words "$1"
    for _ in $(seq 300); do [ -s "$1" ] && return; sleep 0.1; done
    fail "$1 was not saved"
}

# Saves the scenario, or a report in the format of the path, to be looked at: no action of the task.
look_at() {
    local before=$actions
    case $1 in *.preset.ron) press ctrl+shift+s ;; *) press ctrl+e ;; esac
    type_path "$1"
    actions=$before
}

# The end of a task: at most so many actions, and Python that asserts on what was saved, as `saved`.
check() {
    local most=6
    python3 - "$@" || fail "what was saved is not right"
    [ $actions -le $most ] || fail "more than $most actions"
    echo "$(basename "$0" .sh): $actions actions, finished, right"
}
