//! What compressed-tensors stores of matrices that have zeros in them.

use serde_json::Value;

use super::method::{Method, number, text};
use super::pattern::Patterns;
use crate::spec::{Packing, Scales};

/// Which values of a matrix are stored.
#[derive(Clone, Copy)]
enum Kept {
    /// Two of each four, and a bit a value for which (`sparse-24-bitmask`).
    TwoOfFour,
    /// So many of all, a bit a value for which, and where each row starts (`sparse-bitmask`).
    Share(f64),
}

/// What a configuration says of zeros, where it stores them otherwise than as values.
fn kept(config: &Value) -> Option<Kept> {
    let sparsity = config.get("sparsity_config")?;
    match text(sparsity, "format")?.as_str() {
        "sparse-24-bitmask" | "sparse_24_bitmask" => Some(Kept::TwoOfFour),
        "sparse-bitmask" | "sparse_bitmask" => {
            let zeros = number(sparsity, "global_sparsity").filter(|zeros| (0.0..=1.0).contains(zeros))?;
            Some(Kept::Share(1.0 - zeros))
        }
        _ => None,
    }
}

/// The same method with the values that are stored alone, and the matrices that keep all of theirs.
pub(super) fn thinned(config: &Value, method: Method) -> (Method, Option<Patterns>) {
    let Some(kept) = kept(config) else { return (method, None) };
    let dense = method.packing;
    let (share, row_bits) = match kept {
        Kept::TwoOfFour => (0.5, 0.0),
        Kept::Share(share) => (share, 64.0),
    };
    // The shape of a matrix stands beside it, two numbers of 64 bits.
    let thin = Packing {
        name: name(dense.name),
        bits: dense.bits.mul_add(share, 1.0),
        matrix_bytes: dense.matrix_bytes + 16,
        ..dense
    };
    let thin = match thin.scales {
        Scales::None | Scales::Rows => Packing { scale_bits: thin.scale_bits + row_bits, ..thin },
        Scales::Groups(_) | Scales::Blocks(_) => thin,
    };
    let thin = if thin.scale_bits > 0.0 && thin.scales == Scales::None {
        Packing { scales: Scales::Rows, ..thin }
    } else {
        thin
    };
    let ignored = Patterns::of(config.get("sparsity_config").and_then(|sparsity| sparsity.get("ignore")));
    (Method::of(None, thin), Some(ignored))
}

/// What such values are called.
fn name(dense: &str) -> &'static str {
    match dense {
        "16 bit" => "sparse 16 bit",
        "fp8" => "sparse fp8",
        "int8" => "sparse int8",
        "int4" => "sparse int4",
        _ => "sparse",
    }
}

/// What is said of values that are left out by a share of the whole model.
pub(super) fn by_share(config: &Value) -> Option<String> {
    let Some(Kept::Share(share)) = kept(config) else { return None };
    Some(format!(
        "{:.0} % of its matrices' values are stored, by its `global_sparsity`; each matrix has a share of its own",
        share * 100.0
    ))
}
