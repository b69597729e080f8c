//! Figures by value: what a rule says, computed here by hand. Each test names the rule that it would notice missing.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::cost::cost;
use plimsoll::engine::speed::TrainingSpeed;
use plimsoll::engine::working::Detail;
use plimsoll::engine::{
    Assumptions, Book, CeilingKind, Cost, Speed, Use, break_even, ceilings, estimate, spending,
    usable_by_programs,
};
use plimsoll::report::{Format, Report, export};
use plimsoll::spec::{
    Diffusion, DiffusionMode, Figure, Kind, Link, Machine, Memory, Named as _, Offer, Pipeline, RaisedLimit,
    Scenario, Setup,
};
use plimsoll::units::{Band, Bytes, Dollars, DollarsPerHour, Hours, Watts};

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

fn near(one: f64, other: f64) {
    assert!((one / other - 1.0).abs() < 1e-9, "{one} is not {other}");
}

fn fact<T>(value: T) -> Figure<T> {
    Figure(value, Kind::Estimate, "test".to_owned(), "2026-11-27".to_owned())
}

/// A machine of $1,000 that takes 100 W under load and 10 W idle.
fn bought(usage: Use) -> Cost {
    let mut machine = Machine::clone(&machine("rtx-4090-24gb"));
    machine.offer = Some(Offer::Buy(fact(Dollars::new(1000.0)).into()));
    machine.load = Some(fact(Watts::new(100.0)));
    machine.idle = Some(fact(Watts::new(10.0)));
    cost(&machine, &usage, &mut Book::default()).expect("a price")
}

#[test]
fn electricity_is_that_under_load_and_that_of_idling() {
    for (tariff, hours_a_day, years, electricity) in [
        // 2,920 hours at 100 W and 5,840 at 10 W are 350.4 kWh.
        (0.20, 8.0, 1.0, 70.08),
        (0.20, 8.0, 5.0, 350.4),
        (0.40, 8.0, 1.0, 140.16),
        // All day under load, and all day idle.
        (0.20, 24.0, 1.0, 175.2),
        (0.20, 0.0, 1.0, 17.52),
    ] {
        let usage = Use { tariff, hours_a_day, years, ..Use::default() };
        let cost = bought(Use { residual_share: Some(0.0), host_dollars: Some(0.0), ..usage });
        near(cost.electricity.expect("its power is known").get(), electricity);
        near(cost.total.get(), 1000.0 + electricity);
        near(cost.hour.get(), (1000.0 + electricity) / (hours_a_day * 365.0 * years).max(1.0));
        // What an hour under load takes more than an idle one.
        near(cost.running.get(), 0.09 * tariff);
    }
}

#[test]
fn what_is_bought_has_a_computer_around_it_is_idle_at_times_and_is_sold_in_the_end() {
    let usage = Use { tariff: 0.2, hours_a_day: 8.0, years: 2.0, ..Use::default() };
    let usual = bought(usage);
    let host = usual.host.expect("a card in a slot").get();
    assert!(host > 0.0, "a plain computer has a price");
    let residual = usual.residual.expect("bought").get();
    let kept = (residual / (1000.0 + host)).sqrt();
    assert!((0.5..1.0).contains(&kept), "{kept} is kept a year");
    near(usual.total.get(), 1000.0 + host + 2.0 * 70.08 - residual);
    let set = bought(Use {
        residual_share: Some(0.25),
        host_dollars: Some(600.0),
        host_watts: Some(50.0),
        ..usage
    });
    near(set.residual.expect("bought").get(), 400.0);
    // 50 W at all 17,520 hours are 876 kWh.
    near(set.total.get(), 1000.0 + 600.0 + 2.0 * 70.08 + 175.2 - 400.0);
    // Half of the hours without work: 1,460 a year at 100 W and 7,300 at 10 W are 219 kWh.
    let half = bought(Use { utilization: 0.5, residual_share: Some(0.0), host_dollars: Some(0.0), ..usage });
    near(half.electricity.expect("known").get(), 2.0 * 219.0 * 0.2);
    near(half.hour.get(), half.total.get() / 2920.0);
}

