//! What a machine costs to own and to run, and a workload on it.

use super::figures::{Book, FigureName, fact};
use super::speed::Speed;
use super::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Figure as Fact, Machine, Offer, PriceBasis};
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Seconds, TokensPerSecond, WattHours, Watts};

/// How a machine is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Dollars for a kilowatt-hour.
    pub tariff: f64,
    /// Hours a day under load; it idles the rest of the day.
    pub hours_a_day: f64,
    /// Years it is kept.
    pub years: f64,
}

impl Default for Use {
    /// Eight hours a day for five years, at an average household's tariff in the USA.
    fn default() -> Self {
        Self { tariff: 0.18, hours_a_day: 8.0, years: 5.0 }
    }
}

impl Use {
    /// The most a kilowatt-hour may cost, in dollars.
    pub const MOST_TARIFF: f64 = 10.0;
    /// The most hours of a day.
    pub const MOST_HOURS: f64 = 24.0;
    /// The most years a machine may be kept.
    pub const MOST_YEARS: f64 = 50.0;

    /// Within the least and most of each; what is no number becomes the usual.
    #[must_use]
    pub fn clamped(self) -> Self {
        let usual = Self::default();
        let within = |value: f64, most: f64, usual: f64| {
            if value.is_nan() { usual } else { value.clamp(0.0, most) }
        };
        Self {
            tariff: within(self.tariff, Self::MOST_TARIFF, usual.tariff),
            hours_a_day: within(self.hours_a_day, Self::MOST_HOURS, usual.hours_a_day),
            years: within(self.years, Self::MOST_YEARS, usual.years),
        }
    }
}

/// What the hours of a use rest on.
const SAID: &str = "the use that was set for costs";

impl Use {
    /// Hours under load in all years.
    pub fn hours(&self) -> Hours {
        Hours::new(self.under_load(Detail::Figures).value)
    }

    fn under_load(&self, detail: Detail) -> Figure {
        let hours_a_day = self.hours_a_day.clamp(0.0, 24.0);
        formula!(detail, SAID; hours_a_day = hours_a_day, years = self.years => hours_a_day * 365.0 * years)
    }

    fn idle(&self, detail: Detail) -> Figure {
        formula!(detail, SAID; years = self.years, hours_under_load = self.under_load(detail)
            => max(365.0 * years * 24.0 - hours_under_load, 0.0))
    }
}

/// What a machine costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Its price, if it is bought.
    pub price: Option<Dollars>,
    /// Its rent, if it is rented.
    pub rent: Option<DollarsPerHour>,
    /// Electricity in all years; nothing for a rented one, and where its power is unknown.
    pub electricity: Option<Dollars>,
    /// Price and electricity, or rent, in all years.
    pub total: Dollars,
    /// The same for an hour under load.
    pub hour: DollarsPerHour,
    /// Electricity of an hour under load, beyond idling.
    pub running: DollarsPerHour,
    /// Power under load.
    pub load: Option<Watts>,
    /// Power when idle; where it is unknown, electricity is that of the hours under load alone.
    pub idle: Option<Watts>,
    /// Whose price it is.
    pub basis: Option<PriceBasis>,
    /// Whether the computer around a card is in neither price nor power.
    pub card_alone: bool,
    /// How it is used, which all of this follows from.
    pub usage: Use,
}

impl Cost {
    /// What is asked for it: dollars to buy it, or dollars for an hour.
    pub fn price_or_rent(&self) -> f64 {
        self.price.map(Dollars::get).or(self.rent.map(DollarsPerHour::get)).unwrap_or(f64::INFINITY)
    }
}

/// What a machine costs, used so; nothing where neither a price nor a rent is known.
pub fn cost(machine: &Machine, usage: &Use, book: &mut Book) -> Option<Cost> {
    let load = machine.load.as_ref().map(|figure| *figure.value());
    match machine.offer.as_ref()? {
        Offer::Rent(rate) => Some(rented(rate, load, usage, book)),
        Offer::Buy(price) => {
            Some(Cost { basis: Some(price.basis), ..bought(&price.figure, machine, usage, book) })
        }
    }
}

