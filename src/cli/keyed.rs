//! A preset with more of its keys set, read again as `--set` would have it.

use std::cell::RefCell;
use std::sync::Arc;

use super::Context;
use crate::engine::plan::smaller;
use crate::engine::solve::{Change, Variants};
use crate::spec::preset::{Models, NoModel, PresetKeys, resolve};
use crate::spec::{ImageFile, Machine, Model, Scenario};

/// The keys of a preset, and where its models come from.
pub(super) struct Keyed<'a> {
    keys: PresetKeys,
    context: &'a Context,
    /// Models that were found before: a file is read once, however often it is asked about.
    found: RefCell<Vec<(String, Arc<Model>)>>,
}

impl<'a> Keyed<'a> {
    /// Of the keys of a preset.
    pub(super) fn new(keys: PresetKeys, context: &'a Context) -> Self {
        Self { keys, context, found: RefCell::default() }
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

    fn smaller(&self, than: &Model) -> Option<Vec<String>> {
        let found = smaller(than, self.context.catalog.models.iter());
        Some(found.into_iter().map(|model| model.id.clone()).collect())
    }

    fn machines(&self) -> &[Arc<Machine>] {
        &self.context.catalog.machines
    }
}

impl Models for Keyed<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        let known =
            self.found.borrow().iter().find(|(name, _)| name == key).map(|(_, model)| Arc::clone(model));
        if let Some(model) = known {
            return Ok(model);
        }
        let model = self.context.find(key)?;
        self.found.borrow_mut().push((key.to_owned(), Arc::clone(&model)));
        Ok(model)
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        self.context.find_image(key)
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        self.context.scaled(model, parameters)
    }
}
