//! Changing one setting of a scenario that stands: what the window's fields and sliders do.

use super::usual::{Conflict, settle};
use super::{Setting, ValueError};
use crate::spec::{Family, Named as _, Scenario};

/// Why a setting cannot be set, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The scenario has no such setting.
    #[error("key `{key}` is not known in family {family}")]
    Foreign {
        /// What was to be set.
        key: String,
        /// Of the scenario.
        family: &'static str,
    },
    /// The text is no value of it.
    #[error("{key}: {error}")]
    Value {
        /// What was to be set.
        key: &'static str,
        /// What would be right.
        error: ValueError,
    },
    /// It does not go with the others.
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

impl Setting {
    /// Sets it and nothing else; a number beyond its range is moved into it, and that is said.
    pub(crate) fn put(&self, scenario: &mut Scenario, text: &str) -> Result<Option<String>, SetError> {
        (self.set)(self, scenario, text.trim()).map_err(|error| SetError::Value { key: self.key, error })
    }

    /// Whether a text is a value of it.
    ///
    /// # Errors
    /// What would be right.
    pub fn check(&self, text: &str) -> Result<(), ValueError> {
        (self.check)(self, text.trim())
    }
}

impl Scenario {
    /// The scenario with one setting changed, and what had to be changed to make sense of it. What went with the old
    /// value takes its default.
    ///
    /// # Errors
    /// What would be right for the value, or what does not go with it.
    pub fn with(&self, key: &str, text: &str) -> Result<(Self, Vec<String>), SetError> {
        let foreign = || {
            let family: Family = self.workload.family();
            SetError::Foreign { key: key.to_owned(), family: family.key() }
        };
        let setting = Setting::find(self, key).ok_or_else(foreign)?;
        let mut after = self.clone();
        let mut notes: Vec<String> = setting.put(&mut after, text)?.into_iter().collect();
        if let Some(inference) = after.inference_mut().filter(|_| setting.key == "context") {
            // What is asked for stands, whatever the server would open.
            inference.opened = false;
        }
        if after == *self {
            return Ok((after, notes));
        }
        (setting.follow)(self, &mut after);
        if !setting.resets.is_empty() {
            after.reset(setting.resets)?;
        }
        let before = settle(&mut self.clone(), &|_| true).unwrap_or_default();
        let now = settle(&mut after, &|_| true)?;
        notes.extend(now.into_iter().filter(|note| !before.contains(note)));
        Ok((after, notes))
    }

    /// Gives some settings their defaults.
    pub(crate) fn reset(&mut self, keys: &[&str]) -> Result<(), SetError> {
        for key in keys {
            // The usual of one may follow from another that was reset before it.
            let usual = self.usual();
            let setting = Setting::find(self, key);
            if let (Some(setting), Some(entry)) = (setting, setting.and_then(|setting| setting.entry(&usual)))
            {
                setting.put(self, &entry.text())?;
            }
        }
        Ok(())
    }
}
