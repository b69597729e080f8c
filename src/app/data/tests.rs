//! What the panels say, as text, for one workload on two machines on paper.

use std::sync::Arc;

use super::{bar, compare, cost, machines, raise, speed, verdict, working, workload};
use crate::app::answers::{Answers, Machines};
use crate::app::files::{Listed, first_scenario};
use crate::app::form;
use crate::app::state::{AppState, Change};
use crate::app::subject::Subject;
use crate::catalog::Catalog;
use crate::detect::THIS;
use crate::engine::axis::Axis;
use crate::engine::{PartName, Place};
use crate::spec::preset::{parse, resolve};
use crate::spec::{
    Availability, Body, Family, Figure, GpuLimit, Kind, Machine, Memory, Named as _, Offer, Peaks, Price,
    PriceBasis, Priced, Raise, RaisedLimit, Scenario, Setup, Vendor, Workload,
};
use crate::units::{Band, Bytes, Dollars};

fn fact<T>(value: T) -> Figure<T> {
    Figure(value, Kind::Datasheet, "paper".to_owned(), "2026-11-20".to_owned())
}

fn machine(id: &str, name: &str, vendor: Vendor, memory: Memory) -> Arc<Machine> {
    Arc::new(Machine {
        id: id.to_owned(),
        aliases: Vec::new(),
        name: name.to_owned(),
        vendor,
        chip: "Paper".to_owned(),
        gpu_cores: Some(40),
        dies: None,
        devices: 1,
        cards: Vec::new(),
        interconnect: None,
        memory: fact(memory),
        bandwidth: None,
        system_bandwidth: None,
        peaks: Peaks::default(),
        load: None,
        idle: None,
        offer: Some(Offer::Buy(Price::new(
            fact(Dollars::new(1599.0)),
            Some(&Priced(PriceBasis::Launch, "2022-10".to_owned())),
        ))),
        body: Body::default(),
        availability: Availability::OnSale,
        released: None,
        rental: crate::spec::Rental::default(),
        runs: Vec::new(),
        os: None,
        now: None,
        note: None,
    })
}

/// A Mac of 64 GiB and a card of 12 GiB.
fn two_machines() -> Vec<Arc<Machine>> {
    let total = Bytes::gib(64.0);
    let default = Band { low: Bytes::gib(46.0), best: Bytes::gib(48.0), high: Bytes::gib(50.0) };
    let limit = GpuLimit {
        raisable_to: Some(Bytes::gib(56.0)),
        raise: Some(Raise::WiredLimit),
        ..GpuLimit::fixed(default, "three quarters of memory".to_owned())
    };
    let mac = Memory::Unified { total, gpu_limit: Some(limit) };
    let driver = Band { low: Bytes::gib(0.4), best: Bytes::gib(0.5), high: Bytes::gib(0.6) };
    let card = Memory::Discrete { vram: Bytes::gib(12.0), driver, system: None };
    vec![
        machine(THIS, "Mac on Paper 64 GB", Vendor::Apple, mac),
        machine("card-12gb", "GeForce Card 12 GB", Vendor::Nvidia, card),
    ]
}

/// The chat a window starts with, of another model of the catalog on a machine of it.
pub(super) fn asked_of(model: &str, machine: &str) -> (AppState, Answers) {
    let catalog = Catalog::built_in();
    let first = first_scenario(&catalog).expect("the catalog has the first model");
    let model = catalog.model(model).expect("it is in the catalog");
    let changes = [Change::Model(Arc::clone(model)), Change::Machine(machine.to_owned())];
    let state = changes.iter().fold(AppState::new(first), |state, change| state.after(change));
    let machines: Vec<Arc<Machine>> = catalog.machines.iter().cloned().collect();
    let answers = Answers::new(&state, Machines { all: &machines, version: 0 });
    (state, answers)
}

/// A preset on a machine of the catalog.
pub(super) fn preset_on(text: &str, machine: &str) -> (AppState, Answers) {
    let catalog = Catalog::built_in();
    let keys = parse(text, "preset.ron").expect("keys").remove(0);
    let scenario = resolve(keys, &Listed(&catalog)).expect("a scenario").scenario;
    let state = AppState::new(scenario).after(&Change::Machine(machine.to_owned()));
    let machines: Vec<Arc<Machine>> = catalog.machines.iter().cloned().collect();
    let answers = Answers::new(&state, Machines { all: &machines, version: 0 });
    (state, answers)
}

