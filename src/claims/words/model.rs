//! Which language model, or pipeline for images, a text names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::atoms::{Atom, AtomKind, glued};
use super::model_name::{ModelName, read};
use crate::catalog::Catalog;
use crate::spec::Model;

/// A model as a text names it.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSaid {
    /// The words of the text.
    pub words: String,
    /// Its name in parts; a bare size has no family.
    pub name: ModelName,
    /// What it is.
    pub is: ModelIs,
    /// What was taken for granted, if anything was.
    pub assumed: Option<String>,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What a name of a model stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelIs {
    /// One of the catalog, by its id.
    Known(String),
    /// A number of parameters without a family, in billions.
    Size(f64),
    /// A family that is known, without a version or size that is.
    Unknown,
    /// A pipeline for images or video, by its key in presets.
    Pipeline(&'static str),
}

impl ModelSaid {
    /// Its id in the catalog, or else the words of the text.
    pub fn id_or_words(&self) -> String {
        match &self.is {
            ModelIs::Known(id) => id.clone(),
            ModelIs::Pipeline(key) => (*key).to_owned(),
            ModelIs::Size(_) | ModelIs::Unknown => self.words.clone(),
        }
    }
}

/// The models that can be named.
#[derive(Clone, Debug, Default)]
pub struct ModelLexicon {
    names: Vec<(String, f64, ModelName)>,
    heads: BTreeSet<String>,
    words: BTreeSet<String>,
    newest: BTreeMap<String, String>,
}

/// Pipelines by the words that people use.
const PIPELINES: &[(&[&str], &str)] = &[
    (&["sdxl"], "sdxl"),
    (&["stable", "diffusion", "xl"], "sdxl"),
    (&["sd", "1.5"], "sd-1.5"),
    (&["stable", "diffusion", "1.5"], "sd-1.5"),
    (&["flux", ".", "1", "-", "dev"], "flux.1-dev"),
    (&["flux", ".", "1", "dev"], "flux.1-dev"),
    (&["flux", "-", "dev"], "flux.1-dev"),
    (&["flux", "dev"], "flux.1-dev"),
    (&["flux"], "flux.1-dev"),
    (&["wan", "2.2"], "wan2.2-5b"),
    (&["wan", "2.1"], "wan2.1-14b"),
];

impl ModelLexicon {
    /// Of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let mut lexicon = Self::default();
        for model in &catalog.models {
            let name = ModelName::of_id(&model.id);
            lexicon.heads.insert(name.head.clone());
            lexicon
                .words
                .extend(name.tags.iter().filter(|tag| tag.chars().all(char::is_alphabetic)).cloned());
            if let Some(version) = &name.version {
                let newest = lexicon.newest.entry(name.head.clone()).or_default();
                if compare(version, newest).is_gt() {
                    newest.clone_from(version);
                }
            }
            lexicon.names.push((model.id.clone(), parameters(model), name));
        }
        lexicon
    }

    /// The models that a text names, in order; sizes without a family are among them.
    pub fn models(&self, text: &str, atoms: &[Atom], taken: &[(usize, usize)]) -> Vec<ModelSaid> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(here) = atoms.get(at) {
            if taken.iter().any(|(start, end)| (*start..*end).contains(&here.start)) {
                at += 1;
                continue;
            }
            let said = pipeline(text, atoms, at)
                .or_else(|| self.named(text, atoms, at))
                .or_else(|| size(text, atoms, at));
            match said {
                Some((said, used)) => {
                    found.push(said);
                    at += used.max(1);
                }
                None => at += 1,
            }
        }
        found
    }

    /// A model whose family stands at an atom.
    fn named(&self, text: &str, atoms: &[Atom], at: usize) -> Option<(ModelSaid, usize)> {
        let first = atoms.get(at).filter(|atom| atom.kind == AtomKind::Word)?;
        let (mut head_typo, mut atoms_here) = (None, atoms.get(at..)?.to_vec());
        let (name, used) =
            read(&atoms_here, 0, |word| self.words.contains(word) || self.heads.contains(word));
        let (mut name, mut used) = (name, used);
        if !self.heads.contains(&name.head) {
            // `R1 671B` without its maker.
            let (corrected, typo) = self.corrected(&first.low, &atoms_here)?;
            if let Some(atom) = atoms_here.first_mut() {
                atom.low.clone_from(&corrected);
            }
            head_typo = typo.then_some(corrected);
            (name, used) =
                read(&atoms_here, 0, |word| self.words.contains(word) || self.heads.contains(word));
        }
        // `llama.cpp` is a program, and `Llama` alone no model that could be held against anything.
        let after = text.get(first.end..).unwrap_or_default().to_ascii_lowercase();
        if after.starts_with(".cpp") || after.starts_with("cpp") || after.starts_with(" cpp") {
            return None;
        }
        if name.version.is_none()
            && name.size.is_none()
            && name.tags.is_empty()
            && !self.names.iter().any(|(id, ..)| *id == name.head)
        {
            let before = size_before(atoms, at)?;
            name.size = Some(before.0);
        }
        // A word that is nearly a family's is one only where the rest of the name is a model's.
        if head_typo.is_some() && !matches!(self.find(&name).0, ModelIs::Known(_)) {
            return None;
        }
        let mut start = first.start;
        if name.size.is_none()
            && let Some((size, from)) = size_before(atoms, at)
        {
            (name.size, start) = (Some(size), from);
        }
        let end = atoms.get(at + used - 1).map_or(first.end, |last| last.end);
        let (is, mut assumed) = self.find(&name);
        if let Some(meant) = head_typo {
            let note = format!("`{}` read as {meant}", text.get(first.start..first.end).unwrap_or_default());
            assumed = Some(assumed.map_or(note.clone(), |more| format!("{note}; {more}")));
        }
        let words = text.get(start..end).unwrap_or_default().trim_end_matches(['(', '-', ' ']).to_owned();
        Some((ModelSaid { words, name, is, assumed, start, end }, used))
    }

    /// A family whose name is spelt nearly so, where a number follows; and whether that is a guess.
    fn corrected(&self, word: &str, atoms: &[Atom]) -> Option<(String, bool)> {
        let number_follows = atoms.iter().skip(1).take(3).any(|atom| atom.kind == AtomKind::Number);
        if !number_follows || word.len() < 4 || !word.is_ascii() {
            return None;
        }
        let most = if word.len() >= 6 { 2 } else { 1 };
        let near = self
            .heads
            .iter()
            .filter(|head| head.len() >= 5 && head.len().abs_diff(word.len()) <= 1)
            .map(|head| (strsim::damerau_levenshtein(head, word), head))
            .filter(|(far, head)| *far <= most && *far * 3 <= head.len())
            .min()?;
        Some((near.1.clone(), true))
    }

    /// The model of the catalog that a name means.
    pub fn find(&self, name: &ModelName) -> (ModelIs, Option<String>) {
        let found = self.find_as_said(name);
        let major = name.version.as_ref().filter(|version| !version.contains('.') && name.size.is_some());
        let (ModelIs::Unknown, Some(major)) = (&found.0, major) else { return found };
        // `Llama 3 405B` is said of 3.1.
        let later = self.names.iter().filter(|(_, parameters, known)| {
            known.head == name.head
                && known.version.as_ref().is_some_and(|version| version.split('.').next() == Some(major))
                && name.size.is_some_and(|size| is_size(size, *parameters, known))
                && name.tags.iter().all(|tag| known.tags.contains(tag))
        });
        match later.max_by(|(_, _, a), (_, _, b)| {
            b.tags.len().cmp(&a.tags.len()).then(compare(version(a), version(b)))
        }) {
            Some((id, _, known)) => {
                let said = known.version.clone().unwrap_or_default();
                (
                    ModelIs::Known(id.clone()),
                    Some(format!("{} {major} taken as {said}, which came in that size", name.head)),
                )
            }
            None => found,
        }
    }

    fn find_as_said(&self, name: &ModelName) -> (ModelIs, Option<String>) {
        let mut best: Vec<&(String, f64, ModelName)> = self
            .names
            .iter()
            .filter(|(_, parameters, known)| {
                known.head == name.head
                    && name.tags.iter().all(|tag| known.tags.contains(tag))
                    && name.version.as_deref().is_none_or(|version| known.version.as_deref() == Some(version))
                    && name.size.is_none_or(|size| is_size(size, *parameters, known))
                    && name.active.is_none_or(|active| known.active.is_none_or(|known| near(active, known)))
            })
            .collect();
        // What has the fewest words that were not said; of those the newest, and the one without a date.
        let unsaid = |known: &ModelName| known.tags.len().saturating_sub(name.tags.len());
        best.sort_by(|(_, _, a), (_, _, b)| {
            unsaid(a)
                .cmp(&unsaid(b))
                .then_with(|| compare(version(b), version(a)))
                .then_with(|| a.loose.len().cmp(&b.loose.len()))
                .then_with(|| b.loose.cmp(&a.loose))
        });
        let Some((id, _, known)) = best.first() else { return (ModelIs::Unknown, None) };
        // A size that was not said is no guess to make where there are several, and a distilled model is not its teacher.
        let several = name.size.is_none()
            && best.iter().any(|(other, _, other_name)| {
                other != id
                    && unsaid(other_name) == unsaid(known)
                    && other_name.size != known.size
                    && other_name.version == known.version
            });
        if several
            || (unsaid(known) > 0 && name.size.is_none() && name.version.is_none() && name.tags.is_empty())
        {
            return (ModelIs::Unknown, None);
        }
        let assumed = match (&name.version, &known.version) {
            (None, Some(version)) => Some(format!("no version was said: {version} assumed")),
            _ if unsaid(known) > 0 => Some(format!("taken as {id}")),
            _ => None,
        };
        (ModelIs::Known(id.clone()), assumed)
    }

    /// The sizes, in billions, of a family's version in the catalog.
    pub fn sizes(&self, name: &ModelName) -> Vec<f64> {
        let same = self.names.iter().filter(|(_, _, known)| {
            known.head == name.head
                && known.version == name.version
                && name.tags.iter().all(|tag| known.tags.contains(tag))
        });
        let mut sizes: Vec<f64> =
            same.map(|(_, parameters, known)| known.size.unwrap_or(*parameters)).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        sizes
    }

    /// The model of a family, or of any, whose size is nearest to so many billions.
    pub fn nearest(&self, head: &str, billions: f64) -> Option<&str> {
        let dense = self.names.iter().filter(|(_, parameters, name)| {
            name.head == head && name.active.is_none() && name.tags.is_empty() && *parameters > 0.0
        });
        let far = |parameters: f64| (parameters / billions).ln().abs();
        dense.min_by(|(_, a, _), (_, b, _)| far(*a).total_cmp(&far(*b))).map(|(id, ..)| id.as_str())
    }
}

