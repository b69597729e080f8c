//! The speed page: machines with their bands, speed against the knobs that move it, and the roofline.

use super::chart::{Chart, Curve, Mark};
use crate::app::answers::{Answers, Judged};
use crate::app::state::AppState;
use crate::app::{form, names};
use crate::catalog::calibration;
use crate::engine::axis::Axis;
use crate::engine::speed::{Chip, Question, Reads};
use crate::engine::{Speed, budget_at, ceilings_at, graph, judge, site};
use crate::report::{speed_basis, speed_line};
use crate::spec::{Inference, Machine, Memory, Offer, Scenario, Workload};
use crate::units::{Band, Hours, Seconds, TokensPerSecond, count, show_figures, show_time};

/// A machine with its band.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Whisker {
    /// Its name.
    pub name: String,
    /// The figure with its band.
    pub text: String,
    /// The band.
    pub band: Band<f64>,
    /// What nothing exceeds; of a time, what nothing falls below.
    pub roofline: f64,
    /// Whether it is the chosen machine.
    pub chosen: bool,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpeedData {
    /// The chosen machine's speed in words; what is missing where there is none.
    pub line: String,
    /// What it rests on.
    pub basis: String,
    /// What the whiskers are: `Tokens a second`.
    pub unit: &'static str,
    /// Machines, the chosen one first.
    pub whiskers: Vec<Whisker>,
    /// Charts beside them.
    pub charts: Vec<Chart>,
}

/// Machines shown where none are ticked.
const SHOWN: usize = 8;
/// Requests at once that are plotted: there is no half request.
const REQUESTS: [u32; 12] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/// Places along an axis.
const SAMPLES: u32 = 13;

/// Builds the page.
pub(crate) fn build(state: &AppState, answers: &Answers) -> SpeedData {
    let shown = shown(state, answers);
    let chosen = answers.machine.as_deref();
    let speed = answers.speed();
    SpeedData {
        line: speed.map_or_else(|| missing(chosen), speed_line),
        basis: speed.map(speed_basis).unwrap_or_default(),
        unit: unit(&state.scenario),
        whiskers: shown.iter().filter_map(|judged| whisker(judged, &state.machine)).collect(),
        charts: charts(state, &shown, chosen),
    }
}

/// Why there is no speed.
fn missing(machine: Option<&Machine>) -> String {
    match machine {
        None => "Detecting this machine…".to_owned(),
        Some(machine) if Chip::of(machine).is_none() => {
            "Its bandwidth or arithmetic is unknown; measure it, or say what it is under This machine"
                .to_owned()
        }
        Some(_) => "It does not run there".to_owned(),
    }
}

const fn unit(scenario: &Scenario) -> &'static str {
    match &scenario.workload {
        Workload::Inference(..) => "Tokens a second, one request",
        Workload::FineTune(..) | Workload::GraphSequence(..) => "Tokens a second",
        Workload::Gnn(_) => "Seconds an epoch",
        Workload::Diffusion(_) => "Seconds for all pictures",
    }
}

/// The chosen machine, the ticked ones, and where none is ticked the cheapest chips that run it.
fn shown<'a>(state: &AppState, answers: &'a Answers) -> Vec<&'a Judged> {
    let is_chosen =
        |judged: &&Judged| answers.machine.as_ref().is_some_and(|chosen| chosen.id == judged.machine.id);
    let mut shown: Vec<&Judged> = answers.judged.iter().filter(is_chosen).collect();
    let others = answers.judged.iter().filter(|judged| !is_chosen(judged) && judged.speed.is_some());
    if state.compared.is_empty() {
        let mut seen: Vec<&str> = Vec::new();
        let mut usual: Vec<&Judged> = others
            .filter(|judged| {
                judged.fit.verdict <= crate::engine::Verdict::Tight && judged.machine.offer.is_some()
            })
            .collect();
        usual.sort_by(|a, b| price(&a.machine).total_cmp(&price(&b.machine)));
        usual.retain(|judged| {
            let new = !seen.contains(&judged.machine.chip.as_str());
            seen.push(&judged.machine.chip);
            new
        });
        shown.extend(usual.into_iter().take(SHOWN));
    } else {
        shown.extend(others.filter(|judged| state.compared.contains(&judged.machine.id)));
    }
    shown
}

/// To buy by price, to rent after that.
fn price(machine: &Machine) -> f64 {
    match &machine.offer {
        Some(Offer::Buy(figure)) => figure.value().get(),
        Some(Offer::Rent(figure)) => 1e9 + figure.value().get(),
        None => f64::MAX,
    }
}