#[test]
fn what_is_rented_is_paid_for_its_hours_its_least_term_and_its_storage() {
    let of = |usage: Use| {
        let mut machine = Machine::clone(&machine("rent-a100-80gb"));
        machine.offer = Some(Offer::Rent(fact(DollarsPerHour::new(2.0))));
        machine.rental.spot = Some(fact(DollarsPerHour::new(0.5)));
        machine.rental.least_hours = Some(fact(24.0));
        let assumptions = Assumptions { usage, ..Assumptions::new(calibration()) };
        let estimate = estimate(&asked("tool-calling-qlora-8b", &[]), &Arc::new(machine), &assumptions);
        (estimate.cost.expect("a rent"), estimate.work_cost.expect("a speed"))
    };
    let usage = Use { hours_a_day: 8.0, years: 1.0, ..Use::default() };
    let (cost, work) = of(usage);
    near(cost.total.get(), 2920.0 * 2.0);
    assert_eq!((cost.residual, cost.host), (None, None), "nothing is owned");
    near(work.run.expect("a run").best.get(), 48.0);
    let (cost, _) = of(Use { utilization: 0.5, storage_dollars: 10.0, ..usage });
    near(cost.total.get(), 2920.0 * 2.0 + 120.0);
    near(cost.hour.get(), (2920.0 * 2.0 + 120.0) / 1460.0);
    near(of(Use { spot: true, ..usage }).0.total.get(), 2920.0 * 0.5);
}

#[test]
fn an_api_is_the_middle_of_its_lists_or_what_was_typed() {
    let of = |preset: &str, usage: Use| {
        let assumptions = Assumptions { usage, ..Assumptions::new(calibration()) };
        estimate(&asked(preset, &[]), &machine("rtx-4090-24gb"), &assumptions).api
    };
    let listed = of("chat-70b", Use::default()).expect("many sell it");
    assert!(listed.providers > 3 && listed.date.is_some(), "{listed:?}");
    assert!(listed.input.low <= listed.input.best && listed.input.best <= listed.input.high, "{listed:?}");
    assert!(listed.output.best >= listed.input.best, "{listed:?}");
    let typed = Use { api_input: Some(1.5), api_output: Some(6.0), ..Use::default() };
    let set = of("chat-70b", typed).expect("typed");
    assert_eq!((set.input.best.get(), set.output.best.get(), set.date), (1.5, 6.0, None));
    assert_eq!(of("tool-calling-qlora-8b", typed), None, "a training generates nothing");
}

#[test]
fn a_machine_breaks_even_by_its_price_its_power_and_its_pace() {
    let of = |price: f64, running: f64| Cost {
        price: Some(Dollars::new(price)),
        running: plimsoll::units::DollarsPerHour::new(running),
        ..bought(Use::default())
    };
    let hours = |more: Cost, other: Cost, pace: f64| {
        break_even(&more, &other, pace, Detail::Figures).map(|hours| hours.value)
    };
    for (more, other, pace, expected) in [
        ((2000.0, 0.1), (1000.0, 0.5), 1.0, Some(2500.0)),
        // Twice the work an hour saves twice the other's electricity.
        ((2000.0, 0.1), (1000.0, 0.5), 2.0, Some(1000.0 / 0.9)),
        ((2000.0, 0.1), (0.0, 2.0), 0.5, Some(2000.0 / 0.9)),
        ((2000.0, 0.5), (1000.0, 0.5), 1.0, None),
        ((2000.0, 0.5), (1000.0, 0.5), 0.5, None),
        ((1000.0, 0.1), (2000.0, 0.5), 1.0, None),
    ] {
        let found = hours(of(more.0, more.1), of(other.0, other.1), pace);
        assert_eq!(found.is_some(), expected.is_some(), "{more:?} {other:?} {pace}");
        if let (Some(found), Some(expected)) = (found, expected) {
            near(found, expected);
        }
    }
}

#[test]
fn what_is_spent_grows_with_the_work() {
    let machine = machine("rtx-4090-24gb");
    let usage = Use { tariff: 0.3, hours_a_day: 4.0, years: 2.0, ..Use::default() };
    let assumptions = Assumptions { usage, ..Assumptions::new(calibration()) };
    let estimate = estimate(&asked("chat-8b", &[]), &machine, &assumptions);
    let (cost, work) = (estimate.cost.expect("a price"), estimate.work_cost.expect("a speed"));
    let spending = spending(&cost, &work);
    near(spending.work, work.work_per_hour * 4.0 * 365.0 * 2.0);
    let outlay = cost.price.expect("bought").get() + cost.host.expect("a card").get();
    near(spending.after(0.0).get(), outlay - cost.residual.expect("bought").get());
    near(spending.after(work.work_per_hour).get() - spending.after(0.0).get(), cost.running.get());
    near(work.million_tokens.expect("tokens").best.get(), cost.hour.get() / work.work_per_hour);
}

