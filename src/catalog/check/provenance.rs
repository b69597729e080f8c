//! Whether every figure says where and when it was learnt.

use super::Audit;
use super::report::{Finding, Report};
use crate::catalog::figures::{self, Seen};
use crate::catalog::record::{Chip, Product};
use crate::catalog::{Catalog, MemoryLimits, Origin};
use crate::spec::{API_PRICES, AS_TYPED, Model, QualityLoss, Scores};

/// What provenance is held against.
struct Held<'a, 'r> {
    catalog: &'a Catalog,
    today: Option<&'a str>,
    report: &'a mut Report<'r>,
}

impl Held<'_, '_> {
    fn origin(&mut self, origin: &Origin<'_>) {
        let Origin { field, source, date, .. } = *origin;
        if source.is_empty() {
            self.report.wrong(field, "has no source; write a key of sources.ron");
        } else if source != AS_TYPED && !self.catalog.sources.contains_key(source) {
            self.report.wrong(field, format!("names the source `{source}`, which sources.ron does not have"));
        }
        day(field, date, self.today, self.report);
    }
}

/// Every figure of a chip.
pub(super) fn chip(chip: &Chip, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    let mut held = Held { catalog, today: audit.today, report };
    figures::chip(chip, &mut Seen(&mut |origin| held.origin(origin)));
}

/// Every figure of a product.
pub(super) fn product(product: &Product, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    let mut held = Held { catalog, today: audit.today, report };
    figures::product(product, &mut Seen(&mut |origin| held.origin(origin)));
}

/// Every figure of a model.
pub(super) fn model(model: &Model, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    if !catalog.sources.contains_key(&model.source) {
        report.wrong("source", format!("is `{}`, which sources.ron does not have", model.source));
    }
    let mut held = Held { catalog, today: audit.today, report };
    figures::model(model, &mut Seen(&mut |origin| held.origin(origin)));
}

/// The sources themselves, the overheads and the limits.
pub(super) fn sources(catalog: &Catalog, audit: &Audit<'_>, findings: &mut Vec<Finding>) {
    for (id, source) in catalog.sources.iter() {
        let mut report = Report { file: "sources.ron", record: id, findings };
        if source.title.trim().is_empty() {
            report.wrong("title", "is empty; say what it is");
        }
        if source.date.len() > "2026-09".len() {
            day("date", &source.date, audit.today, &mut report);
        } else if !is_month(&source.date) && !is_year(&source.date) {
            report.wrong("date", format!("is `{}`; write `2026-09-30`, `2026-09` or `2026`", source.date));
        }
    }
    let mut walked = |file: &'static str, record: &str, walk: &dyn Fn(&mut Seen<'_>)| {
        let mut report = Report { file, record, findings: &mut *findings };
        let mut held = Held { catalog, today: audit.today, report: &mut report };
        walk(&mut Seen(&mut |origin| held.origin(origin)));
    };
    walked("overhead.ron", "overhead", &figures::overheads);
    walked("software", "software", &figures::software);
    for loss in crate::catalog::quality() {
        walked("quality.ron", loss.quantization.key(), &|seen| figures::loss(loss, seen));
    }
    walked("memory_limits.ron", "memory limits", &|seen| figures::limits(MemoryLimits::built_in(), seen));
    for price in API_PRICES {
        walked("api_prices.ron", price.model, &|seen| figures::api_price(price, seen));
    }
    for loss in crate::catalog::quality() {
        let mut report = Report { file: "quality.ron", record: loss.quantization.key(), findings };
        measured(loss, catalog, &mut report);
    }
}

/// A loss of quality: that its scores are such, and that its model is the catalog's.
fn measured(loss: &QualityLoss, catalog: &Catalog, report: &mut Report<'_>) {
    let Scores { before, after } = *loss.scores.value();
    if before.is_nan() || after.is_nan() || before <= 0.0 || after <= 0.0 {
        report.wrong("scores", "are no scores; write both above 0");
    }
    // A catalog of a few records alone need not have the model.
    if let Ok(model) = catalog.model(&loss.model)
        && (model.name != loss.name || (*model.parameters.value() / loss.parameters - 1.0).abs() > 1e-6)
    {
        let right = format!("{} with {} parameters", model.name, model.parameters.value());
        report.wrong("model", format!("is `{}`, which is {right}", loss.model));
    }
}

/// Whether a figure's day is one, and not yet to come.
pub(super) fn day(field: &str, date: &str, today: Option<&str>, report: &mut Report<'_>) {
    if !is_day(date) {
        report.wrong(field, format!("is dated `{date}`; write the day, as `2026-09-30`"));
    } else if today.is_some_and(|today| date > today) {
        report.wrong(field, format!("is dated `{date}`, which is to come; write the day it was read"));
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && number(text).is_some_and(|year| (1990..2100).contains(&year))
}

/// Whether text is a month, `2026-09`.
pub(super) fn is_month(text: &str) -> bool {
    text.split_once('-').is_some_and(|(year, month)| {
        is_year(year) && month.len() == 2 && number(month).is_some_and(|month| (1..=12).contains(&month))
    })
}

fn is_day(text: &str) -> bool {
    let Some((month, day)) = text.rsplit_once('-') else { return false };
    if !is_month(month) || day.len() != 2 {
        return false;
    }
    let year = month.get(..4).and_then(number).unwrap_or_default();
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month.get(5..) {
        Some("02") if leap => 29,
        Some("02") => 28,
        Some("04" | "06" | "09" | "11") => 30,
        _ => 31,
    };
    number(day).is_some_and(|day| (1..=days).contains(&day))
}

/// Digits only; `parse` alone would take a sign.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{is_day, is_month};

    #[test]
    fn days_are_days_of_the_calendar() {
        for (text, expected) in [
            ("2026-09-30", true),
            ("1990-01-01", true),
            ("1989-12-31", false),
            ("2099-12-31", true),
            ("2100-01-01", false),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-09-31", false),
            ("2026-13-01", false),
            ("2026-9-1", false),
            ("26-09-01", false),
            ("2026-09", false),
            ("+026-09-01", false),
            ("", false),
        ] {
            assert_eq!(is_day(text), expected, "{text}");
        }
        assert!(is_month("2026-09") && !is_month("2026-00") && !is_month("2026"), "months");
    }
}
