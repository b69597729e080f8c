//! Finding a machine or a model by what a person typed, and near misses.

use std::sync::Arc;

use super::{Catalog, PresetText};
use crate::spec::{Machine, Model, is_joined};
use crate::units::quoted;

/// The most near misses that are named.
const NEAR: usize = 3;
/// Letters of a question that are compared; no id is longer.
const LONGEST: usize = 100;
/// How alike an id must be to be named, 1 for the same.
const ALIKE: f64 = 0.8;

/// Words behind the name of a model that change no shape.
const FORMS: [&str; 16] = [
    "instruct",
    "it",
    "chat",
    "base",
    "pt",
    "hf",
    "thinking",
    "reasoning",
    "bnb",
    "4bit",
    "8bit",
    "unsloth",
    "bf16",
    "fp8",
    "awq",
    "2507",
];

/// No such id, and what may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", said(self))]
pub struct UnknownId {
    /// `machine` or `model`.
    pub kind: &'static str,
    /// What was asked for.
    pub id: String,
    /// Ids that are near, nearest first; or those of all that are called so.
    pub near: Vec<String>,
    /// How many are called so, `m4 max` of every memory size: 0 where none is.
    pub several: usize,
}

/// The most ids that are named where several are called so.
const NAMED: usize = 8;

fn said(UnknownId { kind, id, near, several }: &UnknownId) -> String {
    match (near.as_slice(), several) {
        ([], _) => format!("no {kind} `{id}`"),
        (near, 0) => format!("no {kind} `{id}`; did you mean {}?", near.join(", ")),
        (near, several) => {
            let named = near.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            match several.saturating_sub(NAMED) {
                0 => format!("`{id}` is {several} {kind}s: {named}; say which"),
                more => format!("`{id}` is {several} {kind}s: {named} and {more} more; say which"),
            }
        }
    }
}

impl Catalog {
    /// The machine with that id or alias, whatever its case.
    ///
    /// # Errors
    /// When there is none: the nearest ids.
    pub fn machine(&self, id: &str) -> Result<&Arc<Machine>, UnknownId> {
        let asked = id.trim();
        // Every record is made only where none is named so, to compare all names.
        let found = self.machines.find(asked).or_else(|| named(self.machines.iter(), asked));
        found.ok_or_else(|| {
            let several: Vec<String> =
                called(self.machines.iter(), asked).iter().map(|machine| machine.id.clone()).collect();
            if several.is_empty() {
                let names = self.machines.iter().map(|machine| names(machine).collect());
                unknown("machine", asked, names)
            } else {
                UnknownId { kind: "machine", id: quoted(asked), several: several.len(), near: several }
            }
        })
    }

    /// The model with that id, whatever its case and with or without hyphens (`Qwen-2.5-14B`).
    ///
    /// # Errors
    /// When there is none: the nearest ids.
    pub fn model(&self, id: &str) -> Result<&Arc<Model>, UnknownId> {
        let asked = id.trim();
        let entries = self.models.entries();
        let exact = entries.iter().find(|model| model.answers_to(asked));
        exact
            .or_else(|| entries.iter().find(|model| letters(model.id()).eq(letters(asked))))
            .and_then(|model| model.record().ok())
            .ok_or_else(|| unknown("model", asked, entries.iter().map(|model| vec![model.id()])))
    }

    /// The model of a repository, `meta-llama/Llama-3.1-8B-Instruct`: by its name, and without what tells a tuned form or
    /// a package of the same shapes from the base.
    pub fn model_of_repository(&self, repository: &str) -> Option<&Arc<Model>> {
        let name = repository.trim_end_matches('/').rsplit('/').next()?.to_lowercase();
        let name: String = name.chars().take(LONGEST).collect();
        let name = name.strip_prefix("meta-").unwrap_or(&name);
        let mut words: Vec<&str> = name.split(['-', '_']).collect();
        loop {
            if let Ok(model) = self.model(&words.join("-")) {
                return Some(model);
            }
            words.pop().filter(|last| FORMS.contains(last))?;
        }
    }

