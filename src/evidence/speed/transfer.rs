//! What several devices, each with some of the layers, take longer than one: fitted, and predicted
//! leave-one-machine-out.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::chips::Chips;
use super::errors::{SpeedErrors, SpeedPoint};
use super::rows::SpeedKind;
use crate::catalog::Catalog;
use crate::engine::speed::{Chip, SpeedEngine, layered_prompt, layered_prompt_in_turn, layered_token};
use crate::evidence::EvidenceError;
use crate::evidence::score::Validation;
use crate::evidence::table::Table;
use crate::spec::{Calibration, TransferFit, TransferTerms};

const ROWS: Table = Table::new(
    "throughput_devices.csv",
    include_str!("../../../assets/evidence/measurements/throughput_devices.csv"),
);

/// Tokens of a chunk in those runs.
const CHUNK: f64 = 512.0;

/// A speed on several devices, beside that of one.
#[derive(Clone, Debug)]
pub struct Transfer {
    row: Row,
    chip: Chip,
}

#[derive(Clone, Debug, Deserialize)]
struct Row {
    source: String,
    machine: String,
    devices: u32,
    layers: f64,
    kind: SpeedKind,
    /// Tokens of the prompt, or of the answer.
    tokens: f64,
    /// Tokens a second on one device.
    alone: f64,
    /// Tokens a second on all.
    tokens_per_s: f64,
}

/// Every such measurement.
///
/// # Errors
/// When the table does not read, or names a chip that is not known.
pub fn transfers(catalog: &Catalog) -> Result<Vec<Transfer>, EvidenceError> {
    let chips = Chips::of(catalog)?;
    let with_chip = |row: Row| chips.chip(&row.machine).map(|chip| Transfer { row, chip });
    ROWS.rows::<Row>()?.into_iter().map(with_chip).collect()
}

impl Transfer {
    /// Tokens of the prompt; `None` where an answer is decoded.
    fn prompt(&self) -> Option<f64> {
        (self.row.kind == SpeedKind::Prefill).then_some(self.row.tokens)
    }

    /// Seconds a token on one device.
    fn alone(&self) -> f64 {
        1.0 / self.row.alone
    }

    /// Seconds a token on all.
    fn on_all(&self) -> f64 {
        1.0 / self.row.tokens_per_s
    }

    fn predicted(&self, terms: TransferTerms) -> f64 {
        match self.prompt() {
            None => layered_token(self.alone(), self.row.devices, terms),
            Some(tokens) => {
                let alone = self.alone() * tokens;
                layered_prompt(alone, (tokens, CHUNK), self.row.devices, self.row.layers, terms) / tokens
            }
        }
    }

    /// The same where each chunk waits for the one before.
    fn slowest(&self, terms: TransferTerms) -> f64 {
        match self.prompt() {
            None => self.predicted(terms),
            Some(tokens) => {
                let alone = self.alone() * tokens;
                layered_prompt_in_turn(alone, (tokens, CHUNK), self.row.devices, terms) / tokens
            }
        }
    }

    /// The engine's band of such a chip.
    fn band(&self, calibration: &Calibration) -> (f64, f64) {
        let of_chip = if self.row.kind == SpeedKind::Prefill {
            let group = self.chip.prefill_group(SpeedEngine::LlamaCpp);
            calibration.prefill(group).map(|fitted| fitted.band)
        } else {
            calibration.decode(self.chip.decode_group(SpeedEngine::LlamaCpp)).map(|fitted| fitted.band)
        };
        of_chip.unwrap_or((1.0, 1.0))
    }

    /// Size of the error in the logarithm, so that twice and half weigh the same.
    fn off(&self, terms: TransferTerms) -> f64 {
        (self.predicted(terms) / self.on_all()).ln().abs()
    }

