//! A working as people read it.

use super::{How, Working};
use crate::units::{Display, show_decimals, show_grouped, show_plain, show_power, whole};

impl Working {
    /// Whether it is a number that was found: its only input is itself.
    pub fn is_found(&self) -> bool {
        let How::Expression { text, inputs } = &self.how else { return false };
        inputs.iter().any(|input| input.name == text.as_ref())
    }

    /// The computation in one line: `layers × bytes`, or what is summed.
    pub fn text(&self) -> String {
        match &self.how {
            How::Expression { text, .. } => readable(&literal(text)),
            How::Terms(terms) => format!("sum of {}", counted(terms.len(), "term")),
            How::Alive(alive) => format!("sum of {} alive at the peak", counted(alive.len(), "item")),
        }
    }

    /// The expression with the user's numbers in place of names; nothing for a list.
    pub fn in_numbers(&self) -> Option<String> {
        let How::Expression { text, inputs } = &self.how else { return None };
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_ref();
        while let Some(first) = rest.chars().next() {
            let is_word = first.is_alphanumeric() || first == '_';
            let end = rest.find(|c: char| (c.is_alphanumeric() || c == '_' || c == '.') != is_word);
            let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
            match inputs.iter().find(|input| input.name == token) {
                Some(input) => shown.push_str(&show_number(input.value)),
                None => shown.push_str(&literal(token)),
            }
            rest = after;
        }
        Some(readable(&shown))
    }

    /// What the text is about, a name and a shown value each: inputs, terms, or tensors.
    pub fn items(&self) -> Vec<(String, String)> {
        match &self.how {
            How::Expression { inputs, .. } => {
                inputs.iter().map(|input| (readable(input.name), show_number(input.value))).collect()
            }
            How::Terms(terms) => terms
                .iter()
                .map(|term| {
                    let name = if term.count > 1.0 {
                        format!("{} × {}", show_number(term.count), term.name)
                    } else {
                        term.name.to_string()
                    };
                    (name, show_number(term.value))
                })
                .collect(),
            How::Alive(alive) => {
                alive.iter().map(|tensor| (tensor.name.to_string(), show_number(tensor.bytes))).collect()
            }
        }
    }
}

/// Numbers and signs between arguments as they are written on this thread: where a comma stands before a fraction,
/// a semicolon stands between arguments.
fn literal(code: &str) -> String {
    let decimal = Display::chosen().numbers.decimal;
    if decimal == '.' {
        return code.to_owned();
    }
    let code = code.replace(',', ";");
    let after = code.chars().skip(1).chain([' ']);
    let pairs = code.chars().zip(after);
    pairs.map(|(sign, next)| if sign == '.' && next.is_ascii_digit() { decimal } else { sign }).collect()
}

/// Signs as in print, names without underscores, whole numbers without a fraction.
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

/// Whole numbers with separators, others with their digits, where those are few.
pub fn show_number(value: f64) -> String {
    let digits = value.to_string();
    if value.fract() == 0.0 && (0.0..9e15).contains(&value) {
        show_grouped(whole(value))
    } else if digits.len() <= 9 {
        show_plain(value)
    } else if value.abs() >= 0.001 {
        show_decimals(value, 6)
    } else {
        show_power(value, 6)
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::working::Detail;
    use crate::formula;

    #[test]
    fn an_expression_is_read_in_names_and_in_numbers() {
        let figure = formula!(
            Detail::Workings, "a law";
            layers = 32.0,
            kv_heads = 8.0,
            layers_and_output = 33.0,
            share = 0.15
            => layers * 2.0 * (kv_heads - layers_and_output) / max(share, 1.0)
        );
        let working = figure.working.expect("asked");
        assert_eq!(working.text(), "layers × 2 × (kv heads − layers and output) ÷ max(share, 1)");
        assert_eq!(working.in_numbers().as_deref(), Some("32 × 2 × (8 − 33) ÷ max(0.15, 1)"));
    }
}
