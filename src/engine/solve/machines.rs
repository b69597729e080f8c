//! Which machines a scenario fits, by what they cost.

use std::sync::Arc;

use super::fits;
use crate::engine::{Assumptions, Estimate, Question};
use crate::spec::{Machine, Offer, Scenario};
use crate::units::Bytes;

/// A machine with what follows on it.
pub type Candidate = (Arc<Machine>, Estimate);

/// A machine that falls short, and by how much.
pub type JustMisses = (Arc<Machine>, Bytes);

/// The machines that a scenario fits.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// To buy, the cheapest first.
    pub buy: Vec<Candidate>,
    /// To rent, the cheapest hour first.
    pub rent: Vec<Candidate>,
    /// What falls just short, nearest first.
    pub just_misses: Vec<JustMisses>,
}

/// Most machines that are said to fall just short.
const MISSES: usize = 5;
/// Share of its ceiling that a machine may be short by to be near.
const NEAR: f64 = 0.25;

/// The machines that a scenario fits, of those given. What has no price is left out, for nobody can buy it by this.
pub fn machines_that_fit<'a>(
    scenario: &Scenario,
    machines: impl IntoIterator<Item = &'a Arc<Machine>>,
    assumptions: &Assumptions<'_>,
) -> Candidates {
    let mut question = Question::new(scenario);
    let mut found = Candidates::default();
    for machine in machines {
        let Some(offer) = &machine.offer else { continue };
        let estimate = question.on(machine, assumptions);
        if !fits(&estimate.fit) {
            found.just_misses.extend(short_by(&estimate).map(|short| (Arc::clone(machine), short)));
            continue;
        }
        let list = if matches!(offer, Offer::Buy(_)) { &mut found.buy } else { &mut found.rent };
        list.push((Arc::clone(machine), estimate));
    }
    let price = |(_, estimate): &Candidate| estimate.cost.map_or(f64::INFINITY, |cost| cost.price_or_rent());
    for list in [&mut found.buy, &mut found.rent] {
        by_price(list, price);
    }
    found.just_misses.sort_by(|(_, a), (_, b)| a.get().total_cmp(&b.get()));
    found.just_misses.truncate(MISSES);
    found
}

/// The cheapest first.
pub(super) fn by_price<T>(list: &mut [T], price: impl Fn(&T) -> f64) {
    list.sort_by(|a, b| price(a).total_cmp(&price(b)));
}

/// What is missing for the need at its highest, where that is little.
fn short_by(estimate: &Estimate) -> Option<Bytes> {
    let deciding = estimate.fit.deciding()?;
    let short = deciding.need.high - deciding.ceiling.bytes.low;
    (short > Bytes::ZERO && short <= deciding.ceiling.bytes.best * NEAR).then_some(short)
}
