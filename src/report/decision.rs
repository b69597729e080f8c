//! Which of the compared machines to take: what holds the workload, costs least, and is fastest.

use super::Answer;
use super::figures_of::{fits, main_figure, pace};
use super::start::{start, start_note};
use super::subject::Subject;
use crate::engine::working::Detail;
use crate::engine::{FigureName, Verdict, break_even};
use crate::spec::Machine;
use crate::units::{Band, Dollars, Hours};

/// The machines of a scenario by what decides between them.
pub(super) struct Decision<'a> {
    /// What is decided.
    pub(super) subject: Subject<'a>,
    /// Every answer: by verdict, then by what the machine costs in all years, then by name. Which of them happened to
    /// be selected says nothing.
    pub(super) order: Vec<&'a Answer>,
    /// The place in that order of the one that the others are held against.
    pub(super) baseline: usize,
    /// Of those to buy that fit, the one that costs least in all years.
    pub(super) buy: Option<&'a Answer>,
    /// The same of whole computers, where what costs least is a card alone.
    pub(super) computer: Option<&'a Answer>,
    /// Of those that fit, the fastest by best estimate.
    pub(super) fastest: Option<&'a Answer>,
    /// Of those to rent that fit, the one whose work costs least.
    pub(super) rent: Option<&'a Answer>,
}

/// How a scenario is started on a machine.
pub(super) struct Starting<'a> {
    /// The machine with what follows on it.
    pub(super) answer: &'a Answer,
    /// What is typed; nothing where no single command or file does it.
    pub(super) command: Option<String>,
    /// What names in it stand for, or why there is none, a sentence without its full stop.
    pub(super) note: Option<String>,
}

impl<'a> Decision<'a> {
    /// Of a scenario of a report.
    pub(super) fn of(subject: Subject<'a>) -> Self {
        let mut order: Vec<&Answer> = subject.answers.iter().collect();
        order.sort_by(|a, b| {
            let rank = |answer: &Answer| answer.estimate.fit.verdict;
            // What fits tightly fits: price decides between the two.
            let class = |answer: &Answer| rank(answer).max(Verdict::Tight);
            class(a)
                .cmp(&class(b))
                .then(in_all_years(a).total_cmp(&in_all_years(b)))
                .then_with(|| a.machine.name.cmp(&b.machine.name))
        });
        let fitting = || order.iter().copied().filter(|answer| fits(&answer.estimate));
        let bought = || fitting().filter(|answer| is_bought(answer));
        // What nobody sells for its price is advised only where nothing else to buy holds it.
        let had = || bought().filter(|answer| answer.machine.can_be_had());
        let buy = had().next().or_else(|| bought().next());
        let computer = had().find(|answer| !card_alone(answer)).filter(|_| buy.is_some_and(card_alone));
        let fastest = fitting()
            .filter(|answer| speed(answer) > 0.0)
            .reduce(|best, next| if speed(next) > speed(best) { next } else { best });
        let rented = fitting().filter(|answer| answer.estimate.cost.is_some_and(|cost| cost.rent.is_some()));
        let rent = rented.reduce(|best, next| if work(next) < work(best) { next } else { best });
        let named = |answer: &&Answer| subject.baseline.is_some_and(|id| answer.machine.id == id);
        let baseline = order.iter().position(named).unwrap_or(0);
        Self { subject, baseline, buy, computer, fastest, rent, order }
    }