/// The band that machines are compared by, and its bound.
fn band(speed: &Speed) -> (Band<f64>, f64) {
    let rate = |band: Band<TokensPerSecond>| band.map(TokensPerSecond::get);
    match speed {
        Speed::Inference(speed) => (rate(speed.decode), speed.roofline.get()),
        Speed::Training(speed) => (rate(speed.tokens), speed.roofline.get()),
        Speed::Gnn(speed) => (speed.epoch.map(Seconds::get), speed.roofline.get()),
        Speed::Pictures(speed) => (speed.picture.map(Seconds::get), speed.roofline.get()),
    }
}

fn whisker(judged: &Judged, chosen: &str) -> Option<Whisker> {
    let speed = judged.speed.as_ref()?;
    let (band, roofline) = band(speed);
    Some(Whisker {
        name: names::on_plot(&judged.machine),
        text: super::machines::in_short(speed),
        band,
        roofline,
        chosen: judged.machine.id == chosen,
    })
}

fn charts(state: &AppState, shown: &[&Judged], chosen: Option<&Machine>) -> Vec<Chart> {
    let machines: Vec<&Machine> = shown.iter().take(5).map(|judged| judged.machine.as_ref()).collect();
    let mut charts = vec![over_axis(&state.scenario, form::first_axis(&state.scenario), &machines, chosen)];
    if let Some(inference) = graph::inference(&state.scenario.workload) {
        charts.push(over_axis(&state.scenario, Axis::CONCURRENCY, &machines, chosen));
        charts.extend(chosen.and_then(|machine| over_the_card(&state.scenario, machine)));
        charts.extend(chosen.and_then(|machine| roofline(&state.scenario, &inference, machine)));
    }
    charts.retain(|chart| chart.curves.iter().any(|curve| curve.points.len() > 1));
    charts
}

/// Speed over what is left on a card while the rest lies in the system's memory: how it falls.
fn over_the_card(scenario: &Scenario, machine: &Machine) -> Option<Chart> {
    let card = matches!(machine.memory.value(), Memory::Discrete { .. });
    let axes = Axis::available(scenario);
    // Of a mixture, experts leave the card first.
    let axis = [Axis::EXPERTS, Axis::GPU_LAYERS].into_iter().find(|axis| axes.contains(axis));
    axis.filter(|_| card).map(|axis| over_axis(scenario, axis, &[machine], Some(machine)))
}

/// What is plotted: all requests together against their number, else one's own speed.
fn value(speed: &Speed, axis: Axis) -> Band<f64> {
    match speed {
        Speed::Inference(speed) if axis == Axis::CONCURRENCY => speed.aggregate.map(TokensPerSecond::get),
        Speed::Gnn(speed) => speed.run.map(|hours: Hours| hours.get() * 3600.0),
        other => band(other).0,
    }
}

fn over_axis(scenario: &Scenario, axis: Axis, machines: &[&Machine], chosen: Option<&Machine>) -> Chart {
    let (least, most) = axis.range(scenario);
    let most = if axis == Axis::CONCURRENCY { 64.0 } else { most };
    let between = |index: u32| {
        let share = f64::from(index) / f64::from(SAMPLES - 1);
        if axis.is_log() { least * (most / least).powf(share) } else { least + (most - least) * share }
    };
    let places: Vec<f64> = if axis == Axis::CONCURRENCY {
        REQUESTS.map(f64::from).to_vec()
    } else {
        (0..SAMPLES).map(between).collect()
    };
    let mut curves: Vec<Curve> = machines
        .iter()
        .map(|machine| Curve {
            name: names::on_plot(machine),
            points: Vec::new(),
            band: Vec::new(),
            chosen: chosen.is_some_and(|chosen| chosen.id == machine.id),
        })
        .collect();
    for place in &places {
        let mut there = axis.set(scenario, *place);
        there = match axis {
            Axis::CONCURRENCY => each_with_its_own(&there, scenario),
            Axis::CONTEXT => filled(there),
            _ => there,
        };
        let question = Question::new(&there, calibration());
        for (machine, curve) in machines.iter().zip(&mut curves) {
            let site = site(&there, machine);
            let budget = budget_at(&there, site);
            let fit = judge(&budget, &ceilings_at(site, machine, None));
            if let Some(speed) = question.on(machine, &budget, &fit) {
                let band = value(&speed, axis);
                curve.points.push((*place, band.best));
                curve.band.push((band.low, band.high));
            }
        }
    }
    Chart {
        title: title(scenario, axis),
        along: format!("{}, {}", axis.in_sentence(scenario), axis.unit()),
        log_x: axis.is_log(),
        log_y: matches!(scenario.workload, Workload::Gnn(_) | Workload::Diffusion(_)),
        ticks: ticks(scenario, axis, least, most),
        curves,
        marks: Vec::new(),
    }
}

