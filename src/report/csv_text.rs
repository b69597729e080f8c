//! A comparison for spreadsheets: one row a machine, bytes, seconds and dollars as plain numbers.

use super::figures_of::figure;
use super::{Answer, Report};
use crate::engine::{FigureName, Made, PartName};
use crate::spec::{Figure, Machine, PriceBasis, Scenario};
use crate::units::{Dollars, DollarsPerHour, Watts};

/// What a comparison is read by: one figure a column, the best estimate, named as in the rows of `rank`.
const CHIEF: [&str; 15] = [
    "model",
    "quantization",
    "machine",
    "runtime",
    "verdict",
    "memory_bytes",
    "decode_tokens_per_s",
    "time_to_first_token_s",
    "train_tokens_per_s",
    "run_hours",
    "seconds_per_image",
    "price_dollars",
    "price_basis",
    "input_dollars_per_million",
    "output_dollars_per_million",
];

/// Columns before those of the parts.
const HEAD: [&str; 8] = [
    "machine_name",
    "ceiling",
    "ceiling_bytes",
    "need_low_bytes",
    "need_best_bytes",
    "need_high_bytes",
    "peak_phase",
    "peak_bytes",
];

/// Figures of speed and cost, a low, best and high column each.
const FIGURES: [FigureName; 10] = [
    FigureName::Decode,
    FigureName::TimePerOutputToken,
    FigureName::TimeToFirstToken,
    FigureName::TrainTokens,
    FigureName::RunHours,
    FigureName::Epoch,
    FigureName::Image,
    FigureName::InputMillion,
    FigureName::OutputMillion,
    FigureName::MillionTokens,
];

/// Columns behind all others.
const MONEY: [&str; 9] = [
    "rent_dollars_per_hour",
    "total_dollars",
    "residual_dollars",
    "api_input_dollars_per_million",
    "api_output_dollars_per_million",
    "host_dollars",
    "run_dollars",
    "image_dollars",
    "quality",
];

/// What a machine is as a thing, and what was said of the whole comparison.
const THING: [&str; 8] =
    ["load_watts", "idle_watts", "form", "dimensions", "weight", "noise", "notes", "scenario"];

/// A number with as many digits as it takes, or nothing.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// The text of the table.
pub(super) fn csv_text(report: &Report) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let parts = PartName::ALL;
    let head = CHIEF
        .iter()
        .chain(&HEAD)
        .map(|name| (*name).to_owned())
        .chain(parts.iter().map(|part| format!("{}_bytes", part.key())))
        .chain(
            FIGURES
                .iter()
                .flat_map(|name| ["low", "best", "high"].map(|end| format!("{}_{end}", name.key()))),
        )
        .chain(MONEY.map(str::to_owned))
        .chain(THING.map(str::to_owned));
    let mut rows = vec![head.collect::<Vec<String>>()];
    let subjects = report.subjects();
    let asked = subjects.iter().flat_map(|subject| {
        let answers = subject.answers.iter().enumerate();
        answers.map(move |(at, answer)| (subject.quality.get(at).cloned().flatten(), answer, subject))
    });
    for (quality, answer, subject) in asked {
        let deciding = answer.estimate.fit.deciding();
        let peak = answer.estimate.budget.peak();
        let bytes = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.0}"));
        let mut row = chief(answer);
        row.extend([
            answer.machine.name.clone(),
            deciding.map_or_else(String::new, |comparison| comparison.ceiling.kind.key().to_owned()),
            bytes(deciding.map(|comparison| comparison.ceiling.bytes.best.get())),
            bytes(deciding.map(|comparison| comparison.need.low.get())),
            bytes(deciding.map(|comparison| comparison.need.best.get())),
            bytes(deciding.map(|comparison| comparison.need.high.get())),
            peak.map_or_else(String::new, |phase| phase.name.key().to_owned()),
            bytes(peak.map(|phase| phase.total().best.get())),
        ]);
        row.extend(parts.iter().map(|part| bytes(peak.map(|phase| phase.named(*part).best.get()))));
        for name in FIGURES {
            let band = figure(&answer.estimate, name);
            row.extend(
                [band.map(|band| band.low), band.map(|band| band.best), band.map(|band| band.high)]
                    .map(number),
            );
        }
        let cost = answer.estimate.cost;
        row.push(number(cost.and_then(|cost| cost.rent).map(DollarsPerHour::get)));
        row.push(number(cost.map(|cost| cost.total.get())));
        let best = |name| number(figure(&answer.estimate, name).map(|band| band.best));
        row.extend([FigureName::Residual, FigureName::ApiInput, FigureName::ApiOutput].map(best));
        row.push(number(cost.and_then(|cost| cost.host).map(Dollars::get)));
        let work = of_work(answer);
        row.extend(work.map(number));
        // With its sign it would be read as a formula.
        row.push(quality.map(|words| words.trim_start_matches('+').to_owned()).unwrap_or_default());
        row.extend(thing(&answer.machine));
        row.push(report.notes.join("; "));
        row.push(subject.scenario.name.clone());
        rows.push(row);
    }
    // Writing rows of equal length to memory cannot fail; a failure would show as a missing row in the tests.
    let written = rows.iter().try_for_each(|row| table.write_record(row.iter().map(|cell| plain(cell))));
    debug_assert!(written.is_ok(), "rows of equal length go into memory");
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A cell that no spreadsheet computes: a text that would begin a formula begins with an apostrophe, as spreadsheets mark a
/// text.
pub(super) fn plain(cell: &str) -> String {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins && cell.parse::<f64>().is_err() { format!("'{cell}") } else { cell.to_owned() }
}