/// The state a window starts with, after some changes, and what follows.
fn after(changes: &[Change]) -> (AppState, Answers) {
    let first = first_scenario(&Catalog::built_in()).expect("the catalog has the first model");
    let state = changes.iter().fold(AppState::new(first), |state, change| state.after(change));
    let answers = Answers::new(&state, Machines { all: &two_machines(), version: 0 });
    (state, answers)
}

/// A panel's lines under its name.
fn panel(name: &str, lines: impl IntoIterator<Item = String>) -> String {
    std::iter::once(format!("{name}\n")).chain(lines.into_iter().map(|line| format!("  {line}\n"))).collect()
}

/// What stands under a slider.
fn beside(slider: &crate::app::widgets::slider_row::SliderRow) -> String {
    let reach = slider.reach.as_ref().map(|reach| format!("largest that fits here {reach}"));
    let said = Some(slider.hint.clone()).filter(|hint| !hint.is_empty()).into_iter().chain(reach);
    said.collect::<Vec<_>>().join(" · ")
}

/// All panels as text, figures as a person reads them.
fn in_words(state: &AppState, answers: &Answers) -> String {
    let verdict = verdict::build(&state.scenario, answers);
    let bar = bar::build(answers);
    let list = machines::build(state, answers);
    let form = workload::build(state, answers);
    let table = compare::build(state, answers);
    let part = Subject::Part(PartName::KvCache, Place::Device);
    let kv_cache = working::build(answers, &Catalog::built_in(), None, &part);
    let plot = &answers.plot;
    [
        panel("verdict", [verdict.headline, verdict.detail].into_iter().chain(verdict.notes)),
        panel("bar", bar.segments.iter().map(|part| format!("{} {:.1}", part.label(), part.gib))),
        panel("ceilings", bar.marks.iter().map(|mark| format!("{}{}", mark.label, decides(mark.decides)))),
        panel("phases", bar.phases.iter().map(|(phase, gib)| format!("{} {gib:.1}", phase.label()))),
        panel(
            "machines",
            list.listed(answers).map(|each| machines::row(state, each)).map(|row| {
                let verdict = row.verdict.label();
                format!("{} | {} | {verdict} | {} | {}", row.name, row.beside, row.figures, row.price)
            }),
        ),
        panel(
            "form",
            form.model.into_iter().map(|model| [model.name, model.parameters, model.shape].join(" | ")),
        ),
        panel("note", form.note),
        panel(
            "settings",
            [form.rows.head, form.rows.main, form.rows.advanced]
                .concat()
                .into_iter()
                .map(|setting| format!("{} | {}", setting.label, setting.text)),
        ),
        panel(
            "sliders",
            form.sliders
                .iter()
                .map(|(_, slider)| format!("{} | {} | {}", slider.label, slider.text, beside(slider))),
        ),
        panel("compare", std::iter::once(table.title.clone()).chain(table.lines.iter().map(table_line))),
        panel(
            "working of the KV cache",
            kv_cache.steps.iter().map(|step| format!("{} = {} ({})", step.name, step.formula, step.basis)),
        ),
        panel("plot ticks", plot.ticks.iter().map(|tick| tick.label.clone())),
        panel(
            "plot lines",
            plot.lines.iter().map(|line| {
                let crossing = line.crossing.as_ref().map_or("nowhere", |crossing| &crossing.label);
                format!("{}{} is met at {crossing}", line.label(), decides(line.decides))
            }),
        ),
    ]
    .concat()
}

/// `Headroom | 42.5 GiB best | 5.1 GiB`.
fn table_line(line: &compare::TableLine) -> String {
    let cells = line.cells.iter().map(|cell| {
        let best = if cell.best { " best" } else { "" };
        let under = if cell.under.is_empty() { String::new() } else { format!(" ({})", cell.under) };
        format!("{}{best}{under}", cell.text)
    });
    std::iter::once(line.label.clone()).chain(cells).collect::<Vec<_>>().join(" | ")
}

