//! The speed page: machines with their bands, speed against the settings that move it, and the roofline.

use super::chart::{Chart, Curve, Mark, Unit};
use super::ticks::tick_text;
use crate::app::answers::Answers;
use crate::app::evaluated::Evaluated;
use crate::app::state::AppState;
use crate::app::text;
use crate::app::widgets::axis_marks::marks;
use crate::app::{form, names};
use crate::catalog::calibration;
use crate::engine::axis::Axis;
use crate::engine::speed::{Chip, Roofline, RooflinePoint};
use crate::engine::{Assumptions, FigureName, Question, Speed, Verdict, graph};
use crate::report::{speed_basis, speed_figures, speed_line};
use crate::spec::{DiffusionMode, Inference, Machine, Memory, Offer, Scenario, Workload};
use crate::units::{
    Band, FlopsPerByte, FlopsPerSecond, Hours, Seconds, TokensPerSecond, show_figures, show_grouped,
    show_time, whole,
};

/// A machine with its band.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Whisker {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is shown of it.
    pub figure: FigureName,
    /// The figure with its band.
    pub text: String,
    /// What the datasheet bounds it by, in words.
    pub bound: String,
    /// The band.
    pub band: Band<f64>,
    /// What nothing exceeds; of a time, what nothing falls below.
    pub roofline: f64,
    /// Whether it is the chosen machine.
    pub chosen: bool,
}

/// What the page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SpeedData {
    /// The chosen machine's speed in words; what is missing where there is none.
    pub line: String,
    /// Whether it is this machine, and measuring it would give it a speed.
    pub measures: bool,
    /// What it rests on.
    pub basis: String,
    /// The chosen machine's figures, whose workings open.
    pub figures: Vec<(FigureName, String)>,
    /// What the whiskers are: `Tokens a second`.
    pub unit: &'static str,
    /// Whether they are times, of which less is better.
    pub is_time: bool,
    /// Machines, the chosen one first, then the fastest.
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
        measures: chosen.is_some_and(|machine| names::is_this(machine) && Chip::of(machine).is_none()),
        line: speed.map_or_else(|| missing(chosen), speed_line),
        basis: speed.map(speed_basis).unwrap_or_default(),
        figures: speed.map(speed_figures).unwrap_or_default(),
        unit: unit(&state.scenario),
        whiskers: fastest_first(
            shown.iter().filter_map(|evaluated| whisker(evaluated, &state.machine)).collect(),
        ),
        is_time: matches!(state.scenario.workload, Workload::Gnn(_) | Workload::Diffusion(_)),
        charts: charts(state, &shown, chosen),
    }
}

/// The chosen machine, then the others from the fastest on; a bound lies beyond what it bounds.
fn fastest_first(mut whiskers: Vec<Whisker>) -> Vec<Whisker> {
    let pace = |whisker: &Whisker| {
        if whisker.roofline >= whisker.band.best { whisker.band.best } else { whisker.band.best.recip() }
    };
    whiskers.sort_by(|a, b| b.chosen.cmp(&a.chosen).then(pace(b).total_cmp(&pace(a))));
    whiskers
}

/// Why there is no speed.
fn missing(machine: Option<&Machine>) -> String {
    match machine {
        None => text::detecting_this_machine().to_owned(),
        Some(machine) if Chip::of(machine).is_none() => text::its_bandwidth_or_arithmetic().to_owned(),
        Some(_) => text::it_does_not_run_there().to_owned(),
    }
}

fn unit(scenario: &Scenario) -> &'static str {
    match &scenario.workload {
        Workload::Inference(..) if !scenario.writes_text() => text::tokens_a_second_all_texts(),
        Workload::Inference(..) => text::tokens_a_second_one_request(),
        Workload::FineTune(..) | Workload::GraphSequence(..) => text::speed_tokens_a_second(),
        Workload::Gnn(_) => text::time_of_an_epoch(),
        Workload::Diffusion(diffusion) if diffusion.mode == DiffusionMode::Lora => text::time_of_a_step(),
        Workload::Diffusion(diffusion) if diffusion.frames > 1 => text::time_of_a_clip(),
        Workload::Diffusion(_) => text::time_of_an_image(),
    }
}

