//! Models × quantizations × machines as one table: each model on each machine in the best quantization that fits.

mod contender;
mod order;
mod row;

use std::sync::Arc;

pub use contender::Contender;
pub use order::{HEAVY_LOSS, Months, Sort, sort};
pub use row::Row;

use super::{Assumptions, Held, Question, Verdict};
pub use crate::spec::best_first;
use crate::spec::{Machine, Quality, QualityLoss};
use crate::units::Bytes;

/// Of what one step takes beside its weights, what every other takes at least.
const BESIDE: f64 = 0.9;

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
    let runs = |question: &mut Question<'_>| question.resolved(machine, assumptions).refusal.is_none();
    let as_asked = |question: &mut Question<'_>| {
        let asked = question.scenario().inference().map(|inference| inference.quantization);
        let resolved = question.resolved(machine, assumptions);
        let answered = resolved.scenario.inference().map(|inference| inference.quantization);
        resolved.refusal.is_none() && answered == asked
    };
    // What lies beside the weights is the same however they are stored.
    let mut beside = Bytes::ZERO;
    let fitting = steps.iter_mut().position(|question| {
        if !question.may_fit(held, beside) || !as_asked(question) {
            return false;
        }
        let fits = question.verdict(held, assumptions) <= Verdict::Tight;
        beside = beside.max(question.beside_weights(held) * BESIDE);
        fits
    });
    fitting
        .or_else(|| steps.iter_mut().rposition(as_asked))
        .or_else(|| {
            let mut fits =
                |question: &mut Question<'_>| question.verdict(held, assumptions) <= Verdict::Tight;
            steps.iter_mut().position(|question| runs(question) && fits(question))
        })
        .or_else(|| steps.iter_mut().rposition(runs))
        .unwrap_or(0)
}
