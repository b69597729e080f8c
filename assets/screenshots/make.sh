#!/usr/bin/env bash
# Takes the window's screenshots anew, into this folder: assets/screenshots/make.sh [PROGRAM]
# Without a program it builds one. Needs (Debian): xvfb xdotool imagemagick libgl1-mesa-dri.
# Each runs in a home of its own, so that no session decides what is on it, and steps through the window by its keys.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in Xvfb xdotool import convert; do
    command -v "$tool" >/dev/null || { echo "missing: $tool" >&2; exit 2; }
done
program=${1:-}
if [ -z "$program" ]; then
    cargo build --quiet
    program=target/debug/plimsoll
fi
out=$PWD/assets/screenshots
home=$(mktemp -d)
server= window=
stop() {
    [ -z "$window" ] || kill "$window" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    window= server=
}
trap 'stop; rm -rf "$home"' EXIT

# start SIZE SCALE PRESET: a display of its own with the window over all of it.
start() {
    stop
    rm -rf "${home:?}"/*
    number=90
    while [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
    Xvfb ":$number" -screen 0 "${1}x24" -nolisten tcp >/dev/null 2>&1 & server=$!
    export DISPLAY=":$number" HOME=$home XDG_CONFIG_HOME=$home/c XDG_DATA_HOME=$home/d XDG_CACHE_HOME=$home/e
    export WAYLAND_DISPLAY= LIBGL_ALWAYS_SOFTWARE=1 WINIT_X11_SCALE_FACTOR=$2
    for _ in $(seq 100); do xdotool getdisplaygeometry >/dev/null 2>&1 && break; sleep 0.1; done
    "$program" "$3" & window=$!
    id=
    for _ in $(seq 300); do
        id=$(xdotool search --onlyvisible --pid "$window" 2>/dev/null | tail -1) && [ -n "$id" ] && break
        sleep 0.1
    done
    [ -n "$id" ] || { echo 'no window' >&2; exit 1; }
    xdotool windowmove "$id" 0 0 windowsize "$id" "${1%x*}" "${1#*x}" windowfocus "$id"
    sleep 5
    command_ 'hide hints'
}

keys() { for key in "$@"; do xdotool key --clearmodifiers "$key"; sleep 0.6; done; }
# command WORDS: a command of the palette.
command_() { keys ctrl+k; xdotool type --delay 30 -- "$1"; sleep 0.6; keys Return; sleep 2; }
# compare MACHINES: ticks several, with commas between them.
compare() { keys ctrl+shift+m; xdotool type --delay 30 -- "$1"; sleep 0.6; keys Return; sleep 2; }
shot() {
    # The pointer rests where it points at nothing.
    xdotool mousemove 2 2
    sleep "${2:-2}"
    import -window root png:- | convert - -strip -colors 200 "PNG8:$out/$1.png"
    echo "$out/$1.png"
}

start 1280x800 1 chat-70b
command_ 'evaluate on mac studio m5 max 64'
shot fit-dark-1280x800
command_ 'light theme'
shot fit-light-1280x800
command_ 'dark theme'
keys ctrl+Tab
shot map-dark-1280x800 8
keys ctrl+Tab
shot speed-dark-1280x800 6
compare 'mac studio m5 ultra 256, rtx 4090 24, dgx spark'
command_ 'show table'
shot compare-dark-1280x800 4
command_ 'show ranked'
shot ranked-dark-1280x800 15
command_ 'show claims'
shot claims-dark-1280x800 15
start 2560x1440 2 parse-trees-32k-8b
command_ 'evaluate on mac studio m5 max 64'
command_ 'show plan'
shot plan-dark-2560x1440 10