    /// The preset with that name.
    ///
    /// # Errors
    /// When there is none: the nearest names.
    pub fn preset(&self, id: &str) -> Result<&PresetText, UnknownId> {
        let asked = id.trim();
        let entries = self.presets.entries();
        let found = entries.iter().find(|preset| preset.answers_to(asked));
        found
            .and_then(|preset| preset.record().ok())
            .map(Arc::as_ref)
            .ok_or_else(|| unknown("preset", asked, entries.iter().map(|preset| vec![preset.id()])))
    }

    /// Day of the newest source, `YYYY-MM-DD`: how fresh the facts are.
    pub fn data_of(&self) -> &str {
        // A page whose day nobody noted says a month or a year, which is no day.
        let days = self.sources.values().map(|source| source.date.as_str()).filter(|date| date.len() == 10);
        days.max().unwrap_or("unknown")
    }
}

/// An id without its hyphens, in lower case.
pub(super) fn letters(id: &str) -> impl Iterator<Item = char> {
    id.chars().filter(|sign| !matches!(sign, '-' | '_' | ' ')).map(|sign| sign.to_ascii_lowercase())
}

/// The machine with that id, or else with that alias, or else with one that differs in hyphens: `rtx-3060-ti`.
pub(super) fn named<'a, I>(machines: I, asked: &str) -> Option<&'a Arc<Machine>>
where
    I: IntoIterator<Item = &'a Arc<Machine>, IntoIter: Clone>,
{
    let machines = machines.into_iter();
    let mut by_id = machines.clone();
    let mut by_name = machines;
    let mut by_letters = by_name.clone();
    let mut by_words = by_name.clone();
    let by_bare = by_name.clone();
    let by_called = by_name.clone();
    by_id
        .find(|machine| machine.id.eq_ignore_ascii_case(asked))
        .or_else(|| by_name.find(|machine| names(machine).any(|name| name.eq_ignore_ascii_case(asked))))
        .or_else(|| by_letters.find(|machine| names(machine).any(|name| letters(name).eq(letters(asked)))))
        .or_else(|| by_words.find(|machine| names(machine).any(|name| in_order(name) == in_order(asked))))
        .or_else(|| {
            let asked = bare(asked);
            let mut alone = by_bare.filter(|machine| names(machine).any(|name| bare(name) == asked));
            alone.next().filter(|_| !asked.is_empty() && alone.next().is_none())
        })
        .or_else(|| {
            let mut alone = called(by_called, asked).into_iter();
            alone.next().filter(|_| alone.next().is_none())
        })
}

/// The machines that are called so among others: each word that was asked is one of their ids, aliases and names, and one of
/// them has a figure, as every name of a chip has (`Ryzen AI Max+ 395`, `m4 max`, `orin nano 8gb`; not `rtx`). Where some
/// are called so but for their memory, it is those alone: `3060` is no `3060 Ti`.
fn called<'a, I>(machines: I, asked: &str) -> Vec<&'a Arc<Machine>>
where
    I: Iterator<Item = &'a Arc<Machine>>,
{
    let joined = is_joined(asked);
    let asked: Vec<String> = plain_words(asked);
    let tells = asked.len() > 1 || asked.iter().any(|word| word.contains(|sign: char| sign.is_ascii_digit()));
    let has_all = |machine: &&Arc<Machine>| {
        let known: Vec<String> =
            names(machine).chain([machine.name.as_str()]).flat_map(plain_words).collect();
        asked.iter().all(|word| known.contains(word))
    };
    let found: Vec<&Arc<Machine>> = machines.filter(|_| tells && !joined).filter(has_all).collect();
    let but_for_memory = |machine: &&Arc<Machine>| {
        let more =
            |word: &String| !asked.contains(word) && !AROUND.contains(&word.as_str()) && !is_memory(word);
        !plain_words(&machine.id).iter().any(more)
    };
    let nearer: Vec<&Arc<Machine>> = found.iter().copied().filter(but_for_memory).collect();
    if nearer.is_empty() { found } else { nearer }
}

