//! Everything that a piece of text names, and its figures.

use super::words::atoms::{Atom, atoms};
use super::words::figure::{Figure, figures};
use super::words::format::{FormatSaid, RuntimeSaid, formats, runtimes};
use super::words::machine::{MachineSaid, machines};
use super::words::machine_lexicon::MachineLexicon;
use super::words::model::{ModelLexicon, ModelSaid};
use super::words::unit::Unit;
use crate::catalog::Catalog;

/// The names that texts are searched for.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// Of machines.
    pub machines: MachineLexicon,
    /// Of models.
    pub models: ModelLexicon,
}

impl Lexicon {
    /// Of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        Self { machines: MachineLexicon::of(catalog), models: ModelLexicon::of(catalog) }
    }
}

/// What a text names, with where.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mentions {
    /// The text, with numbers in digits.
    pub text: String,
    /// The same in lower case.
    pub low: String,
    /// Machines.
    pub machines: Vec<MachineSaid>,
    /// Models.
    pub models: Vec<ModelSaid>,
    /// Ways to store weights.
    pub formats: Vec<FormatSaid>,
    /// Programs.
    pub runtimes: Vec<RuntimeSaid>,
    /// Figures that are no part of a name.
    pub figures: Vec<Figure>,
}

/// Numbers that are written as words, where they count something.
const NUMERALS: &[(&str, &str)] = &[
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("twelve", "12"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("fifty", "50"),
    ("hundred", "100"),
    ("dual", "2x"),
    ("quad", "4x"),
    ("twice", "2x"),
    ("double", "2x"),
    ("triple", "3x"),
    ("thrice", "3x"),
];

/// A text with its numerals in digits.
fn in_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let low = word.to_ascii_lowercase();
        // `dual-GPU` is left: its hyphen binds it.
        match NUMERALS.iter().find(|(numeral, _)| *numeral == low.trim_start_matches('(')) {
            Some((_, digits)) => {
                out.push_str(if low.starts_with('(') { "(" } else { "" });
                out.push_str(digits);
            }
            None => out.push_str(word),
        }
    }
    out
}

impl Mentions {
    /// Of a piece of text.
    pub fn of(text: &str, lexicon: &Lexicon) -> Self {
        let text = in_digits(text);
        let atoms = atoms(&text);
        let mut machines = machines(&text, &atoms, &lexicon.machines);
        let formats = formats(&text, &atoms);
        let runtimes = runtimes(&text, &atoms);
        let mut taken: Vec<(usize, usize)> = machines.iter().map(|said| (said.start, said.end)).collect();
        taken.extend(formats.iter().map(|said| (said.start, said.end)));
        taken.extend(runtimes.iter().map(|said| (said.start, said.end)));
        let models = lexicon.models.models(&text, &atoms, &taken);
        taken.extend(models.iter().map(|said| (said.start, said.end)));
        // `SDXL 1.0`, `pp512`, `tg128`: numbers that are parts of words are no figures, which `figures` knows by itself.
        let figures = figures(&text, &taken);
        for machine in &mut machines {
            describe(machine, &text, &figures, &atoms);
        }
        let low = text.to_lowercase();
        let low = if low.len() == text.len() { low } else { text.to_ascii_lowercase() };
        Self { low, text, machines, models, formats, runtimes, figures }
    }

    /// Whether the text has one of these words or phrases.
    pub fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| has(&self.low, word))
    }
}

/// Whether a phrase stands in a text as words of its own; a phrase that ends in `*` may go on.
pub fn has(low: &str, phrase: &str) -> bool {
    let (phrase, open) = phrase.strip_suffix('*').map_or((phrase, false), |phrase| (phrase, true));
    low.match_indices(phrase).any(|(at, _)| {
        let before = low.get(..at).and_then(|head| head.chars().next_back());
        let after = low.get(at + phrase.len()..).and_then(|tail| tail.chars().next());
        let free = |sign: Option<char>| sign.is_none_or(|sign| !sign.is_alphanumeric());
        let word_like = phrase.starts_with(|sign: char| sign.is_alphanumeric());
        let ends_like = phrase.ends_with(|sign: char| sign.is_alphanumeric());
        (!word_like || free(before)) && (open || !ends_like || free(after))
    })
}

