//! vLLM: what it says at its start, every ten seconds, and at the end of its benchmark.

use super::run::{LogFigure, LogProgram, LogQuantity, Runs, after, leading, printed, printed_after};
use crate::units::{count, whole};

/// Bytes of a GiB.
const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// Reads a line; whether it held a figure.
pub(super) fn read(line: &str, at: usize, runs: &mut Runs) -> bool {
    let capacity = capacity(line, at, runs);
    capacity || memory(line, at, runs) || throughput(line, at, runs) || benchmark(line, at, runs)
}

/// `GPU KV cache size: 43,104 tokens` and `Maximum concurrency for 8,192 tokens per request: 5.26x`, in one line or two
/// (vllm/v1/core/kv_cache_utils.py).
fn capacity(line: &str, at: usize, runs: &mut Runs) -> bool {
    let mut found = false;
    if let Some(tokens) = printed_after(line, "GPU KV cache size:") {
        runs.add(LogProgram::Vllm, LogFigure::new(LogQuantity::KvCapacity, tokens, at));
        found = true;
    }
    if let Some((_, rest)) = line.split_once("aximum concurrency for ")
        && let (Some(tokens), Some(times)) = (leading(rest), printed_after(rest, "per request:"))
    {
        let figure = LogFigure {
            tokens: Some(whole(tokens)),
            ..LogFigure::new(LogQuantity::MaxConcurrency, times, at)
        };
        runs.add(LogProgram::Vllm, figure);
        found = true;
    }
    found
}

/// `Model loading took 14.9888 GiB memory and 3.5 seconds`, `Available KV cache memory: 5.26 GiB`,
/// `Graph capturing finished in 14 secs, took 0.21 GiB` (vllm/v1/worker/gpu_model_runner.py, gpu_worker.py).
fn memory(line: &str, at: usize, runs: &mut Runs) -> bool {
    let kinds = [
        ("Model loading took ", LogQuantity::Weights),
        ("Available KV cache memory: ", LogQuantity::KvCache),
    ];
    for (phrase, quantity) in kinds {
        if let Some((_, rest)) = line.split_once(phrase)
            && let Some(value) = printed(rest).filter(|_| rest.contains("GiB"))
        {
            runs.add(LogProgram::Vllm, LogFigure::new(quantity, value.times(GIB), at));
            return true;
        }
    }
    let Some((_, rest)) = line.split_once("Graph capturing finished in ") else { return false };
    let Some((_, took)) = rest.split_once("took ") else { return false };
    let unit = if took.contains("GiB") { GIB } else { GIB / 1024.0 };
    let Some(value) = printed(took).filter(|_| took.contains("GiB") || took.contains("MiB")) else {
        return false;
    };
    runs.add(LogProgram::Vllm, LogFigure::new(LogQuantity::CapturedGraphs, value.times(unit), at));
    true
}

/// `Avg prompt throughput: 4.8 tokens/s, Avg generation throughput: 30.2 tokens/s, Running: 1 reqs, …`
/// (vllm/v1/metrics/loggers.py). An interval in which prompts were read too measures neither, so it is passed over.
fn throughput(line: &str, at: usize, runs: &mut Runs) -> bool {
    let Some(generated) = printed_after(line, "Avg generation throughput:") else { return false };
    let prompts = after(line, "Avg prompt throughput:").unwrap_or(0.0);
    let running = after(line, "Running:").map_or(0, whole);
    if running > 0 && prompts <= 0.0 && generated.value > 0.0 {
        let value = if running == 1 { LogQuantity::Decode } else { LogQuantity::Aggregate };
        let figure = LogFigure { requests: Some(running), ..LogFigure::new(value, generated, at) };
        runs.add(LogProgram::Vllm, figure);
    }
    true
}

/// Lines of `vllm bench serve`: the limit of requests at once, tokens of all, and their throughput.
fn benchmark(line: &str, at: usize, runs: &mut Runs) -> bool {
    let counted = [
        ("Maximum request concurrency:", 0),
        ("Successful requests:", 1),
        ("Total input tokens:", 2),
        ("Total generated tokens:", 3),
    ];
    for (phrase, place) in counted {
        if let Some(value) = line.trim().strip_prefix(phrase).and_then(leading) {
            runs.counted.bench[place] = Some(whole(value));
            return true;
        }
    }
    let Some(value) = line.trim().strip_prefix("Output token throughput (tok/s):").and_then(printed) else {
        return false;
    };
    let [at_once, requests, read, generated] = std::mem::take(&mut runs.counted.bench);
    let each = |tokens: Option<u64>| {
        let requests = requests.filter(|requests| *requests > 0)?;
        Some(whole(count(tokens?) / count(requests)))
    };
    let figure = LogFigure {
        requests: at_once,
        tokens: each(generated),
        depth: each(read),
        ..LogFigure::new(LogQuantity::Aggregate, value, at)
    };
    runs.add(LogProgram::Vllm, figure);
    true
}
