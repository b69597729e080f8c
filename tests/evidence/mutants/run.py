"""Runs planted mutants against the tests that reach them: `run.py COPY LIST OUT SEED`; it goes on where it was stopped.

`COPY` is the planted tree, its tests built with `--no-default-features`; `LIST` is what `mutate` printed. Two tables are
written into `OUT`. `reach.csv` has a row a test: each was run alone, nothing switched on, and wrote down which mutants it
came by (`mutant::on` appends their numbers to the file that `MUTANTS_SEEN` names). `results.csv` has a row a mutant, in an
order drawn with `SEED`: it ran against the tests that come by it, until one failed or hung; a mutant that passed the quick
ones has a second row for the slow ones.
A snapshot that differs fails nothing (`INSTA_FORCE_PASS`), and a proptest has 32 cases.
"""
import csv, json, os, random, re, subprocess, sys, time

COPY, LIST, OUT, SEED = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3]), int(sys.argv[4])
# Tests that take less, in seconds, run for every mutant first; the others for those that passed.
QUICK = 2.5
# Seconds of tests, each taken alone, that a process runs before it is seen whether one failed.
BATCHES = [2, 8, 30, 120, float("inf")]
ENV = os.environ | {
    "INSTA_UPDATE": "no", "INSTA_FORCE_PASS": "1", "INSTA_WORKSPACE_ROOT": COPY, "CARGO_MANIFEST_DIR": COPY,
    "PROPTEST_CASES": "32", "PROPTEST_RNG_SEED": "1", "PROPTEST_MAX_SHRINK_ITERS": "0",
    "PROPTEST_DISABLE_FAILURE_PERSISTENCE": "1", "PLIMSOLL_FUZZ_SECONDS": "1",
}
# It compares a text in the repository with what is said now, as a snapshot does.
LEFT_OUT = {"accuracy::the_readme_shows_every_group"}


def binaries():
    """The test programs by their names."""
    build = ["cargo", "test", "--no-default-features", "--no-run", "--message-format=json"]
    said = subprocess.run(build, cwd=COPY, stdout=subprocess.PIPE, text=True, check=True).stdout
    made = [json.loads(line) for line in said.splitlines()]
    return {of["target"]["name"]: of["executable"] for of in made
            if of.get("executable") and of["profile"]["test"] and of["target"]["kind"] in (["lib"], ["test"])}


PROGRAMS = binaries()


def run(program, tests, limit, **more):
    """Runs some tests; the first that failed, `hangs`, `aborts`, or nothing."""
    command = [program, "--exact", "--test-threads", "1", *tests]
    work = subprocess.Popen(command, cwd=COPY, env=ENV | more, text=True, errors="replace",
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        said, _ = work.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(work.pid, 9)
        work.communicate()
        return "hangs"
    failed = re.search(r"^test (\S+).*\.\.\. FAILED$", said, re.M) or re.search(r"^    (\S+)$", said, re.M)
    return (failed[1] if failed else "aborts") if work.returncode else None


def table(path, head):
    """The rows that are there already, and a function that adds one."""
    new = not os.path.exists(path)
    rows = [] if new else list(csv.DictReader(open(path)))
    file = open(path, "a", newline="")
    writer = csv.writer(file)
    if new:
        writer.writerow(head)

    def add(*row):
        writer.writerow(row)
        file.flush()
    return rows, add


def reach():
    """Every test: how long it takes alone, and which mutants it comes by."""
    path = f"{OUT}/reach.csv"
    known, add = table(path, ["program", "test", "seconds", "passes", "mutants"])
    known = {(row["program"], row["test"]) for row in known}
    for name, program in PROGRAMS.items():
        listed = subprocess.run([program, "--list"], cwd=COPY, env=ENV, capture_output=True, text=True).stdout
        for test in re.findall(r"^(\S+): test$", listed, re.M):
            if (name, test) in known:
                continue
            seen = f"{OUT}/seen"
            open(seen, "w").close()
            start = time.time()
            failed = run(program, [test], 600, MUTANTS_SEEN=seen)
            met = sorted({int(line) for line in open(seen).read().split()})
            add(name, test, f"{time.time() - start:.2f}", failed is None, " ".join(map(str, met)))
    return [row for row in csv.DictReader(open(path)) if row["passes"] == "True" and row["test"] not in LEFT_OUT]


def batches(tests):
    """Tests by their time, in batches a program that are each longer than those before."""
    tests, sums = sorted(tests, key=lambda row: float(row["seconds"])), 0.0
    made = [{} for _ in BATCHES]
    for row in tests:
        sums += float(row["seconds"])
        at = next(at for at, most in enumerate(BATCHES) if sums <= most)
        made[at].setdefault(row["program"], []).append(row)
    return [(name, rows) for batch in made for name, rows in batch.items()]


def caught(mutant, tests):
    """The first test that a mutant fails, or nothing."""
    for name, rows in batches(tests):
        limit = 20 + 5 * sum(float(row["seconds"]) for row in rows)
        failed = run(PROGRAMS[name], [row["test"] for row in rows], limit, MUTANT=mutant)
        if failed:
            return f"{name}: {failed}"
    return None


def main():
    os.makedirs(OUT, exist_ok=True)
    tests = reach()
    mutants = [line.split("\t")[:5] for line in open(LIST).read().splitlines()]
    random.Random(SEED).shuffle(mutants)
    head = ["mutant", "place", "kind", "was", "new", "result", "by", "reached_by", "seconds"]
    rows, add = table(f"{OUT}/results.csv", head)
    results = {row["mutant"]: row["result"] for row in rows}
    for quick in [True, False]:
        for mutant in mutants:
            if results.get(mutant[0]) in ("caught", "survived", "passed" if quick else None):
                continue
            start = time.time()
            met = [row for row in tests if mutant[0] in row["mutants"].split()]
            now = [row for row in met if (float(row["seconds"]) < QUICK) == quick]
            by = caught(mutant[0], now)
            results[mutant[0]] = "caught" if by else "passed" if quick and len(now) < len(met) else "survived"
            add(*mutant, results[mutant[0]], by or "", len(met), f"{time.time() - start:.1f}")


if __name__ == "__main__":
    main()