/// Dollars of a run, or of an image.
fn of_work(answer: &Answer) -> [Option<f64>; 2] {
    let dollars = figure(&answer.estimate, FigureName::RunDollars).map(|band| band.best);
    let is_image = answer.estimate.work_cost.is_some_and(|work| work.made != Made::Run);
    if is_image { [None, dollars] } else { [dollars, None] }
}

/// A machine's power, size and noise.
fn thing(machine: &Machine) -> [String; 6] {
    let watts = |known: &Option<Figure<Watts>>| number(known.as_ref().map(|figure| figure.value().get()));
    let body = &machine.body;
    let text = |known: &Option<Figure<String>>| {
        known.as_ref().map_or_else(String::new, |figure| figure.value().clone())
    };
    let form = body.form.as_ref().map_or("", |form| form.value().key()).to_owned();
    [
        watts(&machine.load),
        watts(&machine.idle),
        form,
        text(&body.dimensions),
        text(&body.weight),
        text(&body.noise),
    ]
}

/// The figures of [`CHIEF`].
fn chief(answer: &Answer) -> Vec<String> {
    let estimate = &answer.estimate;
    let best = |name| number(figure(estimate, name).map(|band| band.best));
    let cost = estimate.cost;
    let peak = estimate.budget.peak().map(|phase| format!("{:.0}", phase.total().best.get()));
    let (model, quantization) = model(&estimate.resolved.scenario);
    vec![
        model,
        quantization,
        answer.machine.id.clone(),
        estimate.resolved.runtime.key().to_owned(),
        estimate.fit.verdict.key().to_owned(),
        peak.unwrap_or_default(),
        best(FigureName::Decode),
        best(FigureName::TimeToFirstToken),
        best(FigureName::TrainTokens),
        best(FigureName::RunHours),
        best(FigureName::Image),
        number(cost.and_then(|cost| cost.price).map(Dollars::get)),
        cost.and_then(|cost| cost.basis).map_or("", PriceBasis::key).to_owned(),
        best(FigureName::InputMillion),
        best(FigureName::OutputMillion),
    ]
}

/// The model and the format its weights are in, as they were answered.
fn model(scenario: &Scenario) -> (String, String) {
    let language = scenario.language().map(|language| language.key.clone());
    let entry = |key: &str| {
        let setting = crate::spec::Setting::of(scenario).find(|setting| setting.key == key)?;
        setting.entry(scenario).map(|entry| entry.text())
    };
    let model = language.or_else(|| entry("pipeline")).or_else(|| entry("architecture"));
    let stored = entry("quantization").or_else(|| entry("precision"));
    (model.unwrap_or_default(), stored.unwrap_or_default())
}
