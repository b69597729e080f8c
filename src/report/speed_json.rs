//! Speeds and costs in JSON: figures in seconds, tokens a second, dollars and watt-hours.

use serde::Serialize;

use super::Answer;
use super::figure_json::FigureJson;
use super::working_json::Named;
use crate::engine::speed::Bound;
use crate::engine::{Book, Cost, FigureName, Speed, Use};
use crate::spec::PriceBasis;
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Ratio, Seconds, TokensPerSecond, WattHours, Watts};

/// How fast it runs; what a family does not have is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Whether electricity counts hours without work; where idle power is unknown it does not.
    idle_power_known: bool,
    /// Day of the lists that API prices are from; `null` where none is known or they were typed.
    api_prices_of: Option<&'static str>,
    /// `null` where the machine has neither a price nor a rent.
    assumes: Option<AssumesJson>,
}

/// The use that costs follow from.
#[derive(Clone, Copy, Debug, Serialize)]
struct AssumesJson {
    tariff_dollars_per_kwh: f64,
    hours_a_day: f64,
    years: f64,
    /// Share of those hours in which there is work.
    utilization: f64,
    /// `null` where it is what others were sold for.
    residual_share: Option<f64>,
    /// `null` where it is what a plain computer for a card costs.
    host_dollars: Option<f64>,
    /// `null` where it is left out.
    host_watts: Option<f64>,
    spot: bool,
    storage_dollars_a_month: f64,
    /// `null` where it is what providers list.
    api_input_dollars_per_million: Option<f64>,
    api_output_dollars_per_million: Option<f64>,
}

impl From<Use> for AssumesJson {
    fn from(usage: Use) -> Self {
        Self {
            tariff_dollars_per_kwh: usage.tariff,
            hours_a_day: usage.hours_a_day,
            years: usage.years,
            utilization: usage.utilization,
            residual_share: usage.residual_share,
            host_dollars: usage.host_dollars,
            host_watts: usage.host_watts,
            spot: usage.spot,
            storage_dollars_a_month: usage.storage_dollars,
            api_input_dollars_per_million: usage.api_input,
            api_output_dollars_per_million: usage.api_output,
        }
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
    answer.estimate.speed.as_ref().map(|speed| with_workings(speed, &answer.estimate.workings))
}

/// A speed without workings.
pub(super) fn speed_of(speed: &Speed) -> SpeedJson {
    with_workings(speed, &Book::default())
}

fn with_workings(speed: &Speed, workings: &Book) -> SpeedJson {
    let (basis, bound) = (speed.basis(), speed.bound());
    let mut figures = Figures::new(workings);
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
        Speed::Reading(speed) => {
            let bound = Some(bound);
            figures.band(FigureName::Prefill, rates(speed.tokens), bound);
            figures.band(FigureName::Texts, speed.texts, bound);
            figures.band(FigureName::TextsAtOnce, seconds(speed.together), bound);
            figures.given("offloaded_share", Some(speed.offloaded));
            figures.given("disk_share", Some(speed.on_disk));
            figures.exact(FigureName::PrefillRoofline, speed.roofline.get());
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
    SpeedJson {
        figures: Named(figures.found),
        bound: bound.key(),
        group: basis.group.label(),
        measurements: basis.rows,
        machines_measured: basis.machines,
        measured_here: basis.measured_here,
        band_reason: basis.doubt.label(),
    }
}

/// The cost of an answer, where the machine has a price or a rent.
pub(super) fn cost_json(answer: &Answer) -> Option<CostJson> {
    let mut figures = Figures::new(&answer.estimate.workings);
    if let Some(cost) = &answer.estimate.cost {
        own(answer, cost, &mut figures);
    }
    if let Some(api) = answer.estimate.api {
        let dollars = |band: Band<Dollars>| band.map(Dollars::get);
        figures.band(FigureName::ApiInput, dollars(api.input), None);
        figures.band(FigureName::ApiOutput, dollars(api.output), None);
    }
    let cost = answer.estimate.cost;
    (!figures.found.is_empty()).then(|| CostJson {
        figures: Named(figures.found),
        price_basis: cost.and_then(|cost| cost.basis).map(PriceBasis::key),
        includes_computer: cost.is_none_or(|cost| !cost.card_alone),
        idle_power_known: cost.is_some_and(|cost| cost.idle.is_some()),
        api_prices_of: answer.estimate.api.and_then(|api| api.date),
        assumes: cost.map(|cost| cost.usage.into()),
    })
}

/// What the machine itself costs, and the work on it.
fn own(answer: &Answer, cost: &Cost, figures: &mut Figures<'_>) {
    figures.given("price_dollars", cost.price.map(Dollars::get));
    figures.given("rent_dollars_per_hour", cost.rent.map(DollarsPerHour::get));
    figures.given("load_watts", cost.load.map(Watts::get));
    figures.given("idle_watts", cost.idle.map(Watts::get));
    figures.given("host_dollars", cost.host.map(Dollars::get));
    figures.given("least_rented_hours", (cost.least_hours > 0.0).then_some(cost.least_hours));
    if let Some(electricity) = cost.electricity {
        figures.exact(FigureName::Electricity, electricity.get());
    }
    if let Some(residual) = cost.residual {
        figures.exact(FigureName::Residual, residual.get());
    }
    figures.exact(FigureName::Total, cost.total.get());
    figures.exact(FigureName::Hour, cost.hour.get());
    if let Some(work) = answer.estimate.work_cost {
        let prices = |band: Band<Dollars>| band.map(Dollars::get);
        if let Some(prompts) = work.million_prompt_tokens {
            figures.band(FigureName::InputMillion, prices(prompts), None);
        }
        if let Some(tokens) = work.million_tokens {
            let generated = work.million_prompt_tokens.is_some();
            let name = if generated { FigureName::OutputMillion } else { FigureName::MillionTokens };
            figures.band(name, prices(tokens), None);
        }
        if let Some(run) = work.run {
            figures.band(FigureName::RunDollars, prices(run), None);
        }
        if let Some(energy) = work.energy {
            figures.band(FigureName::Energy, energy.map(WattHours::get), None);
        }
    }
}
