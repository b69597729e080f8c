//! Coefficients of training from published runs: least sum of errors in the logarithm, each coefficient held near a
//! round figure that physics suggests.

use crate::engine::speed::TrainingWork;
use crate::spec::{SpeedGroup, TrainingTerms};

/// A measured run, as far as coefficients go.
#[derive(Clone, Copy, Debug)]
pub(super) struct MeasuredRun {
    /// What a pass of it is made of.
    pub(super) work: TrainingWork,
    /// The family of its chip.
    pub(super) family: SpeedGroup,
    /// Tokens a second of all devices, as published.
    pub(super) tokens_per_s: f64,
}

impl MeasuredRun {
    /// Size of the error in the logarithm, so that twice and half weigh the same.
    fn off(&self, terms: &TrainingTerms) -> f64 {
        (self.work.tokens_per_s(terms) / self.tokens_per_s).ln().abs()
    }
}

/// Where the search starts, and what holds coefficients that no run decides: products reach the rated peak of
/// `GeForce`, three quarters of others'; an A100's narrower share falls with the third root of operations a byte;
/// plain operations move a kilobyte for each value of the hidden width, fused ones a third of that; a layer takes
/// 1.7 ms to start from Python; each of its eight gradients takes DeepSpeed's hooks 0.4 ms.
const START: TrainingTerms = TrainingTerms {
    geforce: 1.0,
    full_rate: 0.78,
    apple: 0.6,
    narrowing: 0.35,
    borrowed: 0.6,
    plain_values: 900.0,
    fused_values: 350.0,
    mlx_values: 900.0,
    plain_logits: 24.0,
    fused_logits: 10.0,
    plain_launch: 1.6,
    fused_launch: 0.2,
    mlx_launch: 0.5,
    bucket_launch: 3.0,
    unpacking: 2.0,
    adapters: 1.3,
    scores: 3.0,
};

/// How firmly each coefficient is held: what a change by a factor of e costs, in errors of one run.
const HELD: f64 = 0.3;
/// Steps of the search in the logarithm, from coarse to fine.
const STEPS: [f64; 7] = [0.4, 0.2, 0.1, 0.05, 0.025, 0.01, 0.005];
/// Rounds of each step.
const ROUNDS: usize = 12;

/// The coefficients of some runs, from the start.
pub(super) fn fitted(runs: &[MeasuredRun]) -> TrainingTerms {
    searched(START, runs, &STEPS)
}

/// The coefficients of some runs, from those of others that are nearly the same.
pub(super) fn fitted_from(near: TrainingTerms, runs: &[MeasuredRun]) -> TrainingTerms {
    searched(near, runs, &STEPS)
}

/// One coefficient at a time, up or down a step while the loss falls.
fn searched(from: TrainingTerms, runs: &[MeasuredRun], steps: &[f64]) -> TrainingTerms {
    let mut terms = from.to_array();
    let mut least = loss(&terms, runs);
    for step in steps {
        for _ in 0..ROUNDS {
            let before = least;
            for at in 0..terms.len() {
                for factor in [step.exp(), (-step).exp()] {
                    let mut tried = terms;
                    tried[at] *= factor;
                    let loss = loss(&tried, runs);
                    if loss < least {
                        (terms, least) = (tried, loss);
                        break;
                    }
                }
            }
            if least >= before - 1e-6 {
                break;
            }
        }
    }
    let mut terms = TrainingTerms::from_array(terms);
    terms.borrowed = borrowed(&terms, runs);
    terms
}

fn loss(terms: &[f64; TrainingTerms::COUNT], runs: &[MeasuredRun]) -> f64 {
    let of = TrainingTerms::from_array(*terms);
    let errors: f64 = runs.iter().map(|run| run.off(&of)).sum();
    let held = terms.iter().zip(START.to_array()).map(|(term, start)| (term / start).ln());
    HELD.mul_add(held.map(|off| off * off).sum(), errors)
}

/// Of the rate of prompts, what products of training reach: the mean over the families that were measured, each once.
fn borrowed(terms: &TrainingTerms, runs: &[MeasuredRun]) -> f64 {
    let mut families: Vec<(_, f64)> = Vec::new();
    for run in runs {
        if !families.iter().any(|(known, _)| *known == run.family) {
            families.push((run.family, run.work.over_prompts(terms)));
        }
    }
    if families.is_empty() {
        return terms.borrowed;
    }
    let number = f64::from(u32::try_from(families.len()).unwrap_or(u32::MAX));
    (families.iter().map(|(_, share)| share.ln()).sum::<f64>() / number).exp()
}

/// Between which shares nine in ten lie.
pub(super) fn band_of(ratios: &[f64]) -> (f64, f64) {
    let mut sorted = ratios.to_vec();
    sorted.sort_by(f64::total_cmp);
    (super::fit::quantile(&sorted, 0.05).min(0.95), super::fit::quantile(&sorted, 0.95).max(1.05))
}
