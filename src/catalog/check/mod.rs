//! The audit of a catalog: what is wrong with it, record by record, with what would be right.
//!
//! It is one function, used by the tests, by `plimsoll list --check`, and at load, where a record that
//! cannot be (no memory, no heads) is left out.

mod machine;
mod model;
mod old_prices;
mod provenance;
mod report;
mod support;

use std::collections::BTreeMap;

pub(super) use machine::{chip, product};
pub(super) use model::model;
pub use old_prices::{OldPrice, old_prices};
pub use report::Finding;
pub(super) use report::Report;

use super::entry::Record;
use super::record::Chip;
use super::{Catalog, CatalogProblem, Records, Sources};
use crate::spec::Model;
use crate::spec::support::FACTS;

/// What the audit holds a catalog against, besides itself.
#[derive(Clone, Copy, Default)]
pub struct Audit<'a> {
    /// The day, `YYYY-MM-DD`; no figure may be from later. `None` leaves that out.
    pub today: Option<&'a str>,
    /// Counts a model's parameters from its shapes; `None` leaves that out.
    pub count: Option<&'a dyn Fn(&Model) -> f64>,
}

/// Everything that is wrong with a catalog; empty when nothing is.
pub fn check(catalog: &Catalog, audit: &Audit<'_>) -> Vec<Finding> {
    let Catalog { machines, models, .. } = catalog;
    let mut findings = Vec::new();
    each(machines.chips(), &mut findings, |chip, report| {
        chip.check(report);
        provenance::chip(chip, catalog, audit, report);
    });
    each(machines.products(), &mut findings, |product, report| {
        product.check(report);
        provenance::product(product, catalog, audit, report);
        if !machines.iter().any(|machine| machine.id == product.id) {
            report.wrong("base", format!("no machine `{}`", crate::units::quoted(&product.base)));
        }
    });
    each(models, &mut findings, |model, report| {
        model.check(report);
        model::parameters(model, audit, report);
        model::architecture(model, report);
        provenance::model(model, catalog, audit, report);
    });
    findings.extend(Sources::problems().map(|problem| Finding::of_problem(&problem, "sources")));
    provenance::sources(catalog, audit, &mut findings);
    support::support(FACTS, audit, &mut findings);
    duplicates(catalog, &mut findings);
    unsorted(machines.chips(), &mut findings);
    unsorted(machines.products(), &mut findings);
    unsorted(models, &mut findings);
    findings
}

/// Audits every record; one that cannot be read, or cannot be, is a finding.
fn each<T>(records: &Records<T>, findings: &mut Vec<Finding>, audit: impl Fn(&T, &mut Report<'_>)) {
    for entry in records.entries() {
        match entry.record() {
            Ok(record) => audit(record, &mut Report { file: entry.file(), record: entry.id(), findings }),
            Err(problem) => findings.push(Finding::of_problem(problem, entry.id())),
        }
    }
}

/// Everything that is wrong with a chip alone, field by field.
pub fn findings_of(chip: &Chip) -> Vec<Finding> {
    let mut findings = Vec::new();
    self::chip(chip, &mut Report { file: "", record: &chip.id, findings: &mut findings });
    findings
}

/// Why no estimate can be made with a record; empty when one can.
pub(super) fn impossible<T: Record>(file: &str, record: &T) -> Vec<CatalogProblem> {
    let mut findings = Vec::new();
    record.check(&mut Report { file, record: record.id(), findings: &mut findings });
    findings.into_iter().filter(Finding::is_impossible).map(Finding::into_problem).collect()
}

/// Everything that is wrong with a user's record alone, with its place in the text; whether an estimate can be made with it.
pub(super) fn own<T: Record>(file: &str, text: &str, record: &T) -> (bool, Vec<CatalogProblem>) {
    let mut findings = Vec::new();
    record.check(&mut Report { file, record: record.id(), findings: &mut findings });
    let possible = !findings.iter().any(Finding::is_impossible);
    // What makes it impossible is enough to say of a record that is left out.
    findings.retain(|finding| possible || finding.is_impossible());
    (possible, findings.into_iter().map(|finding| finding.placed(text).into_problem()).collect())
}

/// No two machines may answer to one id, and no two models.
fn duplicates(catalog: &Catalog, findings: &mut Vec<Finding>) {
    let mut machines = BTreeMap::new();
    for machine in &catalog.machines {
        for id in std::iter::once(&machine.id).chain(&machine.aliases) {
            duplicate(&mut machines, id, &machine.id, "machines", findings);
        }
    }
    let mut models = BTreeMap::new();
    for model in &catalog.models {
        duplicate(&mut models, &model.id, &model.id, "models", findings);
    }
}

fn duplicate(
    seen: &mut BTreeMap<String, String>,
    id: &str,
    owner: &str,
    file: &str,
    findings: &mut Vec<Finding>,
) {
    if let Some(other) = seen.insert(id.to_lowercase(), owner.to_owned()) {
        Report { file, record: owner, findings }
            .wrong("id", format!("`{id}` is also an id of `{other}`; ids are unique"));
    }
}

/// Records of one file stand in the order of their ids.
fn unsorted<T>(records: &Records<T>, findings: &mut Vec<Finding>) {
    for pair in records.entries().windows(2) {
        let [before, after] = pair else { continue };
        let ours = before.file() == after.file() && !before.own() && !after.own();
        if ours && before.id() > after.id() {
            Report { file: after.file(), record: after.id(), findings }
                .wrong("id", format!("stands after `{}`; records are sorted by id", before.id()));
        }
    }
}