fn rented(rate: &Fact<DollarsPerHour>, load: Option<Watts>, usage: &Use, book: &mut Book) -> Cost {
    let detail = book.detail();
    let rent = *rate.value();
    let stated = || fact(detail, "rent", rate, rent.get());
    let total = formula!(detail, "rent of all hours under load";
        rent = stated(), hours_under_load = usage.under_load(detail) => rent * hours_under_load);
    let total = book.exact(FigureName::Total, total);
    book.exact(FigureName::Hour, stated());
    Cost {
        price: None,
        rent: Some(rent),
        electricity: None,
        total: Dollars::new(total),
        hour: rent,
        running: rent,
        load,
        idle: None,
        basis: None,
        card_alone: false,
        usage: *usage,
    }
}

fn bought(offer: &Fact<Dollars>, machine: &Machine, usage: &Use, book: &mut Book) -> Cost {
    let detail = book.detail();
    let watts = |name, of: &Option<Fact<Watts>>| {
        of.as_ref().map(|figure| fact(detail, name, figure, figure.value().get()))
    };
    let idle = || watts("idle_watts", &machine.idle);
    let electricity = watts("load_watts", &machine.load).map(|load| {
        let dollars = match idle() {
            Some(idle) => formula!(detail, "power under load and idle for all hours of the years";
                load_watts = load, hours_under_load = usage.under_load(detail),
                idle_watts = idle, hours_idle = usage.idle(detail), dollars_per_kwh = usage.tariff
                => (load_watts * hours_under_load + idle_watts * hours_idle) / 1000.0 * dollars_per_kwh),
            None => formula!(detail, "power under load for the hours under load; idle power is unknown";
                load_watts = load, hours_under_load = usage.under_load(detail), dollars_per_kwh = usage.tariff
                => load_watts * hours_under_load / 1000.0 * dollars_per_kwh),
        };
        book.exact(FigureName::Electricity, dollars)
    });
    let price = fact(detail, "price", offer, offer.value().get());
    let total = formula!(detail, "price and electricity";
        price = price, electricity = electricity.unwrap_or_default() => price + electricity);
    let total = book.exact(FigureName::Total, total);
    let hour = formula!(detail, "the total over the hours under load";
        total = total, hours_under_load = usage.under_load(detail)
        => total / max(hours_under_load, 1.0));
    let running = machine.load.as_ref().map_or(0.0, |load| {
        let idle = machine.idle.as_ref().map_or(0.0, |idle| idle.value().get());
        let more = (load.value().get() - idle).max(0.0);
        more / 1000.0 * usage.tariff
    });
    Cost {
        price: Some(*offer.value()),
        rent: None,
        electricity: electricity.map(Dollars::new),
        total: Dollars::new(total),
        hour: DollarsPerHour::new(book.exact(FigureName::Hour, hour)),
        running: DollarsPerHour::new(running),
        load: machine.load.as_ref().map(|figure| *figure.value()),
        idle: machine.idle.as_ref().map(|figure| *figure.value()),
        basis: None,
        card_alone: machine.leaves_out_computer(),
        usage: *usage,
    }
}

/// Hours of the more expensive machine under load after which both have cost the same for the same work.
///
/// Nothing where the one that is cheaper to begin with stays so. `pace` is the work of the more expensive one in an
/// hour over that of the other.
pub fn break_even(more: &Cost, other: &Cost, pace: f64, detail: Detail) -> Option<Figure> {
    let price = |cost: &Cost| cost.price.map_or(0.0, Dollars::get);
    let (ahead, saved) = (price(more) - price(other), other.running.get() * pace - more.running.get());
    (ahead > 0.0 && saved > 0.0).then(|| {
        formula!(detail, "the difference of the prices over what an hour saves";
            price = price(more), other_price = price(other), other_hour = other.running.get(), pace = pace,
            hour = more.running.get()
            => (price - other_price) / (other_hour * pace - hour))
    })
}

/// What a workload costs on a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkCost {
    /// Dollars for a million tokens generated, or trained on.
    pub million_tokens: Option<Band<Dollars>>,
    /// Dollars of a run: a training, an epoch's whole number, an image.
    pub run: Option<Band<Dollars>>,
    /// Energy of a run.
    pub energy: Option<Band<WattHours>>,
    /// Work in an hour under load by best estimate: million tokens, runs or images.
    pub work_per_hour: f64,
    /// Dollars for that unit of work, the machine's price shared out over the hours it is used.
    pub unit: Dollars,
}

