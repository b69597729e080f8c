//! What was asked, in words: one line a setting.

use super::Report;
use super::markup::quoted;
use crate::engine::graph;
use crate::spec::{Graph, LanguageModel, Place, Scenario, Setting, Workload};
use crate::units::{show_decimals, show_grouped, whole};

/// The name is the report's title, the model has a line of its own, and the family shows.
const UNSAID: [&str; 3] = ["family", "name", "model"];

/// What was asked, a line a setting, without full stops: what a form shows first, and everything else that is not as it
/// is usual.
pub fn asked(scenario: &Scenario) -> Vec<String> {
    let mut lines: Vec<String> = scenario.language().map(of_model).into_iter().collect();
    lines.extend(scenario.graph().into_iter().flat_map(of_graphs));
    lines.extend(scenario.graph().and_then(|_| follows(&scenario.workload)));
    let usual = scenario.usual();
    let said = |setting: &&Setting| {
        let first = matches!(setting.place, Place::Head | Place::Slider | Place::Main);
        let chief = first && setting.means(scenario);
        let entry = setting.entry(scenario);
        // A context that the server opens by itself is none that was asked for.
        let left = setting.key == "context" && scenario.opens_by_itself();
        entry.is_some()
            && !left
            && !UNSAID.contains(&setting.key)
            && (chief || entry != setting.entry(&usual))
    };
    lines.extend(Setting::of(scenario).filter(said).map(|setting| setting.line(scenario)));
    lines
}

/// What was asked in a report: a heading and its lines. Of two scenarios the second says what is not so in the first.
pub(super) fn asked_of(report: &Report) -> Vec<(String, Vec<String>)> {
    let own = asked(&report.scenario);
    let Some(other) = &report.other else { return vec![(String::new(), own)] };
    let lines = asked(&other.scenario);
    if report.scenario.workload.family() != other.scenario.workload.family() {
        return vec![(quoted(&report.scenario), own), (quoted(&other.scenario), lines)];
    }
    let differs: Vec<String> = lines.iter().filter(|line| !own.contains(line)).cloned().collect();
    let same = lines.len() - differs.len();
    let head = quoted(&other.scenario);
    let (head, lines) = match (differs.is_empty(), same) {
        (true, _) => (head, vec!["Everything as there".to_owned()]),
        (false, 0) => (head, differs),
        (false, _) => (format!("{head}, where it is not as there"), differs),
    };
    vec![(quoted(&report.scenario), own), (head, lines)]
}

fn of_model(language: &LanguageModel) -> String {
    let parameters = language.model.parameters.value() / 1e9;
    format!("Model: {} ({} B parameters)", language.model.name, show_decimals(parameters, 2))
}

/// What follows from the graphs: how long they are when written out.
fn of_graphs(graph: &Graph) -> Vec<String> {
    let lengths = graph::lengths(graph);
    let tokens = |tokens: crate::units::Tokens| show_grouped(whole(tokens.get().ceil()));
    let mut lines = vec![format!(
        "Graph: {} nodes × {} tokens + {} edges × {} tokens = {} tokens",
        show_grouped(graph.nodes),
        graph.tokens_per_node,
        show_grouped(graph.edges),
        graph.tokens_per_edge,
        show_grouped(whole(graph::tokens(graph).get())),
    )];
    if graph.graphs > 1 {
        lines.push(format!(
            "{} graphs: median {} tokens, 95th percentile {}, longest {}, mean {}",
            show_grouped(graph.graphs),
            tokens(lengths.median),
            tokens(lengths.p95),
            tokens(lengths.longest),
            tokens(lengths.mean),
        ));
    }
    lines
}

/// What the model is asked to do, as it follows from the graphs.
fn follows(workload: &Workload) -> Option<String> {
    let read = graph::inference(workload).map(|inference| {
        let (context, prompt) = (show_grouped(inference.context), show_grouped(inference.prompt));
        format!("From the graphs: context {context} tokens, prompt {prompt}")
    });
    let trained = graph::fine_tune(workload).map(|tune| {
        format!(
            "From the graphs: sequences of up to {} tokens, {} examples of {} tokens on average",
            show_grouped(tune.sequence),
            show_grouped(tune.examples),
            show_grouped(tune.tokens_per_example)
        )
    });
    read.or(trained)
}
