//! What the program is made of, and under which licenses.

use std::collections::BTreeMap;

/// Every library with its license, as `.ci/licenses` writes it.
const LIBRARIES: &str = include_str!("../../../assets/licenses.csv");

/// Libraries of one license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Licensed {
    /// The license, as its identifier.
    pub license: String,
    /// The libraries.
    pub libraries: Vec<String>,
}

/// Libraries by license, the most used first.
pub(crate) fn libraries() -> Vec<Licensed> {
    let mut by_license: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in LIBRARIES.lines().skip(1) {
        if let Some((library, license)) = line.split_once(',') {
            by_license.entry(in_order(license)).or_default().push(library.to_owned());
        }
    }
    let mut all: Vec<Licensed> =
        by_license.into_iter().map(|(license, libraries)| Licensed { license, libraries }).collect();
    all.sort_by_key(|licensed| std::cmp::Reverse(licensed.libraries.len()));
    all
}

/// A choice of licenses in one order, whichever way round it was written.
fn in_order(license: &str) -> String {
    if license.contains(['(', ')']) || license.contains(" AND ") {
        return license.to_owned();
    }
    let mut choices: Vec<&str> = license.split(" OR ").collect();
    choices.sort_by_key(|choice| (*choice != "MIT", *choice != "Apache-2.0", *choice));
    choices.join(" OR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_of_the_manifest_is_named_with_its_license() {
        let all = libraries();
        let named =
            |name: &str| all.iter().any(|licensed| licensed.libraries.iter().any(|each| each == name));
        for name in ["clap", "eframe", "egui_plot", "nucleo-matcher", "ron", "serde", "wgpu", "resvg"] {
            assert!(named(name), "{name}: run .ci/licenses");
        }
        assert!(all.iter().all(|licensed| !licensed.license.is_empty()));
        assert!(all.iter().map(|licensed| licensed.libraries.len()).sum::<usize>() > 300);
    }
}