#[test]
fn an_operating_system_keeps_a_tenth_and_a_bare_one_a_gib_and_a_half() {
    for (total, low, best, high) in [
        (128.0, 115.2, 120.85, 126.5),
        // From 40 GiB down it keeps 4 GiB, or half of what little there is.
        (32.0, 28.0, 29.25, 30.5),
        (4.0, 2.0, 2.5, 3.0),
    ] {
        let usable = usable_by_programs(Bytes::gib(total));
        near(usable.low.as_gib(), low);
        near(usable.best.as_gib(), best);
        near(usable.high.as_gib(), high);
    }
}

#[test]
fn a_raised_limit_is_held_under_the_most_that_is_safe() {
    let mac = machine("apple-m4max-40c-128gb");
    let Memory::Unified { gpu_limit: Some(limit), .. } = mac.memory.value() else { panic!("a Mac") };
    let most = limit.raisable_to.expect("it can be raised");
    let raised_to = |gib: f64| {
        let found =
            ceilings(&mac, &Setup { raised_limit: RaisedLimit(Some(Bytes::gib(gib))), ..Setup::default() });
        let raised = found.iter().find(|each| each.kind == CeilingKind::RaisedLimit).expect("a raised limit");
        assert!(raised.decides && raised.bytes.is_exact());
        raised.bytes.best.as_gib()
    };
    near(raised_to(110.0), 110.0);
    near(raised_to(most.as_gib()), most.as_gib());
    near(raised_to(500.0), most.as_gib());
}

#[test]
fn weights_alone_are_too_large_only_over_the_high_end_of_a_limit() {
    let scenario = asked("chat-8b", &[]);
    let weights = {
        let roomy = estimate(&scenario, &machine("a100-80gb-sxm"), &Assumptions::new(calibration()));
        let device = plimsoll::engine::Place::Device;
        let peak = roomy.budget.peak_in(device).expect("a phase");
        let stored = |part: &&plimsoll::engine::Part| part.name.is_stored_model() && part.place == device;
        peak.parts.iter().filter(stored).map(|part| part.bytes.low).sum::<Bytes>()
    };
    let on_card_of = |more: f64| {
        let mut card = Machine::clone(&machine("rtx-4090-24gb"));
        let (low, high) = (Bytes::gib(0.5), Bytes::gib(0.1));
        // The driver keeps between 0.1 and 0.5 GiB, so the limit is a band that wide.
        let driver = Band { low: high, best: Bytes::gib(0.3), high: low };
        card.memory.0 = Memory::Discrete { vram: weights + Bytes::gib(more), driver, system: None };
        let estimate = estimate(&scenario, &Arc::new(card), &Assumptions::new(calibration()));
        let deciding = estimate.fit.deciding().expect("a limit").clone();
        assert_eq!(deciding.verdict.key(), "does-not-fit");
        deciding.weights_alone_too_large
    };
    assert!(!on_card_of(0.6), "under all of the band");
    assert!(!on_card_of(0.3), "inside the band: a driver that keeps little leaves room for them");
    assert!(on_card_of(0.0), "over all of the band");
}

fn training(preset: &str, set: &[(&str, &str)], id: &str) -> TrainingSpeed {
    let scenario = asked(preset, set);
    match estimate(&scenario, &machine(id), &Assumptions::new(calibration())).speed {
        Some(Speed::Training(speed)) => speed,
        other => panic!("{preset} {set:?}: {other:?}"),
    }
}

const LORA: &str = "tool-calling-qlora-8b";
const A100: &str = "a100-80gb-sxm";

#[test]
fn gradient_checkpointing_computes_the_forward_pass_again() {
    let with = |method, checkpointing| {
        let set = [("method", method), ("gradient_checkpointing", checkpointing), ("precision", "bf16")];
        training(LORA, &set, A100).flops.get()
    };
    // Forward and the gradients of values, and forward again; attention, whose gradients take twice, adds a third.
    let again = with("lora", "true") / with("lora", "false");
    assert!((1.45..1.5).contains(&again), "{again}");
    // With the gradients of weights.
    near(with("full", "true") / with("full", "false"), 4.0 / 3.0);
}

