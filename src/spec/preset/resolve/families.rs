//! Which keys a preset of a family must not hold.

use super::super::keys::PresetKeys;
use crate::spec::{Family, Named as _};

/// A key of another family would silently mean nothing, so it is refused.
pub(super) fn forbid_keys_of_others(keys: &PresetKeys, family: Family) -> Result<(), String> {
    let foreign = keys.given().find(|key| !PresetKeys::families(key).contains(&family));
    let Some(key) = foreign else { return Ok(()) };
    let derived = match (family, key) {
        (Family::GraphSequence, "context" | "prompt" | "examples" | "tokens_per_example") => {
            "follows from the graphs in family graph-sequence; leave it out"
        }
        (Family::GraphSequence, "sequence") => {
            "follows from the graphs in family graph-sequence; leave it out, or cut long ones with truncation"
        }
        _ => "",
    };
    if !derived.is_empty() {
        return Err(format!("key `{key}` {derived}"));
    }
    let owners: Vec<&str> = PresetKeys::families(key).iter().map(|owner| owner.key()).collect();
    Err(format!("key `{key}` belongs to family {}, and this preset is {}", owners.join(" or "), family.key()))
}
