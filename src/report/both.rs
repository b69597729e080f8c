//! Two scenarios side by side: a machine for both, and both on each machine.

use std::sync::Arc;

use super::advice::{named, price, speed};
use super::beside::Beside;
use super::decision::Decision;
use super::figures_of::fits;
use super::markup::quoted;
use super::{Answer, Report};
use crate::spec::{Machine, Scenario};

/// Which machine holds both, and how fast each runs there; nothing of one scenario alone.
pub(super) fn for_both(decisions: &[Decision<'_>]) -> Option<String> {
    let [own, other] = decisions else { return None };
    let holds = |answer: &&Answer| fits(&answer.estimate);
    let held: Vec<&Answer> = other.order.iter().copied().filter(holds).collect();
    let pairs: Vec<[&Answer; 2]> = own
        .order
        .iter()
        .copied()
        .filter(holds)
        .flat_map(|answer| held.iter().map(move |same| [answer, *same]))
        .filter(|[answer, same]| answer.machine.id == same.machine.id)
        .collect();
    let several = own.order.len() > 1;
    let Some([first, second]) = pairs.first() else {
        let held =
            if several { "No machine here is known to hold both" } else { "It is not known to hold both" };
        return Some(format!("{held}."));
    };
    let (name, price) = (named(&first.machine), price(&first.machine));
    let lead = match (several, pairs.len()) {
        (false, _) => format!("The {name}, {price}, holds both"),
        (true, 1) => format!("One machine holds both: the {name}, {price}"),
        (true, _) => format!("Of those that hold both, the {name}, {price}, costs least to buy and run"),
    };
    let speeds = [(own, first), (other, second)].map(|(decision, answer)| {
        let said = speed(answer).unwrap_or_else(|| "its speed is unknown".to_owned());
        format!("{}: {}", quoted(decision.subject.scenario), lowered(&said))
    });
    Some(format!("{lead}. There {}; {}.", speeds[0], speeds[1]))
}

/// The same within a sentence.
fn lowered(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The heading of both on each machine.
pub(super) fn pairs_head(other: &Beside) -> String {
    format!("Beside {}, machine by machine", quoted(&other.scenario))
}

/// Both scenarios on each machine in turn, each named with its own, in the order of a decision; nothing where there is
/// one alone.
pub(super) fn in_pairs(report: &Report, decision: &Decision<'_>) -> Vec<Answer> {
    let Some(other) = &report.other else { return Vec::new() };
    // A run and an answer have no line in common.
    if report.scenario.workload.family() != other.scenario.workload.family() {
        return Vec::new();
    }
    let named = |answer: &Answer, scenario: &Scenario| {
        let name = format!("{}: {}", answer.machine.name, scenario.name);
        let machine = Arc::new(Machine { name, ..(*answer.machine).clone() });
        Answer { machine, estimate: answer.estimate.clone() }
    };
    let pair = |own: &&Answer| {
        let same = other.answers.iter().find(|answer| answer.machine.id == own.machine.id)?;
        Some([named(own, &report.scenario), named(same, &other.scenario)])
    };
    decision.order.iter().filter_map(pair).flatten().collect()
}