    /// The prediction beside the measurement, with the engine's band around it.
    fn compared(&self, terms: TransferTerms, calibration: &Calibration) -> SpeedPoint {
        let (low, high) = self.band(calibration);
        let predicted = self.predicted(terms);
        let band = predicted / high..=self.slowest(terms) / low;
        let Row { machine, devices, layers, tokens, .. } = &self.row;
        SpeedPoint {
            name: format!("{layers} layers, {tokens} tokens on {devices} × {machine}"),
            predicted: 1.0 / predicted,
            measured: self.row.tokens_per_s,
            error: predicted / self.on_all() - 1.0,
            inside: band.contains(&self.on_all()),
            wide: self.slowest(terms) / low / (predicted / high),
        }
    }
}

/// Steps of the search, and how fine they are: 20 µs a token, 0.1 ms a chunk, 0.1 µs a token that a chunk sees.
const STEPS: u32 = 40;

/// The terms with the least mean error: decode and prefill are apart, each with two terms.
fn fit(rows: &[&Transfer]) -> TransferTerms {
    let best = |of: &dyn Fn(f64, f64) -> TransferTerms, kind: SpeedKind| {
        let own: Vec<&Transfer> = rows.iter().copied().filter(|row| row.row.kind == kind).collect();
        let steps = (0..STEPS).flat_map(|first| (0..STEPS).map(move |second| (first, second)));
        let off = |terms: TransferTerms| own.iter().map(|row| row.off(terms)).sum::<f64>();
        steps
            .map(|(first, second)| of(f64::from(first), f64::from(second)))
            .min_by(|a, b| off(*a).total_cmp(&off(*b)))
            .unwrap_or_default()
    };
    let decode = best(
        &|first, second| TransferTerms {
            token: first * 20.0 / 1e6,
            token_hop: second * 20.0 / 1e6,
            ..TransferTerms::default()
        },
        SpeedKind::Decode,
    );
    let prefill = best(
        &|first, second| TransferTerms {
            chunk_hop: first * 100.0 / 1e6,
            chunk_hop_token: second * 100.0 / 1e9,
            ..TransferTerms::default()
        },
        SpeedKind::Prefill,
    );
    TransferTerms { chunk_hop: prefill.chunk_hop, chunk_hop_token: prefill.chunk_hop_token, ..decode }
}

/// The figures that ship.
pub(super) fn transfer_terms(rows: &[Transfer]) -> TransferFit {
    let all: Vec<&Transfer> = rows.iter().collect();
    let set = |of: &dyn Fn(&Row) -> String| rows.iter().map(|row| of(&row.row)).collect::<BTreeSet<String>>();
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    TransferFit {
        terms: fit(&all),
        rows: small(rows.len()),
        machines: small(set(&|row| row.machine.clone()).len()),
        sources: set(&|row| row.source.clone()).into_iter().collect(),
    }
}

/// Errors of decode and prefill on several devices, each machine predicted from the others, given what one of its
/// devices reaches; the band is the engine's around that.
pub fn transfer_errors(rows: &[Transfer], calibration: &Calibration) -> Vec<SpeedErrors> {
    let machines: BTreeSet<&str> = rows.iter().map(|row| row.row.machine.as_str()).collect();
    let mut found: Vec<(SpeedKind, SpeedPoint)> = Vec::new();
    for machine in machines {
        let others: Vec<&Transfer> = rows.iter().filter(|row| row.row.machine != machine).collect();
        let terms = fit(&others);
        let own = rows.iter().filter(|row| row.row.machine == machine);
        found.extend(own.map(|row| (row.row.kind, row.compared(terms, calibration))));
    }
    let line = |name: &str, kind: SpeedKind| {
        let own: Vec<SpeedPoint> =
            found.iter().filter(|row| row.0 == kind).map(|row| row.1.clone()).collect();
        SpeedErrors::of(name, kind, Validation::LeaveOneMachineOut { chosen: 0 }, own)
    };
    vec![
        line("multi-device by layers, decode, from one device's speed", SpeedKind::Decode),
        line("multi-device by layers, prefill, from one device's speed", SpeedKind::Prefill),
    ]
}
