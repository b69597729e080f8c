//! Names that are known, where one is not.

/// Most names that are said.
const FEW: usize = 3;
/// How alike two names are at least, of 1, for one to be said instead of the other.
const ALIKE: f64 = 0.6;

/// A clause about the known names that are spelt like one, and how many there are.
pub(super) fn near(name: &str, known: &[&str]) -> String {
    let name: String = name.to_lowercase().chars().take(100).collect();
    let mut scored: Vec<(f64, &str)> =
        known.iter().map(|own| (strsim::normalized_damerau_levenshtein(&name, own), *own)).collect();
    scored.retain(|(alike, _)| *alike >= ALIKE);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let names: Vec<String> = scored.iter().take(FEW).map(|(_, own)| format!("`{own}`")).collect();
    if names.is_empty() {
        return format!("; none of the {} known names is like it", known.len());
    }
    format!("; like it are {}, of the {} names that are known", names.join(", "), known.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_names_are_said() {
        let known = ["llama", "llama4", "mistral", "qwen3", "qwen3_moe"];
        assert_eq!(near("lama", &known), "; like it are `llama`, `llama4`, of the 5 names that are known");
        assert_eq!(near("t5", &known), "; none of the 5 known names is like it");
    }
}