fn parameters(model: &Arc<Model>) -> f64 {
    model.parameters.value() / 1e9
}

fn version(name: &ModelName) -> &str {
    name.version.as_deref().unwrap_or("")
}

fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    number(a).total_cmp(&number(b))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.02 * b.max(0.1)
}

/// Whether a size that is said is that of a model: as its name has it, or what its parameters round to.
fn is_size(said: f64, parameters: f64, known: &ModelName) -> bool {
    known.size.map_or_else(|| near(said, parameters), |size| near(said, size)) || near(said, parameters)
}

fn pipeline(text: &str, atoms: &[Atom], at: usize) -> Option<(ModelSaid, usize)> {
    let stands = |words: &[&str]| {
        atoms
            .get(at..at + words.len())
            .is_some_and(|here| here.iter().zip(words).all(|(atom, word)| atom.is(word)))
    };
    let (words, key) = PIPELINES.iter().find(|(words, _)| stands(words))?;
    let (first, last) = atoms.get(at).zip(atoms.get(at + words.len() - 1))?;
    let said = ModelSaid {
        words: text.get(first.start..last.end)?.to_owned(),
        name: ModelName::default(),
        is: ModelIs::Pipeline(key),
        assumed: None,
        start: first.start,
        end: last.end,
    };
    Some((said, words.len()))
}

