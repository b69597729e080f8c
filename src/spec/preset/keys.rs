//! The keys of a preset with their values as text, each checked as it is read.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::options::{ProgramOption, Told};
use crate::spec::settings::{SetError, Unknown, ValueError};
use crate::spec::support::{FACTS, Feature, Platform, Support, find};
use crate::spec::{Family, GnnMode, Named as _, Optimizer, Quantization, Runtime, Setting};

/// Keys with the texts of their values, as a preset or `--set` gives them; what is not given takes its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresetKeys {
    given: BTreeMap<&'static str, String>,
    notes: Vec<String>,
    /// The format of a preset, where another model or runtime is asked for and no format.
    borrowed: Option<Quantization>,
    /// What options of programs have said of devices.
    pub(super) told: Told,
}

/// Why a key cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no such key.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// It stands there already, perhaps under the name it had before.
    #[error("key `{0}` is given twice")]
    Twice(&'static str),
    /// Two options that share out the same devices.
    #[error("`{0}` and `{1}` above 1 at once are not computed; give one of them, or `devices` and `split`")]
    TwoWays(&'static str, &'static str),
    /// No setting of that key has such a value.
    #[error(transparent)]
    Value(#[from] SetError),
}

impl PresetKeys {
    /// Gives one key a value.
    ///
    /// # Errors
    /// When the key is unknown or given already, or what would be right for its value.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), KeyError> {
        let known = self.read_as(key)?;
        check(known, text).map_err(|error| SetError::Value { key: known, error })?;
        self.take(key, known, text)
    }

    /// The setting that a key is read as, if nothing is given for it yet; an option of a program may say more than one.
    fn read_as(&self, key: &str) -> Result<&'static str, KeyError> {
        ProgramOption::named(key).map_or_else(|| self.free(key), |option| Ok(option.read_as()))
    }

    /// Takes a value that was checked.
    fn take(&mut self, as_given: &str, key: &'static str, text: &str) -> Result<(), KeyError> {
        match ProgramOption::named(as_given) {
            Some(option) => self.take_option(option, text),
            None => {
                self.put(as_given, key, text);
                Ok(())
            }
        }
    }

    /// Takes what was given for a key back.
    pub(super) fn forget(&mut self, key: &str) {
        self.given.remove(key);
    }

    /// Gives a key a value that is known to be one.
    pub(super) fn give(&mut self, key: &'static str, text: &str) {
        self.given.insert(key, text.to_owned());
    }

    /// Remembers something to be known about the keys.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Gives a key a value, in place of one that it may have.
    ///
    /// # Errors
    /// When the key is unknown, or what would be right for its value.
    pub fn replace(&mut self, key: &'static str, text: &str) -> Result<(), KeyError> {
        self.given.remove(key);
        if key == "context" {
            self.told.each = None;
        }
        self.set(key, text)
    }

    /// The name that a key has now, if nothing is given for it yet.
    fn free(&self, key: &str) -> Result<&'static str, KeyError> {
        let known = Setting::named(key)?.first().map_or("", |setting| setting.key);
        if self.given.contains_key(known) { Err(KeyError::Twice(known)) } else { Ok(known) }
    }

    fn put(&mut self, as_given: &str, key: &'static str, text: &str) {
        if as_given != key {
            let is =
                if Setting::all().any(|setting| setting.also.contains(&as_given)) { "is" } else { "is now" };
            self.notes.push(format!("`{as_given}` {is} `{key}`"));
        }
        // Both sides at once, or each of them: what is said last stands.
        if key == "resolution" {
            self.given.remove("width");
            self.given.remove("height");
        } else if matches!(key, "width" | "height") {
            self.given.remove("resolution");
        }
        self.given.insert(key, text.trim().to_owned());
    }

    /// Whether a key is given.
    pub fn gives(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    /// The option of a program that gave the context, where it is of each request.
    pub(super) const fn each_request(&self) -> Option<&'static str> {
        self.told.each
    }

    /// The text of a key's value, if it is given.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.given.get(key).map(String::as_str)
    }

    /// As it is listed, if it says so.
    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// The quantization of a preset that was made for another model or runtime than those asked for.
    pub(super) const fn borrowed(&self) -> Option<Quantization> {
        self.borrowed
    }

    /// What is to be known about the keys themselves.
    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// The keys that are given, in the order they are written.
    pub fn given(&self) -> impl Iterator<Item = &'static str> + '_ {
        Setting::keys().filter(|key| self.gives(key))
    }

    /// The family that is named, else the first that knows most of the keys given.
    pub(super) fn implied_family(&self) -> Family {
        if let Some(family) = self.text("family").and_then(Family::named) {
            return family;
        }
        let families: Vec<Vec<Family>> = self.given().map(Setting::families_of).collect();
        let known = |family: &Family| families.iter().filter(|of| of.contains(family)).count();
        // The last of equals wins, so they are compared from the last to the first.
        Family::ALL.into_iter().rev().max_by_key(known).unwrap_or(Family::Inference)
    }

    /// Whether graphs are read rather than trained on: as `mode` says, else as the other keys do.
    pub(super) fn reads_graphs(&self) -> bool {
        let mode = self.text("mode").and_then(GnnMode::named);
        let (reading, training) = (self.only_of(Family::Inference), self.only_of(Family::FineTune));
        mode.map_or(reading.is_some() && training.is_none(), |mode| mode == GnnMode::Infer)
    }

    /// A key that graphs share with one of the families of language models and not with the other.
    pub(super) fn only_of(&self, family: Family) -> Option<&'static str> {
        self.given().find(|key| {
            let of = Setting::families_of(key);
            let models = of.iter().filter(|of| matches!(of, Family::Inference | Family::FineTune));
            of.contains(&Family::GraphSequence) && models.eq([&family])
        })
    }

    /// Whether a language model is run, rather than trained or absent.
    pub fn reads_a_model(&self) -> bool {
        match self.implied_family() {
            Family::Inference => true,
            Family::GraphSequence => self.reads_graphs(),
            Family::FineTune | Family::Gnn | Family::Diffusion => false,
        }
    }

    /// These keys where given, else those of `below`.
    ///
    /// Another family than that of `below` takes over only the keys that it knows, and no name, which was of another;
    /// nor is the name kept where another model is asked for.
    #[must_use]
    pub fn over(self, mut below: Self) -> Self {
        if let Some(family) = self.text("family").and_then(Family::named)
            && family != below.implied_family()
        {
            below.given.retain(|key, _| *key != "name" && Setting::families_of(key).contains(&family));
        }
        if !self.gives("quantization") && (self.gives("model") || self.gives("runtime")) {
            below.borrowed = below.text("quantization").and_then(|text| Quantization::parse(text).ok());
        }
        below.runtime_of(&self);
        // Both sides at once, or each of them: what is said above stands.
        if self.gives("resolution") {
            below.given.remove("width");
            below.given.remove("height");
        } else if self.gives("width") || self.gives("height") {
            below.given.remove("resolution");
        }
        if self.text("model").is_some_and(|model| below.text("model") != Some(model)) {
            below.given.remove("name");
        }
        if self.gives("context") {
            below.told.each = self.told.each;
        }
        below.given.extend(self.given);
        below.notes.extend(self.notes);
        below.borrowed = self.borrowed.or(below.borrowed);
        below
    }
}

