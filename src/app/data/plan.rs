//! The plan page: what would make it fit, step by step.

use std::sync::Arc;

use crate::app::answers::Answers;
use crate::app::state::AppState;
use crate::app::text;
use crate::catalog::{calibration, quality};
use crate::engine::plan::{Keyed, NotOffered, Offered, Plan, Step, plan};
use crate::engine::solve::{Change, Variants as _};
use crate::engine::{Assumptions, Resolved, Use, Verdict};
use crate::report::{
    note_words, plan_command, start_command, start_note, step_figures, step_words, tried_words, why_words,
};
use crate::spec::{Machine, Scenario};

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StepData {
    /// What it does: `KV cache: f16 → q8_0`.
    pub what: String,
    /// What it saves, what is needed then, and what it does to speed.
    pub figures: String,
    /// What it does to results.
    pub note: String,
    /// What is typed to do it; nothing where no single command does.
    pub command: Option<String>,
    /// The verdict after it.
    pub verdict: Verdict,
    /// The settings it and all before it move.
    pub changes: Vec<Change>,
}

/// Steps under a title.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way {
    /// `Least damage first`, `Shortest`.
    pub title: String,
    /// The steps in order.
    pub steps: Vec<StepData>,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PlanData {
    /// What stands first, in a sentence.
    pub says: String,
    /// Ways to make it fit, the gentlest first.
    pub ways: Vec<Way>,
    /// What people expect to help and does not: what, and why.
    pub not_offered: Vec<(String, String)>,
    /// What is typed to start the scenario as it stands; nothing where it does not fit, or no single command does.
    pub start: Option<String>,
    /// What names in it stand for, or why there is none.
    pub start_note: Option<String>,
}

/// What is planned: a scenario on a machine, and as that machine is asked it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    scenario: Scenario,
    usage: Use,
    machine: Arc<Machine>,
    resolved: Resolved,
}

impl Ask {
    /// Of a state; `None` while the machine is being looked at.
    pub(crate) fn of(state: &AppState, answers: &Answers) -> Option<Self> {
        Some(Self {
            scenario: state.scenario.clone(),
            usage: state.usage,
            machine: Arc::clone(answers.machine.as_ref()?),
            resolved: answers.estimate.resolved.clone(),
        })
    }

    /// Whether a state still asks it.
    pub(crate) fn is(&self, state: &AppState, answers: &Answers) -> bool {
        self.scenario == state.scenario
            && self.usage == state.usage
            && answers.machine.as_ref().is_some_and(|machine| *machine == self.machine)
    }
}

/// The page of a question; it takes longer than a frame may.
pub(crate) fn build(ask: &Ask, offered: &dyn Offered) -> PlanData {
    let Ask { scenario, usage, machine, resolved } = ask;
    let assumptions = Assumptions { usage: *usage, ..Assumptions::new(calibration()) };
    let Some(variants) = Keyed::of(scenario, offered) else { return PlanData::default() };
    let Some(found) = plan(&variants, machine, &assumptions) else { return PlanData::default() };
    let start = found.verdict.fits().then(|| start_command(resolved)).flatten();
    let start_note = found.verdict.fits().then(|| start_note(resolved)).flatten();
    // What cannot run as it was asked is told in the words of what runs.
    let after = found.steps.last().filter(|_| found.verdict == Verdict::CannotRun);
    let resolved = after.map_or(resolved, |step| &step.after);
    let way = |title: &str, steps: &[Step]| Way {
        title: title.to_owned(),
        steps: (0..steps.len()).filter_map(|at| step(steps.get(..=at)?, machine, resolved)).collect(),
    };
    let mut ways = Vec::new();
    if !found.steps.is_empty() {
        ways.push(way(text::least_damage_first(), &found.steps));
    }
    ways.extend(found.alternatives.iter().map(|other| way(capitalized(other.name), &other.steps)));
    let tried = |other: &NotOffered| (tried_words(other, &resolved.scenario), why_words(other));
    PlanData {
        says: says(&found),
        ways,
        not_offered: found.not_offered.iter().map(tried).collect(),
        start,
        start_note,
    }
}

/// The state with a step and all before it done, as `--set` and `--machine` have it.
pub(crate) fn applied(state: &AppState, changes: &[Change], offered: &dyn Offered) -> Option<AppState> {
    let (machine, settings): (Vec<Change>, Vec<Change>) =
        changes.iter().cloned().partition(|change| change.key == "machine");
    let scenario = Keyed::of(&state.scenario, offered)?.with(&settings)?;
    let mut after = state.clone();
    if let Some(machine) = machine.last() {
        after.ask_of(&machine.value);
    }
    after.open(scenario);
    Some(after)
}