const fn decides(decides: bool) -> &'static str {
    if decides { ", which decides" } else { "" }
}

#[test]
fn the_first_window_in_words() {
    let (state, answers) = after(&[Change::Compare("card-12gb".to_owned())]);
    insta::assert_snapshot!(in_words(&state, &answers));
}

#[test]
fn the_curve_meets_the_verdict_at_the_marker() {
    for axis in [Axis::CONTEXT, Axis::CONCURRENCY, Axis::UBATCH] {
        let (_, answers) = after(&[Change::PlotAxis(axis), Change::Axis(Axis::CONTEXT, 32_768.0)]);
        let need = answers.estimate.fit.deciding().expect("a Mac has a limit").need.best.as_gib();
        let plot = &answers.plot;
        let marker = plot.marker.value;
        let before = plot.xs.iter().rposition(|value| *value <= marker).expect("inside the axis");
        let total = |at: usize| plot.layers.iter().map(|layer| layer.gib[at]).sum::<f64>();
        let (low, high) = (total(before), total((before + 1).min(plot.xs.len() - 1)));
        assert!(low <= need + 1e-9 && need <= high + 1e-9, "{axis:?}: {low} {need} {high}");
    }
}

#[test]
fn two_ways_of_not_fitting_are_told_apart() {
    let card = Change::Machine("card-12gb".to_owned());
    let (state, answers) = after(&[card.clone(), Change::Axis(Axis::CONTEXT, 131_072.0)]);
    let tipped = verdict::build(&state.scenario, &answers);
    assert!(tipped.detail.contains("the weights fit"), "{tipped:?}");
    assert!(tipped.notes.iter().any(|note| note.starts_with("Up to ")), "{tipped:?}");
    let (state, answers) = after(&[card, Change::Axis(Axis::MODEL_SIZE, 70e9)]);
    let too_large = verdict::build(&state.scenario, &answers);
    assert!(too_large.detail.contains("the weights alone do not fit"), "{too_large:?}");
    assert!(!too_large.notes.iter().any(|note| note.starts_with("Up to ")), "{too_large:?}");
}

#[test]
fn a_raised_limit_is_advised_only_where_it_helps() {
    let fits = |size: f64| {
        let (state, answers) = after(&[Change::Axis(Axis::MODEL_SIZE, size)]);
        raise::build(&answers, &state.scenario.setup).expect("a Mac's limit can be raised")
    };
    assert!(fits(8e9).advice.contains("can be raised to 56.0 GiB"));
    assert!(fits(78e9).advice.contains("it fits"), "{:?}", fits(78e9));
    assert!(fits(200e9).advice.contains("does not fit"), "{:?}", fits(200e9));
    let raised = Change::Raised(Some(Bytes::gib(56.0)));
    let (state, answers) = after(&[Change::Axis(Axis::MODEL_SIZE, 78e9), raised.clone()]);
    let shown = raise::build(&answers, &state.scenario.setup).expect("a Mac's limit can be raised");
    assert_eq!(shown.command.as_deref(), Some("sudo sysctl iogpu.wired_limit_mb=57344"));
    let (state, answers) = after(&[Change::Axis(Axis::MODEL_SIZE, 200e9), raised]);
    let shown = raise::build(&answers, &state.scenario.setup).expect("a Mac's limit can be raised");
    assert_eq!(shown.command, None, "what still fails is not advised");
    let (_, answers) = after(&[Change::Machine("card-12gb".to_owned())]);
    assert_eq!(raise::build(&answers, &Setup::default()), None, "a card has no such limit");
}

