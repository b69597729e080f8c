//! The names that machines of the catalog go by in people's texts.

use std::collections::BTreeMap;

use super::atoms::{Atom, AtomKind, atoms, glued};
use crate::catalog::Catalog;
use crate::spec::Vendor;

/// Words of a machine's name that people leave out.
const LEFT_OUT: &[&str] = &[
    "geforce",
    "radeon",
    "apple",
    "nvidia",
    "amd",
    "instinct",
    "intel",
    "tesla",
    "blackwell",
    "workstation",
    "rented",
];

/// One part of a name: a run of letters or digits, and whether it has to stand right behind the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePart {
    /// In lower case.
    pub low: String,
    /// Whether nothing but a hyphen may stand before it.
    pub glued: bool,
}

/// A name with the machines that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its parts in order.
    pub parts: Vec<NamePart>,
    /// Places of its machines in the catalog.
    pub machines: Vec<usize>,
    /// Who makes them.
    pub vendor: Vendor,
}

/// Every name, by its first part, the longest first.
#[derive(Clone, Debug, Default)]
pub struct MachineLexicon(BTreeMap<String, Vec<Name>>);

impl MachineLexicon {
    /// Of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let mut names: BTreeMap<Vec<String>, Name> = BTreeMap::new();
        for (place, machine) in catalog.machines.iter().enumerate() {
            let mut keys = vec![name_parts(&machine.name)];
            if machine.vendor == Vendor::Apple {
                keys.push(parts(&machine.chip));
            }
            keys.extend(nickname(&machine.name));
            keys.extend(machine.aliases.iter().map(|alias| parts(alias)));
            // `4090` for `RTX 4090`, `7900 XTX` for `RX 7900 XTX`.
            let bare: Vec<Vec<NamePart>> =
                keys.iter().filter(|key| is_line(key)).map(|key| unglued(key.get(1..))).collect();
            keys.extend(bare);
            // `H100` for `H100 SXM`, `Mac Studio` for any of them.
            let plain: Vec<Vec<NamePart>> = keys.iter().filter_map(|key| without_form(key)).collect();
            keys.extend(plain);
            keys.extend(
                FAMILIES
                    .iter()
                    .filter(|family| machine.name.starts_with(**family))
                    .map(|family| parts(family)),
            );
            for key in keys.into_iter().filter(|key| tells_apart(key)) {
                let words = key.iter().map(|part| part.low.clone()).collect();
                let name = names.entry(words).or_insert_with(|| Name {
                    parts: key,
                    machines: Vec::new(),
                    vendor: machine.vendor,
                });
                if !name.machines.contains(&place) {
                    name.machines.push(place);
                }
            }
        }
        let mut by_first: BTreeMap<String, Vec<Name>> = BTreeMap::new();
        for name in names.into_values() {
            let first = name.parts.first().map_or_else(String::new, |part| part.low.clone());
            by_first.entry(first).or_default().push(name);
        }
        for list in by_first.values_mut() {
            list.sort_by_key(|name| std::cmp::Reverse(name.parts.len()));
        }
        Self(by_first)
    }

    /// The longest name that starts at an atom, and how many atoms it takes.
    pub fn longest(&self, atoms: &[Atom], at: usize) -> Option<(&Name, usize)> {
        let first = atoms.get(at)?;
        self.0.get(&first.low)?.iter().find_map(|name| Some((name, matches(name, atoms, at)?)))
    }

    /// Whether any name starts with that part.
    pub fn starts_with(&self, low: &str) -> bool {
        self.0.contains_key(low)
    }
}

