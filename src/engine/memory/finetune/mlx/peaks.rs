//! The peaks of a training step: at the loss, in the backward pass of a layer, and while parameters change.

use super::saved::Widths;
use super::trained::{Trained, tuned_layers};
use crate::engine::working::{Detail, Figure, Term};
use crate::formula;
use crate::spec::{FineTune, Model, Optimizer};

/// Where coefficients come from that no shape gives.
const FITTED: &str = "coefficients (times_…, matrices_…) fitted to the 230 rows with Metal's allocation rules of assets/evidence/measurements/mlx_training.csv, on which they are also scored";
/// What a layer keeps, which follows from shapes.
const SHAPES: &str = "what the backward pass of mlx 0.32.4 reads; work beside it fitted to the 230 rows with Metal's allocation rules of assets/evidence/measurements/mlx_training.csv";

/// The pass: its tokens, and how its values are held.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Tokens of one sequence whose successor is predicted.
    pub sequence: f64,
    /// Tokens of all sequences.
    pub tokens: f64,
    /// Bytes of a value.
    pub element: f64,
    /// Whether the base is quantized.
    pub quantized: bool,
    /// Values of the logits of a token.
    pub vocabulary: f64,
}

/// Bytes above weights, adapters, moments and gradients, at each peak.
#[derive(Clone, Debug, Default)]
pub struct Peaks {
    /// Logits at the loss.
    pub logits: Figure,
    /// All else at the loss.
    pub loss: Figure,
    /// In the backward pass of a layer.
    pub backward: Figure,
    /// While parameters change.
    pub update: Figure,
}

/// What is asked: the fine-tune, its pass, and whether workings are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The model.
    pub model: &'a Model,
    /// How it is trained.
    pub finetune: &'a FineTune,
    /// The pass.
    pub pass: &'a Pass,
    /// What is trained.
    pub trained: &'a Trained,
    /// Whether workings are wanted.
    pub detail: Detail,
}

/// The sum over trained layers of what each keeps, and of the masks a batch shares.
struct Kept {
    layers: f64,
    widest: Widths,
    token: f64,
    masks: f64,
}

impl Kept {
    fn of(asked: Asked<'_>) -> Self {
        let mut kept = Self { layers: 0.0, widest: Widths::default(), token: 0.0, masks: 0.0 };
        let pass = asked.pass;
        asked.layers(|widths, layers| {
            kept.layers += layers;
            kept.widest = kept.widest.max(*widths);
            kept.token += layers * saved(widths, asked.finetune, pass);
            if widths.heads > 0.0 {
                kept.masks += layers * pass.sequence * pass.sequence;
            }
        });
        kept
    }

    /// The same by what it is, with what comes beside it at a peak.
    fn terms(&self, asked: Asked<'_>, beside: &'static str, bytes: f64) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let pass = asked.pass;
        asked.layers(|widths, layers| {
            for (name, each) in widths.saved(asked.finetune, pass.sequence, pass.element) {
                let value = layers * each * pass.tokens;
                match terms.iter_mut().find(|term| term.name == name) {
                    Some(term) => {
                        term.count += layers;
                        term.value += value;
                    }
                    None => terms.push(Term { name: name.into(), count: layers, value }),
                }
            }
        });
        terms.push(Term { name: "attention masks".into(), count: self.layers, value: self.masks });
        terms.push(Term { name: beside.into(), count: 1.0, value: bytes });
        terms.retain(|term| term.value > 0.0);
        terms
    }
}

impl Asked<'_> {
    /// Calls `visit` with the widths of each kind of layer that is trained, and how many of it there are.
    fn layers(self, mut visit: impl FnMut(&Widths, f64)) {
        tuned_layers(self.model, self.finetune, |block, layers| {
            if layers > 0.0 {
                visit(&Widths::of(self.model, block), layers);
            }
        });
    }
}

/// Bytes a layer keeps of a token.
fn saved(widths: &Widths, finetune: &FineTune, pass: &Pass) -> f64 {
    widths.saved(finetune, pass.sequence, pass.element).iter().map(|(_, bytes)| bytes).sum()
}