#[test]
fn a_raised_limit_is_of_its_scenario_and_machine() {
    let raised = Change::Raised(Some(Bytes::gib(56.0)));
    let (state, answers) = after(&[raised.clone(), Change::Axis(Axis::CONTEXT, 16_384.0)]);
    assert_eq!(state.scenario.setup.raised_limit, RaisedLimit(Some(Bytes::gib(56.0))));
    let said = verdict::build(&state.scenario, &answers).headline;
    assert!(said.ends_with("with the limit raised to 56.0 GiB"), "{said}");
    let fresh = AppState::new(first_scenario(&Catalog::built_in()).expect("a first scenario")).scenario;
    for left in [Change::Machine("card-12gb".to_owned()), Change::Scenario(Box::new(fresh))] {
        let back = Change::Machine(THIS.to_owned());
        let (state, answers) = after(&[raised.clone(), left, back]);
        assert_eq!(state.scenario.setup, Setup::default());
        assert!(!verdict::build(&state.scenario, &answers).headline.contains("raised"));
    }
}

#[test]
fn another_runtime_takes_the_nearest_format() {
    let catalog = Catalog::built_in();
    let first = first_scenario(&catalog).expect("the catalog has the first model");
    let on = |scenario: &Scenario, runtime: &str| {
        let (change, _) = form::set(scenario, "runtime", runtime).expect("a runtime");
        AppState::new(scenario.clone()).after(&change).scenario
    };
    let format = |scenario: &Scenario| match &scenario.workload {
        Workload::Inference(_, inference) => inference.quantization.key(),
        other => panic!("{other:?}"),
    };
    let mlx = on(&first, "mlx");
    assert_eq!(format(&mlx), "mlx-4bit");
    assert_eq!(format(&on(&mlx, "llama.cpp")), "Q4_K_M");
}

/// The other families as they start, on the Mac.
#[test]
fn each_family_in_words() {
    let catalog = Catalog::built_in();
    let first = first_scenario(&catalog).expect("the catalog has the first model");
    for family in Family::ALL.into_iter().skip(1) {
        let scenario = form::switched(&first, family, &catalog).expect("a family starts");
        let (state, answers) = after(&[Change::Family(Box::new(scenario))]);
        insta::assert_snapshot!(family.key(), in_words(&state, &answers));
    }
}

/// A family is found again as it was left.
#[test]
fn a_family_is_kept_while_another_is_looked_at() {
    let catalog = Catalog::built_in();
    let first = first_scenario(&catalog).expect("the catalog has the first model");
    let tune = form::switched(&first, Family::FineTune, &catalog).expect("a family starts");
    let (state, _) = after(&[Change::Axis(Axis::CONTEXT, 32_768.0), Change::Family(Box::new(tune))]);
    let left = state.others.get(&Family::Inference).expect("it is kept");
    assert!((Axis::CONTEXT.get(left) - 32_768.0).abs() < 1e-9);
    assert_eq!(state.axis, Axis::SEQUENCE);
}

#[test]
fn before_detection_the_need_is_known_and_no_verdict_is() {
    let first = first_scenario(&Catalog::built_in()).expect("the catalog has the first model");
    let state = AppState::new(first);
    let answers = Answers::new(&state, Machines { all: &[], version: 0 });
    let words = verdict::build(&state.scenario, &answers);
    assert_eq!(words.verdict, None);
    assert_eq!(words.headline, "Detecting this machine…");
    assert!(!bar::build(&answers).segments.is_empty(), "the parts are known without a machine");
}