    /// The machine that the first page is about: to buy, else to rent, else the fastest, else the first.
    pub(super) fn advised(&self) -> Option<&'a Answer> {
        if self.ends_before_it_pays().is_some() {
            return self.rent;
        }
        self.buy.or(self.rent).or(self.fastest).or_else(|| self.order.first().copied())
    }

    /// Runs that cost as much rented as the machine to buy, where the work is a run that ends and they are many: nobody buys
    /// a machine for minutes of work.
    pub(super) fn ends_before_it_pays(&self) -> Option<f64> {
        const MANY: f64 = 20.0;
        let (buy, rent) = (self.buy?, self.rent?);
        let run = rent.estimate.work_cost?.run?.best.get();
        let runs = buy.estimate.cost?.price?.get() / run;
        let ends = main_figure(&rent.estimate) == Some(FigureName::RunHours);
        Some(runs).filter(|runs| ends && *runs > MANY && runs.is_finite())
    }

    /// Of those to buy that fit, each that is faster than all that cost less, cheapest first, but not the first itself.
    pub(super) fn faster_to_buy(&self) -> impl Iterator<Item = &'a Answer> + '_ {
        /// Less than this nobody pays for.
        const FASTER: f64 = 1.05;
        let start = self.buy.map_or(f64::INFINITY, |buy| speed(buy) * FASTER);
        let bought = self.order.iter().copied().filter(|answer| fits(&answer.estimate) && is_bought(answer));
        bought
            .scan(start, |fastest, answer| {
                let faster = speed(answer) > *fastest;
                *fastest = fastest.max(speed(answer) * FASTER);
                Some(faster.then_some(answer))
            })
            .flatten()
    }

    /// Of those that fit, the one whose work costs least.
    pub(super) fn least_work(&self) -> Option<&'a Answer> {
        let fitting = self.order.iter().copied().filter(|answer| fits(&answer.estimate));
        fitting
            .filter(|answer| work(answer).is_finite())
            .reduce(|best, next| if work(next) < work(best) { next } else { best })
    }

    /// What it costs to rent for all the work that the machine to buy does in all years.
    pub(super) fn same_work_rented(&self) -> Option<Dollars> {
        let (buy, rent) = (self.buy?, self.rent?);
        Some(rent.estimate.cost?.total * (speed(buy) / speed(rent)))
            .filter(|dollars| dollars.get().is_finite())
    }

    /// The steps that make it fit a machine, in one line; nothing where none are known that do.
    pub(super) fn made_to_fit(&self, machine: &Machine) -> Option<String> {
        let plan = self.subject.plans.iter().find(|plan| plan.machine.id == machine.id)?;
        plan.made_to_fit()
    }

    /// What starts it on the machine that is advised; nothing where it does not fit, or nothing is to be said of that.
    pub(super) fn starting(&self) -> Option<Starting<'a>> {
        let answer = self.advised().filter(|answer| fits(&answer.estimate))?;
        let resolved = &answer.estimate.resolved;
        let (command, note) = (start(resolved), start_note(resolved));
        (command.is_some() || note.is_some()).then_some(Starting { answer, command, note })
    }

    /// How many fit.
    pub(super) fn fitting(&self) -> usize {
        self.order.iter().filter(|answer| fits(&answer.estimate)).count()
    }

    /// Those that may or may not fit.
    pub(super) fn uncertain(&self) -> impl Iterator<Item = &'a Answer> + '_ {
        self.order.iter().copied().filter(|answer| answer.estimate.fit.verdict == Verdict::Uncertain)
    }

    /// Hours under load of the machine to buy after which it has cost less than the one to rent for the same work.
    pub(super) fn beats_rent_after(&self) -> Option<Hours> {
        let (buy, rent) = (self.buy?, self.rent?);
        let (bought, rented) = (buy.estimate.cost?, rent.estimate.cost?);
        let pace = speed(buy) / speed(rent);
        break_even(&bought, &rented, pace, Detail::Figures).map(|figure| Hours::new(figure.value))
    }
}

/// What a machine costs in all years; without a price it comes last.
fn in_all_years(answer: &Answer) -> f64 {
    answer.estimate.cost.map_or(f64::INFINITY, |cost| cost.total.get())
}

/// Work in a unit of time by best estimate; 0 where it is unknown.
fn speed(answer: &Answer) -> f64 {
    pace(&answer.estimate).map_or(0.0, |pace| pace.best)
}

/// Dollars of a unit of work; without an end where it is unknown.
fn work(answer: &Answer) -> f64 {
    answer.estimate.work_cost.map_or(f64::INFINITY, |work| work.unit.get())
}

/// Whether it has a price to buy it at.
fn is_bought(answer: &Answer) -> bool {
    answer.estimate.cost.is_some_and(|cost| cost.price.is_some())
}

/// Whether its price is of a card alone.
pub(super) fn card_alone(answer: &Answer) -> bool {
    answer.estimate.cost.is_some_and(|cost| cost.card_alone)
}

/// Whether two figures could be the same for all that is known.
pub(super) fn overlap(a: Band<f64>, b: Band<f64>) -> bool {
    a.low <= b.high && b.low <= a.high
}
