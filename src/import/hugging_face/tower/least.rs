//! The fewest parameters of a vision transformer whose class is not known: the matrices of its layers.

use super::parts::Wide;

/// By whatever names its sizes go; `None` where it gives none.
pub(super) fn vision(given: Wide<'_>) -> Option<u128> {
    let hidden = given.any(&["embed_dim", "vt_hidden_size", "hidden_size", "width", "d_model"])?;
    let names = ["vt_num_hidden_layers", "num_hidden_layers", "depth", "layers", "num_layers"];
    let layers = given.any(&names)?.min(1024);
    let heads = given.any(&["num_attention_heads", "num_heads", "attention_heads"]);
    // Keys and values have a head of each, or of fewer.
    let kept = heads
        .zip(given.n("num_key_value_heads"))
        .map_or(hidden, |(heads, kv_heads)| (hidden / heads.max(1) * kv_heads).min(hidden));
    let names = ["vt_intermediate_size", "intermediate_size", "mlp_dim", "ffn_dim"];
    // What some call so is the width of the projector.
    let width = given.any(&names).map_or(0, |width| width.min(4 * hidden));
    Some(layers * (2 * hidden * hidden + 2 * hidden * kept + 2 * hidden * width))
}