/// The chosen machine, the ticked ones, and where none is ticked the cheapest chips that run it.
fn shown<'a>(state: &AppState, answers: &'a Answers) -> Vec<&'a Evaluated> {
    let is_chosen = |evaluated: &&Evaluated| {
        answers.machine.as_ref().is_some_and(|chosen| chosen.id == evaluated.machine.id)
    };
    let mut shown: Vec<&Evaluated> = answers.evaluated.iter().filter(is_chosen).collect();
    let others = answers
        .evaluated
        .iter()
        .filter(|evaluated| !is_chosen(evaluated) && evaluated.estimate.speed.is_some());
    if state.compared.is_empty() {
        let mut seen: Vec<&str> = Vec::new();
        let mut usual: Vec<&Evaluated> = others
            .filter(|evaluated| {
                evaluated.estimate.fit.verdict <= Verdict::Tight && evaluated.machine.offer.is_some()
            })
            .collect();
        usual.sort_by(|a, b| price(&a.machine).total_cmp(&price(&b.machine)));
        usual.retain(|evaluated| {
            let new = !seen.contains(&evaluated.machine.chip.as_str());
            seen.push(&evaluated.machine.chip);
            new
        });
        shown.extend(usual.into_iter().take(SHOWN));
    } else {
        shown.extend(others.filter(|evaluated| state.compared.contains(&evaluated.machine.id)));
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
        Speed::Reading(speed) => (rate(speed.tokens), speed.roofline.get()),
        Speed::Training(speed) => (rate(speed.tokens), speed.roofline.get()),
        Speed::Gnn(speed) => (speed.epoch.map(Seconds::get), speed.roofline.get()),
        Speed::Images(speed) => (speed.image.map(Seconds::get), speed.roofline.get()),
    }
}

fn whisker(evaluated: &Evaluated, chosen: &str) -> Option<Whisker> {
    let speed = evaluated.estimate.speed.as_ref()?;
    let (band, roofline) = band(speed);
    let bound = match speed {
        Speed::Inference(_) | Speed::Reading(_) | Speed::Training(_) => {
            text::at_most_tok_s(&show_figures(roofline))
        }
        Speed::Gnn(_) | Speed::Images(_) => text::at_least(&show_time(Seconds::new(roofline))),
    };
    Some(Whisker {
        id: evaluated.machine.id.clone(),
        figure: match speed {
            Speed::Inference(_) => FigureName::Decode,
            Speed::Reading(_) => FigureName::Prefill,
            Speed::Training(_) => FigureName::TrainTokens,
            Speed::Gnn(_) => FigureName::Epoch,
            Speed::Images(speed) if speed.run.is_some() => FigureName::Step,
            Speed::Images(_) => FigureName::Image,
        },
        name: names::on_plot(&evaluated.machine),
        bound,
        text: super::machines::in_short(speed),
        band,
        roofline,
        chosen: evaluated.machine.id == chosen,
    })
}

fn charts(state: &AppState, shown: &[&Evaluated], chosen: Option<&Machine>) -> Vec<Chart> {
    let machines: Vec<&Evaluated> = shown.iter().copied().take(5).collect();
    let first = form::first_axis(&state.scenario);
    let mut charts = vec![over_axis(state, first, &machines, chosen)];
    if graph::inference(&state.scenario.workload).is_some() {
        charts.push(over_axis(state, Axis::CONCURRENCY, &machines, chosen));
        let chosen = shown.iter().find(|each| chosen.is_some_and(|chosen| chosen.id == each.machine.id));
        charts.extend(chosen.and_then(|chosen| over_the_card(state, chosen)));
        charts.extend(chosen.and_then(|chosen| roofline(chosen)));
    }
    charts.retain(|chart| chart.curves.iter().any(|curve| curve.points.len() > 1));
    charts
}

