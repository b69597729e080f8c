//! Settings of an architecture that is not known here, which no program runs as they are.

use super::super::Note;
use super::super::limits::{HEADS, HIDDEN, LAYERS};
use super::header::Header;

/// That a file holds other layers than it says, which llama.cpp refuses to load: it counts what it has made of the tensors
/// (`done_getting_tensors` in src/llama-model-loader.cpp).
pub(super) fn layers(header: &Header, architecture: &str) -> Option<Note> {
    let own = |key: &str| header.metadata.whole(&format!("{architecture}.{key}"), LAYERS).ok().flatten();
    let said = own("block_count")?;
    let number = |name: &str| name.strip_prefix("blk.")?.split('.').next()?.parse::<u32>().ok();
    let last = header.tensors.iter().filter_map(|tensor| number(&tensor.name)).max()?;
    let held = last.saturating_add(1);
    let why = || format!("The file holds {held} layers and says that it has {said}");
    // Layers that only draft tokens may be left out.
    let fewest = said.saturating_sub(own("nextn_predict_layers").unwrap_or(0));
    (held < fewest || held > said).then(|| Note::Impossible { why: why() })
}

/// What is impossible about a file's heads or its width, where anything is.
pub(super) fn of(header: &Header, architecture: &str) -> Option<Note> {
    let number =
        |name: &str, most| header.metadata.whole(&format!("{architecture}.{name}"), most).ok().flatten();
    let why = |why: String| Some(Note::Impossible { why });
    let width = number("embedding_length", HIDDEN);
    if width == Some(0) {
        return why("The model is 0 wide".to_owned());
    }
    let heads = number("attention.head_count", HEADS)?;
    if heads == 0 {
        // Models without attention name none.
        let attends = |name: &str| name.ends_with("attn_q.weight") || name.ends_with("attn_qkv.weight");
        let any = header.tensors.iter().any(|tensor| attends(&tensor.name));
        return if any { why("It has attention, and no heads".to_owned()) } else { None };
    }
    let kv_heads = number("attention.head_count_kv", HEADS).filter(|kv_heads| *kv_heads > 0);
    if let Some(kv_heads) = kv_heads.filter(|kv_heads| !heads.is_multiple_of(*kv_heads)) {
        return Some(Note::ImpossibleHeads { heads, kv_heads });
    }
    let own = number("attention.key_length", HIDDEN).filter(|width| *width > 0);
    let divides = width.is_none_or(|width| width.is_multiple_of(heads));
    if own.is_none() && !divides {
        let width = width.unwrap_or(0);
        return why(format!(
            "{heads} heads cannot share a width of {width}, and it names no width of theirs"
        ));
    }
    None
}