impl PresetKeys {
    /// Weights in a format that the runtime of the keys above does not read become that one's own of as many bits: what
    /// a preset is in was no wish of the person who names another runtime.
    fn runtime_of(&mut self, above: &Self) {
        let runtime = above.text("runtime").and_then(Runtime::named);
        if let Some(runtime) = runtime {
            self.optimizer_of(runtime, above);
        }
        let stored = self.text("quantization").and_then(|text| Quantization::parse(text).ok());
        let (Some(runtime), Some(stored), false) = (runtime, stored, above.gives("quantization")) else {
            return;
        };
        if stored.runs_on(runtime) {
            return;
        }
        self.given.remove("quantization");
        if let Some(own) = stored.paired_on(runtime) {
            self.given.insert("quantization", own.key().to_owned());
        }
    }
}

impl PresetKeys {
    /// An optimizer that the runtime of the keys above has nowhere becomes plain `AdamW`, for the same reason.
    fn optimizer_of(&mut self, runtime: Runtime, above: &Self) {
        let Some(optimizer) = self.text("optimizer").and_then(Optimizer::named) else { return };
        let feature = match optimizer {
            Optimizer::AdamW8bit | Optimizer::PagedAdamW8bit | Optimizer::Lion8bit => {
                Feature::EightBitOptimizers
            }
            Optimizer::PagedAdamW => Feature::PagedOptimizers,
            Optimizer::GaLore => Feature::GaLore,
            Optimizer::Muon => Feature::Muon,
            Optimizer::AdamWForeach => Feature::ForeachOptimizers,
            Optimizer::AdamW | Optimizer::Adafactor | Optimizer::Lion | Optimizer::Sgd => return,
        };
        let lacks =
            find(FACTS, runtime, Platform::Every, feature).is_some_and(|fact| fact.support == Support::No);
        if lacks && !above.gives("optimizer") {
            self.given.insert("optimizer", Optimizer::AdamW.key().to_owned());
            let (was, runtime) = (optimizer.key(), runtime.name());
            self.notes.push(format!("optimizer {was} is not there in {runtime}, so it is adamw"));
        }
    }
}

