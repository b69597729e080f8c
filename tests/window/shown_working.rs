//! Reads a working as it is shown, and computes it again from what a reader sees.

use std::sync::LazyLock;

use plimsoll::catalog::Catalog;
use regex::Regex;

#[path = "../support/evaluate.rs"]
mod evaluate;

/// How far a result may be from that of the shown inputs: a small one is shown with four figures, and several add up.
/// What is printed of a figure are three.
const ROUNDED: f64 = 2e-3;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e-?\d+)?").expect("a pattern")
});

/// Computes every expression and list of a copied working; how many there were, or what is wrong.
pub(crate) fn check(text: &str, catalog: &Catalog) -> Result<usize, String> {
    let lines: Vec<&str> = text.lines().collect();
    let (first, rest) = lines.split_first().ok_or("it is empty")?;
    if first.trim_end().ends_with(':') {
        return Err("no figure is shown".to_owned());
    }
    if rest.is_empty() {
        return Err("no step is shown".to_owned());
    }
    sources(text, catalog)?;
    let mut computed = 0;
    let mut heading = "";
    for (at, line) in rest.iter().enumerate() {
        let words = line.trim_start();
        let Some((expression, value)) = words.rsplit_once("= ") else {
            if !words.starts_with('(')
                && words.contains(": ")
                && rest.get(at + 1).is_some_and(|next| indent(next) > indent(line))
            {
                heading = words;
            }
            continue;
        };
        // A basis may have an equals sign of its own.
        let Some(value) = number(value).filter(|_| !words.starts_with('(') || !words.ends_with(')')) else {
            continue;
        };
        let found = if expression.is_empty() { sum(rest, at) } else { evaluated(expression) };
        let found = found.ok_or_else(|| format!("`{words}` cannot be computed"))?;
        if !near(found, value, ROUNDED) {
            return Err(format!("`{words}` comes to {found}"));
        }
        let (_, shown) = heading.split_once(": ").unwrap_or(("", ""));
        if !shown.is_empty() && !says(shown, value) {
            return Err(format!("`{heading}` is not what {value} is shown as"));
        }
        computed += 1;
    }
    Ok(computed)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Every source that is named is one of the catalog, and is listed with its title.
fn sources(text: &str, catalog: &Catalog) -> Result<(), String> {
    for (at, word) in text.match_indices(", source ") {
        let rest = &text[at + word.len()..];
        let id = rest.split([',', ')', ';']).next().unwrap_or_default();
        if id.contains([' ', '/']) {
            // A command or a file that this machine was read with.
            continue;
        }
        let known = catalog.sources.get(id).ok_or_else(|| format!("no source {id} in the catalog"))?;
        if !text.contains(&format!("{id}: {}", known.title)) {
            return Err(format!("source {id} is not listed"));
        }
    }
    Ok(())
}

/// The items under a list, which stand deeper than it.
fn sum(lines: &[&str], at: usize) -> Option<f64> {
    let deeper = |line: &&&str| indent(line) > indent(lines[at]);
    let items = lines.get(at + 1..)?.iter().take_while(deeper);
    items.map(|item| item.rsplit_once(": ").and_then(|(_, value)| number(value))).sum()
}

/// A number as it is shown, whatever follows it.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix(['-', '−']).map_or((1.0, text), |rest| (-1.0, rest));
    let found = NUMBER.find(digits).filter(|found| found.start() == 0)?;
    found.as_str().replace(',', "").parse::<f64>().ok().map(|value| sign * value)
}

/// An expression whose numbers stand in it.
fn evaluated(expression: &str) -> Option<f64> {
    let plain = expression.replace('×', "*").replace('÷', "/").replace('−', "-");
    let values: Vec<(String, f64)> = NUMBER
        .find_iter(&plain)
        .enumerate()
        .filter_map(|(at, found)| Some((format!("n{at}_"), found.as_str().replace(',', "").parse().ok()?)))
        .collect();
    let mut at = 0;
    let named = NUMBER.replace_all(&plain, |_: &regex::Captures<'_>| {
        at += 1;
        format!("n{}_", at - 1)
    });
    let inputs: Vec<(&str, f64)> = values.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    evaluate::evaluate(named.trim(), &inputs)
}

fn near(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance * one.abs().max(other.abs()) + 1e-9
}

/// What one of a unit is in the unit that workings are in; hours and seconds may both be.
const UNITS: &[(&str, &[f64])] = &[
    ("GiB", &[1_073_741_824.0]),
    ("MiB", &[1_048_576.0]),
    ("KiB", &[1024.0]),
    ("GB", &[1e9]),
    ("MB", &[1e6]),
    ("ms", &[1e-3, 1.0 / 3.6e6]),
    ("s", &[1.0, 1.0 / 3600.0]),
    ("min", &[60.0, 1.0 / 60.0]),
    ("h", &[3600.0, 1.0]),
    ("days", &[86_400.0, 24.0]),
    ("kWh", &[1000.0]),
    ("%", &[0.01]),
    ("tok/s", &[1.0]),
    ("", &[1.0]),
];

/// Whether a figure is shown as what a value rounds to, by the digits that are printed.
fn says(shown: &str, value: f64) -> bool {
    // Of `50.0 to 50.9 GiB (54.2 GB)` the best figure is the one in parentheses.
    let inner = shown.rsplit_once('(').map(|(_, inner)| inner.trim_end_matches(')'));
    let shown = inner.filter(|inner| inner.ends_with("GB")).unwrap_or(shown);
    let plain = shown.trim_start_matches('$');
    let Some(best) = number(plain) else { return true };
    let digits = NUMBER.find(plain).map_or("", |found| found.as_str());
    let decimals = digits.split_once('.').map_or(0, |(_, after)| after.split('e').next().unwrap_or("").len());
    let exponent: i32 = digits.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    let last = 10_f64.powi(exponent - i32::try_from(decimals).unwrap_or(0));
    let unit = plain.get(digits.len()..).unwrap_or("").split_whitespace().next().unwrap_or("");
    let scales = UNITS
        .iter()
        .find(|(name, _)| *name == unit.trim_end_matches(','))
        .map_or(&[1.0][..], |(_, scales)| scales);
    scales.iter().any(|scale| (best * scale - value).abs() <= 0.51 * last * scale + ROUNDED * value.abs())
}