/// A prompt that fills the context but for the answer, so that every place of the axis is the depth it says.
fn filled(scenario: Scenario) -> Scenario {
    let Workload::Inference(language, inference) = scenario.workload else { return scenario };
    let slot = inference.context / inference.concurrency.max(1);
    let prompt = slot.saturating_sub(inference.generate).max(1);
    Scenario { workload: Workload::Inference(language, Inference { prompt, ..inference }), ..scenario }
}

/// As many requests as asked, each with as much context as one had.
fn each_with_its_own(there: &Scenario, before: &Scenario) -> Scenario {
    let (Workload::Inference(language, inference), Some(old)) =
        (&there.workload, graph::inference(&before.workload))
    else {
        return there.clone();
    };
    let slot = old.context / old.concurrency.max(1);
    let context = slot.saturating_mul(inference.concurrency);
    let inference = Inference { context, ..*inference };
    let workload = Workload::Inference(language.clone(), inference);
    Scenario { workload, ..there.clone() }
}

fn title(scenario: &Scenario, axis: Axis) -> String {
    match (&scenario.workload, axis) {
        (_, Axis::CONCURRENCY) => "All requests together, tokens a second".to_owned(),
        (_, Axis::GPU_LAYERS) => "One request over the layers on the card, tokens a second".to_owned(),
        (_, Axis::EXPERTS) => {
            "One request over the layers whose experts are on the card, tokens a second".to_owned()
        }
        (Workload::Inference(..), _) => "One request over the context before it, tokens a second".to_owned(),
        (Workload::Gnn(_), _) => "The whole run, seconds".to_owned(),
        (Workload::Diffusion(_), _) => "All pictures, seconds".to_owned(),
        _ => "Tokens a second".to_owned(),
    }
}

fn ticks(scenario: &Scenario, axis: Axis, least: f64, most: f64) -> Vec<(f64, String)> {
    let base: f64 = match axis {
        Axis::NODES | Axis::EDGES | Axis::MODEL_SIZE => 100.0,
        _ => 4.0,
    };
    if !axis.is_log() {
        let step = (most - least) / 4.0;
        return (0..5)
            .map(|index| least + step * f64::from(index))
            .map(|value| (value, axis.brief(scenario, value.round())))
            .collect();
    }
    let first = least.log(base).ceil();
    std::iter::successors(Some(first), |power| Some(power + 1.0))
        .map(|power| base.powf(power).round())
        .take_while(|value| *value <= most * 1.0001)
        .map(|value| (value, axis.brief(scenario, value)))
        .collect()
}

/// Operations a second against operations a byte: the machine's roof, with where writing and reading stand.
fn roofline(scenario: &Scenario, inference: &Inference, machine: &Machine) -> Option<Chart> {
    let chip = Chip::of(machine)?;
    let language = scenario.language()?;
    let site = site(scenario, machine);
    let budget = budget_at(scenario, site);
    let fit = judge(&budget, &ceilings_at(site, machine, None));
    let Some(Speed::Inference(speed)) = Question::new(scenario, calibration()).on(machine, &budget, &fit)
    else {
        return None;
    };
    let reads = Reads::of(&language.model, inference.quantization);
    let operations = 2.0 * reads.active;
    let peak = chip.matrix.max(chip.shaders);
    let places: Vec<f64> = (0..=40).map(|step| 10_f64.powf(-1.0 + f64::from(step) * 0.125)).collect();
    let roof = places.iter().map(|place| (*place, (chip.bandwidth * place).min(peak) / 1e12)).collect();
    let chunk = count(inference.ubatch.min(inference.prompt).max(1));
    // Tokens that one pass over the weights yields.
    let tokens = count(inference.concurrency.max(1))
        * inference.speculation.yielded(inference.speculation.acceptance_rate);
    let mark = |name: &str, intensity: f64, speed: f64| Mark {
        name: name.to_owned(),
        at: (intensity, speed * operations / 1e12),
    };
    Some(Chart {
        title: format!(
            "Roofline of {} ({:.0} GB/s, {} TFLOP/s): tera-operations a second",
            names::on_plot(machine),
            chip.bandwidth / 1e9,
            show_figures(peak / 1e12)
        ),
        along: "operations for each byte read".to_owned(),
        log_x: true,
        log_y: true,
        ticks: [0.1, 1.0, 10.0, 100.0, 1000.0].map(|value| (value, show_figures(value))).to_vec(),
        curves: vec![Curve { name: "datasheet".to_owned(), points: roof, band: Vec::new(), chosen: true }],
        marks: vec![
            mark("writing", operations * tokens / reads.bytes, speed.aggregate.best.get()),
            mark("reading", operations * chunk / reads.bytes, speed.prefill.best.get()),
        ],
    })
}

/// A value of a chart's height: a rate, or a time.
pub(crate) fn height(chart: &Chart, value: f64) -> String {
    if chart.title.contains("seconds") && !chart.title.contains("a second") {
        show_time(Seconds::new(value))
    } else {
        show_figures(value)
    }
}
