//! Which machine a text names.

use super::atoms::{Atom, AtomKind, glued};
use super::machine_lexicon::{MachineLexicon, Name};
use crate::spec::Vendor;

/// A machine as a text names it.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineSaid {
    /// The words of the text.
    pub words: String,
    /// Places in the catalog of the machines that go by that name.
    pub places: Vec<usize>,
    /// Where the name says one that is not in the catalog.
    pub unknown: Option<UnknownMachine>,
    /// Memory that was said with it, GB.
    pub memory: Option<f64>,
    /// GPU cores that were said with it.
    pub cores: Option<u32>,
    /// What it is sold as or in what form: `mac studio`, `macbook pro`, `sxm`, `pcie`, `laptop`.
    pub forms: Vec<&'static str>,
    /// How many of it.
    pub count: u32,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A name that looks like a machine's and is none of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMachine {
    /// The name as it is written.
    pub name: String,
    /// The same in lower case without spaces and signs, by which facts know it.
    pub key: String,
    /// The name of the catalog that it goes on from: `M4` of `M4 Ultra`.
    pub beside: Option<String>,
}

/// What a machine is sold as, or which of its forms is meant.
const FORMS: &[(&[&str], &str)] = &[
    (&["mac", "studio"], "mac studio"),
    (&["macbook", "pro"], "macbook pro"),
    (&["mac", "book", "pro"], "macbook pro"),
    (&["mbp"], "macbook pro"),
    (&["macbook", "air"], "macbook air"),
    (&["mac", "mini"], "mac mini"),
    (&["imac"], "imac"),
    (&["laptop"], "laptop"),
    (&["mobile"], "laptop"),
    (&["notebook"], "laptop"),
    (&["sxm"], "sxm"),
    (&["sxm4"], "sxm"),
    (&["sxm5"], "sxm"),
    (&["pcie"], "pcie"),
    (&["nvl"], "nvl"),
];

/// Words behind a name that make it another machine, by maker.
const fn variants(vendor: Vendor) -> &'static [&'static str] {
    match vendor {
        Vendor::Apple => &["pro", "max", "ultra", "extreme"],
        Vendor::Nvidia => &["ti", "super", "titanium"],
        Vendor::Amd => &["xt", "xtx", "gre"],
        Vendor::Intel | Vendor::Other => &[],
    }
}

/// The machines that a text names, in order.
pub fn machines(text: &str, atoms: &[Atom], lexicon: &MachineLexicon) -> Vec<MachineSaid> {
    let mut found: Vec<MachineSaid> = Vec::new();
    let mut at = 0;
    while at < atoms.len() {
        let in_word = at > 0
            && atoms.get(at - 1).zip(atoms.get(at)).is_some_and(|(before, here)| {
                glued(before, here) && before.kind != AtomKind::Sign && here.kind != AtomKind::Word
            })
            || is_decimal(atoms, at);
        let said =
            if in_word { None } else { known(text, atoms, at, lexicon).or_else(|| unknown(text, atoms, at)) };
        match said {
            Some((said, taken)) => {
                found.push(said);
                at += taken.max(1);
            }
            None => at += 1,
        }
    }
    for said in &mut found {
        said.count = count(text, atoms, said);
        said.forms = forms(atoms, said);
    }
    // `MacBook Pro with M5 Max` names one machine.
    let is_family = |said: &MachineSaid| {
        ["macstudio", "macmini", "macbookpro", "macbookair", "imac"].contains(&key(&said.words).as_str())
    };
    let chip = |said: &MachineSaid| !is_family(said) && said.words.starts_with(['M', 'm']);
    if found.iter().any(chip) {
        found.retain(|said| !is_family(said));
    }
    found
}

/// Whether a bare number is an amount and no name: it stands behind a currency or before a unit.
fn is_decimal(atoms: &[Atom], at: usize) -> bool {
    let Some(here) = atoms.get(at).filter(|atom| atom.kind == AtomKind::Number) else { return false };
    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
    let after = atoms.get(at + 1);
    let money = before.is_some_and(|before| ["$", "€", "#", "~"].contains(&before.low.as_str()));
    let amounts = [
        "tok", "tokens", "t", "gb", "gib", "mb", "w", "watts", "usd", "dollars", "tflops", "%", "context",
        "tps", "mhz", "steps", "examples", "hours", "users", "requests", "ms", "points", "cuda",
    ];
    money || here.low.contains('.') || after.is_some_and(|after| amounts.contains(&after.low.as_str()))
}

fn known(text: &str, atoms: &[Atom], at: usize, lexicon: &MachineLexicon) -> Option<(MachineSaid, usize)> {
    let (name, taken) = lexicon.longest(atoms, at)?;
    let start = atoms.get(at)?.start;
    let last = atoms.get(at + taken - 1)?;
    let said = |end: usize, places: Vec<usize>, unknown| MachineSaid {
        words: text.get(start..end).unwrap_or_default().to_owned(),
        places,
        unknown,
        memory: None,
        cores: None,
        forms: Vec::new(),
        count: 1,
        start,
        end,
    };
    if let Some(more) = other_variant(atoms, at + taken, name) {
        let end = atoms.get(at + taken + more - 1)?.end;
        let written = text.get(start..end).unwrap_or_default();
        let unknown = UnknownMachine {
            name: written.to_owned(),
            key: key(written),
            beside: text.get(start..last.end).map(str::to_owned),
        };
        return Some((said(end, Vec::new(), Some(unknown)), taken + more));
    }
    // A number that goes on, as in `RTX 40900` or `H1000`, or letters behind it, is none of ours.
    if let Some(next) = atoms.get(at + taken)
        && glued(last, next)
        && next.kind != AtomKind::Sign
        && !is_plural(next)
        && !FORMS.iter().any(|(words, _)| words.first() == Some(&next.low.as_str()))
        && !["gb", "g"].contains(&next.low.as_str())
    {
        return None;
    }
    Some((said(last.end, name.machines.clone(), None), taken))
}

