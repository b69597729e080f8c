//! What a machine costs to own and to run, and a workload on it.

use super::figures::{Book, FigureName, fact};
use super::speed::{Made, Speed};
use super::usage::Use;
use super::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Figure as Fact, Form, Machine, Offer, PriceBasis, Vendor, overhead};
use crate::units::{Band, Dollars, DollarsPerHour, Hours, Seconds, TokensPerSecond, WattHours, Watts};

/// What a machine costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Its price, if it is bought.
    pub price: Option<Dollars>,
    /// Its rent, if it is rented: what is listed, or the price of one that may be taken away.
    pub rent: Option<DollarsPerHour>,
    /// The least hours that it is rented for at once; 0 where it is by the minute or nobody says.
    pub least_hours: f64,
    /// What the computer around a card that is bought alone costs; nothing where there is none to buy.
    pub host: Option<Dollars>,
    /// What it is sold for in the end; nothing for a rented one.
    pub residual: Option<Dollars>,
    /// Electricity in all years; nothing for a rented one, and where its power is unknown.
    pub electricity: Option<Dollars>,
    /// Price, its computer and electricity less what it is sold for, or rent and storage, in all years.
    pub total: Dollars,
    /// The same for an hour of work.
    pub hour: DollarsPerHour,
    /// Electricity of an hour of work, beyond idling; of what is rented, the rent.
    pub running: DollarsPerHour,
    /// Power under load.
    pub load: Option<Watts>,
    /// Power when idle; where it is unknown, electricity is that of the hours under load alone.
    pub idle: Option<Watts>,
    /// Whose price it is.
    pub basis: Option<PriceBasis>,
    /// Whether the price is of a card alone.
    pub card_alone: bool,
    /// How it is used, which all of this follows from.
    pub usage: Use,
}

impl Cost {
    /// What is asked for it: dollars to buy it, or dollars for an hour.
    pub fn price_or_rent(&self) -> f64 {
        self.price.map(Dollars::get).or(self.rent.map(DollarsPerHour::get)).unwrap_or(f64::INFINITY)
    }

    /// What is paid before any work: its price, with that of the computer around it.
    pub fn outlay(&self) -> Dollars {
        self.price.unwrap_or_default() + self.host.unwrap_or_default()
    }

    /// The same less what it is sold for in the end: what having it costs.
    pub fn kept_paid(&self) -> Dollars {
        self.outlay() - self.residual.unwrap_or_default()
    }
}

/// What a machine costs, used so; nothing where neither a price nor a rent is known.
pub fn cost(machine: &Machine, usage: &Use, book: &mut Book) -> Option<Cost> {
    match machine.offer.as_ref()? {
        Offer::Rent(rate) => Some(rented(rate, machine, usage, book)),
        Offer::Buy(price) => {
            Some(Cost { basis: Some(price.basis), ..bought(&price.figure, machine, usage, book) })
        }
    }
}

fn rented(listed: &Fact<DollarsPerHour>, machine: &Machine, usage: &Use, book: &mut Book) -> Cost {
    let detail = book.detail();
    let rate = machine.rental.spot.as_ref().filter(|_| usage.spot).unwrap_or(listed);
    let rent = *rate.value();
    let stated = || fact(detail, "rent", rate, rent.get());
    let total = if usage.storage_dollars > 0.0 {
        formula!(detail, "rent of all hours, and storage that is kept in all months";
            rent = stated(), rented_hours = usage.rented(detail),
            storage_dollars_a_month = usage.storage_dollars, years = usage.years
            => rent * rented_hours + storage_dollars_a_month * 12.0 * years)
    } else {
        formula!(detail, "rent of all hours under load";
            rent = stated(), rented_hours = usage.rented(detail) => rent * rented_hours)
    };
    let whole = total.value;
    let total = book.exact(FigureName::Total, total);
    let plain = usage.utilization >= 1.0 && usage.storage_dollars <= 0.0;
    let hour = if plain {
        stated()
    } else {
        formula!(detail, "the total over the hours of work";
            total = whole, hours_under_load = usage.under_load(detail) => total / max(hours_under_load, 1.0))
    };
    let hour = book.exact(FigureName::Hour, hour);
    Cost {
        price: None,
        rent: Some(rent),
        least_hours: machine.rental.least_hours.as_ref().map_or(0.0, |hours| *hours.value()),
        host: None,
        residual: None,
        electricity: None,
        total: Dollars::new(total),
        hour: DollarsPerHour::new(hour),
        running: rent,
        load: machine.load.as_ref().map(|figure| *figure.value()),
        idle: None,
        basis: None,
        card_alone: false,
        usage: *usage,
    }
}