fn capitalized(name: &'static str) -> &'static str {
    match name {
        "shortest" => text::fewest_steps(),
        "shortest, best quality" => text::fewest_steps_same_results(),
        "best quality" => text::the_same_results_whatever(),
        "faster" => text::faster_way(),
        "sampled neighbors" => text::sampled_neighbors_way(),
        "fewer bits" => text::fewer_bits_way(),
        "more devices" => text::more_devices_way(),
        "smaller model" => text::a_smaller_model(),
        "next machine" => text::another_machine(),
        other => other,
    }
}

fn says(plan: &Plan) -> String {
    match (plan.verdict, plan.reaches) {
        (Verdict::Fits | Verdict::Tight, _) => text::it_fits_nothing_has().to_owned(),
        (Verdict::CannotRun, _) if plan.steps.is_empty() => text::it_does_not_run_there().to_owned(),
        (_, Verdict::Fits | Verdict::Tight) => match (plan.verdict, plan.steps.len()) {
            (Verdict::CannotRun, 1) => text::one_step_makes_it_run().to_owned(),
            (Verdict::CannotRun, steps) => text::steps_make_it_run(&steps),
            (_, 1) => text::one_step_makes_it_fit().to_owned(),
            (_, steps) => text::steps_make_it_fit(&steps),
        },
        _ if plan.steps.is_empty() => text::no_step_known_here_helps().to_owned(),
        _ => text::these_steps_help().to_owned(),
    }
}

/// The last of some steps, with the changes of all.
fn step(steps: &[Step], machine: &Arc<Machine>, resolved: &Resolved) -> Option<StepData> {
    let last = steps.last()?;
    let mut changes: Vec<Change> = Vec::new();
    for change in steps.iter().flat_map(|step| &step.changes) {
        changes.retain(|before| before.key != change.key);
        changes.push(change.clone());
    }
    Some(StepData {
        what: step_words(last, &resolved.scenario),
        figures: step_figures(last).replacen('-', "−", 1),
        note: note_words(last, &resolved.scenario, quality()),
        command: plan_command(last, machine),
        verdict: last.verdict,
        changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::files::Known;
    use crate::catalog::Catalog;
    use crate::engine::estimate;
    use crate::engine::solve::fits;
    use crate::spec::preset::{parse, resolve, write};

    const DAY: &str = "2026-11-27";

    #[test]
    fn what_a_step_applies_is_what_it_says() {
        let catalog = Catalog::built_in();
        let known = Known { catalog: &catalog, today: DAY };
        let (state, answers) = crate::app::data::tests::asked_of("llama-3.3-70b", "rtx-4090-24gb");
        let data = build(&Ask::of(&state, &answers).expect("a machine"), &known);
        for way in &data.ways {
            let last = way.steps.last().expect("with steps");
            let after = applied(&state, &last.changes, &known).expect("they are settings of it");
            let machine = catalog.machine(&after.machine).expect("it is listed");
            let estimate = estimate(&after.scenario, machine, &Assumptions::new(calibration()));
            assert_eq!(estimate.fit.verdict, last.verdict, "{way:?}");
            assert!(fits(&estimate.fit), "{way:?}");
        }
        assert!(data.says.ends_with("would make it fit"), "{}", data.says);
    }

    #[test]
    fn what_is_planned_here_is_what_the_terminal_plans_of_the_saved_file() {
        let catalog = Catalog::built_in();
        let known = Known { catalog: &catalog, today: DAY };
        let context = crate::cli::Context::built_in(DAY);
        let keys_of = |data: &PlanData| -> Vec<Vec<Change>> {
            data.ways
                .iter()
                .map(|way| way.steps.last().map(|step| step.changes.clone()).unwrap_or_default())
                .collect()
        };
        let mut stood_in = 0;
        for (model, machine) in [
            ("llama-3.3-70b", "rtx-4090-24gb"),
            ("qwen2.5-72b", "rtx-3060-12gb"),
            ("llama-3.1-405b", "apple-m4-10c-16gb"),
        ] {
            let (state, answers) = crate::app::data::tests::asked_of(model, machine);
            let here = keys_of(&build(&Ask::of(&state, &answers).expect("a machine"), &known));
            let text = write(&state.scenario, None);
            let keys = parse(&text, "saved").expect("it was written").remove(0);
            assert!(resolve(keys.clone(), &context).is_ok(), "{text}");
            let machine = catalog.machine(machine).expect("it is listed");
            let variants = Keyed::new(keys, &context);
            let there = plan(&variants, machine, &Assumptions::new(calibration())).expect("a plan");
            let others = there.alternatives.iter().map(|other| &other.steps);
            let ways = std::iter::once(&there.steps).filter(|steps| !steps.is_empty()).chain(others);
            for (way, steps) in here.iter().zip(ways) {
                let mut wanted: Vec<Change> = Vec::new();
                for change in steps.iter().flat_map(|step| &step.changes) {
                    stood_in += usize::from(["model", "machine"].contains(&change.key));
                    wanted.retain(|before| before.key != change.key);
                    wanted.push(change.clone());
                }
                assert_eq!(*way, wanted, "{model} on {}", machine.id);
            }
            let count = usize::from(!there.steps.is_empty()) + there.alternatives.len();
            assert_eq!(here.len(), count, "{model} on {}", machine.id);
        }
        assert!(stood_in > 0, "some of these need a smaller model or another machine");
    }

    #[test]
    fn what_fits_is_started() {
        let catalog = Catalog::built_in();
        let known = Known { catalog: &catalog, today: DAY };
        let (state, answers) = crate::app::data::tests::asked_of("llama-3.1-8b", "rtx-4090-24gb");
        let data = build(&Ask::of(&state, &answers).expect("a machine"), &known);
        assert!(data.ways.is_empty() && data.says.starts_with("It fits"), "{data:?}");
        let start = data.start.expect("llama.cpp has one command");
        assert!(start.starts_with("llama-server -m llama-3.1-8b-Q4_K_M.gguf -c 8192"), "{start}");
    }
}