/// Speed over what is left on a card while the rest lies in the system's memory: how it falls.
fn over_the_card(state: &AppState, chosen: &Evaluated) -> Option<Chart> {
    let card = matches!(chosen.machine.memory.value(), Memory::Discrete { .. });
    let axes = Axis::available(&state.scenario);
    // Of a mixture, experts leave the card first.
    let axis = [Axis::EXPERTS, Axis::GPU_LAYERS].into_iter().find(|axis| axes.contains(axis));
    axis.filter(|_| card).map(|axis| over_axis(state, axis, &[chosen], Some(&chosen.machine)))
}

/// What is plotted: aggregate throughput against the number of requests, else one's own speed.
fn value(speed: &Speed, axis: Axis) -> Band<f64> {
    match speed {
        Speed::Inference(speed) if axis == Axis::CONCURRENCY => speed.aggregate.map(TokensPerSecond::get),
        Speed::Gnn(speed) => speed.run.map(|hours: Hours| hours.get() * 3600.0),
        other => band(other).0,
    }
}

fn over_axis(state: &AppState, axis: Axis, machines: &[&Evaluated], chosen: Option<&Machine>) -> Chart {
    let scenario = &state.scenario;
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
            name: names::on_plot(&machine.machine),
            machine: machine.machine.id.clone(),
            points: Vec::new(),
            band: Vec::new(),
            chosen: chosen.is_some_and(|chosen| chosen.id == machine.machine.id),
        })
        .collect();
    let mut cliffs = Cliffs::default();
    for place in &places {
        let mut there = axis.set(scenario, *place);
        there = match axis {
            Axis::CONCURRENCY => each_with_its_own(&there, scenario),
            Axis::CONTEXT => filled(there),
            _ => there,
        };
        // What is raised, is raised on the chosen machine.
        let shipped = there.with_limit_as_shipped();
        let (mut question, mut others) = (Question::new(&there), Question::new(&shipped));
        let assumptions = Assumptions::new(calibration());
        for (machine, curve) in machines.iter().zip(&mut curves) {
            let question = if curve.chosen { &mut question } else { &mut others };
            let estimate = question.on(&machine.machine, &assumptions);
            if let Some(speed) = &estimate.speed {
                let band = value(speed, axis);
                curve.points.push((*place, band.best));
                curve.band.push((band.low, band.high));
                if curve.chosen {
                    cliffs.look((*place, band.best), speed, estimate.fit.verdict);
                }
            }
        }
    }
    Chart {
        title: title(scenario, axis),
        unit: height(scenario),
        along: format!("{}, {}", axis.in_sentence(scenario), axis.unit()),
        log_x: axis.is_log(),
        log_y: matches!(scenario.workload, Workload::Gnn(_) | Workload::Diffusion(_)),
        ticks: ticks(scenario, axis, least, most),
        curves,
        marks: cliffs.marks,
    }
}

/// Where the chosen machine's line takes another course, and why.
#[derive(Debug, Default)]
struct Cliffs {
    before: Option<(bool, bool, bool)>,
    marks: Vec<Mark>,
}