/// Most characters of a key's value: of a name, of a path, of a list of numbers.
fn longest(key: &str) -> usize {
    match key {
        "name" => 200,
        "model" | "draft_model" => 4096,
        _ => 2000,
    }
}

/// Whether a text is a value of one of the settings with a key; which of them it is depends on the family.
fn check(key: &str, text: &str) -> Result<(), ValueError> {
    let most = longest(key);
    if text.chars().nth(most).is_some() {
        return Err(ValueError::not(
            text,
            format!("longer than what is taken here; write at most {most} characters"),
        ));
    }
    let mut refused: Option<ValueError> = None;
    for setting in Setting::all().filter(|setting| setting.key == key) {
        match (setting.check(text), &mut refused) {
            (Ok(()), _) => return Ok(()),
            (Err(ValueError::Unknown { known: more, .. }), Some(ValueError::Unknown { known, .. })) => {
                known.extend(more.into_iter().filter(|name| !known.contains(name)).collect::<Vec<_>>());
            }
            (Err(error), refused) => *refused = Some(error),
        }
    }
    refused.map_or(Ok(()), Err)
}

impl<'de> Deserialize<'de> for PresetKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("preset", &[], KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = PresetKeys;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a preset, as in `( model: \"llama-3.1-8b\", context: 8192 )`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PresetKeys, A::Error> {
        let mut keys = PresetKeys::default();
        while let Some((as_given, key)) = map.next_key_seed(KeySeed(&keys))? {
            let text = map.next_value_seed(TextOf(key))?;
            keys.take(&as_given, key, &text).map_err(A::Error::custom)?;
        }
        Ok(keys)
    }
}

/// Reads a key that is not given yet: as it stands there, and as it is named now.
struct KeySeed<'a>(&'a PresetKeys);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = (String, &'static str);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = (String, &'static str);

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        self.0.read_as(key).map(|known| (key.to_owned(), known)).map_err(E::custom)
    }
}

/// Reads the value of a key: a number, a text, a yes or no, or a list of numbers, all as text.
#[derive(Clone, Copy)]
struct TextOf(&'static str);

impl<'de> DeserializeSeed<'de> for TextOf {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextOf {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text in quotes, true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        check(self.0, text).map(|()| text.to_owned()).map_err(E::custom)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }

    /// A list stays one, in brackets; only settings that are lists take it.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        // What takes any text would take the brackets too.
        if check(self.0, "[1]").is_err() || check(self.0, "[x]").is_ok() {
            return Err(A::Error::custom("one value is taken here, not a list; write it without brackets"));
        }
        let mut texts: Vec<String> = Vec::new();
        while let Some(number) = list.next_element::<f64>()? {
            if texts.len() > LONGEST {
                break;
            }
            texts.push(number.to_string());
        }
        self.visit_str(&format!("[{}]", texts.join(", ")))
    }
}

/// Numbers of a list that are read; no setting takes as many.
const LONGEST: usize = 64;