/// Speed and cost of the first chat, and of the first fine-tune, on three machines of the catalog.
#[test]
fn speed_and_cost_in_words() {
    let catalog = Catalog::built_in();
    let first = first_scenario(&catalog).expect("the catalog has the first model");
    let tune = form::switched(&first, Family::FineTune, &catalog).expect("a family starts");
    let ids = ["apple-m5max-40c-128gb", "dgx-spark-gb10-128gb", "rtx-5090-32gb", "rent-h100-sxm"];
    let chosen: Vec<Arc<Machine>> =
        ids.iter().map(|id| Arc::clone(catalog.machine(id).expect("it is known"))).collect();
    for (name, scenario) in [("chat", first), ("tune", tune)] {
        let compared = ids.iter().map(|id| Change::Compare((*id).to_owned()));
        let changes = compared.chain([Change::Machine(ids[0].to_owned())]);
        let state = changes.fold(AppState::new(scenario), |state, change| state.after(&change));
        let answers = Answers::new(&state, Machines { all: &chosen, version: 0 });
        let (speed, cost) = (speed::build(&state, &answers), cost::build(&state, &answers));
        let row = |row: &cost::CostRow| {
            let (price, running) = (row.price.round(), row.running.round());
            format!("{} | {price} | {running} | {} | {} | {}", row.name, row.total, row.work, row.beside)
        };
        let text = [
            panel("speed", [speed.line.clone(), speed.basis.clone(), speed.unit.to_owned()]),
            panel("whiskers", speed.whiskers.iter().map(|one| format!("{} | {}", one.name, one.text))),
            panel(
                "charts",
                speed.charts.iter().map(|chart| {
                    let ends = chart.curves.iter().map(|curve| {
                        let end = |point: Option<&(f64, f64)>| point.map_or(f64::NAN, |point| point.1);
                        format!(
                            "{} {:.4} to {:.4}",
                            curve.name,
                            end(curve.points.first()),
                            end(curve.points.last())
                        )
                    });
                    format!("{}: {}", chart.title, ends.collect::<Vec<_>>().join(", "))
                }),
            ),
            panel("cost", std::iter::once(cost.span.clone()).chain(cost.rows.iter().map(row))),
        ];
        insta::assert_snapshot!(format!("speed-and-cost-{name}"), text.concat());
    }
}

/// Two rows may have the same figures and not the same verdict: then their limits are not equally well known.
#[test]
fn a_machine_says_between_what_its_limit_lies() {
    let (state, answers) = after(&[]);
    let list = machines::build(&state, &answers);
    let first = list.listed(&answers).next().expect("a machine is listed");
    let mac = machines::row(&state, first).more;
    assert!(mac.contains("the limit is 46.0 to 50.0 GiB"), "{mac}");
}

/// What the form says of a context that the server opens by itself is what it opens, and so is what has to lie in it.
#[test]
fn what_lies_in_a_context_follows_the_server_that_opens_it() {
    let served = "(model: \"llama-3.3-70b\", server: \"llama-server\", quantization: \"Q4_K_M\")";
    let (state, answers) = preset_on(served, "rtx-4090-24gb");
    let form = workload::build(&state, &answers);
    let value = |axis: Axis| {
        let row =
            form.sliders.iter().find(|(of, _)| *of == axis).map(|(_, row)| (row.value, row.text.clone()));
        row.expect("it is a slider")
    };
    let (context, said) = value(Axis::CONTEXT);
    assert_eq!(said, "4,096", "the shortest that the server opens");
    let rows = [&form.rows.head, &form.rows.main, &form.rows.advanced].into_iter().flatten();
    let mut answer = rows.filter(|row| row.key == "generate").map(|row| row.text.replace(',', ""));
    let answer: f64 = answer.next_back().expect("it is asked").parse().expect("a number");
    assert!(value(Axis::PROMPT).0 + answer <= context, "{:?} and {answer} in {context}", value(Axis::PROMPT));
    let asked = crate::report::asked(&state.scenario);
    assert!(!asked.iter().any(|line| line.starts_with("Context")), "nobody asked for one: {asked:?}");
    let (state, _) = preset_on(&served.replace(')', ", context: \"8k\")"), "rtx-4090-24gb");
    let asked = crate::report::asked(&state.scenario);
    assert!(asked.iter().any(|line| line == "Context: 8,192 tokens"), "{asked:?}");
}

/// A model that reads alone has figures of its own wherever others have those of an answer.
#[test]
fn a_model_that_writes_nothing_is_compared_by_what_it_reads() {
    let (state, answers) = preset_on("(model: \"bge-m3\")", "rtx-4090-24gb");
    let table = compare::build(&state, &answers);
    let said = |label: &str| {
        let line = table.lines.iter().find(|line| line.label == label).map(|line| line.cells[0].text.clone());
        line.unwrap_or_else(|| panic!("no line {label}"))
    };
    assert!(said("Texts").ends_with(" texts/s") && said("Prefill").ends_with(" tok/s"));
    assert!(said("Texts at once").ends_with('s'), "{}", said("Texts at once"));
    assert!(!table.lines.iter().any(|line| line.label.contains("ecode") || line.label.contains("TTFT")));
    assert_eq!(speed::build(&state, &answers).unit, "Tokens a second, all texts at once");
}
