//! Names of chips and cards, brought to one spelling.

use crate::spec::{Machine, Memory};

/// All names a record answers to.
pub(super) fn keys(machine: &Machine) -> Vec<String> {
    let (outside, inside) = match machine.name.split_once('(') {
        Some((before, rest)) => {
            let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
            (format!("{before} {after}"), inside)
        }
        None => (machine.name.clone(), ""),
    };
    let mut keys = vec![key(&outside), key(&machine.id)];
    keys.extend(machine.aliases.iter().map(|alias| key(alias)));
    if let Memory::Unified { .. } = machine.memory.value() {
        // One chip is one machine here; of cards, several share a chip.
        keys.push(key(&machine.chip));
        keys.extend(inside.split(',').map(key));
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// A name without maker, family, memory size and spelling: `rtx4090` of `NVIDIA GeForce RTX 4090`.
pub(super) fn key(name: &str) -> String {
    const SILENT: [&str; 16] = [
        "nvidia",
        "amd",
        "geforce",
        "radeon",
        "intel",
        "apple",
        "tesla",
        "instinct",
        "generation",
        "edition",
        "graphics",
        "gpu",
        "gb",
        "hbm2e",
        "hbm3",
        "hbm3e",
    ];
    // What follows tells of the GPU beside a processor: `AMD RYZEN AI MAX+ 395 w/ Radeon 8060S`.
    let name = name.to_lowercase();
    let name = name.split(" w/").next().unwrap_or_default();
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut key = String::new();
    for (index, word) in words.iter().enumerate() {
        let before_unit = words.get(index + 1) == Some(&"gb") && is_number(word);
        let size = word.strip_suffix("gb").is_some_and(|number| number.is_empty() || is_number(number));
        if before_unit || size || SILENT.contains(word) {
            continue;
        }
        let form = word.strip_prefix("sxm").is_some_and(is_number);
        key.push_str(if form { "sxm" } else { word });
    }
    key
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the name is of a laptop's version; the workstation card called Max-Q is none.
pub(super) fn is_laptop(name: &str) -> bool {
    let name = name.to_lowercase();
    ["laptop", "mobile", "with max-q"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_card_have_one_key() {
        for (one, other) in [
            ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090"),
            ("NVIDIA GeForce RTX 4090", "rtx-4090-24gb"),
            ("NVIDIA GeForce RTX 4070 Ti SUPER", "rtx-4070tisuper"),
            ("NVIDIA GeForce RTX 4060 Ti", "GeForce RTX 4060 Ti 16GB"),
            ("NVIDIA A100-SXM4-80GB", "A100 80GB SXM"),
            ("NVIDIA A100 80GB PCIe", "A100 80GB PCIe"),
            ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
            ("NVIDIA H100 80GB HBM3", "NVIDIA H100"),
            ("AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX 24 GB"),
            ("AMD RYZEN AI MAX+ 395 w/ Radeon 8060S", "Ryzen AI Max+ 395"),
            ("AMD Radeon 8060S Graphics", "Radeon 8060S"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
    }

    #[test]
    fn names_of_different_cards_have_different_keys() {
        for other in [
            "NVIDIA GeForce RTX 4090 Laptop GPU",
            "NVIDIA GeForce RTX 4090 D",
            "NVIDIA GeForce RTX 4090 Ti",
            "NVIDIA GeForce RTX 3090",
            "NVIDIA RTX 4090 Mobile",
        ] {
            assert_ne!(key("NVIDIA GeForce RTX 4090"), key(other), "{other}");
        }
        assert_ne!(key("NVIDIA H200 NVL"), key("H200 SXM"));
        assert_ne!(key("NVIDIA RTX 6000 Ada Generation"), key("NVIDIA RTX A6000"));
    }

    #[test]
    fn laptop_versions_are_told_by_name() {
        for (name, laptop) in [
            ("NVIDIA GeForce RTX 4090 Laptop GPU", true),
            ("NVIDIA GeForce RTX 2080 with Max-Q Design", true),
            ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", false),
            ("NVIDIA GeForce RTX 4090", false),
        ] {
            assert_eq!(is_laptop(name), laptop, "{name}");
        }
    }
}
