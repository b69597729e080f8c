//! The sources page: where every figure that ships comes from, what nobody measured or stated first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::app::text;
use crate::catalog::Catalog;
use crate::catalog::check::{OldPrice, old_prices};
use crate::spec::Kind;
use crate::units::show_grouped;

/// Things that are named of one source; the rest is counted.
const NAMED: usize = 6;

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceData {
    /// Its key.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Where it is found.
    pub url: Option<String>,
    /// When it was published or read, as its record says.
    pub date: String,
    /// What of it nobody measured nor stated: `3 estimates`, `1 rumor`, `recalled`; else nothing.
    pub weak: Vec<String>,
    /// How many figures those are.
    pub guesses: usize,
    /// `14 figures: bandwidth of RTX 4090, …; read 2026-09-30`.
    pub gave: String,
    /// How many figures it gave.
    pub figures: usize,
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SourcesData {
    /// Sources, those with figures that nobody measured nor stated first, then by how much they gave.
    pub sources: Vec<SourceData>,
    /// Prices older than ninety days, those at launch last, of either the oldest first.
    pub old_prices: Vec<OldPrice>,
    /// How many prices there are.
    pub prices: usize,
}

/// What came of one source.
#[derive(Debug, Default)]
struct Given {
    kinds: BTreeMap<Kind, usize>,
    fields: BTreeMap<String, BTreeSet<String>>,
    days: BTreeSet<String>,
}

/// Computes the page; all records of the catalog are read for it.
pub(crate) fn compute(catalog: &Catalog, today: &str) -> SourcesData {
    let mut given: BTreeMap<String, Given> = BTreeMap::new();
    catalog.each_origin(&mut |of, origin| {
        let of_source = given.entry(origin.source.to_owned()).or_default();
        *of_source.kinds.entry(origin.kind).or_default() += 1;
        of_source.fields.entry(words(origin.field)).or_default().insert(of.to_owned());
        of_source.days.insert(origin.date.to_owned());
    });
    let mut sources: Vec<SourceData> = catalog
        .sources
        .iter()
        .filter_map(|(id, source)| {
            let given = given.get(id)?;
            let figures = given.kinds.values().sum();
            let of = |kind: Kind| given.kinds.get(&kind).copied().unwrap_or(0);
            let recalled = source.is_recalled().then(|| text::recalled().to_owned());
            let rumors = some(of(Kind::Rumour), text::one_rumor(), text::many_rumors);
            let estimates = some(of(Kind::Estimate), text::one_estimate(), text::many_estimates);
            let weak = rumors.into_iter().chain(estimates);
            let guesses = if source.is_recalled() { figures } else { of(Kind::Rumour) + of(Kind::Estimate) };
            Some(SourceData {
                id: id.clone(),
                title: source.title.clone(),
                url: source.url.clone(),
                date: source.date.clone(),
                weak: weak.chain(recalled).collect(),
                guesses,
                gave: gave(given, figures),
                figures,
            })
        })
        .collect();
    sources.sort_by(|a, b| {
        let by = |source: &SourceData| (source.guesses, source.figures);
        by(b).cmp(&by(a)).then_with(|| a.id.cmp(&b.id))
    });
    let (old_prices, prices) = old_prices(catalog, today);
    SourcesData { sources, old_prices, prices }
}

/// A field as people say it: `sizes.bandwidth` is the bandwidth.
fn words(field: &str) -> String {
    let plain = field.strip_prefix("sizes.").or_else(|| field.strip_prefix("body.")).unwrap_or(field);
    match plain.strip_prefix("peaks.") {
        Some(format) => text::sources_peak(&format),
        None => plain.replace(['_', '.'], " "),
    }
}

fn gave(given: &Given, figures: usize) -> String {
    let mut said: Vec<String> = Vec::new();
    for (field, things) in &given.fields {
        let first = things.first().map_or("", String::as_str);
        said.push(match things.len() {
            1 => text::sources_of(&field, &first),
            more => format!("{field} ({more})"),
        });
    }
    let more = said.len().saturating_sub(NAMED);
    said.truncate(NAMED);
    let more = match more {
        0 => String::new(),
        1 => text::and_one_more_kind().to_owned(),
        more => text::and_more_kinds(&more),
    };
    let (first, last) = (given.days.first(), given.days.last());
    let read = match (first, last) {
        (Some(first), Some(last)) if first != last => text::read_to(&first, &last),
        (Some(day), _) => text::sources_read(&day),
        _ => String::new(),
    };
    text::sources_gave(
        &some(figures, text::one_figure(), text::many_figures).unwrap_or_default(),
        &format_args!("{}{more}", said.join(", ")),
        &read,
    )
}

/// `1 figure`, `1,199 figures`; of none nothing.
fn some(count: usize, one: &str, many: fn(&dyn Display) -> String) -> Option<String> {
    match count {
        0 => None,
        1 => Some(one.to_owned()),
        count => Some(many(&show_grouped(u64::try_from(count).unwrap_or(u64::MAX)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_measured_stands_first_and_every_source_says_what_it_gave() {
        let catalog = Catalog::built_in();
        let data = compute(&catalog, "2026-11-27");
        let weak = data.sources.iter().take_while(|source| !source.weak.is_empty()).count();
        assert!(weak > 0 && weak < data.sources.len(), "{weak} of {}", data.sources.len());
        assert!(data.sources.iter().skip(weak).all(|source| source.weak.is_empty() && source.guesses == 0));
        let recalled = data.sources.iter().find(|source| source.id == "R").expect("it gave figures");
        assert!(recalled.weak.iter().any(|word| word == "recalled"), "{recalled:?}");
        assert!(recalled.gave.contains("figures: ") && recalled.gave.contains("read 2026-"), "{recalled:?}");
    }

    #[test]
    fn prices_grow_old_with_the_days_that_pass() {
        let catalog = Catalog::built_in();
        let now = compute(&catalog, "2026-11-27");
        let later = compute(&catalog, "2027-11-27");
        assert!(now.old_prices.len() < later.old_prices.len(), "in a year more are old");
        assert_eq!(later.old_prices.len(), later.prices, "in a year all are");
        assert!(compute(&catalog, "").old_prices.is_empty(), "nothing is old where the day is unknown");
    }
}
