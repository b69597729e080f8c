//! Settings as people read them.

use super::{Amount, Entry, Setting};
use crate::spec::{Family, Named as _, Scenario};
use crate::units::{is_short_count, show_count, show_decimals, show_grouped, show_plain, whole};

impl Setting {
    /// Its value in a scenario as a form or a report shows it: `8,192`, `40%`, `LoRA`.
    pub fn text(&self, scenario: &Scenario) -> String {
        let Some(entry) = self.entry(scenario) else { return String::new() };
        match entry {
            Entry::Count(number) => self.number(crate::units::count(number)),
            Entry::Number(number) => self.number(number),
            Entry::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            entry => {
                let text = entry.text();
                let choice = self.choices(scenario).into_iter().find(|(name, _)| *name == text);
                choice.map_or(text, |(_, label)| label)
            }
        }
    }

    /// Its label and value in a scenario: `Context: 8,192 tokens`.
    pub fn line(&self, scenario: &Scenario) -> String {
        let (text, label) = (self.text(scenario), self.label);
        let counts = matches!(self.entry(scenario), Some(Entry::Count(_) | Entry::Number(_)));
        let named = self.unit.is_empty() || label.to_lowercase().contains(self.unit);
        if counts && !named && self.amount != Amount::Parameters {
            let unit = if text == "1" { self.unit.trim_end_matches('s') } else { self.unit };
            format!("{label}: {text} {unit}")
        } else {
            format!("{label}: {text}")
        }
    }

    /// What it may be: `1 to 512`, `full, lora, qlora, dora`, `true or false`; empty for a text.
    pub fn values(&self) -> String {
        let names: Vec<&str> = (self.offers)().into_iter().map(|(name, _)| name).collect();
        let (least, most) = self.range;
        let words = self.words.iter().map(|(word, _)| format!("{word}, "));
        match self.default() {
            _ if !names.is_empty() => names.join(", "),
            Some(Entry::Flag(_)) => "true or false".to_owned(),
            _ if most > least => {
                let words: String = words.collect();
                format!("{words}{} to {} {}", self.number(least), self.number(most), self.unit)
                    .trim_end()
                    .to_owned()
            }
            _ => String::new(),
        }
    }

    /// Its default in words.
    pub fn default_text(&self) -> String {
        let same = || self.default().map_or_else(|| "none".to_owned(), |entry| entry.text());
        if self.usual.is_empty() { same() } else { self.usual.to_owned() }
    }

    /// Its help: what it is, its default, what it may be, and the families that know it.
    pub fn help(&self) -> String {
        let families: Vec<&str> = self.families.iter().map(|family| family.key()).collect();
        let families =
            if families.len() == Family::ALL.len() { "every family".to_owned() } else { families.join(", ") };
        let values = self.values();
        let values = if values.is_empty() { values } else { format!("; {values}") };
        format!("{}. Default {}{values} ({families})", self.hint(), self.default_text())
    }

    /// One of its numbers in full.
    pub fn number(&self, value: f64) -> String {
        match self.amount {
            Amount::Parameters => parameters(value),
            Amount::Share => format!("{}%", show_plain((value * 1e4).round() / 100.0)),
            Amount::Real => show_plain(value),
            Amount::Count if value >= 1e7 && is_short_count(value) => show_count(value),
            _ => show_grouped(whole(value)),
        }
    }

    /// One of its numbers in a few characters, for ticks and marks.
    pub fn brief(&self, value: f64) -> String {
        match self.amount {
            Amount::Tokens => tokens(value),
            Amount::Width => whole(value).to_string(),
            Amount::Real => show_decimals(value, 1),
            Amount::Count | Amount::Scale => show_count(value),
            Amount::Parameters | Amount::Share => self.number(value),
        }
    }
}

/// Parameters with three figures: `8.03B`, `70.6B`, `671B`.
pub fn parameters(value: f64) -> String {
    let (scaled, suffix) = if value >= 999.5e9 {
        (value / 1e12, "T")
    } else if value >= 999.5e6 {
        (value / 1e9, "B")
    } else {
        (value / 1e6, "M")
    };
    let text = if scaled >= 99.95 {
        show_decimals(scaled, 0)
    } else if scaled >= 9.995 {
        show_decimals(scaled, 1)
    } else {
        show_decimals(scaled, 2)
    };
    format!("{text}{suffix}")
}

/// Tokens in binary thousands: `512`, `8K`, `37.9K`.
fn tokens(value: f64) -> String {
    if value < 1024.0 {
        return show_grouped(whole(value));
    }
    let (scaled, suffix) =
        if value < 1_048_576.0 { (value / 1024.0, "K") } else { (value / 1_048_576.0, "M") };
    let whole = format!("{scaled:.1}").ends_with(".0");
    format!("{}{suffix}", show_decimals(scaled, usize::from(!whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_characters() {
        for (value, shown) in [(512.0, "512"), (8192.0, "8K"), (38_810.0, "37.9K"), (2_097_152.0, "2M")] {
            assert_eq!(tokens(value), shown);
        }
        for (value, shown) in [(8.03e9, "8.03B"), (70.55e9, "70.5B"), (671e9, "671B"), (494e6, "494M")] {
            assert_eq!(parameters(value), shown);
        }
    }
}