/// The peaks with the device `behind` the host by so many of Metal's command buffers.
pub fn peaks(asked: Asked<'_>, behind: f64) -> Peaks {
    let kept = Kept::of(asked);
    let plain = without_checkpointing(&kept, asked, behind);
    if !asked.finetune.gradient_checkpointing {
        return plain;
    }
    let recomputed = with_checkpointing(&kept, asked, behind);
    Peaks {
        logits: plain.logits,
        loss: less(recomputed.loss, plain.loss),
        backward: less(recomputed.backward, plain.backward),
        update: less(recomputed.update, plain.update),
    }
}

fn less(one: Figure, other: Figure) -> Figure {
    if other.value < one.value { other } else { one }
}

fn more(one: Figure, other: Figure) -> Figure {
    if other.value > one.value { other } else { one }
}

/// Logits, their exponentials and their gradient; with the device behind, one more of them.
fn logits(asked: Asked<'_>, behind: f64) -> Figure {
    let pass = asked.pass;
    formula!(
        asked.detail, "mlx 0.32.4: logits, their exponentials and their gradient; one more for each command buffer that the device is behind";
        bytes_per_value = pass.element,
        vocabulary = pass.vocabulary,
        copies = 3.0,
        command_buffers_behind = behind,
        tokens = pass.tokens
        => bytes_per_value * vocabulary * (copies + command_buffers_behind) * tokens
    )
}

/// Every trained layer keeps what its backward pass reads.
fn without_checkpointing(kept: &Kept, asked: Asked<'_>, behind: f64) -> Peaks {
    let Asked { finetune, pass, detail, .. } = asked;
    let (w, half) = (&kept.widest, pass.element / 2.0);
    let all = kept.token * pass.tokens + kept.masks;
    let last = saved(w, finetune, pass).min(kept.token) * pass.tokens;
    let scores = 2.0 * w.heads * pass.sequence * half;
    let gone = w.feed_forward(finetune, pass.element);
    let attention = scores * (1.0 + behind) + (9.0 + 12.0 * behind) * half * w.hidden - gone;
    let of_layer = attention.max(0.0) * pass.tokens;
    let stream = behind * 6.0 * half * w.hidden * pass.tokens;
    let of_stream = "residual streams while the device is behind: 6 × hidden a command buffer";
    let of_attention = "one layer's attention at work: its scores and 9 × hidden, more while the device is behind, less what its feed-forward kept";
    Peaks {
        logits: logits(asked, behind),
        loss: Figure::terms(detail, SHAPES, all + stream, || kept.terms(asked, of_stream, stream)),
        backward: Figure::terms(detail, SHAPES, all + of_layer, || kept.terms(asked, of_attention, of_layer)),
        update: update(asked, behind, (all - last).max(0.0), 9.0),
    }
}

/// Each trained layer keeps its input, and is computed again when its turn comes (`mx.checkpoint`).
fn with_checkpointing(kept: &Kept, asked: Asked<'_>, behind: f64) -> Peaks {
    let (w, pass) = (&kept.widest, asked.pass);
    let inputs = 2.0 * (pass.element / 2.0) * w.hidden * kept.layers;
    Peaks {
        logits: logits(asked, behind),
        loss: loss(kept, asked, behind),
        backward: more(layer(kept, asked, behind), attention(kept, asked, behind)),
        update: update(asked, behind, inputs * pass.tokens, 13.0),
    }
}

/// All but the logits at the loss, with gradient gradient_checkpointing.
fn loss(kept: &Kept, asked: Asked<'_>, behind: f64) -> Figure {
    let (w, pass) = (&kept.widest, asked.pass);
    let (transposed, read_again) = if pass.quantized { (0.0, 6.0) } else { (2.0, 0.0) };
    formula!(
        asked.detail, FITTED;
        half_of_bytes_per_value = pass.element / 2.0,
        hidden = w.hidden,
        layers = kept.layers,
        times_scores = 2.0,
        heads = w.heads,
        sequence = pass.sequence,
        times_hidden = 10.4,
        times_hidden_transposed = transposed,
        command_buffers_behind = behind,
        times_hidden_read_again = read_again,
        times_query = 8.0,
        query = w.query,
        times_key = 4.8,
        key = w.key,
        times_normed = 2.0,
        queries_and_keys_normed = w.normed,
        bytes_that_attention_reads_less = w.narrower_reads(asked.finetune),
        tokens = pass.tokens
        => (2.0 * half_of_bytes_per_value * hidden * layers
            + half_of_bytes_per_value * (times_scores * heads * sequence
                + (times_hidden + times_hidden_transposed + command_buffers_behind * times_hidden_read_again) * hidden
                + times_query * query
                + times_key * key
                + times_normed * queries_and_keys_normed
                - bytes_that_attention_reads_less)) * tokens
    )
}

