//! Speeds and costs in JSON: seconds, tokens a second, dollars and watt-hours are plain numbers.

use serde::Serialize;

use super::Answer;
use super::json::BandJson;
use crate::engine::Speed;
use crate::engine::speed::Bound;
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Ratio, Seconds, TokensPerSecond, WattHours, Watts};

/// Low, best and high of a speed or a time, and what holds it back.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct BoundedJson {
    #[serde(flatten)]
    band: BandJson,
    bound: &'static str,
}

/// How fast it runs; what a family does not have is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SpeedJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    decode_tokens_per_s: Option<BoundedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregate_tokens_per_s: Option<BoundedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefill_tokens_per_s: Option<BoundedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_to_first_token_s: Option<BoundedJson>,
    /// From the question to the end of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_s: Option<BoundedJson>,
    /// The same of a task of several calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_s: Option<BoundedJson>,
    /// Share of the weights that lies in the system's memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    offloaded_share: Option<f64>,
    /// Share of the weights that no memory has room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    train_tokens_per_s: Option<BoundedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_of_peak: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_per_epoch: Option<BoundedJson>,
    /// Of a picture or a clip, by the pictures that are made at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_per_image: Option<BoundedJson>,
    /// Of a training step.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_per_step: Option<BoundedJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_hours: Option<BoundedJson>,
    /// What no run exceeds: tokens a second, or seconds where the speed is a time.
    roofline: f64,
    bound: &'static str,
    group: &'static str,
    measurements: u32,
    machines_measured: u32,
    measured_here: bool,
}

/// What it costs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CostJson {
    price_dollars: Option<f64>,
    rent_dollars_per_hour: Option<f64>,
    load_watts: Option<f64>,
    electricity_five_years_dollars: Option<f64>,
    total_five_years_dollars: f64,
    hour_dollars: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    million_tokens_dollars: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_dollars: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    energy_watt_hours: Option<BandJson>,
    assumes: &'static str,
}

fn plain(band: Band<f64>) -> BandJson {
    BandJson { low: band.low, best: band.best, high: band.high }
}

fn bounded(band: Band<f64>, bound: Bound) -> BoundedJson {
    BoundedJson { band: plain(band), bound: bound.key() }
}

/// The speed of an answer, where it is known.
pub(super) fn speed_json(answer: &Answer) -> Option<SpeedJson> {
    let speed = answer.speed.as_ref()?;
    let (basis, bound) = (speed.basis(), speed.bound());
    let common = SpeedJson {
        bound: bound.key(),
        group: basis.group.label(),
        measurements: basis.rows,
        machines_measured: basis.machines,
        measured_here: basis.measured_here,
        ..SpeedJson::default()
    };
    let rates = |band: Band<TokensPerSecond>, bound| bounded(band.map(TokensPerSecond::get), bound);
    let seconds = |band: Band<Seconds>, bound| bounded(band.map(Seconds::get), bound);
    let hours = |band: Band<Hours>| bounded(band.map(Hours::get), bound);
    Some(match speed {
        Speed::Inference(speed) => {
            // A prompt is read at once, so arithmetic holds it back, or what has to cross to the card.
            let reading = if matches!(bound, Bound::Link | Bound::Disk) { bound } else { Bound::Compute };
            SpeedJson {
                decode_tokens_per_s: Some(rates(speed.decode, bound)),
                aggregate_tokens_per_s: Some(rates(speed.aggregate, bound)),
                prefill_tokens_per_s: Some(rates(speed.prefill, reading)),
                time_to_first_token_s: Some(seconds(speed.first_token, reading)),
                request_s: Some(seconds(speed.request, bound)),
                task_s: speed.task.map(|task| seconds(task, bound)),
                offloaded_share: Some(speed.offloaded),
                disk_share: Some(speed.on_disk),
                roofline: speed.roofline.get(),
                ..common
            }
        }
        Speed::Training(speed) => SpeedJson {
            train_tokens_per_s: Some(rates(speed.tokens, bound)),
            share_of_peak: Some(plain(speed.share.map(Ratio::get))),
            run_hours: Some(hours(speed.run)),
            roofline: speed.roofline.get(),
            ..common
        },
        Speed::Gnn(speed) => SpeedJson {
            seconds_per_epoch: Some(seconds(speed.epoch, bound)),
            run_hours: Some(hours(speed.run)),
            roofline: speed.roofline.get(),
            ..common
        },
        Speed::Pictures(speed) => {
            let batch = crate::units::count(speed.batch);
            let trains = speed.run.is_some();
            SpeedJson {
                seconds_per_image: (!trains).then(|| seconds(speed.picture.map(|all| all / batch), bound)),
                seconds_per_step: trains.then(|| seconds(speed.picture, bound)),
                run_hours: speed.run.map(hours),
                roofline: speed.roofline.get() / if trains { 1.0 } else { batch },
                ..common
            }
        }
    })
}

/// The cost of an answer, where the machine has a price or a rent.
pub(super) fn cost_json(answer: &Answer) -> Option<CostJson> {
    let cost = answer.cost?;
    let work = answer.work_cost().map(|(_, work)| work);
    let prices = |band: Band<Dollars>| plain(band.map(Dollars::get));
    Some(CostJson {
        price_dollars: cost.price.map(Dollars::get),
        rent_dollars_per_hour: cost.rent.map(DollarsPerHour::get),
        load_watts: cost.load.map(Watts::get),
        electricity_five_years_dollars: cost.electricity.map(Dollars::get),
        total_five_years_dollars: cost.total.get(),
        hour_dollars: cost.hour.get(),
        million_tokens_dollars: work.and_then(|work| work.million_tokens).map(prices),
        run_dollars: work.and_then(|work| work.run).map(prices),
        energy_watt_hours: work.and_then(|work| work.energy).map(|energy| plain(energy.map(WattHours::get))),
        assumes: "8 hours a day under load for five years, idle else, $0.18 a kilowatt-hour",
    })
}
