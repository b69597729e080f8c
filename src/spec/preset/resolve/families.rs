//! Which family a preset is of, and which keys it must not hold.

use super::super::keys::PresetKeys;
use super::super::value::Value;
use crate::spec::{Family, Named as _};

/// The family that is named, else the first that knows most of the keys given.
pub(super) fn family(keys: &PresetKeys) -> Family {
    if let Some(Value(family)) = keys.family {
        return family;
    }
    let known =
        |family: &Family| keys.given().filter(|key| PresetKeys::families(key).contains(family)).count();
    // The first of equals wins, so they are compared from the last to the first.
    Family::ALL.into_iter().rev().max_by_key(known).unwrap_or(Family::Inference)
}

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
