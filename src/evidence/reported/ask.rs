//! A report asked of the engine.

use std::sync::Arc;

use super::amount::Amount;
use super::record::{Measured, Record};
use super::{Finding, unreadable};
use crate::catalog::Catalog;
use crate::engine::scale::scaled;
use crate::engine::{Assumptions, Estimate, Phase, Place, Verdict, estimate};
use crate::evidence::EvidenceError;
use crate::spec::preset::{Models, NoModel, PresetKeys, resolve};
use crate::spec::{Calibration, Machine, Model, NotTogether, count_and_id, joined};
use crate::units::{Band, Bytes};

/// What the engine is asked with.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) calibration: &'a Calibration,
}

impl Models for Asking<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        self.catalog.model(key).cloned().map_err(|unknown| NoModel(unknown.to_string()))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

impl Asking<'_> {
    /// A machine as people write it: `rtx-3090`, `2x rtx-3090`, `rtx-5080 + rtx-3090`.
    fn machine(self, id: &str) -> Result<Arc<Machine>, EvidenceError> {
        let one = |id: &str| self.catalog.machine(id).cloned().map_err(|unknown| unreadable(&unknown));
        if let Some(whole) = joined(id, one) {
            return whole.map(Arc::new);
        }
        match (one(id), count_and_id(id)) {
            (Err(_), Some((count, kind))) => Ok(Arc::new(one(kind)?.named_with_devices(count))),
            (found, _) => found,
        }
    }

    /// What the engine says to the settings of a report, all but some.
    fn estimate(self, record: &Record, without: &[String]) -> Result<Estimate, EvidenceError> {
        let in_report = |why: &dyn ToString| unreadable(&format!("{}: {}", record.name, why.to_string()));
        let mut keys = PresetKeys::default();
        for (key, value) in record.set.iter().filter(|(key, _)| !without.contains(key)) {
            keys.set(key, value).map_err(|error| in_report(&error))?;
        }
        let preset = resolve(keys, &self).map_err(|error| in_report(&error))?;
        let machine = self.machine(&record.machine).map_err(|error| in_report(&error))?;
        Ok(estimate(&preset.scenario, &machine, &Assumptions::new(self.calibration)))
    }
}

impl From<NotTogether> for EvidenceError {
    fn from(error: NotTogether) -> Self {
        unreadable(&error)
    }
}

/// Everything a report measured beside what the engine says.
pub(super) fn findings(record: &Record, asking: Asking<'_>) -> Result<Vec<Finding>, EvidenceError> {
    let said = asking.estimate(record, &[])?;
    let finding = |measured: &Measured| {
        Ok(match measured {
            Measured::Part { of, at, is } => {
                let names: Vec<_> = of.iter().map(|part| part.0).collect();
                let labels: Vec<&str> = names.iter().map(|name| name.label()).collect();
                let what = format!("{} on the {}", labels.join(" and "), at.place().key());
                let parts = |phase: &Phase| {
                    let parts = phase.parts.iter();
                    let these = parts.filter(|part| part.place == at.place() && names.contains(&part.name));
                    these.map(|part| part.bytes).sum()
                };
                amount(what, is, most(&said, parts))
            }
            Measured::Need { at, is } => {
                let what = format!("all on the {}", at.place().key());
                amount(what, is, most(&said, |phase| phase.in_place(at.place())))
            }
            Measured::Reserved(is) => {
                let held = said.budget.reserved.unwrap_or_default();
                amount("reserved by PyTorch's allocator".to_owned(), is, held)
            }
            Measured::Adds { by, is } => {
                let need = |of: &Estimate| most(of, |phase| phase.in_place(Place::Device));
                let (with, without) = (need(&said), need(&asking.estimate(record, by)?));
                let more = |with: Bytes, without: Bytes| Bytes::new(with.get() - without.get());
                let band = Band {
                    low: more(with.low, without.low),
                    best: more(with.best, without.best),
                    high: more(with.high, without.high),
                };
                amount(format!("{} on the device", by.join(" and ")), is, band)
            }
            Measured::Limit(is) => {
                let limit = said.fit.deciding().map(|deciding| deciding.ceiling.bytes);
                amount("limit".to_owned(), is, limit.unwrap_or_default())
            }
            Measured::Ran => verdict("it ran", said.fit.verdict, said.fit.verdict <= Verdict::Uncertain),
            Measured::OutOfMemory => {
                verdict("out of memory", said.fit.verdict, said.fit.verdict >= Verdict::Uncertain)
            }
        })
    };
    record.measured.iter().map(finding).collect()
}

/// The largest of the phases' sums, by the best figure.
fn most(estimate: &Estimate, of: impl Fn(&Phase) -> Band<Bytes>) -> Band<Bytes> {
    let larger = |a: &Band<Bytes>, b: &Band<Bytes>| a.best.get().total_cmp(&b.best.get());
    estimate.budget.phases.iter().map(of).max_by(larger).unwrap_or_default()
}

fn amount(what: String, is: &Amount, said: Band<Bytes>) -> Finding {
    Finding { what, measured: is.text.clone(), said: is.like(said), agrees: is.is_in(said), uncertain: false }
}

fn verdict(measured: &str, said: Verdict, agrees: bool) -> Finding {
    Finding {
        what: "verdict".to_owned(),
        measured: measured.to_owned(),
        said: said.label().to_owned(),
        agrees,
        uncertain: said == Verdict::Uncertain,
    }
}
