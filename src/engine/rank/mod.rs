//! Models × quantizations × machines as one table: each model on each machine in the best quantization that fits.

mod contender;
mod order;

use std::sync::Arc;

pub use contender::{Contender, best_first};
pub use order::{HEAVY_LOSS, Sort, sort};

use super::solve::fits;
use super::speed::{InferenceSpeed, Speed};
use super::{Assumptions, Estimate, Held, Question, Verdict};
use crate::spec::{Machine, Quality, QualityLoss, Quantization};
use crate::units::Bytes;

/// A model on a machine, in the best quantization that fits there, or else in the smallest.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows there.
    pub estimate: Estimate,
    /// What is known of how the model answers in its quantization.
    pub quality: Option<Quality<'a>>,
}

impl Row<'_> {
    /// The quantization that it is answered in; `None` for a workload whose weights are not chosen so.
    pub fn quantization(&self) -> Option<Quantization> {
        self.estimate.resolved.scenario.inference().map(|inference| inference.quantization)
    }

    /// What it needs at its peak, by best estimate; `None` where it does not run.
    pub fn memory(&self) -> Option<Bytes> {
        self.estimate.budget.peak().map(|phase| phase.total().best)
    }

    /// Whether it fits.
    pub fn fits(&self) -> bool {
        fits(&self.estimate.fit)
    }

    /// How fast it answers, where it is asked to.
    pub fn inference(&self) -> Option<&InferenceSpeed> {
        match &self.estimate.speed {
            Some(Speed::Inference(speed)) => Some(speed),
            _ => None,
        }
    }
}

/// A row for each of the contenders on each of the machines. What is the same on several machines is computed once.
pub fn rank<'a>(
    contenders: &[Contender],
    machines: &[Arc<Machine>],
    assumptions: &Assumptions<'_>,
    known: &'a [QualityLoss],
) -> Vec<Row<'a>> {
    let mut rows = Vec::with_capacity(contenders.len() * machines.len());
    let mut held: Vec<Held<'_>> = machines.iter().map(Held::new).collect();
    for contender in contenders {
        let mut steps: Vec<Question<'_>> = contender.steps().iter().map(Question::new).collect();
        for (machine, held) in machines.iter().zip(&mut held) {
            let at = best_that_fits(&mut steps, (machine, held), assumptions);
            let Some(question) = steps.get_mut(at) else { continue };
            let estimate = question.on(machine, assumptions);
            let scenario = &estimate.resolved.scenario;
            let quality = scenario.language().zip(scenario.inference()).and_then(|(language, inference)| {
                Quality::of(&language.model, inference.quantization, known)
            });
            rows.push(Row { machine: Arc::clone(machine), estimate, quality });
        }
    }
    rows
}

/// The first step that fits; where none does the last one that runs, which is the smallest. A step that the machine
/// answers in another format is the row of that format, so it counts only where all are.
fn best_that_fits(
    steps: &mut [Question<'_>],
    (machine, held): (&Machine, &mut Held<'_>),
    assumptions: &Assumptions<'_>,
) -> usize {
    if steps.len() <= 1 {
        return 0;
    }
    let mut first = |wanted: &dyn Fn(&mut Question<'_>) -> bool| {
        let mut last = None;
        for (at, question) in steps.iter_mut().enumerate() {
            if !wanted(question) {
                continue;
            }
            if question.verdict(held, assumptions) <= Verdict::Tight {
                return Some(at);
            }
            last = Some(at);
        }
        last
    };
    let runs = |question: &mut Question<'_>| question.resolved(machine, assumptions).refusal.is_none();
    let unchanged = |question: &mut Question<'_>| {
        let asked = question.scenario().inference().map(|inference| inference.quantization);
        let answered = &question.resolved(machine, assumptions).scenario;
        answered.inference().map(|inference| inference.quantization) == asked
    };
    first(&|question| runs(question) && unchanged(question)).or_else(|| first(&runs)).unwrap_or(0)
}