/// What the computer around a card costs; nothing where it is no card, or one for which no plain computer has a slot.
fn host(machine: &Machine, usage: &Use) -> Option<Figure> {
    let slot = machine.body.slot.as_ref().map(|slot| slot.value().as_str());
    let server = matches!(machine.body.form, Some(Fact(Form::Server, ..)));
    let takes_slot = slot.map_or(!server, |slot| slot.contains("PCIe"));
    let stated = || takes_slot.then_some(overhead::HOST_DOLLARS.amount);
    usage.host_dollars.or_else(stated).filter(|_| machine.leaves_out_computer()).map(Figure::from)
}

/// Share of the price that is got back after all years.
fn kept(machine: &Machine, usage: &Use, detail: Detail) -> Figure {
    if let Some(share) = usage.residual_share {
        return formula!(detail, "the share that was set for costs"; share = share => share);
    }
    let card = machine.leaves_out_computer() && machine.vendor != Vendor::Apple;
    let each = if card { &overhead::KEPT_A_YEAR_CARD } else { &overhead::KEPT_A_YEAR_WHOLE };
    let (a_year, source) = (each.amount, each.source);
    formula!(detail, format!("what others of its kind were sold used for, source {source}");
        kept_a_year = a_year, years = usage.years => exp(ln(kept_a_year) * years))
}

