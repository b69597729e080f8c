//! Numbers that could be read in two ways are refused, in every key and wherever they are typed.

use plimsoll::spec::Setting;
use plimsoll::spec::preset::{PresetKeys, parse};

/// Every key of a preset.
fn keys() -> Vec<String> {
    Setting::keys().map(str::to_owned).collect()
}

/// Keys that take this value.
fn taken(value: &str) -> Vec<String> {
    keys().into_iter().filter(|key| PresetKeys::default().set(key, value).is_ok()).collect()
}

/// Keys whose value is any text: a name, or an id or a path, which may have a comma.
const TEXTS: [&str; 4] = ["name", "model", "draft_model", "machine"];

#[test]
fn no_key_takes_a_decimal_comma_for_thousands() {
    for value in
        ["1,5", "1,5k", "1,5B", "1.234,5", "1.234,567", "12,34", "1,2345", "0,5", "1,,000", "1,000,00"]
    {
        let wrong: Vec<String> = taken(value)
            .into_iter()
            .filter(|key| !TEXTS.contains(&key.as_str()) && key != "sampling")
            .collect();
        assert!(wrong.is_empty(), "{value} is taken by {wrong:?}");
    }
    let said = PresetKeys::default().set("model_size", "1,5B").expect_err("two readings").to_string();
    assert!(said.contains("write 1.5B"), "{said}");
    for key in ["context", "nodes", "model_size", "width"] {
        assert!(PresetKeys::default().set(key, "1,024").is_ok(), "{key}");
    }
}

#[test]
fn only_sampling_takes_a_list() {
    let list = |key: &str| parse(&format!("({key}: [1, 2, 3])"), "list.ron");
    for key in keys() {
        match list(&key) {
            Ok(_) => assert_eq!(key, "sampling"),
            Err(error) => {
                let said = error.to_string();
                assert!(said.starts_with("list.ron:1:"), "{said}");
                assert!(said.contains("one value is taken here, not a list"), "{key}: {said}");
            }
        }
    }
    assert!(list("sampling").is_ok());
}
