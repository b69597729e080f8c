"""What `plimsoll check … --json` predicts of the rows, beside what was measured."""

import json
import statistics
import subprocess

BESIDE = "overhead"


def command(row, machine):
    sets = [part for setting in row["settings"].split(";") if setting for part in ("--set", setting)]
    return ["check", row["preset"], "--machine", machine, *sets, "--json"]


def ask(binary, row, machine):
    """The memory of one prediction. A machine that is too small is an answer as well, told by the exit code."""
    done = subprocess.run([binary, *command(row, machine)], capture_output=True, text=True)
    if not done.stdout.strip():
        raise RuntimeError(done.stderr.strip().replace("\n", " ")[:300])
    answer = json.loads(done.stdout)
    return answer["verdict"], answer["memory"]


def tensors(phase):
    """Device bytes of a phase that PyTorch's allocator hands out."""
    return sum(part["best"] for part in phase["parts"] if part["place"] == "device" and part["name"] != BESIDE)


def number(row, key):
    return float(row[key]) if row.get(key) not in (None, "") else None


def gib(value):
    return f"{value / 2**30:8.3f}" if value is not None else "       –"


def percent(value):
    return f"{value * 100:+8.2f}" if value is not None else "       –"


def compare(binary, rows, machine):
    """Prints a line for each row, and medians over all that were measured in the shape of their settings."""
    print(f"\nPredicted against measured, GiB; predictions for {machine}")
    print(f"{'tensors':>26} {'':>8} | {'with context and reserve':>35} {'':>8} | case")
    print(f"{'predicted':>8} {'measured':>8} {'error %':>8} | {'low':>8} {'best':>8} {'high':>8} {'measured':>8} |")
    errors, inside, whole, outcomes = [], 0, 0, []
    for row in rows:
        try:
            verdict, memory = ask(binary, row, machine)
        except RuntimeError as problem:
            print(f"not predicted: {problem} | {row['case']}")
            continue
        predicted = max(map(tensors, memory["phases"]))
        band = memory["peak_bytes"]
        as_set = "small" not in row["note"]
        measured = number(row, "max_allocated") if row["outcome"] == "measured" and as_set else None
        device = number(row, "device_peak") if measured else None
        error = predicted / measured - 1 if measured else None
        if row["outcome"] != "measured":
            outcomes.append(f"{row['outcome'].split(':')[0]}, predicted {verdict}: {row['case']}")
        if error is not None:
            errors.append(abs(error))
        if device:
            whole += 1
            inside += band["low"] <= device <= band["high"]
        print(
            f"{gib(predicted)} {gib(measured)} {percent(error)} | {gib(band['low'])} {gib(band['best'])} "
            f"{gib(band['high'])} {gib(device)} | {row['case']}" + ("" if as_set else " (small)")
        )
        phases(row, memory, as_set)
    if errors:
        print(f"tensors: {len(errors)} rows, median {statistics.median(errors):.3%}, worst {max(errors):.3%}")
    if whole:
        print(f"with context and reserve: {inside} of {whole} within low to high")
    print(*outcomes, sep="\n")


def phases(row, memory, as_set):
    """The phases whose tensors are off by a hundredth or more."""
    if not as_set:
        return
    for phase in memory["phases"]:
        measured = number(row, f"allocated_{phase['name']}")
        if measured and abs(tensors(phase) / measured - 1) >= 0.01:
            off = percent(tensors(phase) / measured - 1)
            print(f"{gib(tensors(phase))} {gib(measured)} {off} |   {phase['name']}")
