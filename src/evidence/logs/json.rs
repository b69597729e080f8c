//! Logs in JSON: `llama-bench -o json` and `jsonl`, an answer of llama-server, an answer of Ollama's interface.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::llama_bench::Bench;
use super::run::{LogFigure, LogProgram, LogQuantity, Named, Runs, bounded};
use crate::units::count;

/// Any of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Known {
    Bench(Bench),
    Server { timings: Timings, model: Option<String> },
    Ollama(OllamaAnswer),
}

/// `timings` of an answer of llama-server.
#[derive(Deserialize)]
struct Timings {
    #[serde(default)]
    cache_n: u64,
    prompt_n: u64,
    prompt_per_second: f64,
    predicted_n: u64,
    predicted_per_second: f64,
}

/// The last answer of `/api/generate` and `/api/chat`; durations in nanoseconds.
#[derive(Deserialize)]
struct OllamaAnswer {
    model: Option<String>,
    prompt_eval_count: Option<u64>,
    prompt_eval_duration: Option<u64>,
    eval_count: u64,
    eval_duration: u64,
}

/// The longest text that is looked at as one object: what is in it is held whole.
const LONGEST: usize = 1 << 20;

/// A whole text of JSON; whether it is one.
pub(super) fn read(text: &str, runs: &mut Runs) -> bool {
    let text = text.trim();
    if text.starts_with('[') {
        // What stands before a fault was read all the same.
        let mut list = serde_json::Deserializer::from_str(text);
        return Tests(runs).deserialize(&mut list).unwrap_or(true);
    }
    text.len() <= LONGEST && line(text, 1, runs)
}

/// Reads a list of tests one after the other, and keeps none but their figures.
struct Tests<'r>(&'r mut Runs);

impl<'de> DeserializeSeed<'de> for Tests<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Tests<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of tests")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut at = 0;
        while let Some(bench) = list.next_element::<Bench>()? {
            at += 1;
            bench.add(at, self.0);
            if self.0.is_full() {
                break;
            }
        }
        Ok(true)
    }
}

/// A line, or a whole object.
pub(super) fn line(line: &str, at: usize, runs: &mut Runs) -> bool {
    let line = line.trim();
    if !(line.starts_with('{') && line.ends_with('}')) {
        return false;
    }
    match serde_json::from_str::<Known>(line) {
        Ok(Known::Bench(bench)) => bench.add(at, runs),
        Ok(Known::Server { timings, model }) => server(&timings, model.as_deref(), at, runs),
        Ok(Known::Ollama(answer)) => ollama(&answer, at, runs),
        Err(_other) => return false,
    }
    true
}

fn named(model: Option<&str>) -> Named {
    Named { model: model.and_then(bounded), bytes: None }
}

fn server(timings: &Timings, model: Option<&str>, at: usize, runs: &mut Runs) {
    let Timings { cache_n, prompt_n, prompt_per_second, predicted_n, predicted_per_second } = *timings;
    let prefill = LogFigure {
        tokens: Some(prompt_n),
        depth: Some(cache_n),
        ..LogFigure::new(LogQuantity::Prefill, prompt_per_second, at)
    };
    let decode = LogFigure {
        tokens: Some(predicted_n),
        depth: Some(cache_n.saturating_add(prompt_n)),
        ..LogFigure::new(LogQuantity::Decode, predicted_per_second, at)
    };
    for figure in [prefill, decode] {
        runs.add_to(LogProgram::LlamaCpp, named(model), figure);
    }
}

fn ollama(answer: &OllamaAnswer, at: usize, runs: &mut Runs) {
    let rate = |tokens: u64, nanoseconds: u64| count(tokens) * 1e9 / count(nanoseconds.max(1));
    if let (Some(tokens), Some(duration)) = (answer.prompt_eval_count, answer.prompt_eval_duration) {
        let figure = LogFigure {
            tokens: Some(tokens),
            ..LogFigure::new(LogQuantity::Prefill, rate(tokens, duration), at)
        };
        runs.add_to(LogProgram::Ollama, named(answer.model.as_deref()), figure);
    }
    let figure = LogFigure {
        tokens: Some(answer.eval_count),
        depth: answer.prompt_eval_count,
        ..LogFigure::new(LogQuantity::Decode, rate(answer.eval_count, answer.eval_duration), at)
    };
    runs.add_to(LogProgram::Ollama, named(answer.model.as_deref()), figure);
}