fn bought(offer: &Fact<Dollars>, machine: &Machine, usage: &Use, book: &mut Book) -> Cost {
    let detail = book.detail();
    let electricity =
        electricity(machine, usage, detail).map(|dollars| book.exact(FigureName::Electricity, dollars));
    let price = || fact(detail, "price", offer, offer.value().get());
    let host = host(machine, usage);
    let around = host.clone().unwrap_or_default().value;
    let residual = formula!(detail, "what it is sold for in the end, with the computer around it";
        price = price(), host_dollars = around, share_kept = kept(machine, usage, detail)
        => (price + host_dollars) * share_kept);
    let residual = book.exact(FigureName::Residual, residual);
    let total = formula!(detail, "price, the computer around a card, and electricity, less what it is sold for in the end";
        price = price(), host_dollars = around, electricity = electricity.unwrap_or_default(), residual = residual
        => price + host_dollars + electricity - residual);
    let total = book.exact(FigureName::Total, total);
    let hour = formula!(detail, "the total over the hours of work";
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
        least_hours: 0.0,
        host: host.map(|host| Dollars::new(host.value)),
        residual: Some(Dollars::new(residual)),
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

/// Electricity in all years; nothing where the power under load is unknown.
fn electricity(machine: &Machine, usage: &Use, detail: Detail) -> Option<Figure> {
    let watts = |name, of: &Option<Fact<Watts>>| {
        of.as_ref().map(|figure| fact(detail, name, figure, figure.value().get()))
    };
    let load = watts("load_watts", &machine.load)?;
    // The computer around a card draws its own power, working or idle.
    let host = usage.host_watts.filter(|_| machine.leaves_out_computer()).unwrap_or(0.0);
    Some(match watts("idle_watts", &machine.idle) {
        Some(idle) => formula!(detail, "power under load and idle for all hours of the years";
            load_watts = load, hours_under_load = usage.under_load(detail),
            idle_watts = idle, hours_idle = usage.idle(detail), host_watts = host, dollars_per_kwh = usage.tariff
            => (load_watts * hours_under_load + idle_watts * hours_idle
                + host_watts * (hours_under_load + hours_idle)) / 1000.0 * dollars_per_kwh),
        None => formula!(detail, "power under load for the hours under load; idle power is unknown";
            load_watts = load, hours_under_load = usage.under_load(detail), host_watts = host,
            dollars_per_kwh = usage.tariff
            => (load_watts + host_watts) * hours_under_load / 1000.0 * dollars_per_kwh),
    })
}

/// Hours of the more expensive machine under load after which both have cost the same for the same work.
///
/// Nothing where the one that is cheaper to begin with stays so. `pace` is the work of the more expensive one in an
/// hour over that of the other. What either is sold for in the end is taken off its price.
pub fn break_even(more: &Cost, other: &Cost, pace: f64, detail: Detail) -> Option<Figure> {
    let price = |cost: &Cost| cost.kept_paid().get();
    let (ahead, saved) = (price(more) - price(other), other.running.get() * pace - more.running.get());
    (ahead > 0.0 && saved > 0.0).then(|| {
        formula!(detail, "the difference of the prices, less what each is sold for in the end, over what an hour saves";
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
    /// Dollars for a million tokens of prompts.
    pub million_prompt_tokens: Option<Band<Dollars>>,
    /// Dollars of a run: a training, an epoch's whole number, an image.
    pub run: Option<Band<Dollars>>,
    /// What a run comes to.
    pub made: Made,
    /// Energy of a run.
    pub energy: Option<Band<WattHours>>,
    /// Work in an hour under load by best estimate: million tokens, runs or images.
    pub work_per_hour: f64,
    /// Dollars for that unit of work, the machine's price shared out over the hours it is used.
    pub unit: Dollars,
}

/// Hours of a unit of work, from a speed or from a time of this book.
fn hours(speed: &Speed, detail: Detail) -> Hourly {
    let million = |tokens: Band<TokensPerSecond>| million_in(tokens, detail);
    let run = |hours: Band<Hours>| hours.map(|hours| Figure::from(hours.get()));
    match speed {
        // What is read is priced apart.
        Speed::Inference(speed) => Hourly::tokens(million(speed.generating)),
        Speed::Reading(speed) => Hourly::tokens(million(speed.tokens)),
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

/// Hours of a million tokens at a speed.
fn million_in(tokens: Band<TokensPerSecond>, detail: Detail) -> Band<Figure> {
    let Band { low, best, high } = tokens.map(TokensPerSecond::get);
    let at = |speed: f64| {
        formula!(detail, "a million tokens at that speed"; tokens = 1e6, tokens_per_s = speed
            => tokens / tokens_per_s / 3600.0)
    };
    Band { low: at(high), best: at(best), high: at(low) }
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
    // A run by itself is rented for no less than the least; work that goes on is not rented anew.
    let by_itself = cost.least_hours > 0.0 && !matches!(speed, Speed::Images(images) if images.run.is_none());
    let run_dollars = |hours: &Figure| {
        if !by_itself {
            return dollars(hours);
        }
        formula!(detail, "hours, or the least that it is rented for, at what an hour under load costs";
            hours = hours.clone(), least_hours = cost.least_hours, hour_dollars = cost.hour.get()
            => max(hours, least_hours) * hour_dollars)
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
    let (name, prompts) = match speed {
        Speed::Inference(speed) => (FigureName::OutputMillion, Some(million_in(speed.prefill, detail))),
        Speed::Reading(_) => (FigureName::InputMillion, None),
        _ => (FigureName::MillionTokens, None),
    };
    WorkCost {
        million_tokens: tokens.as_ref().map(|hours| book.band(name, each(hours, dollars)).map(Dollars::new)),
        million_prompt_tokens: prompts
            .as_ref()
            .map(|hours| book.band(FigureName::InputMillion, each(hours, dollars)).map(Dollars::new)),
        run: run
            .as_ref()
            .map(|hours| book.band(FigureName::RunDollars, each(hours, run_dollars)).map(Dollars::new)),
        made: match speed {
            Speed::Images(images) if images.run.is_none() => images.made(),
            _ => Made::Run,
        },
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
    /// Dollars before any work: the price of what is bought, with the computer around it, less what it is sold for.
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
        start: cost.kept_paid(),
        slope: Dollars::new(cost.running.get() / work.work_per_hour),
        work: work.work_per_hour * cost.usage.hours().get().max(1.0),
    }
}
