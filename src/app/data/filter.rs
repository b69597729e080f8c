//! What the machine list is narrowed to: words of names, kinds, what is for sale, and a price.

use crate::app::names;
use crate::app::text::{self, Text};
use crate::spec::{Availability, Form, Machine, Offer, Vendor};
use crate::units::{parse_number, read_number};

/// Kinds that are offered to click, as the words that a user may as well type, with what each means.
pub(crate) const KINDS: [(&str, Text); 6] = [
    ("mac", text::filter_macs),
    ("laptop", text::laptops_and_the_cards_built),
    ("card", text::cards_for_a_computer),
    ("rent", text::what_is_rented),
    ("on-sale", text::what_is_sold_or_rented),
    ("<5000", text::to_buy_for_less),
];

/// The words of a filter, in lower case.
pub(crate) fn words(filter: &str) -> Vec<String> {
    filter.split_whitespace().map(str::to_lowercase).collect()
}

/// The filter with a word more, or without it where it is there.
pub(crate) fn toggled(filter: &str, word: &str) -> String {
    let mut words: Vec<&str> = filter.split_whitespace().collect();
    let before = words.len();
    words.retain(|each| !each.eq_ignore_ascii_case(word));
    if words.len() == before {
        words.push(word);
    }
    words.join(" ")
}

/// Whether a machine has every word: in what a person may call it, as its kind, or as the most that it may cost.
pub(crate) fn has(machine: &Machine, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let known = format!(
        "{} {} {} {:?} {} {}",
        names::short(machine),
        machine.name,
        machine.id,
        machine.vendor,
        machine.chip,
        kinds(machine)
    )
    .to_lowercase();
    words.iter().all(|word| match most_dollars(word) {
        Some(most) => matches!(&machine.offer, Some(Offer::Buy(price)) if price.value().get() < most),
        None if word == "rent" => matches!(machine.offer, Some(Offer::Rent(_))),
        None => known.contains(word.as_str()),
    })
}

/// `<5000`, `<$5,000` or `<5k` as dollars.
fn most_dollars(word: &str) -> Option<f64> {
    let text = word.strip_prefix('<')?;
    let (digits, times) = text.strip_suffix('k').map_or((text, 1.0), |digits| (digits, 1000.0));
    Some(parse_number(&read_number(digits)).ok()? * times)
}

fn kinds(machine: &Machine) -> String {
    let form = match machine.body.form.as_ref().map(|form| *form.value()) {
        Some(Form::Card) => "card",
        Some(Form::Laptop) => "laptop",
        Some(Form::Mini) => "mini desktop",
        Some(Form::Desktop) => "desktop",
        Some(Form::Server) => "server",
        None => "",
    };
    let maker = if machine.vendor == Vendor::Apple { "mac" } else { "pc" };
    let sold = match machine.availability {
        Availability::OnSale => "on-sale",
        Availability::Announced => "announced",
        Availability::Discontinued => "discontinued",
        Availability::Owned => "owned",
    };
    format!("{form} {maker} {sold}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn found(filter: &str) -> Vec<String> {
        let words = words(filter);
        let machines = Catalog::built_in().machines;
        machines.iter().filter(|machine| has(machine, &words)).map(|machine| machine.id.clone()).collect()
    }

    #[test]
    fn kinds_and_prices_narrow_like_words() {
        let cheap = found("card <$2k on-sale");
        assert!(!cheap.is_empty(), "there are cards under $2,000");
        assert!(cheap.iter().all(|id| !id.contains("mac")), "{cheap:?}");
        assert_eq!(found("card <2000 on-sale"), cheap, "however the price is written");
        assert!(cheap.len() < found("card on-sale").len(), "the price takes some out");
        assert!(found("rent").iter().any(|id| id.contains("a100")), "data-center cards are rented");
        assert!(found("laptop mac m5").iter().any(|id| id.starts_with("macbook")), "MacBooks are laptops");
        assert!(found("<nothing").is_empty(), "what is no price is a word like others");
    }

    #[test]
    fn a_word_is_put_in_and_taken_out() {
        assert_eq!(toggled("m5 ultra", "mac"), "m5 ultra mac");
        assert_eq!(toggled("m5 MAC ultra", "mac"), "m5 ultra");
        assert_eq!(toggled("", "<5000"), "<5000");
    }
}
