//! What people measured on machines of their own and published, asked of the engine as they ran it.
//!
//! A report is a machine, settings as `--set` takes them, and what was measured: bytes of parts, a whole need, a
//! limit, or whether it ran. It agrees where each measured figure lies inside the band as it is printed and the verdict is the
//! same. Nothing is fitted to these rows, and a report that disagrees stays, with the cause where it is known.

mod amount;
mod ask;
mod record;

use super::{EvidenceError, MeasuredOn, Validation};
use crate::catalog::Catalog;
use crate::spec::Calibration;
use ask::{Asking, findings};
use record::Record;

const REPORTS: &str = include_str!("../../../assets/evidence/measurements/reported.ron");
/// The file of the reports.
const TABLE: &str = "reported.ron";

/// Reports of real hardware, each with what the engine says.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// What the group is called; no other has the name.
    pub name: &'static str,
    /// On what it was measured.
    pub measured_on: MeasuredOn,
    /// What the reports had to do with the engine's figures.
    pub validation: Validation,
    /// The reports, those that disagree first.
    pub reports: Vec<Report>,
}

/// One report with what the engine says to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was run: `Llama 3.1 8B in bf16, 45,000 tokens, vLLM`.
    pub name: String,
    /// The machine as it is asked for.
    pub machine: String,
    /// Where it was published.
    pub source: String,
    /// The month or year it was.
    pub date: String,
    /// Why the engine disagrees, where it does; else what should be known of the report.
    pub comment: String,
    /// Each figure and verdict of the report beside the engine's.
    pub findings: Vec<Finding>,
}

/// One figure or verdict of a report beside the engine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Of what: `KV cache on the device`.
    pub what: String,
    /// As the reporter printed it.
    pub measured: String,
    /// As the engine says it, a band where it is one.
    pub said: String,
    /// Whether what was measured is inside the band, or the verdict the same.
    pub agrees: bool,
    /// A verdict of uncertain, which agrees with whatever happened.
    pub uncertain: bool,
}

impl Report {
    /// Whether all that was measured agrees.
    pub fn agrees(&self) -> bool {
        self.findings.iter().all(|finding| finding.agrees)
    }

    /// Whether nothing more than an uncertain verdict agrees.
    pub fn uncertain(&self) -> bool {
        self.agrees() && self.findings.iter().all(|finding| finding.uncertain)
    }

    /// What it disagrees in.
    pub fn misses(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.agrees)
    }
}

impl Reported {
    /// How many reports agree.
    pub fn agreeing(&self) -> usize {
        self.reports.iter().filter(|report| report.agrees()).count()
    }

    /// How many of those agree only because the verdict is uncertain.
    pub fn uncertain(&self) -> usize {
        self.reports.iter().filter(|report| report.uncertain()).count()
    }

    /// The share of reports that agree; 0 of none.
    pub fn share(&self) -> f64 {
        let count = |number: usize| crate::units::count(number as u64);
        if self.reports.is_empty() { 0.0 } else { count(self.agreeing()) / count(self.reports.len()) }
    }
}

/// Asks the engine every report.
///
/// # Errors
/// When a report does not read, or the catalog lacks its model or machine.
pub fn reported(catalog: &Catalog, calibration: &Calibration) -> Result<Reported, EvidenceError> {
    let records: Vec<Record> = ron::from_str(REPORTS).map_err(|error| unreadable(&error))?;
    let asking = Asking { catalog, calibration };
    let report = |record: Record| {
        let findings = findings(&record, asking)?;
        let Record { name, machine, source, date, comment, .. } = record;
        Ok(Report { name, machine, source, date, comment, findings })
    };
    let mut reports = records.into_iter().map(report).collect::<Result<Vec<_>, EvidenceError>>()?;
    reports.sort_by_key(Report::agrees);
    Ok(Reported {
        name: "real hardware, reported",
        measured_on: MeasuredOn::RealHardware,
        validation: Validation::Predicted,
        reports,
    })
}

fn unreadable(error: &impl ToString) -> EvidenceError {
    EvidenceError::Unreadable { table: TABLE, message: error.to_string() }
}
