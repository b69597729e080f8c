//! Speeds and costs in JSON: seconds, tokens a second, dollars and watt-hours are plain numbers.

use serde::Serialize;

use super::Answer;
use super::json::BandJson;
use crate::engine::Speed;
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Ratio, Seconds, TokensPerSecond, WattHours, Watts};

/// How fast it runs; what a family does not have is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SpeedJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    decode_tokens_per_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregate_tokens_per_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefill_tokens_per_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_token_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offloaded_share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    training_tokens_per_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_of_peak: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_s: Option<BandJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_s: Option<BandJson>,
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

fn rates(band: Band<TokensPerSecond>) -> BandJson {
    plain(band.map(TokensPerSecond::get))
}

fn seconds(band: Band<Seconds>) -> BandJson {
    plain(band.map(Seconds::get))
}

fn runs(band: Band<Hours>) -> BandJson {
    plain(band.map(|hours| hours.get() * 3600.0))
}

/// The speed of an answer, where it is known.
pub(super) fn speed_json(answer: &Answer) -> Option<SpeedJson> {
    let speed = answer.speed.as_ref()?;
    let basis = speed.basis();
    let common = SpeedJson {
        bound: speed.bound().key(),
        group: basis.group.label(),
        measurements: basis.rows,
        machines_measured: basis.machines,
        measured_here: basis.measured_here,
        ..SpeedJson::default()
    };
    Some(match speed {
        Speed::Inference(speed) => SpeedJson {
            decode_tokens_per_s: Some(rates(speed.decode)),
            aggregate_tokens_per_s: Some(rates(speed.aggregate)),
            prefill_tokens_per_s: Some(rates(speed.prefill)),
            first_token_s: Some(seconds(speed.first_token)),
            request_s: Some(seconds(speed.request)),
            task_s: speed.task.map(seconds),
            offloaded_share: Some(speed.offloaded),
            roofline: speed.roofline.get(),
            ..common
        },
        Speed::Training(speed) => SpeedJson {
            training_tokens_per_s: Some(rates(speed.tokens)),
            share_of_peak: Some(plain(speed.share.map(Ratio::get))),
            run_s: Some(runs(speed.run)),
            roofline: speed.roofline.get(),
            ..common
        },
        Speed::Gnn(speed) => SpeedJson {
            epoch_s: Some(seconds(speed.epoch)),
            run_s: Some(runs(speed.run)),
            roofline: speed.roofline.get(),
            ..common
        },
        Speed::Pictures(speed) => SpeedJson {
            picture_s: Some(seconds(speed.picture)),
            run_s: speed.run.map(runs),
            roofline: speed.roofline.get(),
            ..common
        },
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
