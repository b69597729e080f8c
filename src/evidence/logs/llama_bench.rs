//! `llama-bench`: CSV and Markdown; JSON stands in its own file (tools/llama-bench/llama-bench.cpp).

use serde::Deserialize;

use super::run::{LogFigure, LogProgram, LogQuantity, Named, Runs, bounded, leading, number};
use crate::units::whole;

/// Most rows of a table in CSV.
const MOST_ROWS: usize = 10_000;

/// A test as `llama-bench` writes it in JSON and CSV, as far as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct Bench {
    #[serde(default)]
    model_filename: String,
    #[serde(default)]
    model_type: String,
    model_size: Option<u64>,
    n_prompt: u64,
    n_gen: u64,
    #[serde(default)]
    n_depth: u64,
    avg_ts: f64,
    stddev_ts: Option<f64>,
}

impl Bench {
    /// Keeps it; a test of prompt and answer together is neither's speed.
    pub(super) fn add(&self, line: usize, runs: &mut Runs) {
        let (quantity, tokens) = match (self.n_prompt, self.n_gen) {
            (0, 0) => return,
            (prompt, 0) => (LogQuantity::Prefill, prompt),
            (0, answer) => (LogQuantity::Decode, answer),
            _ => return,
        };
        let file = self.model_filename.rsplit(['/', '\\']).next().unwrap_or_default();
        let model = [file, &self.model_type].iter().find_map(|text| bounded(text));
        let figure = LogFigure {
            deviation: self.stddev_ts.filter(|own| own.is_finite()),
            tokens: Some(tokens),
            depth: Some(self.n_depth),
            ..LogFigure::new(quantity, self.avg_ts, line)
        };
        runs.add_to(LogProgram::LlamaBench, Named { model, bytes: self.model_size }, figure);
    }
}

/// A table in CSV; whether the text is one.
pub(super) fn csv(text: &str, runs: &mut Runs) -> bool {
    let head = text.lines().next().unwrap_or_default();
    if !(head.contains("n_prompt") && head.contains("n_gen") && head.contains("avg_ts")) || head.contains('{')
    {
        return false;
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    for (at, row) in reader.deserialize::<Bench>().take(MOST_ROWS).enumerate() {
        if let Ok(bench) = row {
            bench.add(at + 1, runs);
        }
    }
    true
}

/// A row of a table in Markdown: `| llama 8B Q4_K - Medium | 4.58 GiB | 8.03 B | CUDA | 99 | tg128 | 120.10 ± 0.50 |`.
pub(super) fn row(line: &str, at: usize, runs: &mut Runs) -> bool {
    let Some(inside) = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) else {
        return false;
    };
    let cells: Vec<&str> = inside.split('|').map(str::trim).collect();
    let [model, size, .., test, speed] = cells.as_slice() else { return false };
    let Some((quantity, tokens, depth)) = test_of(test) else { return false };
    let (value, deviation) = speed
        .split_once('±')
        .map_or((*speed, None), |(value, own)| (value, number(own).map(|own| own.value)));
    let Some(value) = number(value) else { return false };
    let bytes =
        size.strip_suffix("GiB").map(|size| (size, 30)).or(size.strip_suffix("MiB").map(|size| (size, 20)));
    // The table rounds to hundredths, so it is no exact length: it tells files apart all the same.
    let bytes = bytes.and_then(|(size, power)| Some(whole(number(size)?.value * 2.0_f64.powi(power))));
    let figure = LogFigure {
        deviation,
        tokens: Some(tokens),
        depth: Some(depth),
        ..LogFigure::new(quantity, value, at)
    };
    runs.add_to(LogProgram::LlamaBench, Named { model: bounded(model), bytes }, figure);
    true
}

/// `pp512`, `tg128 @ d4096`; nothing for what is both, or another column.
fn test_of(test: &str) -> Option<(LogQuantity, u64, u64)> {
    let (what, depth) = test.split_once('@').map_or((test, "0"), |(what, depth)| (what, depth.trim()));
    let depth = whole(number(depth.trim_start_matches('d'))?.value);
    let what = what.trim();
    let (quantity, tokens) = what
        .strip_prefix("pp")
        .map(|tokens| (LogQuantity::Prefill, tokens))
        .or_else(|| Some((LogQuantity::Decode, what.strip_prefix("tg")?)))?;
    let is_whole = !tokens.is_empty() && tokens.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| leading(tokens)).flatten().map(|tokens| (quantity, whole(tokens), depth))
}