/// The words of a name in lower case, without the signs around them, and a memory size as one: `max` of `Max+`, `strix` of
/// `(Strix`, `64gb` of `64 GB`, `laptop` of `mobile`.
fn plain_words(name: &str) -> Vec<String> {
    let mut plain: Vec<String> = Vec::new();
    for word in
        name.split(|sign: char| !sign.is_alphanumeric() && sign != '.').filter(|word| !word.is_empty())
    {
        match plain.last_mut() {
            _ if ["mobile", "notebook"].iter().any(|same| word.eq_ignore_ascii_case(same)) => {
                plain.push("laptop".to_owned());
            }
            Some(figure) if word.eq_ignore_ascii_case("gb") && is_figure(figure) => figure.push_str("gb"),
            _ => plain.push(word.to_lowercase()),
        }
    }
    plain
}

fn is_memory(word: &str) -> bool {
    word.strip_suffix("gb").is_some_and(is_figure)
}

fn is_figure(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|sign| sign.is_ascii_digit())
}

/// Words that makers put before and behind the name of a chip, and that people leave out.
const AROUND: [&str; 20] = [
    "nvidia",
    "geforce",
    "amd",
    "radeon",
    "intel",
    "apple",
    "gpu",
    "graphics",
    "generation",
    "edition",
    "rtx",
    "gtx",
    "rx",
    "tesla",
    "instinct",
    "jetson",
    "blackwell",
    "workstation",
    "hbm2e",
    "hbm3e",
];

/// The letters of a name without such words, in one order: `4090` of `NVIDIA GeForce RTX 4090`, `7900xtx` of
/// `RX 7900 XTX`; what a module is called by its socket or its memory is a module.
fn bare(name: &str) -> String {
    let name = name.to_lowercase();
    let mut left: Vec<&str> = words(&name).filter(|word| !AROUND.contains(word)).collect();
    for word in &mut left {
        if matches!(*word, "sxm2" | "sxm4" | "sxm5" | "sxm6" | "hbm3") {
            *word = "sxm";
        }
    }
    left.sort_unstable();
    left.concat()
}

/// The words of a name in the order of the alphabet, so that `h100-80gb-sxm` is `h100-sxm-80gb`.
fn in_order(name: &str) -> Vec<String> {
    let mut words: Vec<String> = words(name).map(str::to_lowercase).collect();
    words.sort();
    words
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_', ' ']).filter(|word| !word.is_empty())
}

/// Whatever a machine answers to, its id first.
fn names(machine: &Machine) -> impl Iterator<Item = &str> {
    std::iter::once(&machine.id).chain(&machine.aliases).map(String::as_str)
}

/// `names` holds all names of one thing each.
fn unknown<'a>(kind: &'static str, asked: &str, names: impl Iterator<Item = Vec<&'a str>>) -> UnknownId {
    UnknownId { kind, id: quoted(asked), near: near(asked, names), several: 0 }
}

/// Things whose name begins with what was asked or is spelt nearly like it, each by its nearest name.
fn near<'a>(asked: &str, names: impl Iterator<Item = Vec<&'a str>>) -> Vec<String> {
    let asked: String = asked.to_lowercase().replace([' ', '_'], "-").chars().take(LONGEST).collect();
    let nearest = |names: Vec<&'a str>| {
        names
            .into_iter()
            .map(|name| (likeness(&asked, name), name))
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.len().cmp(&a.1.len())))
    };
    let mut scored: Vec<(f64, &str)> =
        names.filter_map(nearest).filter(|(alike, _)| *alike >= ALIKE).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(NEAR).map(|(_, name)| name.to_owned()).collect()
}

/// 1 for an id that goes on where the question stops, else by the letters that differ, or by the words in whatever order
/// they stand (`h100-80gb-sxm5` is most like `h100-sxm-80gb`).
fn likeness(asked: &str, name: &str) -> f64 {
    match name.strip_prefix(asked) {
        Some(rest) if rest.starts_with('-') => 1.0,
        _ if has_all_words(asked, name) => 0.95,
        _ => strsim::normalized_damerau_levenshtein(asked, name).max(shared_words(asked, name)),
    }
}

/// Whether every word that was asked is one of a name's: `m4-max-128gb` of `mac-studio-m4-max-128gb`.
fn has_all_words(asked: &str, name: &str) -> bool {
    words(asked).next().is_some() && words(asked).all(|word| words(name).any(|other| other == word))
}