/// A layer that is computed again, with gradient gradient_checkpointing.
fn layer(kept: &Kept, asked: Asked<'_>, behind: f64) -> Figure {
    let (w, pass) = (&kept.widest, asked.pass);
    formula!(
        asked.detail, FITTED;
        half_of_bytes_per_value = pass.element / 2.0,
        hidden = w.hidden,
        layers = kept.layers,
        times_scores = 2.0,
        heads = w.heads,
        sequence = pass.sequence,
        times_hidden = 32.0,
        times_inner = 32.0,
        times_inner_behind = 8.0,
        command_buffers_behind = behind,
        feed_forward_inner = w.inner,
        times_query = 18.0,
        query = w.query,
        times_key = 12.0,
        key = w.key,
        times_normed = 2.0,
        queries_and_keys_normed = w.normed,
        times_gathered = 6.0,
        gathered_for_experts = w.gathered,
        tokens = pass.tokens
        => (2.0 * half_of_bytes_per_value * hidden * layers
            + half_of_bytes_per_value * (times_scores * heads * sequence
                + times_hidden * hidden
                + (times_inner + times_inner_behind * command_buffers_behind) * feed_forward_inner
                + times_query * query
                + times_key * key
                + times_normed * queries_and_keys_normed
                + times_gathered * gathered_for_experts)) * tokens
    )
}

/// The attention of a layer in its backward pass, with gradient gradient_checkpointing.
fn attention(kept: &Kept, asked: Asked<'_>, behind: f64) -> Figure {
    let (w, pass) = (&kept.widest, asked.pass);
    formula!(
        asked.detail, FITTED;
        half_of_bytes_per_value = pass.element / 2.0,
        hidden = w.hidden,
        layers = kept.layers,
        times_heads = 6.0,
        heads = w.heads,
        sequence = pass.sequence,
        times_hidden = 20.0,
        times_query = 15.0,
        query = w.query,
        times_key = 6.0,
        key = w.key,
        times_inner = 12.0,
        feed_forward_inner = w.inner,
        command_buffers_behind = behind,
        times_heads_behind = 2.0,
        times_hidden_behind = 8.0,
        times_key_behind = 2.0,
        tokens = pass.tokens
        => (2.0 * half_of_bytes_per_value * hidden * layers
            + half_of_bytes_per_value * ((times_heads * heads + 1.0) * sequence
                + times_hidden * hidden
                + times_query * query
                + times_key * key
                + times_inner * feed_forward_inner
                + command_buffers_behind * ((times_heads_behind * heads + 1.0) * sequence
                    + times_hidden_behind * hidden
                    + times_key_behind * key))) * tokens
    )
}

/// Whole matrices in flight: gradients, new moments and new values, `matrices` of the largest beside what is
/// `kept` of other layers; adapters are too small to show.
///
/// Adafactor scales by the whole parameter and so holds all updates until nothing is kept any more.
fn update(asked: Asked<'_>, behind: f64, kept: f64, matrices: f64) -> Figure {
    let trained = asked.trained;
    match asked.finetune.optimizer {
        Optimizer::Adafactor => formula!(
            asked.detail, FITTED;
            trained_bytes = trained.parameters,
            matrices_in_flight = 6.5,
            bytes_of_the_largest_trained_matrix = trained.largest
            => trained_bytes + matrices_in_flight * bytes_of_the_largest_trained_matrix
        ),
        _ => formula!(
            asked.detail, FITTED;
            bytes_kept_of_other_layers = kept,
            matrices_in_flight = matrices,
            matrices_more_a_command_buffer = 17.0,
            command_buffers_behind = behind,
            bytes_of_the_largest_trained_matrix = trained.largest
            => bytes_kept_of_other_layers
                + (matrices_in_flight + matrices_more_a_command_buffer * command_buffers_behind)
                    * bytes_of_the_largest_trained_matrix
        ),
    }
}
