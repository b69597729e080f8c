//! What the costs of a report assume, in sentences.

use super::speed_words::years;
use crate::engine::Use;
use crate::units::{Dollars, show_dollars, show_many};

/// How machines are used, and what is counted.
pub(super) fn assumed(usage: &Use) -> Vec<String> {
    let dollars = |value: f64| show_dollars(Dollars::new(value));
    let busy = if usage.utilization < 1.0 {
        format!(", with work in {:.0} % of them", usage.utilization * 100.0)
    } else {
        String::new()
    };
    let resale = usage.residual_share.map_or_else(
        || "what others of its kind were sold used for".to_owned(),
        |share| format!("{:.0} % of its price", share * 100.0),
    );
    let host = usage.host_dollars.map_or_else(|| "what a plain one costs".to_owned(), dollars);
    let host_watts =
        usage.host_watts.map_or_else(|| "not counted".to_owned(), |watts| format!("{watts} W at all hours"));
    let mut said = vec![
        format!(
            "Machines work {} a day for {}{busy} and idle the rest of it; a kilowatt-hour costs ${}. Where \
             idle power is unknown, idling is not counted.",
            show_many(usage.hours_a_day, "hour"), years(usage.years), usage.tariff
        ),
        "What a machine costs in all years is shared out over its hours of work: the cost of a run or of a million \
         tokens is that of a machine used so."
            .to_owned(),
        format!("A machine that is bought is sold in the end for {resale}, and that is taken off."),
        format!(
            "A card that is bought alone needs a computer around it: {host} is in the cost of all years and not in \
             the price, and its power is {host_watts}."
        ),
    ];
    let kind = if usage.spot {
        "what may be taken away, where a price for that is known"
    } else {
        "the listed price"
    };
    let storage = if usage.storage_dollars > 0.0 {
        format!("{} a month for storage", dollars(usage.storage_dollars))
    } else {
        "no storage".to_owned()
    };
    said.push(format!(
        "Rented is at {kind}, for all the hours above and no fewer than its least term, with {storage}."
    ));
    if let (Some(input), Some(output)) = (usage.api_input, usage.api_output) {
        said.push(format!(
            "An API asks {} and {} for a million tokens in and out.",
            dollars(input),
            dollars(output)
        ));
    }
    said
}
