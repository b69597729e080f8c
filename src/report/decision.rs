//! Which of the compared machines to take: what holds the workload, costs least, and is fastest.

use super::figures_of::{fits, pace};
use super::{Answer, Report};
use crate::engine::working::Detail;
use crate::engine::{Verdict, break_even};
use crate::units::{Band, Hours};

/// The machines of a report by what decides between them.
pub(super) struct Decision<'a> {
    /// Every answer: by verdict, then by what the machine costs in all years, then by name. Which of them happened to
    /// be selected says nothing.
    pub(super) order: Vec<&'a Answer>,
    /// Of those to buy that fit, the one that costs least in all years.
    pub(super) buy: Option<&'a Answer>,
    /// The same of whole computers, where what costs least is a card alone.
    pub(super) computer: Option<&'a Answer>,
    /// Of those that fit, the fastest by best estimate.
    pub(super) fastest: Option<&'a Answer>,
    /// Of those to rent that fit, the one whose work costs least.
    pub(super) rent: Option<&'a Answer>,
}

impl<'a> Decision<'a> {
    /// Of a report.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut order: Vec<&Answer> = report.answers.iter().collect();
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
        let bought =
            || fitting().filter(|answer| answer.estimate.cost.is_some_and(|cost| cost.price.is_some()));
        let buy = bought().next();
        let computer = bought().find(|answer| !card_alone(answer)).filter(|_| buy.is_some_and(card_alone));
        let speed = |answer: &Answer| pace(&answer.estimate).map_or(0.0, |pace| pace.best);
        let fastest = fitting()
            .filter(|answer| speed(answer) > 0.0)
            .reduce(|best, next| if speed(next) > speed(best) { next } else { best });
        let rented = fitting().filter(|answer| answer.estimate.cost.is_some_and(|cost| cost.rent.is_some()));
        let work = |answer: &Answer| answer.estimate.work_cost.map_or(f64::INFINITY, |work| work.unit.get());
        let rent = rented.reduce(|best, next| if work(next) < work(best) { next } else { best });
        Self { buy, computer, fastest, rent, order }
    }

    /// The machine that the first page is about: to buy, else to rent, else the fastest, else the first.
    pub(super) fn advised(&self) -> Option<&'a Answer> {
        self.buy.or(self.rent).or(self.fastest).or_else(|| self.order.first().copied())
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
        let pace_of = |answer: &Answer| pace(&answer.estimate).map(|pace| pace.best);
        let pace = pace_of(buy)? / pace_of(rent)?;
        break_even(&bought, &rented, pace, Detail::Figures).map(|figure| Hours::new(figure.value))
    }
}

/// What a machine costs in all years; without a price it comes last.
fn in_all_years(answer: &Answer) -> f64 {
    answer.estimate.cost.map_or(f64::INFINITY, |cost| cost.total.get())
}

/// Whether its price is of a card alone.
pub(super) fn card_alone(answer: &Answer) -> bool {
    answer.estimate.cost.is_some_and(|cost| cost.card_alone)
}

/// Whether two figures could be the same for all that is known.
pub(super) fn overlap(a: Band<f64>, b: Band<f64>) -> bool {
    a.low <= b.high && b.low <= a.high
}
