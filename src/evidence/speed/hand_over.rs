//! What several devices, each with some of the layers, take longer than one: fitted, and foretold for machines that
//! were left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::SpeedErrors;
use super::fit::quantile;
use super::rows::{chips, real};
use crate::engine::speed::{Chip, SpeedEngine, layered_prompt, layered_prompt_in_turn, layered_token};
use crate::evidence::EvidenceError;
use crate::evidence::table::Table;
use crate::spec::{Calibration, HandOver, HandOverTerms, Machine};
use crate::units::count;

const ROWS: &str = include_str!("../../../assets/evidence/measurements/throughput_devices.csv");

/// Tokens of a chunk in those runs.
const CHUNK: f64 = 512.0;

/// A speed on several devices, beside that of one.
#[derive(Clone, Debug)]
pub struct HandedOn {
    machine: String,
    chip: Chip,
    source: String,
    devices: u32,
    layers: f64,
    /// Tokens of the prompt; `None` where an answer is written.
    prompt: Option<f64>,
    /// Seconds a token on one device.
    alone: f64,
    /// Seconds a token on all.
    together: f64,
}

/// Every such measurement; `machines` finds what the catalog lists.
///
/// # Errors
/// When the table does not read, or names a chip that is not known.
pub fn handed_on(machines: impl Fn(&str) -> Option<Arc<Machine>>) -> Result<Vec<HandedOn>, EvidenceError> {
    let table = Table::read("throughput_devices.csv", ROWS)?;
    let mut rows = Vec::new();
    let chips = chips()?;
    for row in table.rows() {
        let tokens = real(&row, "tokens")?;
        let devices = row.text("devices")?;
        let machine = row.text("machine")?;
        let chip = chips.get(machine).copied().or_else(|| Chip::of(machines(machine)?.as_ref()));
        rows.push(HandedOn {
            chip: chip.ok_or_else(|| row.unreadable("machine", machine))?,
            machine: machine.to_owned(),
            source: row.text("source")?.to_owned(),
            devices: devices.parse().ok().ok_or_else(|| row.unreadable("devices", devices))?,
            layers: if row.text("model")?.ends_with("70b") { 80.0 } else { 32.0 },
            prompt: (row.text("kind")? == "prefill").then_some(tokens),
            alone: 1.0 / real(&row, "alone")?,
            together: 1.0 / real(&row, "tokens_per_s")?,
        });
    }
    Ok(rows)
}

impl HandedOn {
    fn said(&self, terms: HandOverTerms) -> f64 {
        match self.prompt {
            None => layered_token(self.alone, self.devices, terms),
            Some(tokens) => {
                let alone = self.alone * tokens;
                layered_prompt(alone, (tokens, CHUNK), self.devices, self.layers, terms) / tokens
            }
        }
    }

    /// The same where each chunk waits for the one before.
    fn slowest(&self, terms: HandOverTerms) -> f64 {
        match self.prompt {
            None => self.said(terms),
            Some(tokens) => {
                layered_prompt_in_turn(self.alone * tokens, (tokens, CHUNK), self.devices, terms) / tokens
            }
        }
    }

    /// The engine's band of such a chip.
    fn band(&self, calibration: &Calibration) -> (f64, f64) {
        let of_chip = match self.prompt {
            None => {
                calibration.decode(self.chip.decode_group(SpeedEngine::LlamaCpp)).map(|fitted| fitted.band)
            }
            Some(_) => {
                calibration.prefill(self.chip.prefill_group(SpeedEngine::LlamaCpp)).map(|fitted| fitted.band)
            }
        };
        of_chip.unwrap_or((1.0, 1.0))
    }

    /// Size of the error in the logarithm, so that twice and half weigh the same.
    fn off(&self, terms: HandOverTerms) -> f64 {
        (self.said(terms) / self.together).ln().abs()
    }
}

/// Steps of the search, and how fine they are: 20 µs a token, 0.1 ms a chunk, 0.1 µs a token that a chunk sees.
const STEPS: u32 = 40;

/// The terms with the least mean error: writing and reading are apart, each with two terms.
fn fit(rows: &[&HandedOn]) -> HandOverTerms {
    let best = |of: &dyn Fn(f64, f64) -> HandOverTerms, prompt: bool| {
        let own: Vec<&HandedOn> = rows.iter().copied().filter(|row| row.prompt.is_some() == prompt).collect();
        let steps = (0..STEPS).flat_map(|first| (0..STEPS).map(move |second| (first, second)));
        let off = |terms: HandOverTerms| own.iter().map(|row| row.off(terms)).sum::<f64>();
        steps
            .map(|(first, second)| of(f64::from(first), f64::from(second)))
            .min_by(|a, b| off(*a).total_cmp(&off(*b)))
            .unwrap_or_default()
    };
    let writing = best(
        &|first, second| HandOverTerms {
            token: first * 20.0 / 1e6,
            token_hop: second * 20.0 / 1e6,
            ..HandOverTerms::default()
        },
        false,
    );
    let reading = best(
        &|first, second| HandOverTerms {
            chunk_hop: first * 100.0 / 1e6,
            chunk_hop_token: second * 100.0 / 1e9,
            ..HandOverTerms::default()
        },
        true,
    );
    HandOverTerms { chunk_hop: reading.chunk_hop, chunk_hop_token: reading.chunk_hop_token, ..writing }
}

/// The figures that ship.
pub fn hand_over(rows: &[HandedOn]) -> HandOver {
    let all: Vec<&HandedOn> = rows.iter().collect();
    let set = |of: &dyn Fn(&HandedOn) -> String| rows.iter().map(of).collect::<BTreeSet<String>>();
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    HandOver {
        terms: fit(&all),
        rows: small(rows.len()),
        machines: small(set(&|row| row.machine.clone()).len()),
        sources: set(&|row| row.source.clone()).into_iter().collect(),
    }
}

/// Errors of writing and reading on several devices, each machine foretold from the others, given what one of its
/// devices reaches; the band is the engine's around that.
pub fn hand_over_errors(rows: &[HandedOn], calibration: &Calibration) -> Vec<SpeedErrors> {
    let machines: BTreeSet<&str> = rows.iter().map(|row| row.machine.as_str()).collect();
    let mut found: Vec<(bool, f64, bool)> = Vec::new();
    for machine in machines {
        let others: Vec<&HandedOn> = rows.iter().filter(|row| row.machine != machine).collect();
        let terms = fit(&others);
        found.extend(rows.iter().filter(|row| row.machine == machine).map(|row| {
            let (low, high) = row.band(calibration);
            let inside = (row.said(terms) / high..=row.slowest(terms) / low).contains(&row.together);
            (row.prompt.is_some(), row.said(terms) / row.together - 1.0, inside)
        }));
    }
    let line = |name: &str, prompt: bool| {
        let own: Vec<&(bool, f64, bool)> = found.iter().filter(|row| row.0 == prompt).collect();
        let mut errors: Vec<f64> = own.iter().map(|row| row.1.abs()).collect();
        errors.sort_by(f64::total_cmp);
        let inside = own.iter().filter(|row| row.2).count();
        let number = |many: usize| count(u64::try_from(many).unwrap_or(u64::MAX));
        SpeedErrors {
            name: name.to_owned(),
            rows: own.len(),
            median: quantile(&errors, 0.5),
            p90: quantile(&errors, 0.9),
            inside: number(inside) / number(own.len().max(1)),
            simple: None,
        }
    };
    vec![
        line("several devices by layers, decode, from one's speed", false),
        line("several devices by layers, prefill, from one's speed", true),
    ]
}