/// Hours of a unit of work, from a speed or from a time of this book.
fn hours(speed: &Speed, detail: Detail) -> Hourly {
    let million = |tokens: Band<TokensPerSecond>| {
        let Band { low, best, high } = tokens.map(TokensPerSecond::get);
        let at = |speed: f64| formula!(detail, "a million tokens at that speed"; tokens = 1e6, tokens_per_s = speed => tokens / tokens_per_s / 3600.0);
        Band { low: at(high), best: at(best), high: at(low) }
    };
    let run = |hours: Band<Hours>| hours.map(|hours| Figure::from(hours.get()));
    match speed {
        Speed::Inference(speed) => Hourly::tokens(million(speed.aggregate)),
        Speed::Training(speed) => Hourly { tokens: Some(million(speed.tokens)), run: Some(run(speed.run)) },
        Speed::Gnn(speed) => Hourly::run(run(speed.run)),
        Speed::Images(speed) => match speed.run {
            Some(hours) => Hourly::run(run(hours)),
            None => {
                let at_once = f64::from(speed.at_once);
                let Band { low, best, high } = speed.batch_time.map(Seconds::get);
                let each = |seconds: f64| {
                    formula!(detail, "devices make images side by side"; seconds = seconds, devices = at_once
                        => seconds / 3600.0 / devices)
                };
                Hourly::run(Band { low: each(low), best: each(best), high: each(high) })
            }
        },
    }
}

/// Hours of a million tokens, and of a run or an image.
struct Hourly {
    tokens: Option<Band<Figure>>,
    run: Option<Band<Figure>>,
}

impl Hourly {
    const fn tokens(hours: Band<Figure>) -> Self {
        Self { tokens: Some(hours), run: None }
    }

    const fn run(hours: Band<Figure>) -> Self {
        Self { tokens: None, run: Some(hours) }
    }
}

/// What a workload costs at a speed, with the machine's price shared out over the hours it is used.
pub fn work_cost(cost: &Cost, speed: &Speed, book: &mut Book) -> WorkCost {
    let detail = book.detail();
    let Hourly { tokens, run } = hours(speed, detail);
    let dollars = |hours: &Figure| {
        formula!(detail, "hours at what an hour under load costs";
            hours = hours.clone(), hour_dollars = cost.hour.get() => hours * hour_dollars)
    };
    let energy = |watts: Watts, hours: &Figure| {
        formula!(detail, "hours at the power under load";
            hours = hours.clone(), load_watts = watts.get() => hours * load_watts)
    };
    // A training's work is counted in tokens, and its energy is that of the run.
    let unit = tokens.as_ref().or(run.as_ref()).map_or(f64::NAN, |hours| hours.best.value);
    let whole = run.as_ref().or(tokens.as_ref());
    let energy = cost.load.zip(whole).map(|(watts, hours)| {
        book.band(FigureName::Energy, each(hours, |hours| energy(watts, hours))).map(WattHours::new)
    });
    WorkCost {
        million_tokens: tokens
            .as_ref()
            .map(|hours| book.band(FigureName::MillionTokens, each(hours, dollars)).map(Dollars::new)),
        run: run
            .as_ref()
            .map(|hours| book.band(FigureName::RunDollars, each(hours, dollars)).map(Dollars::new)),
        energy,
        work_per_hour: 1.0 / unit,
        unit: Dollars::new(cost.hour.get() * unit),
    }
}

fn each(band: &Band<Figure>, of: impl Fn(&Figure) -> Figure) -> Band<Figure> {
    Band { low: of(&band.low), best: of(&band.best), high: of(&band.high) }
}

/// Dollars spent over work, idling apart: a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spending {
    /// Dollars before any work: the price of what is bought.
    pub start: Dollars,
    /// Dollars of a unit of work.
    pub slope: Dollars,
    /// Work done in all years of use.
    pub work: f64,
}

impl Spending {
    /// Dollars spent for so much work.
    pub fn after(&self, work: f64) -> Dollars {
        self.start + self.slope * work
    }
}

/// What is spent on a machine as work is done on it.
pub fn spending(cost: &Cost, work: &WorkCost) -> Spending {
    Spending {
        start: cost.price.unwrap_or_default(),
        slope: Dollars::new(cost.running.get() / work.work_per_hour),
        work: work.work_per_hour * cost.usage.hours().get().max(1.0),
    }
}
