//! Lines of llama.cpp, Ollama and MLX about one request at a time.

use super::run::{LogFigure, LogProgram, LogQuantity, Printed, Runs, leading, printed, printed_after};
use crate::units::whole;

/// Reads a line; whether it held a figure.
pub(super) fn read(line: &str, at: usize, runs: &mut Runs) -> bool {
    llama_cpp(line, at, runs) || ollama(line, at, runs) || mlx(line, at, runs)
}

/// `prompt eval time = 123.45 ms / 26 tokens (4.75 ms per token, 210.61 tokens per second)`, with `runs` in older
/// builds (tools/server/server-context.cpp, `llama_perf_context_print`).
fn llama_cpp(line: &str, at: usize, runs: &mut Runs) -> bool {
    let Some((before, rest)) = line.split_once("eval time =") else { return false };
    let Some((_, rest)) = rest.split_once('/') else { return false };
    let (Some(tokens), Some((speed, _))) = (leading(rest), rest.split_once(" tokens per second")) else {
        return false;
    };
    let Some(value) = speed.rsplit([',', '(']).next().and_then(printed) else { return false };
    let tokens = whole(tokens);
    let figure = if before.trim_end().ends_with("prompt") {
        LogFigure { tokens: Some(tokens), ..LogFigure::new(LogQuantity::Prefill, value, at) }
    } else {
        let depth = prompt_before(runs, LogProgram::LlamaCpp);
        LogFigure { tokens: Some(tokens), depth, ..LogFigure::new(LogQuantity::Decode, value, at) }
    };
    runs.add(LogProgram::LlamaCpp, figure);
    true
}

/// Tokens of the prompt whose figure stands just before.
fn prompt_before(runs: &Runs, program: LogProgram) -> Option<u64> {
    runs.last(program).filter(|figure| figure.quantity == LogQuantity::Prefill)?.tokens
}

/// `eval rate: 63.19 tokens/s`, after the counts (cmd of Ollama, `api.Metrics.Summary`).
fn ollama(line: &str, at: usize, runs: &mut Runs) -> bool {
    let line = line.trim_start_matches(['-', ' ', '\t']);
    if let Some(tokens) = line.strip_prefix("prompt eval count:").and_then(leading) {
        runs.counted.prompt = Some(whole(tokens));
    } else if let Some(tokens) = line.strip_prefix("eval count:").and_then(leading) {
        runs.counted.answer = Some(whole(tokens));
    } else if let Some(value) = line.strip_prefix("prompt eval rate:").and_then(printed) {
        let tokens = runs.counted.prompt;
        runs.add(LogProgram::Ollama, LogFigure { tokens, ..LogFigure::new(LogQuantity::Prefill, value, at) });
    } else if let Some(value) = line.strip_prefix("eval rate:").and_then(printed) {
        let (tokens, depth) = (runs.counted.answer.take(), runs.counted.prompt.take());
        runs.add(
            LogProgram::Ollama,
            LogFigure { tokens, depth, ..LogFigure::new(LogQuantity::Decode, value, at) },
        );
    } else {
        return false;
    }
    true
}

/// `Prompt: 36 tokens, 512.345 tokens-per-sec`, `Generation: …`, `Peak memory: 4.567 GB`; and the averages of
/// `mlx_lm.benchmark` (mlx_lm/generate.py, benchmark.py).
fn mlx(line: &str, at: usize, runs: &mut Runs) -> bool {
    let figure = |quantity, value: Printed, tokens, depth| LogFigure {
        tokens,
        depth,
        ..LogFigure::new(quantity, value, at)
    };
    let line = line.trim();
    if let Some(averages) = line.strip_prefix("Averages:") {
        let figures = [
            (LogQuantity::Prefill, printed_after(averages, "prompt_tps=")),
            (LogQuantity::Decode, printed_after(averages, "generation_tps=")),
            (
                LogQuantity::PeakMemory,
                printed_after(averages, "peak_memory=").map(|memory| memory.times(1e9)),
            ),
        ];
        for (quantity, value) in figures {
            if let Some(value) = value {
                runs.add(LogProgram::MlxLm, figure(quantity, value, None, None));
            }
        }
        return true;
    }
    if let Some(rest) = line.strip_prefix("Peak memory:").filter(|rest| rest.trim_end().ends_with("GB")) {
        let Some(value) = printed(rest) else { return false };
        runs.add(LogProgram::MlxLm, figure(LogQuantity::PeakMemory, value.times(1e9), None, None));
        return true;
    }
    let (quantity, rest) = match (line.strip_prefix("Prompt:"), line.strip_prefix("Generation:")) {
        (Some(rest), _) => (LogQuantity::Prefill, rest),
        (_, Some(rest)) => (LogQuantity::Decode, rest),
        _ => return false,
    };
    let Some((tokens, speed)) =
        rest.strip_suffix("tokens-per-sec").and_then(|rest| rest.split_once(" tokens, "))
    else {
        return false;
    };
    let (Some(tokens), Some(value)) = (leading(tokens), printed(speed)) else { return false };
    let depth = match quantity {
        LogQuantity::Decode => prompt_before(runs, LogProgram::MlxLm),
        _ => None,
    };
    runs.add(LogProgram::MlxLm, figure(quantity, value, Some(whole(tokens)), depth));
    true
}

/// What a line says of the model that is run, for the figures that follow.
pub(super) fn context(line: &str, runs: &mut Runs) {
    if line.contains("llama_model_loader: loaded meta data")
        && let Some((_, rest)) = line.split_once(" from ")
    {
        let path = rest.rsplit_once(" (version").map_or(rest, |(path, _)| path);
        runs.name(path.rsplit(['/', '\\']).next().unwrap_or(path));
    } else if line.contains("LLM engine")
        && let Some((_, rest)) = line.split_once("model='")
    {
        runs.name(rest.split('\'').next().unwrap_or_default());
    } else if let Some(command) = line.split_once("ollama run ").map(|(_, rest)| rest) {
        runs.name(command.split_whitespace().find(|word| !word.starts_with('-')).unwrap_or_default());
    }
}
