//! The tables of settings, and finding one by its key.

use std::sync::LazyLock;

use super::{Choice, Entry, Place, Setting, general};
use crate::spec::{
    Family, Runtime, Scenario, devices, diffusion, finetune, gnn, graph_sequence, inference, setup,
};
use crate::units::quoted;

/// Every table, in the order settings are written.
static TABLES: [&[Setting]; 12] = [
    general::GENERAL,
    devices::DEVICES,
    graph_sequence::TASK,
    graph_sequence::GRAPH,
    inference::INFERENCE,
    inference::SPECULATION,
    inference::AGENT_LOOP,
    finetune::FINE_TUNE,
    gnn::GNN,
    diffusion::RESOLUTION,
    diffusion::DIFFUSION,
    setup::SETUP,
];

/// No setting has that key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown key `{key}`{}; `plimsoll list settings` lists them all", meant(key))]
pub struct Unknown {
    /// What was given.
    pub key: String,
}

/// How alike a key must be to be named, 1 for the same.
const ALIKE: f64 = 0.8;

/// The key that is nearest, if one is near.
fn meant(key: &str) -> String {
    let alike = |known: &&str| strsim::jaro_winkler(known, key);
    let nearest = Setting::keys().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    nearest
        .filter(|known| alike(known) > ALIKE)
        .map_or_else(String::new, |known| format!("; did you mean {known}?"))
}

impl Setting {
    /// Every setting of every family.
    pub fn all() -> impl DoubleEndedIterator<Item = &'static Self> {
        TABLES.iter().flat_map(|table| table.iter())
    }

    /// Every key once, in the order they are written.
    pub fn keys() -> impl Iterator<Item = &'static str> {
        static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
            let mut keys = Vec::new();
            for setting in Setting::all() {
                if !keys.contains(&setting.key) {
                    keys.push(setting.key);
                }
            }
            keys
        });
        KEYS.iter().copied()
    }

    /// The settings with a key, which several families may share; a key of before is known too.
    ///
    /// # Errors
    /// When there is none: the nearest key.
    pub fn named(key: &str) -> Result<Vec<&'static Self>, Unknown> {
        let found = Self::called(key);
        // As it stands in a terminal: `--n-cpu-moe`, `OLLAMA_NUM_PARALLEL`.
        let typed = || key.trim_start_matches('-').to_ascii_lowercase().replace('-', "_");
        let found = if found.is_empty() { Self::called(&typed()) } else { found };
        if found.is_empty() { Err(Unknown { key: quoted(key) }) } else { Ok(found) }
    }

    fn called(key: &str) -> Vec<&'static Self> {
        Self::all()
            .filter(|setting| {
                setting.key == key || (!key.is_empty() && setting.was == key) || setting.also.contains(&key)
            })
            .collect()
    }

    /// Whether a family knows a key.
    pub fn is_known_in(key: &str, family: Family) -> bool {
        Self::of_family(family).iter().any(|setting| setting.key == key)
    }

    /// The settings of a family; looked through once, because a ranking reads a preset for every model.
    fn of_family(family: Family) -> &'static [&'static Self] {
        static OF: LazyLock<Vec<(Family, Vec<&'static Setting>)>> = LazyLock::new(|| {
            let known = |family: &Family| {
                Setting::all().filter(|setting| setting.families.contains(family)).collect()
            };
            Family::ALL.into_iter().map(|family| (family, known(&family))).collect()
        });
        OF.iter().find(|(of, _)| *of == family).map_or(&[], |(_, settings)| settings.as_slice())
    }

    /// The families that know a key.
    pub fn families_of(key: &str) -> Vec<Family> {
        Family::ALL.into_iter().filter(|family| Self::is_known_in(key, *family)).collect()
    }

    /// The settings that a scenario has, whether or not they mean something in it.
    pub fn of(scenario: &Scenario) -> impl Iterator<Item = &'static Self> {
        let of = Self::of_family(scenario.workload.family()).iter().copied();
        of.filter(|setting| (setting.there)(scenario))
    }

    /// The setting of a scenario with a key.
    pub fn find(scenario: &Scenario, key: &str) -> Option<&'static Self> {
        Self::of(scenario).find(|setting| setting.key == key)
    }

    /// Its value in a scenario as presets write it; none for what is not written.
    pub fn entry(&self, scenario: &Scenario) -> Option<Entry> {
        (self.get)(scenario).map(|entry| self.worded(entry))
    }

    /// Whether two scenarios have the same value.
    pub fn is_same(&self, one: &Scenario, other: &Scenario) -> bool {
        self.same.map_or_else(|| self.entry(one) == self.entry(other), |same| same(one, other))
    }

    /// Its default as presets write it, where all have the same.
    pub fn default(&self) -> Option<Entry> {
        (self.default)().map(|entry| self.worded(entry))
    }

    /// A number that has a name by its name.
    fn worded(&self, entry: Entry) -> Entry {
        let Entry::Count(number) = entry else { return entry };
        let word = self.words.iter().find(|(_, known)| *known == number);
        word.map_or(entry, |(word, _)| Entry::from(*word))
    }

    /// The choices there are for it in a scenario; none where it is typed.
    pub fn choices(&self, scenario: &Scenario) -> Vec<Choice> {
        self.among.map_or_else(self.offers, |among| among(scenario))
    }

    /// Whether it means something in a scenario, as its runtime reads it.
    pub fn means(&self, scenario: &Scenario) -> bool {
        let runtime = scenario.language().map_or(Runtime::PyTorch, |language| language.runtime);
        self.heard.contains(&runtime) && (self.when)(scenario)
    }

    /// Whether there is something to slide along in a scenario.
    pub fn slides(&self, scenario: &Scenario) -> bool {
        self.slider.is_some_and(|slider| {
            self.means(scenario)
                && (slider.when)(scenario)
                && slider.steps.is_none_or(|steps| steps(scenario).len() > 1)
        })
    }

    /// Where the form of a scenario shows it; `Elsewhere` where it means nothing.
    pub fn shown(&self, scenario: &Scenario) -> Place {
        match self.place {
            _ if !self.means(scenario) => Place::Elsewhere,
            // Among one there is nothing to choose; where there is nothing to slide along, a value is typed.
            Place::Slider if self.slides(scenario) => Place::Slider,
            Place::Slider if self.slider.is_some_and(|slider| slider.steps.is_some()) => Place::Elsewhere,
            Place::Slider => Place::Main,
            place => place,
        }
    }

    /// What it is, in a sentence without its full stop.
    pub fn hint(&self) -> String {
        let text = self.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        text.strip_suffix('.').map_or_else(|| text.clone(), ToOwned::to_owned)
    }
}
