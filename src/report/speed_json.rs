//! Speeds and costs in JSON: figures in seconds, tokens a second, dollars and watt-hours.

use serde::Serialize;

use super::Answer;
use super::figure_json::FigureJson;
use super::working_json::Named;
use crate::engine::speed::Bound;
use crate::engine::{Book, FigureName, Speed, Use};
use crate::spec::PriceBasis;
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Ratio, Seconds, TokensPerSecond, WattHours, Watts};

/// How fast it runs; what a family does not have is left out.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SpeedJson {
    #[serde(flatten)]
    figures: Named<FigureJson>,
    bound: &'static str,
    group: &'static str,
    measurements: u32,
    machines_measured: u32,
    measured_here: bool,
    /// Why the band is as wide as it is, and what narrows it.
    band_reason: &'static str,
}

/// What it costs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct CostJson {
    #[serde(flatten)]
    figures: Named<FigureJson>,
    /// Whose price it is: `launch` `list` `street` `used` `refurbished` `mixed` `unsaid`; `null` for a rent.
    price_basis: Option<&'static str>,
    /// Whether price and power are of the computer too, and not of the card alone.
    includes_computer: bool,
    assumes: AssumesJson,
}

/// The use that costs follow from.
#[derive(Clone, Copy, Debug, Serialize)]
struct AssumesJson {
    tariff_dollars_per_kwh: f64,
    hours_a_day: f64,
    years: f64,
}

impl From<Use> for AssumesJson {
    fn from(usage: Use) -> Self {
        let Use { tariff, hours_a_day, years } = usage;
        Self { tariff_dollars_per_kwh: tariff, hours_a_day, years }
    }
}

/// Figures with their workings from a book, in the order they are added.
struct Figures<'a> {
    book: &'a Book,
    found: Vec<(&'static str, FigureJson)>,
}

impl<'a> Figures<'a> {
    const fn new(book: &'a Book) -> Self {
        Self { book, found: Vec::new() }
    }

    fn band(&mut self, name: FigureName, band: Band<f64>, bound: Option<Bound>) {
        let figure = FigureJson::band(band).with_working(self.book, name);
        let figure = match bound {
            Some(bound) => figure.bound(bound),
            None => figure,
        };
        self.found.push((name.key(), figure));
    }

    fn exact(&mut self, name: FigureName, value: f64) {
        self.found.push((name.key(), FigureJson::given(value).with_working(self.book, name)));
    }

    fn given(&mut self, key: &'static str, value: Option<f64>) {
        self.found.extend(value.map(|value| (key, FigureJson::given(value))));
    }
}

/// The speed of an answer, where it is known.
pub(super) fn speed_json(answer: &Answer) -> Option<SpeedJson> {
    let speed = answer.estimate.speed.as_ref()?;
    let (basis, bound) = (speed.basis(), speed.bound());
    let mut figures = Figures::new(&answer.estimate.workings);
    let rates = |band: Band<TokensPerSecond>| band.map(TokensPerSecond::get);
    let seconds = |band: Band<Seconds>| band.map(Seconds::get);
    let hours = |band: Band<Hours>| band.map(Hours::get);
    match speed {
        Speed::Inference(speed) => {
            let prefill = Some(speed.prefill_bound);
            let bound = Some(bound);
            figures.band(FigureName::Decode, rates(speed.decode), bound);
            figures.band(FigureName::TimePerOutputToken, seconds(speed.time_per_output_token), bound);
            figures.band(FigureName::Aggregate, rates(speed.aggregate), bound);
            figures.band(FigureName::Prefill, rates(speed.prefill), prefill);
            figures.band(FigureName::TimeToFirstToken, seconds(speed.time_to_first_token), prefill);
            figures.band(FigureName::Request, seconds(speed.request), bound);
            if let Some(task) = speed.task {
                figures.band(FigureName::Task, seconds(task), bound);
            }
            figures.given("offloaded_share", Some(speed.offloaded));
            figures.given("disk_share", Some(speed.on_disk));
            figures.exact(FigureName::Roofline, speed.roofline.get());
            figures.exact(FigureName::PrefillRoofline, speed.prefill_roofline.get());
        }
        Speed::Training(speed) => {
            figures.band(FigureName::TrainTokens, rates(speed.tokens), Some(bound));
            figures.band(FigureName::ShareOfPeak, speed.share.map(Ratio::get), None);
            figures.band(FigureName::RunHours, hours(speed.run), Some(bound));
            figures.exact(FigureName::Roofline, speed.roofline.get());
        }
        Speed::Gnn(speed) => {
            figures.band(FigureName::Epoch, seconds(speed.epoch), Some(bound));
            figures.band(FigureName::RunHours, hours(speed.run), Some(bound));
            figures.exact(FigureName::Roofline, speed.roofline.get());
        }
        Speed::Images(speed) => {
            let name = if speed.run.is_some() { FigureName::Step } else { FigureName::Image };
            figures.band(name, seconds(speed.image), Some(bound));
            if let Some(run) = speed.run {
                figures.band(FigureName::RunHours, hours(run), Some(bound));
            }
            figures.exact(FigureName::Roofline, speed.roofline.get());
        }
    }
    Some(SpeedJson {
        figures: Named(figures.found),
        bound: bound.key(),
        group: basis.group.label(),
        measurements: basis.rows,
        machines_measured: basis.machines,
        measured_here: basis.measured_here,
        band_reason: basis.doubt.label(),
    })
}

/// The cost of an answer, where the machine has a price or a rent.
pub(super) fn cost_json(answer: &Answer) -> Option<CostJson> {
    let cost = answer.estimate.cost?;
    let mut figures = Figures::new(&answer.estimate.workings);
    figures.given("price_dollars", cost.price.map(Dollars::get));
    figures.given("rent_dollars_per_hour", cost.rent.map(DollarsPerHour::get));
    figures.given("load_watts", cost.load.map(Watts::get));
    figures.given("idle_watts", cost.idle.map(Watts::get));
    if let Some(electricity) = cost.electricity {
        figures.exact(FigureName::Electricity, electricity.get());
    }
    figures.exact(FigureName::Total, cost.total.get());
    figures.exact(FigureName::Hour, cost.hour.get());
    if let Some(work) = answer.estimate.work_cost {
        let prices = |band: Band<Dollars>| band.map(Dollars::get);
        if let Some(tokens) = work.million_tokens {
            figures.band(FigureName::MillionTokens, prices(tokens), None);
        }
        if let Some(run) = work.run {
            figures.band(FigureName::RunDollars, prices(run), None);
        }
        if let Some(energy) = work.energy {
            figures.band(FigureName::Energy, energy.map(WattHours::get), None);
        }
    }
    Some(CostJson {
        figures: Named(figures.found),
        price_basis: cost.basis.map(PriceBasis::key),
        includes_computer: !cost.card_alone,
        assumes: cost.usage.into(),
    })
}
