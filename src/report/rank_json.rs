//! Ranked rows, as `rank --json` prints them.

use std::sync::Arc;

use serde::Serialize;

use super::quality_words::quality_unit;
use crate::engine::Speed;
use crate::engine::rank::{Row, Sort};
use crate::spec::{Machine, Named as _, Offer, Quality, Scenario};

/// What a quantization costs in quality.
#[derive(Clone, Debug, Serialize)]
struct QualityJson {
    /// How it was scored; `16-bit weights` for those that losses are counted from.
    metric: &'static str,
    /// How much worse, in `unit`; below zero where it scored better.
    loss: f64,
    unit: &'static str,
    /// The model that it was measured on.
    model: String,
    /// Whether that is the model of the row.
    own_measurement: bool,
    /// Key in the list of sources; `null` for 16-bit weights.
    source: Option<String>,
}

/// A model on a machine.
#[derive(Clone, Debug, Serialize)]
struct RowJson {
    model: Option<String>,
    /// `null` for workloads whose weights are not chosen so.
    quantization: Option<&'static str>,
    machine: String,
    runtime: &'static str,
    verdict: &'static str,
    memory_bytes: Option<f64>,
    decode_tokens_per_s: Option<f64>,
    time_to_first_token_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_tokens_per_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_hours: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_per_image: Option<f64>,
    price_dollars: Option<f64>,
    price_basis: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dollars_per_hour: Option<f64>,
    input_dollars_per_million: Option<f64>,
    output_dollars_per_million: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_dollars: Option<f64>,
    /// `null` where nobody measured the quantization.
    quality: Option<QualityJson>,
}

/// All rows, in their order.
#[derive(Clone, Debug, Serialize)]
pub struct RankJson {
    sort: &'static str,
    rows: Vec<RowJson>,
    /// Ids of machines that the highest price left out, or whose price is unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
}

impl RankJson {
    /// Of sorted rows.
    pub fn new(rows: &[Row<'_>], sort: Sort) -> Self {
        Self { sort: sort.key(), rows: rows.iter().map(row).collect(), left_out: Vec::new() }
    }

    /// The same with the machines that the highest price left out.
    #[must_use]
    pub fn without(self, left_out: &[Arc<Machine>]) -> Self {
        Self { left_out: left_out.iter().map(|machine| machine.id.clone()).collect(), ..self }
    }
}

/// The key of what weights are stored in.
fn stored(scenario: &Scenario) -> Option<&'static str> {
    let inference = scenario.inference().map(|inference| inference.quantization.key());
    inference.or_else(|| scenario.tune().map(|tune| tune.precision.key()))
}

fn row(row: &Row<'_>) -> RowJson {
    let estimate = &row.estimate;
    let scenario = &estimate.resolved.scenario;
    let (price, rent) = match &row.machine.offer {
        Some(Offer::Buy(price)) => (Some(price), None),
        Some(Offer::Rent(rent)) => (None, Some(rent.value().get())),
        None => (None, None),
    };
    let mut json = RowJson {
        model: scenario.language().map(|language| language.key.clone()),
        quantization: stored(scenario),
        machine: row.machine.id.clone(),
        runtime: estimate.resolved.runtime.key(),
        verdict: estimate.fit.verdict.key(),
        memory_bytes: row.memory().map(crate::units::Bytes::get),
        decode_tokens_per_s: None,
        time_to_first_token_s: None,
        train_tokens_per_s: None,
        run_hours: None,
        seconds_per_image: None,
        price_dollars: price.map(|price| price.value().get()),
        price_basis: price.map(|price| price.basis.key()),
        dollars_per_hour: rent,
        input_dollars_per_million: None,
        output_dollars_per_million: None,
        run_dollars: None,
        quality: scenario
            .language()
            .zip(row.quality)
            .map(|(language, quality)| quality_json(quality, &language.key)),
    };
    let work = estimate.work_cost;
    let run_dollars = work.and_then(|work| work.run).map(|dollars| dollars.best.get());
    match &estimate.speed {
        Some(Speed::Inference(speed)) => {
            json.decode_tokens_per_s = Some(speed.decode.best.get());
            json.time_to_first_token_s = Some(speed.time_to_first_token.best.get());
            let tokens = work.and_then(|work| work.million_tokens);
            let prompts = work.and_then(|work| work.million_prompt_tokens);
            json.input_dollars_per_million = prompts.map(|dollars| dollars.best.get());
            json.output_dollars_per_million = tokens.map(|dollars| dollars.best.get());
        }
        Some(Speed::Reading(_)) => {
            let tokens = work.and_then(|work| work.million_tokens);
            json.input_dollars_per_million = tokens.map(|dollars| dollars.best.get());
        }
        Some(Speed::Training(speed)) => {
            json.train_tokens_per_s = Some(speed.tokens.best.get());
            json.run_hours = Some(speed.run.best.get());
            json.run_dollars = run_dollars;
        }
        Some(Speed::Gnn(speed)) => {
            json.run_hours = Some(speed.run.best.get());
            json.run_dollars = run_dollars;
        }
        Some(Speed::Images(speed)) => {
            json.seconds_per_image = Some(speed.image.best.get());
            json.run_hours = speed.run.map(|run| run.best.get());
            json.run_dollars = run_dollars;
        }
        None => {}
    }
    json
}

fn quality_json(quality: Quality<'_>, model: &str) -> QualityJson {
    let measured = quality.measured();
    QualityJson {
        metric: measured.map_or("16-bit weights", |loss| loss.metric.label()),
        loss: quality.loss(),
        unit: quality_unit(quality),
        model: measured.map_or_else(|| model.to_owned(), |loss| loss.model.clone()),
        own_measurement: !matches!(quality, Quality::Nearest(_)),
        source: measured.map(|loss| loss.scores.2.clone()),
    }
}