impl Cliffs {
    /// Looks at the next place of the line: whether it still fits, and where its weights lie.
    fn look(&mut self, at: (f64, f64), speed: &Speed, verdict: Verdict) {
        let (offloaded, on_disk) = match speed {
            Speed::Inference(speed) => (speed.offloaded > 0.0, speed.on_disk > 0.0),
            Speed::Reading(speed) => (speed.offloaded > 0.0, speed.on_disk > 0.0),
            Speed::Training(_) | Speed::Gnn(_) | Speed::Images(_) => (false, false),
        };
        let now = (verdict > Verdict::Tight, offloaded, on_disk);
        let named = match self.before {
            Some((_, _, false)) if on_disk => Some(text::from_here_weights_are_read()),
            Some((_, false, _)) if offloaded => Some(text::from_here_weights_lie()),
            Some((false, _, _)) if now.0 => Some(text::from_here_not_sure()),
            _ => None,
        };
        self.marks.extend(named.map(|name| Mark { name: name.to_owned(), at }));
        self.before = Some(now);
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
        (Workload::Inference(..), axis) if !scenario.writes_text() => {
            text::speed_over(&unit(scenario), &axis.in_sentence(scenario))
        }
        (_, Axis::CONCURRENCY) => text::aggregate_throughput_tokens_a_second().to_owned(),
        (_, Axis::GPU_LAYERS) => text::one_request_over_the_layers().to_owned(),
        (_, Axis::EXPERTS) => text::one_request_over_the_layers_whose_experts().to_owned(),
        (Workload::Inference(..), _) => text::one_request_over_the_context().to_owned(),
        (Workload::Gnn(_), axis) => text::time_of_the_whole_run(&axis.in_sentence(scenario)),
        (Workload::Diffusion(_), axis) => text::speed_over(&unit(scenario), &axis.in_sentence(scenario)),
        _ => text::speed_tokens_a_second().to_owned(),
    }
}

fn ticks(scenario: &Scenario, axis: Axis, least: f64, most: f64) -> Vec<(f64, String)> {
    let base: f64 = match axis {
        Axis::NODES | Axis::EDGES | Axis::MODEL_SIZE => 100.0,
        _ => 4.0,
    };
    if !axis.is_log() {
        return marks((least, most), false, 5.0)
            .into_iter()
            .filter(|value| value.fract() == 0.0 || axis.is_fractional())
            .map(|value| (value, tick_text(scenario, axis, value)))
            .collect();
    }
    let first = least.log(base).ceil();
    std::iter::successors(Some(first), |power| Some(power + 1.0))
        .map(|power| base.powf(power).round())
        .take_while(|value| *value <= most * 1.0001)
        .map(|value| (value, tick_text(scenario, axis, value)))
        .collect()
}

/// What charts of a workload's speed have as their height.
const fn height(scenario: &Scenario) -> Unit {
    match &scenario.workload {
        Workload::Gnn(_) | Workload::Diffusion(_) => Unit::Time,
        Workload::Inference(..) | Workload::FineTune(..) | Workload::GraphSequence(..) => Unit::Rate,
    }
}

/// FLOP a second against arithmetic intensity: the machine's roof, with where decode and prefill stand under it.
fn roofline(chosen: &Evaluated) -> Option<Chart> {
    let Some(Speed::Inference(speed)) = &chosen.estimate.speed else { return None };
    let roofline: Roofline = speed.under_roof;
    let tera = |(intensity, flops): (FlopsPerByte, FlopsPerSecond)| (intensity.get(), flops.get() / 1e12);
    let mark = |name: &str, point: RooflinePoint| Mark {
        name: name.to_owned(),
        at: tera((point.intensity, point.flops)),
    };
    Some(Chart {
        title: text::roofline_of_gb_s_tflop(
            &names::on_plot(&chosen.machine),
            &show_grouped(whole(roofline.bandwidth.as_gb_per_s().round())),
            &show_figures(roofline.peak.get() / 1e12),
        ),
        unit: Unit::Operations,
        along: text::arithmetic_intensity_flop_byte().to_owned(),
        log_x: true,
        log_y: true,
        ticks: [0.1, 1.0, 10.0, 100.0, 1000.0].map(|value| (value, show_figures(value))).to_vec(),
        curves: vec![Curve {
            name: text::datasheet_bound().to_owned(),
            points: roofline.roof().into_iter().map(tera).collect(),
            chosen: true,
            ..Curve::default()
        }],
        marks: vec![
            mark(text::decode(), roofline.decode),
            mark(text::prefill(), roofline.prefill),
            Mark {
                name: text::bandwidth_bounds_it_left().to_owned(),
                at: ((roofline.peak / roofline.bandwidth).get(), roofline.peak.get() / 1e12),
            },
        ],
    })
}
