//! A run as a log tells it.

use crate::spec::Runtime;

/// Most figures that are kept of one log.
const MOST_FIGURES: usize = 10_000;
/// Most characters of a text that is kept.
const LONGEST: usize = 200;
/// The largest figure that is believed: tokens a second, tokens, bytes.
const LARGEST: f64 = 1e15;

/// The program that printed a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogProgram {
    /// llama.cpp's benchmark.
    LlamaBench,
    /// llama.cpp's server and command line.
    LlamaCpp,
    /// Ollama.
    Ollama,
    /// MLX's command line.
    MlxLm,
    /// vLLM's server and benchmark.
    Vllm,
}

impl LogProgram {
    /// As it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::LlamaBench => "llama-bench",
            Self::LlamaCpp => "llama.cpp",
            Self::Ollama => "Ollama",
            Self::MlxLm => "mlx_lm",
            Self::Vllm => "vLLM",
        }
    }

    /// The runtime that it measures.
    pub const fn runtime(self) -> Runtime {
        match self {
            Self::LlamaBench | Self::LlamaCpp | Self::Ollama => Runtime::LlamaCpp,
            Self::MlxLm => Runtime::Mlx,
            Self::Vllm => Runtime::Vllm,
        }
    }
}

/// What a figure of a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogQuantity {
    /// Tokens a second of one request.
    Decode,
    /// Tokens a second of a prompt.
    Prefill,
    /// Tokens a second of all requests (aggregate throughput).
    Aggregate,
    /// Tokens that the KV cache holds.
    KvCapacity,
    /// Requests of the whole length that it holds at once.
    MaxConcurrency,
    /// Bytes of the weights on the device.
    Weights,
    /// Bytes of the KV cache.
    KvCache,
    /// Bytes that captured CUDA graphs take.
    CapturedGraphs,
    /// Bytes that were allocated at the most.
    PeakMemory,
}

impl LogQuantity {
    /// As in JSON, with its unit.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decode => "decode_tokens_per_s",
            Self::Prefill => "prefill_tokens_per_s",
            Self::Aggregate => "aggregate_tokens_per_s",
            Self::KvCapacity => "kv_capacity_tokens",
            Self::MaxConcurrency => "max_concurrency",
            Self::Weights => "weights_bytes",
            Self::KvCache => "kv_cache_bytes",
            Self::CapturedGraphs => "cuda_graphs_bytes",
            Self::PeakMemory => "peak_bytes",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Prefill => "prefill",
            Self::Aggregate => "aggregate throughput",
            Self::KvCapacity => "KV cache size",
            Self::MaxConcurrency => "maximum concurrency",
            Self::Weights => "weights",
            Self::KvCache => "KV cache",
            Self::CapturedGraphs => "CUDA graphs",
            Self::PeakMemory => "peak memory",
        }
    }
}

/// One figure of a log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogFigure {
    /// What it is.
    pub quantity: LogQuantity,
    /// In the unit of its quantity.
    pub value: f64,
    /// How far what was measured may lie from it, because it is printed with so many digits.
    pub rounding: f64,
    /// Standard deviation of repeated runs, where the program says it.
    pub deviation: Option<f64>,
    /// Tokens that were prefilled or decoded; of a concurrency, the tokens of each request.
    pub tokens: Option<u64>,
    /// Tokens that were in the context before.
    pub depth: Option<u64>,
    /// Requests at once.
    pub requests: Option<u64>,
    /// Line of the log, from 1; of JSON and CSV, the entry.
    pub line: usize,
}

impl LogFigure {
    /// A figure with nothing else known of it.
    pub(super) fn new(quantity: LogQuantity, printed: impl Into<Printed>, line: usize) -> Self {
        let Printed { value, rounding } = printed.into();
        Self { quantity, value, rounding, deviation: None, tokens: None, depth: None, requests: None, line }
    }

    fn is_believable(&self) -> bool {
        self.value > 0.0 && self.value <= LARGEST && self.deviation.is_none_or(|own| own >= 0.0)
    }
}