/// How many of the words of both are in the other, as a share; `sxm5` is `sxm`, and `a1000` is not `a100`.
fn shared_words(asked: &str, name: &str) -> f64 {
    let (asked, name): (Vec<&str>, Vec<&str>) = (words(asked).collect(), words(name).collect());
    let counted = |long: &str, short: &str| {
        let more = long.strip_prefix(short).filter(|_| short.ends_with(char::is_alphabetic));
        short.len() > 2 && more.is_some_and(|more| more.chars().all(|sign| sign.is_ascii_digit()))
    };
    let same = |a: &str, b: &str| a == b || counted(a, b) || counted(b, a);
    let shared = asked.iter().filter(|word| name.iter().any(|other| same(word, other))).count();
    // Texts of at most `LONGEST` letters have no more words than that.
    let share = |words: usize| f64::from(u16::try_from(words).unwrap_or(u16::MAX));
    2.0 * share(shared) / share((asked.len() + name.len()).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_another_order_are_the_same_machine_and_nearly_the_same_is_offered_first() {
        let catalog = Catalog::built_in();
        assert_eq!(catalog.machine("H100-80GB-SXM").expect("the same words").id, "h100-sxm-80gb");
        assert_eq!(catalog.machine("h100-80gb-sxm5").expect("a module by its socket").id, "h100-sxm-80gb");
        for (typed, id) in [
            ("4090", "rtx-4090-24gb"),
            ("NVIDIA GeForce RTX 4090", "rtx-4090-24gb"),
            ("NVIDIA GeForce RTX 4090 Laptop GPU", "rtx-4090-laptop-16gb"),
            ("RTX 4090 mobile", "rtx-4090-laptop-16gb"),
            ("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada-48gb"),
            ("3060 ti", "rtx-3060ti-8gb"),
            ("7900xtx", "rx-7900xtx-24gb"),
            ("9070 XT", "rx-9070xt-16gb"),
            ("a6000", "rtx-a6000-48gb"),
            ("T4", "tesla-t4-16gb"),
            ("MI300X", "mi300x-192gb"),
            ("NVIDIA H100 80GB HBM3", "h100-sxm-80gb"),
            ("NVIDIA A100-SXM4-80GB", "a100-80gb-sxm"),
            ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "rtx-pro-6000-96gb"),
            ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000-server-96gb"),
        ] {
            assert_eq!(catalog.machine(typed).map(|found| found.id.as_str()), Ok(id), "{typed}");
        }
        assert!(catalog.machine("rtx").is_err(), "it is no name");
        for joined in ["rtx-4090 + rtx-4090", "rtx-4090+rtx-4090", "RTX 4060 Ti 16GB + RTX 4060"] {
            assert!(catalog.machine(joined).is_err(), "{joined}: two cards are no machine of one name");
        }
        for (typed, near) in [("m4 max 36gb", "36gb"), ("RTX 3060", "rtx-3060"), ("m3 ultra", "ultra")] {
            let found = catalog.machine(typed).expect_err("several are called so");
            assert!(found.near.iter().all(|name| name.contains(near)), "{typed}: {found:?}");
            assert_eq!(found.several, found.near.len(), "all of them are named");
            assert!(found.several > 1 && found.to_string().contains("say which"), "{found}");
        }
        let found = catalog.machine("RTX 3060").expect_err("of two memory sizes");
        assert!(found.near.iter().all(|name| !name.contains("ti")), "a 3060 Ti is another card: {found:?}");
        let found = catalog.machine("m4 max").expect_err("several are called so").to_string();
        assert!(found.starts_with("`m4 max` is ") && found.contains(" more; say which"), "{found}");
        for (typed, id) in [
            ("Mac Studio M3 Ultra 512 GB", "mac-studio-m3-ultra-512gb"),
            ("Ryzen AI Max+ 395 64GB", "strix-halo-395-64gb"),
            ("orin nano", "jetson-orin-nano-8gb"),
        ] {
            assert_eq!(catalog.machine(typed).map(|found| found.id.as_str()), Ok(id), "{typed}");
        }
        let near = catalog.machine("ada-rtx-4090").expect_err("no such name").near;
        assert!(near.iter().any(|name| name.starts_with("rtx-4090")), "{near:?}");
    }
}