#[test]
fn unpacking_4_bit_weights_takes_time() {
    let speed = |precision| training(LORA, &[("method", "lora"), ("precision", precision)], A100).tokens.best;
    let left = speed("nf4").get() / speed("bf16").get();
    assert!((0.85..0.97).contains(&left), "{left}");
}

/// Copies all-reduce the 16-bit gradients once a step: every device sends 2 (n - 1) / n of them.
#[test]
fn copies_all_reduce_their_gradients() {
    let set = [
        ("method", "full"),
        ("devices", "4"),
        ("split", "copies"),
        ("link", "pcie"),
        ("model", "qwen2.5-0.5b"),
        ("micro_batch", "8"),
        ("sequence", "2048"),
        ("accumulation", "1"),
        ("kernels", "plain"),
    ];
    let speed = training(LORA, &set, A100);
    let scenario = asked(LORA, &set);
    let parameters = plimsoll::engine::scale::parameters(&scenario.language().expect("a model").model);
    let sent = 2.0 * 0.75 * parameters * 2.0;
    let pass = 8.0 * 2048.0;
    let mut one = set;
    one[1].1 = "1";
    let alone = pass / training(LORA, &one, A100).tokens.best.get();
    // At best half of it is sent while the devices compute.
    let shared = 4.0 * pass / speed.tokens.best.get();
    near(shared - alone, 0.5 * sent / Link::Pcie.bytes_per_second().best.get());
    near(speed.run.best.get(), run_tokens(&scenario) / speed.tokens.best.get() / 3600.0);
}

fn run_tokens(scenario: &Scenario) -> f64 {
    let tune = plimsoll::engine::graph::fine_tune(&scenario.workload).expect("a fine-tune");
    let count = plimsoll::units::count;
    count(tune.examples) * count(tune.tokens_per_example) * tune.epochs
}

/// A need whose low, best and high differ, on a machine whose limit is a band.
fn report() -> Report {
    let assumptions = Assumptions {
        usage: Use { tariff: 0.3, hours_a_day: 2.0, years: 1.0, ..Use::default() },
        ..Assumptions::new(calibration())
    };
    let machines = [machine("rtx-4090-24gb")];
    Report::new(asked("chat-8b", &[]), &machines, &assumptions, ("2026-11-27", "2026-11-21"))
}

#[test]
fn csv_has_low_best_and_high_in_their_columns() {
    let report = report();
    let deciding = report.answers[0].estimate.fit.deciding().expect("a limit");
    let text = export(&report, Format::Csv);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().expect("a head").clone();
    let row = table.records().next().expect("a row").expect("it reads");
    let of = |column: &str| {
        let at = head.iter().position(|name| name == column).expect(column);
        row[at].parse::<f64>().expect(column)
    };
    let need = deciding.need;
    assert!(need.low < need.best && need.best < need.high, "{need:?}");
    for (column, value) in [
        ("need_low_bytes", need.low),
        ("need_best_bytes", need.best),
        ("need_high_bytes", need.high),
        ("ceiling_bytes", deciding.ceiling.bytes.best),
    ] {
        assert!((of(column) - value.get()).abs() <= 0.5, "{column}: {} is not {value:?}", of(column));
    }
    let estimate = &report.answers[0].estimate;
    let Some(Speed::Inference(speed)) = &estimate.speed else { panic!("it answers") };
    let ends = |name: &str| ["low", "best", "high"].map(|end| of(&format!("{name}_{end}")).to_bits());
    let tokens = |speed: plimsoll::units::TokensPerSecond| speed.get().to_bits();
    assert_eq!(
        ends("decode_tokens_per_s"),
        [speed.decode.low, speed.decode.best, speed.decode.high].map(tokens)
    );
    let first = speed.time_to_first_token;
    let seconds = |time: plimsoll::units::Seconds| time.get().to_bits();
    assert_eq!(ends("time_to_first_token_s"), [first.low, first.best, first.high].map(seconds));
    let cost = estimate.cost.expect("a price");
    near(of("price_dollars"), cost.price.expect("bought").get());
    near(of("total_dollars"), cost.total.get());
}

