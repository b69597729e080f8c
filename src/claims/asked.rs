//! What was asked of the engine for a claim, so that the figures it is held against open.

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::engine::scale::scaled;
use crate::engine::working::{Detail, Workings};
use crate::engine::{Assumptions, Estimate, FigureName, estimate};
use crate::spec::preset::{Models, NoModel, PresetKeys, resolve};
use crate::spec::{Calibration, Machine, Model, Scenario};

/// Keys of a preset with their values.
pub type Keys = Vec<(&'static str, String)>;

/// A question to the engine, and which figure of its answer a claim was held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Where.
    pub machine: Arc<Machine>,
    /// What, as presets have it.
    pub set: Keys,
    /// The figure.
    pub figure: FigureName,
}

impl Asked {
    /// How the figure came about; nothing where the engine has no such figure.
    pub fn workings(&self, catalog: &Catalog, calibration: &Calibration) -> Option<Arc<Workings>> {
        let answer = answer(&self.set, &self.machine, (catalog, calibration), Detail::Workings)?;
        answer.workings.of(self.figure).cloned()
    }

    /// What was asked, in one line: `rtx-4090-24gb: model=llama-3.3-70b quantization=Q4_K_M`.
    pub fn words(&self) -> String {
        let set: Vec<String> = self.set.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{}: {}", self.machine.id, set.join(" "))
    }
}

/// The models of a catalog by the names that keys have for them.
struct Listed<'a>(&'a Catalog);

impl Models for Listed<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        self.0.model(key).cloned().map_err(|unknown| NoModel(unknown.to_string()))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

/// A scenario of some keys.
pub(super) fn scenario(set: &Keys, catalog: &Catalog) -> Option<Scenario> {
    let mut given = PresetKeys::default();
    for (key, value) in set {
        given.replace(key, value).ok()?;
    }
    resolve(given, &Listed(catalog)).ok().map(|preset| preset.scenario)
}

/// What the engine says to some keys on a machine.
pub(super) fn answer(
    set: &Keys,
    machine: &Arc<Machine>,
    (catalog, calibration): (&Catalog, &Calibration),
    detail: Detail,
) -> Option<Estimate> {
    let scenario = scenario(set, catalog)?;
    Some(estimate(&scenario, machine, &Assumptions { detail, ..Assumptions::new(calibration) }))
}