fn is_plural(atom: &Atom) -> bool {
    atom.low == "s"
}

/// How many atoms behind a name make it a machine that is not in the catalog; nothing where none do.
fn other_variant(atoms: &[Atom], at: usize, name: &Name) -> Option<usize> {
    let hyphen = usize::from(atoms.get(at).is_some_and(|atom| atom.is("-")));
    let next = atoms.get(at + hyphen)?;
    let already = name.parts.iter().any(|part| variants(name.vendor).contains(&part.low.as_str()));
    let is_variant =
        variants(name.vendor).contains(&next.low.as_str()) && !(already && name.vendor == Vendor::Apple);
    // `super` and `max` in small letters are words of the language too.
    let meant = next.capital
        || hyphen > 0
        || next.low == "ti"
        || atoms.get(at.checked_sub(1)?).is_some_and(|last| glued(last, next))
        || (name.vendor == Vendor::Apple && next.low != "max")
        || next.low.starts_with("xt");
    (is_variant && meant).then_some(1 + hyphen)
}

/// A name of a known line with a number that the catalog does not have: `RTX 6090`, `M9 Max`.
fn unknown(text: &str, atoms: &[Atom], at: usize) -> Option<(MachineSaid, usize)> {
    let first = atoms.get(at)?;
    let hyphen = usize::from(atoms.get(at + 1).is_some_and(|atom| atom.is("-")));
    let number = atoms.get(at + 1 + hyphen).filter(|atom| atom.kind == AtomKind::Number)?;
    let digits = number.low.bytes().all(|sign| sign.is_ascii_digit());
    let (line, vendor) = match first.low.as_str() {
        "rtx" | "gtx" if digits && number.low.len() == 4 => (true, Vendor::Nvidia),
        "rx" if digits && number.low.len() == 4 => (true, Vendor::Amd),
        "m" if first.capital && digits && number.low.len() == 1 && glued(first, number) => {
            (false, Vendor::Apple)
        }
        _ => return None,
    };
    let mut taken = 2 + hyphen;
    let mut last = number;
    while let Some(next) = atoms.get(at + taken).filter(|next| variants(vendor).contains(&next.low.as_str()))
    {
        last = next;
        taken += 1;
    }
    // `M9` alone may be anything; with `Max` it is a chip.
    if !line && taken == 2 + hyphen {
        return None;
    }
    let name = text.get(first.start..last.end).unwrap_or_default().to_owned();
    let unknown = UnknownMachine { key: key(&name), name: name.clone(), beside: None };
    let said = MachineSaid {
        words: name,
        places: Vec::new(),
        unknown: Some(unknown),
        memory: None,
        cores: None,
        forms: Vec::new(),
        count: 1,
        start: first.start,
        end: last.end,
    };
    Some((said, taken))
}

/// A name in lower case, of letters and digits alone.
pub fn key(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How many of a machine: `2x RTX 3090`, `8 x H100`, `4 H100s`.
fn count(text: &str, atoms: &[Atom], said: &MachineSaid) -> u32 {
    let Some(at) = atoms.iter().position(|atom| atom.start >= said.start) else { return 1 };
    let before = |back: usize| at.checked_sub(back).and_then(|place| atoms.get(place));
    let makers = ["nvidia", "geforce", "amd", "radeon", "apple", "mac", "studio", "studios"];
    let mut back = 1;
    while before(back).is_some_and(|atom| makers.contains(&atom.low.as_str())) {
        back += 1;
    }
    let is_times = |atom: &Atom| ["x", "*"].contains(&atom.low.as_str());
    let whole =
        |atom: &Atom| atom.number().filter(|number| (1.0..=64.0).contains(number) && number.fract() == 0.0);
    let counted = match (before(back), before(back + 1)) {
        (Some(times), Some(number)) if is_times(times) => whole(number),
        (Some(number), _) => {
            let end = atoms.get(at).map_or(said.end, |_| said.end);
            let plural = text.get(end..).is_some_and(|rest| rest.starts_with('s'));
            whole(number).filter(|_| plural)
        }
        _ => None,
    };
    crate::units::whole(counted.unwrap_or(1.0)).try_into().unwrap_or(1)
}

/// Words near a name that say what it is sold as, or which form of it is meant.
fn forms(atoms: &[Atom], said: &MachineSaid) -> Vec<&'static str> {
    let near: Vec<&Atom> = atoms
        .iter()
        .filter(|atom| atom.kind != AtomKind::Sign || atom.is("-"))
        .filter(|atom| atom.end + 40 >= said.start && atom.start <= said.end + 24)
        .collect();
    let stands = |words: &[&str]| {
        near.windows(words.len()).any(|window| window.iter().zip(words).all(|(atom, word)| atom.is(word)))
            || (words.len() == 1 && near.windows(2).any(|pair| {
                matches!(pair, [a, b] if glued(a, b) && words.first() == Some(&format!("{}{}", a.low, b.low).as_str()))
            }))
    };
    let mut found: Vec<&'static str> =
        FORMS.iter().filter(|(words, _)| stands(words)).map(|(_, form)| *form).collect();
    found.dedup();
    found
}