#[test]
fn json_has_low_best_and_high_under_their_names() {
    let report = report();
    let estimate = &report.answers[0].estimate;
    let deciding = estimate.fit.deciding().expect("a limit");
    let json: serde_json::Value = serde_json::from_str(&export(&report, Format::Json)).expect("JSON");
    let answer = &json["answers"][0];
    let is = |of: &serde_json::Value, band: Band<f64>| {
        assert!(band.low < band.best && band.best < band.high, "{band:?}");
        for (end, value) in [("low", band.low), ("best", band.best), ("high", band.high)] {
            near(of[end].as_f64().expect(end), value);
        }
    };
    is(&answer["memory"]["need_bytes"], deciding.need.map(Bytes::get));
    let Some(Speed::Inference(speed)) = &estimate.speed else { panic!("it answers") };
    is(&answer["speed"]["decode_tokens_per_s"], speed.decode.map(plimsoll::units::TokensPerSecond::get));
    is(
        &answer["speed"]["time_per_output_token_s"],
        speed.time_per_output_token.map(plimsoll::units::Seconds::get),
    );
    near(speed.time_per_output_token.low.get(), 1.0 / speed.decode.high.get());
    let work = estimate.work_cost.expect("a price");
    is(&answer["cost"]["output_dollars_per_million"], work.million_tokens.expect("tokens").map(Dollars::get));
}

#[test]
fn markdown_shows_the_best_need_under_counted_and_the_limit_under_limit() {
    let report = report();
    let deciding = report.answers[0].estimate.fit.deciding().expect("a limit");
    let shown = plimsoll::units::show_gib;
    let row = format!(
        "| {} | {} | {} |",
        deciding.ceiling.kind.label(),
        shown(deciding.ceiling.bytes.best),
        shown(deciding.need.best)
    );
    assert_ne!(shown(deciding.need.best), shown(deciding.need.high));
    let text = export(&report, Format::Markdown);
    assert!(text.contains(&row), "{row}\n{text}");
}

#[test]
fn a_report_says_the_costs_of_the_use_that_was_set() {
    let report = report();
    let json: serde_json::Value = serde_json::from_str(&export(&report, Format::Json)).expect("JSON");
    let cost = &json["answers"][0]["cost"];
    let assumes = serde_json::json!({
        "tariff_dollars_per_kwh": 0.3, "hours_a_day": 2.0, "years": 1.0, "utilization": 1.0,
        "residual_share": null, "host_dollars": null, "host_watts": null, "spot": false,
        "storage_dollars_a_month": 0.0, "api_input_dollars_per_million": null,
        "api_output_dollars_per_million": null,
    });
    assert_eq!(cost["assumes"], assumes);
    let expected = report.answers[0].estimate.cost.expect("a price");
    near(
        cost["electricity_dollars"]["value"].as_f64().expect("dollars"),
        expected.electricity.expect("watts").get(),
    );
    near(cost["total_dollars"]["value"].as_f64().expect("dollars"), expected.total.get());
    let text = export(&report, Format::Markdown);
    assert!(text.contains("electricity in 1 year"), "{text}");
    assert!(!text.contains("five years"), "{text}");
    let ron = export(&report, Format::Ron);
    let plimsoll::report::Opened::Report(saved) =
        plimsoll::report::open(&ron, "report.ron").expect("it opens")
    else {
        panic!("a report")
    };
    assert_eq!(Use::from(saved.usage), report.usage, "it opens again with its use");
    let old = ron.lines().filter(|line| !line.contains("usage:")).collect::<Vec<_>>().join("\n");
    let plimsoll::report::Opened::Report(saved) =
        plimsoll::report::open(&old, "report.ron").expect("it opens")
    else {
        panic!("a report")
    };
    assert_eq!(Use::from(saved.usage), Use::default(), "reports of before have the usual use");
    near(
        Use { hours_a_day: 99.0, ..Use::default() }.clamped().hours().get(),
        Hours::new(24.0 * 365.0 * 5.0).get(),
    );
}

/// The published sizes are whole tokens of every pipeline's latents, or the program would round them.
#[test]
fn usual_sizes_of_pipelines_are_whole_tokens() {
    for pipeline in Pipeline::all() {
        let usual = Diffusion::usual(pipeline, DiffusionMode::Generate);
        assert!(usual.width.is_multiple_of(16) && usual.height.is_multiple_of(16), "{pipeline:?}: {usual:?}");
    }
}
