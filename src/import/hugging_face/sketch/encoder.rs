//! Encoders: they read a text as a whole and keep nothing of it.

use super::draft::Draft;
use crate::spec::Role;

/// `BertModel`, and those of RoBERTa, which are laid out alike.
pub(super) fn bert(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let width = given.n("intermediate_size")?;
    draft.matrix(Role::TokenEmbedding, hidden, given.rows("vocab_size")?);
    draft.vector(hidden * (given.n("max_position_embeddings")? + given.or("type_vocab_size", 2)));
    draft.vector(2 * hidden);
    let heads = given.or("num_attention_heads", 1).max(1);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.heads(heads, hidden / heads);
        for role in [Role::Query, Role::Key, Role::Value, Role::AttentionOutput] {
            draft.matrix(role, hidden, hidden);
        }
        draft.matrix(Role::Up, hidden, width);
        draft.matrix(Role::Down, width, hidden);
        // Biases of all six, and two norms with theirs.
        draft.vector(5 * hidden + width + 4 * hidden);
    }
    draft.outside();
    // What turns the first token into the text's vector.
    draft.matrix(Role::Other, hidden, hidden);
    draft.vector(hidden);
    Some(())
}

/// `NomicBertModel`: rotary positions, a gated network, no biases.
pub(super) fn nomic(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let width = given.n("intermediate_size").or_else(|| given.n("n_inner"))?;
    draft.matrix(Role::TokenEmbedding, hidden, given.rows("vocab_size")?);
    draft.vector(hidden * given.or("type_vocab_size", 2) + 2 * hidden);
    let heads = given.or("num_attention_heads", 1).max(1);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.heads(heads, hidden / heads);
        draft.matrix(Role::QueryKeyValue, hidden, 3 * hidden);
        draft.matrix(Role::AttentionOutput, hidden, hidden);
        draft.gated(width);
        draft.vector(4 * hidden);
    }
    Some(())
}

/// `ModernBertModel`: gate and values in one matrix, norms without biases, none before the first attention.
pub(super) fn modern(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let width = given.n("intermediate_size")?;
    draft.matrix(Role::TokenEmbedding, hidden, given.rows("vocab_size")?);
    draft.vector(hidden);
    let heads = given.or("num_attention_heads", 1).max(1);
    for layer in 0..draft.layers {
        draft.at(layer);
        draft.heads(heads, hidden / heads);
        draft.matrix(Role::QueryKeyValue, hidden, 3 * hidden);
        draft.matrix(Role::AttentionOutput, hidden, hidden);
        draft.gated(width);
        draft.vector(if layer == 0 { hidden } else { 2 * hidden });
    }
    draft.outside();
    draft.vector(hidden);
    Some(())
}
