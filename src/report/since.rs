//! What a report said when it was saved, beside what it says now.

use super::open::{SavedAnswer, SavedReport};
use super::{Report, in_words};
use crate::units::{
    Bytes, Dollars, Hours, Seconds, TokensPerSecond, show_dollars, show_figures, show_gib, show_time,
};

/// A report that was saved and is answered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Day it was made.
    pub made_on: String,
    /// Version of the program that made it.
    pub version: String,
    /// Day of the newest fact then.
    pub data_of: String,
    /// What is different, machine by machine.
    pub changes: Vec<Change>,
}

/// A figure that is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the machine.
    pub machine: String,
    /// Which figure.
    pub what: &'static str,
    /// What was said.
    pub was: String,
    /// What is said now.
    pub is: String,
}

impl Since {
    /// Of a saved report and its answers now. Machines that are not asked now are passed over.
    pub fn of(saved: &SavedReport, now: &Report) -> Self {
        let changes = saved.results.iter().flat_map(|was| {
            let answer = now.answers.iter().find(|answer| answer.machine.id == was.machine);
            answer
                .map(|answer| changes(was, &SavedAnswer::of(answer), &answer.machine.name))
                .unwrap_or_default()
        });
        Self {
            made_on: saved.made_on.clone(),
            version: saved.version.clone(),
            data_of: saved.data_of.clone(),
            changes: changes.collect(),
        }
    }
}

/// What is different now from when a report was saved, one sentence each; empty when nothing is. Machines that are not
/// asked now are passed over.
pub fn changes_since(saved: &SavedReport, now: &Report) -> Vec<String> {
    let mut said = Vec::new();
    if saved.version != now.version {
        said.push(format!("Made with Plimsoll {}, this is {}", saved.version, now.version));
    }
    if saved.data_of != now.data_of {
        said.push(format!("Facts were of {}, now of {}", in_words(&saved.data_of), in_words(&now.data_of)));
    }
    let each = Since::of(saved, now).changes.into_iter();
    said.extend(each.map(|Change { machine, what, was, is }| match what {
        "verdict" => format!("{machine}: was {was}, is {is}"),
        what => format!("{machine}: {what} was {was}, is {is}"),
    }));
    said
}

/// What is different in the answer of one machine.
fn changes(was: &SavedAnswer, is: &SavedAnswer, machine: &str) -> Vec<Change> {
    let mut found = Vec::new();
    let mut differs = |what: &'static str, was: String, is: String| {
        if was != is {
            found.push(Change { machine: machine.to_owned(), what, was, is });
        }
    };
    differs("verdict", was.verdict.clone(), is.verdict.clone());
    let bytes = |of: Option<f64>| of.map_or_else(unknown, |of| show_gib(Bytes::new(of)));
    differs("need", bytes(was.need_bytes), bytes(is.need_bytes));
    differs("limit", bytes(was.ceiling_bytes), bytes(is.ceiling_bytes));
    // A report of an older version said nothing of these.
    let Some((was, is)) = was.more.as_ref().zip(is.more.as_ref()) else { return found };
    differs("runtime", was.runtime.clone(), is.runtime.clone());
    let dollars = |of: Option<f64>| of.map_or_else(unknown, |of| show_dollars(Dollars::new(of)));
    differs("price", dollars(was.price_dollars), dollars(is.price_dollars));
    differs("rent an hour", dollars(was.rent_dollars_per_hour), dollars(is.rent_dollars_per_hour));
    differs("cost over the years", dollars(was.total_dollars), dollars(is.total_dollars));
    let rate = |of: Option<f64>| {
        of.map_or_else(unknown, |of| format!("{} tok/s", show_figures(TokensPerSecond::new(of).get())))
    };
    differs("decode", rate(was.decode_tokens_per_s), rate(is.decode_tokens_per_s));
    let time = |of: Option<f64>| of.map_or_else(unknown, |of| show_time(Seconds::new(of)));
    let hours = |of: Option<f64>| time(of.map(|of| Hours::new(of).get() * 3600.0));
    differs("a run", hours(was.run_hours), hours(is.run_hours));
    differs("an image", time(was.seconds_per_image), time(is.seconds_per_image));
    found
}

fn unknown() -> String {
    "unknown".to_owned()
}
