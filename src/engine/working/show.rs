//! A working as people read it.

use super::{How, Working};
use crate::units::{show_grouped, whole};

impl Working {
    /// The computation in one line: `layers × bytes`, or what is summed.
    pub fn text(&self) -> String {
        match &self.how {
            How::Expression { text, .. } => readable(text),
            How::Terms(terms) => format!("sum of {}", counted(terms.len(), "term")),
            How::Alive(alive) => format!("sum of {} alive at the peak", counted(alive.len(), "tensor")),
        }
    }

    /// What the text is about, a name and a shown value each: inputs, terms, or tensors.
    pub fn items(&self) -> Vec<(String, String)> {
        match &self.how {
            How::Expression { inputs, .. } => {
                inputs.iter().map(|input| (readable(input.name), number(input.value))).collect()
            }
            How::Terms(terms) => terms
                .iter()
                .map(|term| {
                    let name = if term.count > 1.0 {
                        format!("{} × {}", number(term.count), term.name)
                    } else {
                        term.name.to_string()
                    };
                    (name, number(term.value))
                })
                .collect(),
            How::Alive(alive) => {
                alive.iter().map(|tensor| (tensor.name.to_string(), number(tensor.bytes))).collect()
            }
        }
    }
}

/// Signs as in print and names without underscores.
fn readable(expression: &str) -> String {
    let mut text = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    for (code, print) in [(" * ", " × "), (" / ", " ÷ "), (" - ", " − ")] {
        text = text.replace(code, print);
    }
    text.replace('_', " ").replace(".0 ", " ").replace(".0)", ")").trim_end_matches(".0").to_owned()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Whole numbers with separators, small ones with as many digits as tell them apart.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && (0.0..9e15).contains(&value) {
        show_grouped(whole(value))
    } else if value.abs() >= 0.001 {
        format!("{value:.3}")
    } else {
        format!("{value:.3e}")
    }
}