/// Adds the memory and the cores that stand right beside a machine's name.
fn describe(machine: &mut MachineSaid, text: &str, figures: &[Figure], atoms: &[Atom]) {
    for figure in figures.iter().filter(|figure| (figure.high - figure.low).abs() < f64::EPSILON) {
        let behind = text.get(machine.end..figure.start).filter(|_| figure.start >= machine.end);
        let ahead = text.get(figure.end..machine.start).filter(|_| figure.end <= machine.start);
        // `M2 Ultra (76-core GPU, 192GB)`: whatever stands in the parenthesis behind a name is of it.
        let inside = behind
            .is_some_and(|gap| gap.trim_start().starts_with('(') && !gap.contains(')') && gap.len() < 60);
        let near = inside
            || behind.is_some_and(is_beside)
            || ahead.is_some_and(|gap| is_beside(gap) && gap.trim().is_empty());
        match figure.unit {
            Unit::Gigabytes if near && machine.memory.is_none() && !is_more_memory(text, figure) => {
                machine.memory = Some(figure.low);
            }
            Unit::Cores if machine.cores.is_none() => {
                let gap = behind.or(ahead).map(str::len);
                let says_gpu = text
                    .get(figure.end..)
                    .is_some_and(|rest| rest.trim_start().to_ascii_lowercase().starts_with("gpu"))
                    || text
                        .get(..figure.start)
                        .is_some_and(|head| head.trim_end().to_ascii_lowercase().ends_with("gpu"));
                let says_cpu = text
                    .get(figure.end..)
                    .is_some_and(|rest| rest.trim_start().to_ascii_lowercase().starts_with("cpu"));
                let hyphen = text.get(figure.start..figure.end).is_some_and(|words| words.contains("-core"));
                if gap.is_some_and(|gap| gap < 40) && (says_gpu || (near && hyphen)) && !says_cpu {
                    machine.cores = Some(crate::units::whole(figure.low).try_into().unwrap_or(0));
                }
            }
            _ => {}
        }
    }
    // `A100-80GB`: the size is glued to the name.
    if machine.memory.is_none() {
        let at = atoms.iter().position(|atom| atom.start >= machine.end);
        if let Some(at) = at
            && let Some([dash, number, unit]) = atoms.get(at..at + 3)
            && dash.is("-")
            && unit.is("gb")
        {
            machine.memory = number.number();
        }
    }
}

/// Whether so little stands between a name and a figure that the figure is a part of it.
fn is_beside(gap: &str) -> bool {
    let gap = gap.trim().replace("est.", "");
    gap.len() <= 28
        && gap.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
            let word = word.to_ascii_lowercase();
            [
                "with",
                "macbook",
                "pro",
                "air",
                "mac",
                "studio",
                "mini",
                "core",
                "gpu",
                "sxm",
                "pcie",
                "laptop",
                "14",
                "16",
                "40",
                "80",
                "a",
                "founders",
                "edition",
                "blackwell",
                "workstation",
                "gb10",
            ]
            .contains(&word.as_str())
        })
        && !gap.contains(['.', ';', '=', '+'])
}

/// Whether a figure is memory that is used or needed, and no size of a machine.
fn is_more_memory(text: &str, figure: &Figure) -> bool {
    let after: String =
        text.get(figure.end..).unwrap_or_default().chars().take(16).collect::<String>().to_ascii_lowercase();
    let after = after.trim_start();
    ["of 1", "system", "ddr", "of system", "model", "/"].iter().any(|word| after.starts_with(word))
}