/// What one program printed of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRun {
    /// Who printed it.
    pub program: LogProgram,
    /// The model as the log names it.
    pub model: Option<String>,
    /// Bytes of the model's file.
    pub model_bytes: Option<u64>,
    /// Its figures, in the order of the log.
    pub figures: Vec<LogFigure>,
}

/// What is known of a model before its figures come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Named {
    pub model: Option<String>,
    pub bytes: Option<u64>,
}

/// Runs while a log is read.
#[derive(Debug, Default)]
pub(super) struct Runs {
    found: Vec<LogRun>,
    named: Named,
    figures: usize,
    pub(super) counted: Counted,
}

/// What was counted in lines before the one with the speed.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub prompt: Option<u64>,
    pub answer: Option<u64>,
    /// Requests at once, requests, tokens read, tokens generated of a benchmark.
    pub bench: [Option<u64>; 4],
}

impl Runs {
    /// Keeps a figure of a program, with the model that was last named.
    pub(super) fn add(&mut self, program: LogProgram, figure: LogFigure) {
        self.add_to(program, self.named.clone(), figure);
    }

    /// Keeps a figure of a model.
    pub(super) fn add_to(&mut self, program: LogProgram, named: Named, figure: LogFigure) {
        if self.is_full() || !figure.is_believable() {
            return;
        }
        self.figures += 1;
        let own = |run: &LogRun| {
            run.program == program && run.model == named.model && run.model_bytes == named.bytes
        };
        match self.found.last_mut().filter(|run| own(run)) {
            Some(run) => run.figures.push(figure),
            None => self.found.push(LogRun {
                program,
                model: named.model,
                model_bytes: named.bytes,
                figures: vec![figure],
            }),
        }
    }

    /// From here on figures are of this model.
    pub(super) fn name(&mut self, model: &str) {
        self.named.model = bounded(model);
    }

    /// The last figure, where it is of that program.
    pub(super) fn last(&self, program: LogProgram) -> Option<&LogFigure> {
        self.found.last().filter(|run| run.program == program)?.figures.last()
    }

    pub(super) const fn is_full(&self) -> bool {
        self.figures >= MOST_FIGURES
    }

    pub(super) fn finish(self) -> Vec<LogRun> {
        self.found
    }
}

/// A text that is kept: in one line, and not longer than names are.
pub(super) fn bounded(text: &str) -> Option<String> {
    let text = text.trim();
    let kept: String = text.chars().take(LONGEST).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A number as a program printed it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Printed {
    pub value: f64,
    /// Half a step of its last digit.
    pub rounding: f64,
}

impl Printed {
    /// The same in another unit.
    pub(super) fn times(self, unit: f64) -> Self {
        Self { value: self.value * unit, rounding: self.rounding * unit }
    }
}

/// With all the digits that it has.
impl From<f64> for Printed {
    fn from(value: f64) -> Self {
        Self { value, rounding: 0.0 }
    }
}

/// A number with commas between its thousands, as Python prints `{:,}`.
pub(super) fn number(text: &str) -> Option<Printed> {
    let text = text.trim();
    let plain: String = text.chars().filter(|sign| *sign != ',').take(40).collect();
    let starts = plain.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.');
    let value = plain.parse().ok().filter(|value: &f64| starts && value.is_finite())?;
    let digits = plain.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounding = i32::try_from(digits).map_or(0.0, |digits| 0.5 * 0.1_f64.powi(digits));
    Some(Printed { value, rounding })
}

/// The number that a text begins with, as it is printed.
pub(super) fn printed(text: &str) -> Option<Printed> {
    let text = text.trim_start();
    let end =
        text.find(|sign: char| !(sign.is_ascii_digit() || sign == '.' || sign == ',')).unwrap_or(text.len());
    number(text.get(..end)?.trim_end_matches([',', '.']))
}

/// The number that a text begins with.
pub(super) fn leading(text: &str) -> Option<f64> {
    printed(text).map(|printed| printed.value)
}

/// The number after a phrase, as it is printed.
pub(super) fn printed_after(line: &str, phrase: &str) -> Option<Printed> {
    printed(line.split_once(phrase)?.1)
}

/// The number after a phrase.
pub(super) fn after(line: &str, phrase: &str) -> Option<f64> {
    printed_after(line, phrase).map(|printed| printed.value)
}