/// How many atoms a name takes where it stands; nothing where it does not.
fn matches(name: &Name, atoms: &[Atom], at: usize) -> Option<usize> {
    let mut place = at;
    for (index, part) in name.parts.iter().enumerate() {
        let mut joined = true;
        if index > 0 {
            let before = atoms.get(place.checked_sub(1)?)?;
            let mut hyphens = 0;
            while atoms.get(place).is_some_and(|atom| ["-", "_", "+"].contains(&atom.low.as_str()))
                && hyphens < 1
            {
                place += 1;
                hyphens += 1;
            }
            let here = atoms.get(place)?;
            joined = hyphens > 0 || glued(before, here);
        }
        let here = atoms.get(place)?;
        if here.low != part.low || (index > 0 && part.glued && !joined) {
            return None;
        }
        place += 1;
    }
    // One letter and one digit, as `L4` or `M5`, is a name in capitals alone.
    let letters: usize = name.parts.iter().map(|part| part.low.len()).sum();
    let written_so = atoms.get(at).is_some_and(|atom| atom.capital);
    (letters > 2 || written_so).then_some(place - at)
}

/// The parts of a machine's name, without what people leave out: its maker, its memory, what stands in parentheses.
fn name_parts(name: &str) -> Vec<NamePart> {
    let plain = name.split(" (").next().unwrap_or(name).replace('+', "");
    let mut found = parts(&plain);
    // ` 128 GB` at the end.
    while let [.., number, unit] = found.as_slice()
        && unit.low == "gb"
        && number.low.parse::<f64>().is_ok()
    {
        found.truncate(found.len() - 2);
    }
    let memory = found.iter().position(|part| part.low == "gb").filter(|at| *at > 0);
    if let Some(at) = memory {
        found.drain(at - 1..=at);
    }
    found.retain(|part| !LEFT_OUT.contains(&part.low.as_str()));
    if let Some(first) = found.first_mut() {
        first.glued = false;
    }
    found
}

/// The letters and digits of a name.
fn parts(name: &str) -> Vec<NamePart> {
    let atoms = atoms(name);
    let mut found = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        if atom.kind == AtomKind::Sign {
            continue;
        }
        let glued =
            at.checked_sub(1).and_then(|before| atoms.get(before)).is_some_and(|before| glued(before, atom));
        found.push(NamePart { low: atom.low.clone(), glued: glued && !found.is_empty() });
    }
    found
}

/// What a name says in parentheses that people call it by: `Strix Halo`.
fn nickname(name: &str) -> Option<Vec<NamePart>> {
    let (_, inner) = name.split_once('(')?;
    let inner = inner.split(')').next()?;
    let words: Vec<&str> = inner.split(' ').collect();
    let is_name = |word: &&str| {
        word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphabetic) && *word != "GPU"
    };
    (words.len() >= 2 && words.iter().all(is_name)).then(|| parts(inner))
}

/// What is sold in many sizes under one name.
const FAMILIES: &[&str] = &["Mac Studio", "Mac mini", "MacBook Pro", "MacBook Air", "iMac"];

/// A name without the form of its module: `H100` of `H100 SXM`.
fn without_form(parts: &[NamePart]) -> Option<Vec<NamePart>> {
    let (last, rest) = parts.split_last()?;
    (["sxm", "pcie", "nvl"].contains(&last.low.as_str()) && rest.len() >= 2).then(|| rest.to_vec())
}

/// Whether a name begins with the name of a line that people leave out before four digits: `RTX 4090`.
fn is_line(parts: &[NamePart]) -> bool {
    let is_number =
        |part: &NamePart| part.low.len() == 4 && part.low.bytes().all(|sign| sign.is_ascii_digit());
    match parts {
        [line, letter, number, ..] if line.low == "rtx" && letter.low == "a" => is_number(number),
        [line, number, ..] => ["rtx", "rx", "gtx"].contains(&line.low.as_str()) && is_number(number),
        _ => false,
    }
}

fn unglued(parts: Option<&[NamePart]>) -> Vec<NamePart> {
    let mut found = parts.unwrap_or_default().to_vec();
    if let Some(first) = found.first_mut() {
        first.glued = false;
    }
    found
}

/// Whether a name says which machine it is: more than a number of fewer than four digits, or a word of the language.
fn tells_apart(parts: &[NamePart]) -> bool {
    let digits = |part: &NamePart| part.low.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.');
    match parts {
        [] => false,
        [one] => digits(one) && one.low.len() == 4 || (!digits(one) && one.low.len() >= 5),
        _ => true,
    }
}
