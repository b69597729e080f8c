//! The moments of a training step that may be its peak.

use super::saved::Widths;
use super::trained::{Trained, tuned_layers};
use crate::spec::{FineTune, Model, Optimizer};

/// The pass: its tokens, and how its values are held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    /// Tokens of one sequence whose successor is predicted.
    pub(super) sequence: f64,
    /// Tokens of all sequences.
    pub(super) tokens: f64,
    /// Bytes of a value.
    pub(super) element: f64,
    /// Whether the base is quantised.
    pub(super) quantized: bool,
    /// Values of the logits of a token.
    pub(super) vocabulary: f64,
}

/// Bytes above weights, adapters, moments and gradients, at each moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    /// Logits at the loss.
    pub(super) logits: f64,
    /// All else at the loss.
    pub(super) loss: f64,
    /// In the backward pass of a layer.
    pub(super) backward: f64,
    /// While parameters change.
    pub(super) update: f64,
}

/// The sum over trained layers of what each keeps, and of the masks a batch shares.
struct Kept {
    layers: f64,
    widest: Widths,
    token: f64,
    masks: f64,
}

impl Kept {
    fn of(model: &Model, finetune: &FineTune, pass: &Pass) -> Self {
        let mut kept = Self { layers: 0.0, widest: Widths::default(), token: 0.0, masks: 0.0 };
        tuned_layers(model, finetune, |block, layers| {
            if layers <= 0.0 {
                return;
            }
            let widths = Widths::of(model, block);
            kept.layers += layers;
            kept.widest = kept.widest.max(widths);
            kept.token += layers * widths.saved(finetune, pass.sequence, pass.element);
            if widths.heads > 0.0 {
                kept.masks += layers * pass.sequence * pass.sequence;
            }
        });
        kept
    }
}

/// The moments with the device `trailing` times one of Metal's command buffers behind the host.
pub(super) fn moments(
    model: &Model,
    finetune: &FineTune,
    pass: &Pass,
    trained: &Trained,
    trailing: f64,
) -> Moments {
    let kept = Kept::of(model, finetune, pass);
    let plain = without_recomputation(&kept, finetune, pass, trained, trailing);
    if !finetune.gradient_checkpointing {
        return plain;
    }
    let recomputed = with_recomputation(&kept, finetune, pass, trained, trailing);
    Moments {
        logits: plain.logits,
        loss: recomputed.loss.min(plain.loss),
        backward: recomputed.backward.min(plain.backward),
        update: recomputed.update.min(plain.update),
    }
}

/// Logits, their exponentials and their gradient; with the device behind, one more of them.
fn logits(pass: &Pass, trailing: f64) -> f64 {
    pass.element * pass.vocabulary * (3.0 + trailing) * pass.tokens
}

/// Every trained layer keeps what its backward pass reads.
fn without_recomputation(
    kept: &Kept,
    finetune: &FineTune,
    pass: &Pass,
    trained: &Trained,
    trailing: f64,
) -> Moments {
    let (w, half) = (&kept.widest, pass.element / 2.0);
    let saved = kept.token * pass.tokens + kept.masks;
    let last = w.saved(finetune, pass.sequence, pass.element).min(kept.token) * pass.tokens;
    let scores = 2.0 * w.heads * pass.sequence * half;
    let gone = w.feed_forward(finetune, pass.element);
    let attention = scores * (1.0 + trailing) + (9.0 + 12.0 * trailing) * half * w.hidden - gone;
    Moments {
        logits: logits(pass, trailing),
        loss: saved + trailing * 6.0 * half * w.hidden * pass.tokens,
        backward: saved + attention.max(0.0) * pass.tokens,
        update: update(finetune, trained, trailing, (saved - last).max(0.0), 9.0),
    }
}

/// Each trained layer keeps its input, and is computed again when its turn comes.
fn with_recomputation(
    kept: &Kept,
    finetune: &FineTune,
    pass: &Pass,
    trained: &Trained,
    trailing: f64,
) -> Moments {
    let (w, half) = (&kept.widest, pass.element / 2.0);
    let inputs = 2.0 * half * w.hidden * kept.layers;
    let scores = 2.0 * w.heads * pass.sequence;
    let (transposed, read_again) = if pass.quantized { (0.0, 6.0) } else { (2.0, 0.0) };
    let loss = scores
        + (10.4 + transposed + trailing * read_again) * w.hidden
        + 8.0 * w.query
        + 4.8 * w.key
        + 2.0 * w.normed
        - w.narrower_reads(finetune);
    let layer = scores
        + 32.0 * w.hidden
        + (32.0 + 8.0 * trailing) * w.inner
        + 18.0 * w.query
        + 12.0 * w.key
        + 2.0 * w.normed
        + 6.0 * w.gathered;
    let attention = (6.0 * w.heads + 1.0) * pass.sequence
        + 20.0 * w.hidden
        + 15.0 * w.query
        + 6.0 * w.key
        + 12.0 * w.inner
        + trailing * ((2.0 * w.heads + 1.0) * pass.sequence + 8.0 * w.hidden + 2.0 * w.key);

    Moments {
        logits: logits(pass, trailing),
        loss: (inputs + half * loss) * pass.tokens,
        backward: (inputs + half * layer.max(attention)) * pass.tokens,
        update: update(finetune, trained, trailing, inputs * pass.tokens, 13.0),
    }
}

/// Whole matrices in flight: gradients, new moments and new values, `matrices` of the largest beside what is
/// `kept` of other layers; adapters are too small to show.
///
/// Adafactor scales by the whole parameter and so holds all updates until nothing is kept any more.
fn update(finetune: &FineTune, trained: &Trained, trailing: f64, kept: f64, matrices: f64) -> f64 {
    match finetune.optimizer {
        Optimizer::Adafactor => trained.parameters + 6.5 * trained.largest,
        _ => kept + (matrices + 17.0 * trailing) * trained.largest,
    }
}