/// A size that stands before a family: `70B Llama 3.3`.
fn size_before(atoms: &[Atom], at: usize) -> Option<(f64, usize)> {
    let letter = atoms.get(at.checked_sub(1)?)?;
    let number = atoms.get(at.checked_sub(2)?)?;
    let value = number.number().filter(|_| letter.is("b") && glued(number, letter))?;
    Some((value, number.start))
}

/// A size without a family: `70B`, `13-billion`, `7B-class`.
fn size(text: &str, atoms: &[Atom], at: usize) -> Option<(ModelSaid, usize)> {
    let number = atoms.get(at).filter(|atom| atom.kind == AtomKind::Number)?;
    let value = number.number().filter(|value| (0.05..=5000.0).contains(value))?;
    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
    if before.is_some_and(|before| {
        glued(before, number)
            && (before.kind != AtomKind::Sign || ["$", ".", ","].contains(&before.low.as_str()))
    }) {
        return None;
    }
    let hyphen = usize::from(atoms.get(at + 1).is_some_and(|atom| atom.is("-")));
    let letter = atoms.get(at + 1 + hyphen)?;
    let after = atoms.get(at + 2 + hyphen);
    let rate = after.is_some_and(|after| {
        after.is("/")
            && glued(letter, after)
            && atoms.get(at + 3 + hyphen).is_some_and(|next| next.is("s") || next.is("sec"))
    });
    let is_letter = letter.is("b") && (glued(number, letter) || hyphen == 1 || letter.capital);
    let is_word = ["billion", "bn"].contains(&letter.low.as_str())
        && (after.is_some_and(|after| {
            ["parameter", "parameters", "param", "params", "-", "model", "models"]
                .contains(&after.low.as_str())
        }) || letter.is("bn"));
    if rate || !(is_letter || is_word) {
        return None;
    }
    let mut used = 2 + hyphen;
    let mut end = letter.end;
    if letter.is("billion") {
        let dash = usize::from(after.is_some_and(|after| after.is("-")));
        if let Some(word) = atoms.get(at + 2 + hyphen + dash).filter(|word| word.low.starts_with("param")) {
            end = word.end;
            used += 1 + dash;
        }
    }
    let said = ModelSaid {
        words: text.get(number.start..end)?.to_owned(),
        name: ModelName { size: Some(value), ..ModelName::default() },
        is: ModelIs::Size(value),
        assumed: None,
        start: number.start,
        end,
    };
    Some((said, used))
}
