//! Which of the names in a text a figure belongs to.

use super::scan::Mentions;
use super::words::machine::MachineSaid;
use super::words::model::{ModelIs, ModelSaid};

/// Something that stands at a place of a text.
pub trait Placed {
    /// Where it starts and ends, in bytes.
    fn place(&self) -> (usize, usize);
}

macro_rules! placed {
    ($($kind:ty),*) => {
        $(impl Placed for $kind {
            fn place(&self) -> (usize, usize) {
                (self.start, self.end)
            }
        })*
    };
}

placed!(
    MachineSaid,
    ModelSaid,
    super::words::format::FormatSaid,
    super::words::format::RuntimeSaid,
    super::words::figure::Figure
);

impl Placed for Vec<ModelSaid> {
    fn place(&self) -> (usize, usize) {
        (self.first().map_or(0, |first| first.start), self.last().map_or(0, |last| last.end))
    }
}

/// What parts a sentence into clauses.
const PARTS: &[&str] = &[
    ", ",
    "; ",
    " and ",
    " but ",
    " while ",
    " vs ",
    " vs. ",
    " versus ",
    " compared to ",
    " compared with ",
    " whereas ",
    "(",
    ")",
    " - ",
    " against ",
    " where ",
    " or ",
    " / ",
    " instead of ",
    " rather than ",
];

/// The clauses of a text, as where each starts and ends.
pub fn clauses(low: &str) -> Vec<(usize, usize)> {
    let mut cuts: Vec<(usize, usize)> = PARTS
        .iter()
        .flat_map(|part| low.match_indices(part).map(|(at, part)| (at, at + part.len())))
        .collect();
    cuts.sort_unstable();
    let mut found = Vec::new();
    let mut start = 0;
    for (from, to) in cuts {
        if from >= start {
            found.push((start, from));
            start = to;
        }
    }
    found.push((start, low.len()));
    found
}

/// The clause that a place lies in.
pub fn clause_of(clauses: &[(usize, usize)], at: usize) -> (usize, usize) {
    clauses.iter().rev().find(|(start, _)| *start <= at).copied().unwrap_or((0, 0))
}

/// The name that a figure belongs to: the one bound to it by `on` or a parenthesis, else the nearest in its clause, the
/// one before first, else the nearest before it, else the first behind it.
pub fn belongs<'n, N: Placed>(
    names: &'n [N],
    figure: (usize, usize),
    text: &str,
    clauses: &[(usize, usize)],
) -> Option<&'n N> {
    // `128GB M5 Max`, `$1,600 RTX 4090`: an amount of what is bought stands right before its name.
    let amount = text
        .get(figure.0..figure.1)
        .is_some_and(|words| words.starts_with('$') || words.ends_with("GB") || words.ends_with(['W', 'e']));
    let bound = names.iter().find(|name| {
        let (start, _) = name.place();
        start >= figure.1 && text.get(figure.1..start).is_some_and(|gap| binds(gap) || (amount && gap == " "))
    });
    let clause = clause_of(clauses, figure.0);
    let within = |name: &&N| name.place().0 >= clause.0 && name.place().1 <= clause.1.max(figure.1);
    let before = |name: &&N| name.place().1 <= figure.0;
    // What it is held against is not what it is of.
    let not_against = |name: &&N| {
        let gap = text.get(figure.1..name.place().0).map(str::to_lowercase).unwrap_or_default();
        !["exceeds", "exceed", "than", "beats", "surpasses", "outperforms"]
            .iter()
            .any(|word| gap.contains(word))
    };
    // `the M2 Pro's 200 GB/s`.
    let owner = names.iter().find(|name| {
        text.get(name.place().1..figure.0).is_some_and(|gap| ["'s ", "' ", "'s ~"].contains(&gap))
    });
    // In `the M4 Ultra doubles the M4 Max to 1,092 GB/s` the second is what the first is held against.
    let is_subject = |name: &&N| {
        let head = text.get(..name.place().0).map(str::to_lowercase).unwrap_or_default();
        let head = head.trim_end().trim_end_matches(" the").trim_end_matches(" an").trim_end_matches(" a");
        let object = ["than", "doubles", "beats", "exceeds", "surpasses", "outperforms", "trails", "matches"]
            .iter()
            .any(|verb| head.ends_with(verb));
        !object || !names.iter().any(|other| other.place().1 <= name.place().0)
    };
    owner
        .or(bound)
        .or_else(|| names.iter().filter(within).filter(is_subject).rfind(before))
        .or_else(|| names.iter().filter(not_against).find(within))
        .or_else(|| names.iter().filter(is_subject).rfind(before))
}

/// The first name behind a figure, where nothing else says what it belongs to.
pub fn behind<N: Placed>(names: &[N], figure: (usize, usize)) -> Option<&N> {
    names.iter().find(|name| name.place().0 >= figure.1)
}

/// Whether words between a figure and a name bind them.
fn binds(gap: &str) -> bool {
    if gap.len() > 26 || gap.contains([',', ';', ')', '.', ':']) {
        return false;
    }
    let bracket = gap.trim() == "(";
    let words: Vec<String> = gap.split_whitespace().map(str::to_lowercase).collect();
    let small = [
        "on",
        "for",
        "with",
        "the",
        "a",
        "an",
        "my",
        "our",
        "from",
        "of",
        "using",
        "in",
        "at",
        "running",
        "single",
        "one",
        "when",
        "his",
        "her",
        "their",
        "this",
        "your",
        "memory",
        "bandwidth",
        "unified",
        "apple",
        "nvidia",
        "2x",
        "(",
        "->",
        "new",
        "that",
        "by",
    ];
    bracket
        || (!words.is_empty()
            && words.iter().all(|word| small.contains(&word.as_str()))
            && words.iter().any(|word| {
                ["on", "for", "with", "from", "of", "using", "in", "by"].contains(&word.as_str())
            }))
}

/// Models that stand together as a list or range of sizes: `7B/13B`, `13B, 30B and 70B`.
pub fn groups(mentions: &Mentions) -> Vec<Vec<ModelSaid>> {
    let mut groups: Vec<Vec<ModelSaid>> = Vec::new();
    for said in &mentions.models {
        let last = groups.last().and_then(|group| group.last());
        let gap = last.and_then(|last| mentions.text.get(last.end..said.start)).map(str::trim);
        let listed = gap.is_some_and(|gap| {
            ["/", "-", ",", "and", "to", ", and", "or", "and even", ", or", "through"].contains(&gap)
        });
        let sized = matches!(said.is, ModelIs::Size(_))
            && last.is_some_and(|last| matches!(last.is, ModelIs::Size(_)));
        match groups.last_mut() {
            Some(group) if listed && sized => group.push(said.clone()),
            _ => groups.push(vec![said.clone()]),
        }
    }
    // `Llama 3 70B (70B parameters)`: a size beside a named model says nothing more.
    let named = groups.iter().any(|group| group.iter().any(|said| !matches!(said.is, ModelIs::Size(_))));
    if named {
        let sizes: Vec<f64> = groups
            .iter()
            .flatten()
            .filter_map(|said| match said.is {
                ModelIs::Size(_) => None,
                _ => said.name.size,
            })
            .collect();
        groups.retain(|group| !group.iter().all(|said| matches!(said.is, ModelIs::Size(size) if sizes.iter().any(|known| (known - size).abs() < 0.01))));
    }
    groups
}
