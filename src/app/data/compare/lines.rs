//! Which lines the table has for a workload, and what is better in each.

use super::machine::parts;
use super::work::span;
use crate::app::columns::{Direction, Line};
use crate::app::evaluated::Evaluated;
use crate::app::form;
use crate::app::state::AppState;
use crate::app::text;
use crate::engine::axis::Axis;
use crate::engine::{FigureName, PartName, graph};
use crate::report::Against;
use crate::spec::{Diffusion, DiffusionMode, Scenario, Workload};

/// What is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    /// Less of it.
    Less,
    /// More of it.
    More,
}

impl Better {
    /// Whether one value is better than another.
    pub(super) fn is(self, value: f64, other: f64) -> bool {
        match self {
            Self::Less => value < other,
            Self::More => value > other,
        }
    }

    /// A value turned so that the least comes first.
    pub(super) fn first(self, value: Option<f64>, direction: Direction) -> Option<f64> {
        let rising = (self == Self::Less) == (direction == Direction::BestFirst);
        value.map(|value| if rising { value } else { -value })
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Which.
    pub line: Line,
    /// What it is called.
    pub label: String,
    /// What is said under that.
    pub under: String,
    /// The heading over it.
    pub section: Option<&'static str>,
    /// What is better, if anything is.
    pub better: Option<Better>,
    /// How it is held against the baseline.
    pub against: Against,
}

/// Every line for a scenario on machines.
pub(super) fn lines(state: &AppState, shown: &[&Evaluated]) -> Vec<Kind> {
    let scenario = &state.scenario;
    let mut lines = vec![
        kind(Line::Runtime, text::runs_with(), None, Against::Nothing),
        kind(Line::Verdict, text::verdict(), None, Against::Nothing),
        Kind {
            section: Some(text::claim_working_memory()),
            ..kind(Line::Memory, text::memory_at_the_peak(), None, Against::Gib)
        },
        kind(Line::Headroom, text::headroom(), Some(Better::More), Against::Nothing),
        kind(Line::Largest, largest(scenario), Some(Better::More), Against::Ratio),
    ];
    lines.extend(headed(text::lines_time(), times(scenario)));
    lines.extend(headed(text::money(), money(state)));
    let parts = named_parts(shown);
    let parts = parts.into_iter().map(|part| kind(Line::Part(part), part.label(), None, Against::Gib));
    lines.extend(headed(text::peak_by_part(), parts.collect()));
    lines.extend(headed(
        text::the_machine(),
        vec![
            kind(Line::Power, text::power_under_load(), Some(Better::Less), Against::Watts),
            kind(Line::Noise, text::noise(), None, Against::Nothing),
            kind(Line::Size, text::lines_size(), None, Against::Nothing),
            kind(Line::Capacity, text::claim_working_memory(), Some(Better::More), Against::Nothing),
            kind(Line::Bandwidth, text::memory_bandwidth(), Some(Better::More), Against::Ratio),
            kind(Line::Software, text::also_runs(), None, Against::Nothing),
        ],
    ));
    lines
}

fn kind(line: Line, label: &str, better: Option<Better>, against: Against) -> Kind {
    Kind { line, label: label.to_owned(), under: String::new(), section: None, better, against }
}

/// Lines under a heading.
fn headed(section: &'static str, mut lines: Vec<Kind>) -> Vec<Kind> {
    if let Some(first) = lines.first_mut() {
        first.section = Some(section);
    }
    lines
}

fn largest(scenario: &Scenario) -> &'static str {
    match form::first_axis(scenario) {
        Axis::EDGES => text::largest_graph_that_fits(),
        Axis::SEQUENCE | Axis::MAX_SEQUENCE => text::longest_sequence_that_fits(),
        Axis::RESOLUTION => text::largest_image_that_fits(),
        _ => text::longest_context_that_fits(),
    }
}

/// Parts of the peak on any of the machines.
fn named_parts(shown: &[&Evaluated]) -> Vec<PartName> {
    let mut names: Vec<PartName> =
        shown.iter().flat_map(|evaluated| parts(&evaluated.estimate)).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn times(scenario: &Scenario) -> Vec<Kind> {
    let faster = |line, label| kind(line, label, Some(Better::More), Against::Ratio);
    let shorter = |line, label| kind(line, label, Some(Better::Less), Against::Ratio);
    match &scenario.workload {
        Workload::Gnn(_) => {
            vec![shorter(Line::Epoch, text::an_epoch()), shorter(Line::Run, text::the_whole_run())]
        }
        Workload::Diffusion(diffusion) if diffusion.mode == DiffusionMode::Lora => {
            vec![shorter(Line::Image, text::a_step()), shorter(Line::Run, text::a_training_run())]
        }
        Workload::Diffusion(diffusion) => vec![shorter(Line::Image, made(diffusion))],
        workload => match graph::inference(workload) {
            Some(_) if !scenario.writes_text() => vec![
                faster(Line::Texts, FigureName::Texts.label()),
                faster(Line::Prefill, FigureName::Prefill.label()),
                shorter(Line::TextsAtOnce, FigureName::TextsAtOnce.label()),
            ],
            Some(inference) => {
                let mut lines = vec![faster(Line::Decode, text::decode_one_request())];
                if inference.concurrency > 1 {
                    lines.push(faster(Line::Aggregate, text::aggregate_throughput()));
                }
                lines.push(shorter(Line::TimeToFirstToken, text::time_to_first_token_ttft()));
                lines.push(shorter(Line::TimePerOutputToken, text::time_per_output_token_tpot()));
                lines
            }
            None => vec![
                faster(Line::TrainTokens, text::training_speed()),
                shorter(Line::Run, text::a_training_run()),
            ],
        },
    }
}

/// What is made.
fn made(diffusion: &Diffusion) -> &'static str {
    if diffusion.frames > 1 { text::a_clip() } else { text::an_image() }
}

fn money(state: &AppState) -> Vec<Kind> {
    let cheaper = |line, label| kind(line, label, Some(Better::Less), Against::Dollars);
    let shared = |kind: Kind| Kind { under: text::its_price_shared_out_over().to_owned(), ..kind };
    let run = shared(cheaper(Line::RunDollars, text::a_run()));
    let tokens = shared(cheaper(Line::MillionTokens, text::a_million_tokens()));
    let mut lines = vec![cheaper(Line::Price, text::to_buy_or_an_hours())];
    match &state.scenario.workload {
        Workload::Diffusion(diffusion) if diffusion.mode == DiffusionMode::Generate => {
            lines.push(Kind { label: made(diffusion).to_owned(), ..run });
        }
        Workload::Gnn(_) | Workload::Diffusion(_) => lines.push(run),
        workload if graph::inference(workload).is_some() => lines.push(tokens),
        _ => lines.extend([run, tokens]),
    }
    lines.push(Kind { under: span(state), ..cheaper(Line::Total, text::all_together()) });
    lines
}
