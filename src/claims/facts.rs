//! Facts that neither engine nor catalog has: products that were never made, the sizes a model came in, what chips
//! have beside their memory, and statements that later facts decide. Each applies to any claim.

use std::sync::LazyLock;

use serde::Deserialize;

use super::words::machine::key;

const TEXT: &str = include_str!("../../assets/evidence/facts.ron");

/// All of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Products that were never made.
    pub absent: Vec<Absent>,
    /// Families of models with every size they came in.
    pub families: Vec<Sizes>,
    /// Figures of chips.
    pub specs: Vec<Spec>,
    /// Prices at other times than the catalog's.
    pub prices: Vec<PricePoint>,
    /// What programs and chips can do.
    pub abilities: Vec<Ability>,
    /// What is widely believed of memory.
    pub truths: Vec<Truth>,
}

/// Where a fact is from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// What says so.
    pub title: String,
    /// Its address, where it has one.
    #[serde(default)]
    pub url: Option<String>,
    /// The day it was read or published.
    pub date: String,
}

impl From {
    /// As it stands behind a reason: `Apple newsroom, 2026-08`.
    pub fn words(&self) -> String {
        format!("{}, {}", self.title, self.date)
    }
}

/// A product that was never made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// Why there is none.
    pub reason: String,
    /// Where that is from.
    pub from: From,
}

/// The sizes of a family's version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The family, in lower case.
    pub head: String,
    /// The version, where it has one.
    #[serde(default)]
    pub version: Option<String>,
    /// A further word of the name: `v4`.
    #[serde(default)]
    pub tag: Option<String>,
    /// As people write it.
    pub name: String,
    /// Billions of parameters.
    pub sizes: Vec<f64>,
    /// Whether some of them are mixtures of experts, so that no size says what a token reads.
    #[serde(default)]
    pub experts: bool,
    /// Where that is from.
    pub from: From,
}

/// A figure of a chip.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The chip or machine, as people write it.
    pub machine: String,
    /// What the figure is of, by the key of a quantity.
    pub quantity: String,
    /// The values there are.
    pub values: Vec<f64>,
    /// What the values are of, where that needs saying.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that is from.
    pub from: From,
}

/// A price at a time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricePoint {
    /// The machine, as people write it.
    pub machine: String,
    /// Its memory, GB, where the price depends on it.
    #[serde(default)]
    pub memory: Option<f64>,
    /// Lowest and highest, dollars.
    pub dollars: (f64, f64),
    /// Whose price, and when: `at launch, 2022-10`.
    pub when: String,
    /// Where that is from.
    pub from: From,
}

/// Something that is so, or is not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ability {
    /// Groups of words: a text is about it where it has one of each.
    pub about: Vec<Vec<String>>,
    /// Whether it is so.
    pub holds: bool,
    /// Where it was otherwise before: `2026-03`.
    #[serde(default)]
    pub since: Option<String>,
    /// What is so.
    pub fact: String,
    /// Where that is from.
    pub from: From,
}

/// Something widely believed of memory, and what the engine says to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// What is believed, as a claim that is checked.
    pub believed: String,
    /// Why it is believed.
    pub why: String,
    /// What is so.
    pub fact: String,
    /// Where that is from.
    pub from: From,
}

impl Facts {
    /// Those that ship; empty where the file cannot be read, which a test rules out.
    pub fn shipped() -> &'static Self {
        static FACTS: LazyLock<Facts> = LazyLock::new(|| Facts::parse(TEXT).unwrap_or_default());
        &FACTS
    }

    /// Reads a text of facts.
    ///
    /// # Errors
    /// With line and column of what is wrong.
    pub fn parse(text: &str) -> Result<Self, ron::error::SpannedError> {
        ron::Options::default()
            .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
            .from_str(text)
    }

    /// The product of that name that was never made.
    pub fn absent(&self, name_key: &str) -> Option<&Absent> {
        self.absent.iter().find(|absent| key(&absent.name) == name_key)
    }

    /// Figures of a chip or machine by any of its names.
    pub fn specs<'f>(&'f self, quantity: &'f str, names: &'f [String]) -> impl Iterator<Item = &'f Spec> {
        self.specs.iter().filter(move |spec| spec.quantity == quantity && names.contains(&key(&spec.machine)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_read() {
        let facts = Facts::parse(TEXT).map_err(|error| error.to_string());
        let facts = facts.expect("facts");
        assert!(!facts.absent.is_empty() && !facts.families.is_empty() && !facts.abilities.is_empty());
        for spec in &facts.specs {
            assert!(!spec.values.is_empty(), "{}", spec.machine);
        }
    }
}
