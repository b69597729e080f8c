//! The audit of a catalog: what is wrong with it, record by record, with what would be right.
//!
//! It is one function, used by the tests, by `plimsoll list --check`, and at load, where a record that
//! cannot be (no memory, no heads) is left out.

mod machine;
mod model;
mod provenance;
mod report;

use std::collections::BTreeMap;

pub use report::Finding;
use report::Report;

use super::load::{Entry, Records};
use super::{Catalog, CatalogProblem};
use crate::spec::Model;

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
    let records = &catalog.records;
    let mut findings = Vec::new();
    for entry in &records.chips {
        let report = &mut about(entry, &entry.record.id, &mut findings);
        machine::chip(&entry.record, report);
        provenance::chip(&entry.record, catalog, audit, report);
    }
    for entry in &records.products {
        let report = &mut about(entry, &entry.record.id, &mut findings);
        machine::product(&entry.record, report);
        provenance::product(&entry.record, catalog, audit, report);
        if !catalog.machines.iter().any(|machine| machine.id == entry.record.id) {
            report.wrong("base", format!("no machine `{}`", entry.record.base));
        }
    }
    for entry in &records.models {
        let report = &mut about(entry, &entry.record.id, &mut findings);
        model::model(&entry.record, report);
        model::parameters(&entry.record, audit, report);
        provenance::model(&entry.record, catalog, audit, report);
    }
    provenance::sources(catalog, audit, &mut findings);
    duplicates(catalog, &mut findings);
    unsorted(&records.chips, |chip| &chip.id, &mut findings);
    unsorted(&records.products, |product| &product.id, &mut findings);
    unsorted(&records.models, |model| &model.id, &mut findings);
    findings
}

/// Takes out records that no estimate can be made with, and says which.
pub(super) fn drop_impossible(records: &mut Records) -> Vec<CatalogProblem> {
    let mut problems = Vec::new();
    records.chips.retain(|entry| possible(entry, &entry.record.id, machine::chip, &mut problems));
    records.products.retain(|entry| possible(entry, &entry.record.id, machine::product, &mut problems));
    records.models.retain(|entry| possible(entry, &entry.record.id, model::model, &mut problems));
    problems
}

fn possible<T>(
    entry: &Entry<T>,
    id: &str,
    check: fn(&T, &mut Report<'_>),
    problems: &mut Vec<CatalogProblem>,
) -> bool {
    let mut findings = Vec::new();
    check(&entry.record, &mut about(entry, id, &mut findings));
    let before = problems.len();
    problems.extend(findings.into_iter().filter(Finding::is_impossible).map(|finding| {
        CatalogProblem::Impossible {
            file: finding.file,
            record: finding.record,
            field: finding.field,
            message: finding.message,
        }
    }));
    problems.len() == before
}

/// A report on one record.
fn about<'a, T>(entry: &'a Entry<T>, id: &'a str, findings: &'a mut Vec<Finding>) -> Report<'a> {
    Report { file: &entry.file, record: id, findings }
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
fn unsorted<T>(entries: &[Entry<T>], id: fn(&T) -> &str, findings: &mut Vec<Finding>) {
    for pair in entries.windows(2) {
        let [before, after] = pair else { continue };
        let ours = before.file == after.file && !before.own && !after.own;
        if ours && id(&before.record) > id(&after.record) {
            about(after, id(&after.record), findings)
                .wrong("id", format!("stands after `{}`; records are sorted by id", id(&before.record)));
        }
    }
}
