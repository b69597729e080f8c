#!/usr/bin/env python3
"""run(spec): one case in a fresh process, real or noop."""
import json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(__file__))
from mlx_models import M
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("WORK", "work")
def run(spec, timeout=500):
    s = dict(spec); s["model"] = M[spec["model"]]
    env = dict(os.environ, OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", HF_HUB_OFFLINE="1")
    env.pop("LD_PRELOAD", None)
    if s.get("backend", "noop") == "noop":
        env.update(LD_PRELOAD=ROOT + "/no_kernels.so", MLX_NOOP="1", MLX_LAG=str(s.get("lag", 0)),
                   PATH=ROOT + "/stubbin:" + env["PATH"], TMPDIR=ROOT + "/tmp-noop")   # JIT stubs: noop kernels never execute
    try:
        p = subprocess.run(["nice", "-n", "10", sys.executable, HERE + "/case.py", json.dumps(s)], env=env, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        e = dict(spec, error="timeout"); return [e] * len(s["lags"]) if "lags" in s else e
    rows = [json.loads(l[4:]) for l in p.stdout.splitlines() if l.startswith("ROW ")]
    want = len(s.get("lags", [0]))
    rows += [dict(spec, error=(p.stderr or p.stdout)[-800:])] * (want - len(rows))
    return rows if "lags" in s else rows[0]
if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1])), indent=1))
