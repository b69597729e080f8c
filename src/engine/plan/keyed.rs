//! A preset with more of its keys set, read again as `--set` would have it.

use std::cell::RefCell;
use std::sync::Arc;

use super::family::smaller;
use crate::engine::solve::{Change, Variants};
use crate::spec::preset::{Models, NoModel, PresetKeys, resolve};
use crate::spec::{ImageFile, Machine, Model, QualityLoss, Scenario};

/// Where models come from, with what could be had instead of one.
pub trait Offered: Models {
    /// Every model that could stand in for another.
    fn models(&self) -> &[Arc<Model>];

    /// Every machine that could be had instead.
    fn machines(&self) -> &[Arc<Machine>];

    /// What quantizations cost in quality.
    fn qualities(&self) -> &[QualityLoss];
}

/// The keys of a preset, and where its models and machines come from.
pub struct Keyed<'a> {
    keys: PresetKeys,
    offered: &'a dyn Offered,
    /// Models that were found before: a file is read once, however often it is asked about.
    found: RefCell<Vec<(String, Arc<Model>)>>,
}

impl<'a> Keyed<'a> {
    /// Of the keys of a preset.
    pub fn new(keys: PresetKeys, offered: &'a dyn Offered) -> Self {
        Self { keys, offered, found: RefCell::default() }
    }

    /// Of a scenario that stands, by the keys that it is saved with.
    pub fn of(scenario: &Scenario, offered: &'a dyn Offered) -> Option<Self> {
        let text = crate::spec::preset::write(scenario, None);
        let keys = crate::spec::preset::parse(&text, &scenario.name).ok()?.into_iter().next()?;
        Some(Self::new(keys, offered))
    }
}

impl Variants for Keyed<'_> {
    fn with(&self, changes: &[Change]) -> Option<Scenario> {
        let mut over = PresetKeys::default();
        for change in changes {
            over.replace(change.key, &change.value).ok()?;
        }
        resolve(over.over(self.keys.clone()), self).ok().map(|preset| preset.scenario)
    }

    fn gives(&self, key: &str) -> bool {
        self.keys.gives(key)
    }

    fn smaller(&self, than: &Model) -> Option<Vec<String>> {
        let found = smaller(than, self.offered.models());
        Some(found.into_iter().map(|model| model.id.clone()).collect())
    }

    fn machines(&self) -> &[Arc<Machine>] {
        self.offered.machines()
    }

    fn qualities(&self) -> &[QualityLoss] {
        self.offered.qualities()
    }
}

impl Models for Keyed<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        let known =
            self.found.borrow().iter().find(|(name, _)| name == key).map(|(_, model)| Arc::clone(model));
        if let Some(model) = known {
            return Ok(model);
        }
        let model = self.offered.find(key)?;
        self.found.borrow_mut().push((key.to_owned(), Arc::clone(&model)));
        Ok(model)
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        self.offered.find_image(key)
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        self.offered.scaled(model, parameters)
    }
}
