//! Whether every figure says where and when it was learnt.

use super::Audit;
use super::report::{Finding, Report};
use crate::catalog::record::{Chip, Product};
use crate::catalog::{Catalog, MemoryLimits};
use crate::spec::{Body, Figure, Kind, Model, QualityLoss, SOFTWARE, Scores, overhead};

/// What provenance is held against.
struct Origin<'a, 'r> {
    catalog: &'a Catalog,
    today: Option<&'a str>,
    report: &'a mut Report<'r>,
}

impl Origin<'_, '_> {
    fn figure<T>(&mut self, field: &str, figure: &Figure<T>) {
        let Figure(_, _, source, date) = figure;
        if source.is_empty() {
            self.report.wrong(field, "has no source; write a key of sources.ron");
        } else if !self.catalog.sources.contains_key(source) {
            self.report.wrong(field, format!("names the source `{source}`, which sources.ron does not have"));
        }
        day(field, date, self.today, self.report);
    }

    fn optional<T>(&mut self, field: &str, figure: Option<&Figure<T>>) {
        if let Some(figure) = figure {
            self.figure(field, figure);
        }
    }
}

/// Every figure of a chip.
pub(super) fn chip(chip: &Chip, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    let mut origin = Origin { catalog, today: audit.today, report };
    origin.optional("dies", chip.dies.as_ref());
    origin.optional("bandwidth", chip.bandwidth.as_ref());
    origin.optional("interconnect", chip.interconnect.as_ref());
    origin.optional("load", chip.load.as_ref());
    origin.optional("idle", chip.idle.as_ref());
    origin.optional("peaks.fp32", chip.peaks.fp32.as_ref());
    origin.optional("peaks.fp16", chip.peaks.fp16.as_ref());
    origin.optional("peaks.bf16", chip.peaks.bf16.as_ref());
    origin.optional("peaks.int8", chip.peaks.int8.as_ref());
    origin.optional("peaks.fp8", chip.peaks.fp8.as_ref());
    origin.optional("peaks.fp4", chip.peaks.fp4.as_ref());
    body(&mut origin, &chip.body);
    for size in &chip.sizes {
        origin.figure("sizes.memory", &size.memory);
        origin.optional("sizes.visible", size.visible.as_ref());
        origin.optional("sizes.gpu_limit", size.gpu_limit.as_ref());
        origin.optional("sizes.left_by_system", size.left_by_system.as_ref());
        origin.optional("sizes.bandwidth", size.bandwidth.as_ref());
        origin.optional("sizes.price", size.price.as_ref());
    }
}

/// Every figure of a product.
pub(super) fn product(product: &Product, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    let mut origin = Origin { catalog, today: audit.today, report };
    origin.optional("system", product.system.as_ref());
    origin.optional("price", product.price.as_ref());
    origin.optional("rent", product.rent.as_ref());
    origin.optional("load", product.load.as_ref());
    origin.optional("idle", product.idle.as_ref());
    body(&mut origin, &product.body);
}

/// Every figure of what a machine is as a thing.
fn body(origin: &mut Origin<'_, '_>, body: &Body) {
    let Body { form, dimensions, weight, noise, slot, power_limits } = body;
    origin.optional("body.form", form.as_ref());
    origin.optional("body.dimensions", dimensions.as_ref());
    origin.optional("body.weight", weight.as_ref());
    origin.optional("body.noise", noise.as_ref());
    origin.optional("body.slot", slot.as_ref());
    origin.optional("body.power_limits", power_limits.as_ref());
}

/// Every figure of a model.
pub(super) fn model(model: &Model, catalog: &Catalog, audit: &Audit<'_>, report: &mut Report<'_>) {
    if !catalog.sources.contains_key(&model.source) {
        report.wrong("source", format!("is `{}`, which sources.ron does not have", model.source));
    }
    let mut origin = Origin { catalog, today: audit.today, report };
    origin.figure("parameters", &model.parameters);
    origin.optional("active_parameters", model.active_parameters.as_ref());
    origin.optional("vision.parameters", model.vision.as_ref().map(|vision| &vision.parameters));
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
    let mut report = Report { file: "overhead.ron", record: "overhead", findings };
    let mut origin = Origin { catalog, today: audit.today, report: &mut report };
    for overhead in overhead::ORIGINS {
        let (source, date) = (overhead.source.to_owned(), overhead.date.to_owned());
        origin.figure(overhead.name, &Figure((), overhead.kind, source, date));
    }
    let mut report = Report { file: "software", record: "software", findings };
    let mut origin = Origin { catalog, today: audit.today, report: &mut report };
    for fact in SOFTWARE.into_iter().flatten() {
        let (source, date) = (fact.source.to_owned(), fact.date.to_owned());
        origin.figure(fact.name, &Figure((), Kind::Datasheet, source, date));
    }
    for loss in crate::catalog::quality() {
        let mut report = Report { file: "quality.ron", record: loss.quantization.key(), findings };
        measured(loss, &mut Origin { catalog, today: audit.today, report: &mut report });
    }
    let mut report = Report { file: "memory_limits.ron", record: "memory limits", findings };
    limits(MemoryLimits::built_in(), &mut Origin { catalog, today: audit.today, report: &mut report });
}

/// A loss of quality: its origin, and that its model is the catalog's.
fn measured(loss: &QualityLoss, origin: &mut Origin<'_, '_>) {
    origin.figure("scores", &loss.scores);
    let Scores { before, after } = *loss.scores.value();
    if before.is_nan() || after.is_nan() || before <= 0.0 || after <= 0.0 {
        origin.report.wrong("scores", "are no scores; write both above 0");
    }
    // A catalog of a few records alone need not have the model.
    if let Ok(model) = origin.catalog.model(&loss.model)
        && (model.name != loss.name || (*model.parameters.value() / loss.parameters - 1.0).abs() > 1e-6)
    {
        let right = format!("{} with {} parameters", model.name, model.parameters.value());
        origin.report.wrong("model", format!("is `{}`, which is {right}", loss.model));
    }
}

fn limits(limits: &MemoryLimits, origin: &mut Origin<'_, '_>) {
    if let Some(older) = &limits.older {
        origin.figure("older.small", &older.small);
        origin.figure("older.large", &older.large);
    }
    if let Some(newer) = &limits.newer {
        origin.figure("newer.beyond", &newer.beyond);
        for point in &newer.shares {
            origin.figure("newer.shares", &point.share);
        }
    }
    for measured in &limits.measured {
        origin.figure(&measured.machine, &measured.limit);
    }
    for driver in &limits.drivers {
        origin.figure("drivers.keeps", &driver.keeps);
    }
    for rule in &limits.shared {
        origin.figure("shared.share", &rule.share);
        origin.optional("shared.at_most", rule.at_most.as_ref());
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
