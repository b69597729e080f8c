//! The layers of a model and the peaks of their passes.

use super::SOURCE;
use super::cache::{Format, Kept};
use super::in_flight::InFlight;
use super::pass::{CacheStep, HALF, Pass};
use super::peak::{Ledger, Peak};
use super::request::Request;
use super::trace::{Ahead, CACHED, RESIDUAL, STATE, Trace};
use super::{attention, feed_forward, order, recurrent, supported};
use crate::engine::memory::framework::{has_indexer, listed_state};
use crate::engine::memory::kinds::{self, Rows, kinds};
use crate::engine::working::{Detail, Figure};
use crate::spec::{Architecture, Attention, Block, Mixer, Mla, Model};
use crate::units::count;

/// The logits as logarithms of probabilities.
const LOGPROBS: &str = "log-probabilities";

/// Bytes of a token's number.
const TOKEN: f64 = 4.0;

/// A model's layers under one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layers<'a> {
    model: &'a Model,
    request: &'a Request,
    detail: Detail,
    hidden: f64,
    transposed: usize,
    rotates: bool,
    writes_scores: bool,
    expands: bool,
}

/// Tokens already in the caches, then with this pass; 0 before the first.
#[derive(Clone, Copy, Debug)]
struct Span {
    before: u64,
    after: u64,
    decode: bool,
}

impl<'a> Layers<'a> {
    /// Layers of `model`, with quantized weights or plain ones; only Metal has fused attention.
    pub(super) fn new(model: &'a Model, request: &'a Request, quantized: bool, detail: Detail) -> Self {
        Self {
            model,
            request,
            detail,
            hidden: f64::from(model.hidden),
            transposed: usize::from(!quantized),
            rotates: supported::rotates(model),
            writes_scores: request.ahead == Ahead::Processor || Architecture::of(model).mlx.writes_scores,
            expands: supported::expands_latent(model),
        }
    }

    /// Bytes of keys and values, and of an indexer's keys, once the prompt and the first tokens are in.
    pub(super) fn kept_in_prefill(&self) -> [Figure; 2] {
        let tokens = self.request.growth.end.min(self.request.prompt.saturating_add(1));
        self.caches(Span { before: self.request.prompt, after: tokens, decode: true })
    }

    /// The same at the end of the answer.
    pub(super) fn kept_in_decode(&self) -> [Figure; 2] {
        let end = self.request.growth.end;
        self.caches(Span { before: end, after: end, decode: true })
    }

    /// Bytes of all recurrent states.
    pub(super) fn state(&self, detail: Detail) -> Figure {
        let states = kinds(self.model, |block| match &block.mixer {
            Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => Some(recurrent::mamba_state(mamba)),
            Mixer::GatedDelta(delta) => Some(recurrent::delta_state(delta)),
            Mixer::Listed(listed) => listed.state().map(listed_state),
            Mixer::Attention(_) | Mixer::Mla(_) => None,
        });
        kinds::states(detail, SOURCE, states, self.request.sequences)
    }

    /// The most that is live until the first token is out.
    pub(super) fn prefill(&self, weights: f64) -> Peak {
        let growth = self.request.growth;
        let (prompt, chunk) = (growth.prompt, growth.chunk.max(1));
        let whole = prompt / chunk * chunk;
        let together = self.request.together;
        let chunk_peak = |before, after, format| {
            self.pass(weights, Span { before, after, decode: false }, together, format)
        };
        let end = growth.end.min(self.request.prompt.saturating_add(1));
        let mut peak = self.pass(
            weights,
            Span { before: prompt, after: end, decode: true },
            self.request.sequences,
            self.request.format,
        );
        let first = chunk.min(prompt);
        if self.request.format.grouped && first > 0 {
            peak = peak.max(chunk_peak(0, first, Format::PLAIN));
        }
        if whole > first || (whole > 0 && !self.request.format.grouped) {
            peak = peak.max(chunk_peak(whole - chunk, whole, self.request.format));
        }
        if prompt > whole && (whole > 0 || !self.request.format.grouped) {
            peak = peak.max(chunk_peak(whole, prompt, self.request.format));
        }
        peak
    }

    /// The most that is live while the answer is written.
    pub(super) fn decode(&self, weights: f64) -> Peak {
        let growth = self.request.growth;
        let first = self.request.prompt.saturating_add(1).min(growth.end);
        let before = if growth.room_at(growth.end) > growth.room_at(first) {
            growth.room_at(growth.end) - 256
        } else {
            growth.end
        };
        self.pass(
            weights,
            Span { before, after: growth.end, decode: true },
            self.request.sequences,
            self.request.format,
        )
    }

    /// A sum over all layers.
    fn each(&self, mut of: impl FnMut(&Block) -> f64) -> f64 {
        let mut sum = 0.0;
        for run in &self.model.stack {
            for block in &run.blocks {
                sum += f64::from(run.repeat) * f64::from(block.times) * of(block);
            }
        }
        sum
    }

    /// What a block keeps of a token.
    fn kept_of(&self, block: &Block) -> Kept {
        match &block.mixer {
            Mixer::Attention(attention) | Mixer::Parallel(attention, _) => {
                Kept::attention(attention, self.rotates)
            }
            Mixer::Mla(mla) => Kept::latent(mla, self.expands),
            Mixer::Listed(listed) => Kept::listed(listed),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => Kept::default(),
        }
    }

    /// Bytes of all caches after a span: keys and values, and an indexer's keys.
    fn caches(&self, span: Span) -> [Figure; 2] {
        let index =
            if has_indexer(self.model) { self.cache(span, |kept| kept.index) } else { Figure::from(0.0) };
        [self.cache(span, |kept| kept.both() - kept.index), index]
    }

    /// Bytes of one kind of cache after a span, by its elements of a token.
    fn cache(&self, span: Span, elements: impl Fn(Kept) -> f64) -> Figure {
        let Request { sequences, format, .. } = *self.request;
        let rows = |block: &Block| {
            let kept = self.kept_of(block);
            Rows { tokens: self.room(kept, span, span.after), values: elements(kept) }
        };
        let bytes = self.each(|block| {
            let rows = rows(block);
            rows.tokens * rows.values * format.element()
        }) * sequences;
        if !self.detail.wanted() {
            return Figure::from(bytes);
        }
        let kinds = kinds(self.model, |block| Some(rows(block)).filter(|rows| rows.values > 0.0));
        kinds::cache(self.detail, SOURCE, kinds, (bytes, sequences, format.element()))
    }

    fn room(&self, kept: Kept, span: Span, tokens: u64) -> f64 {
        let growth = self.request.growth;
        if tokens == 0 {
            0.0
        } else if span.decode {
            kept.room_in_decode(growth, tokens)
        } else {
            kept.room_in_prefill(growth, tokens, tokens.min(growth.chunk))
        }
    }

    /// How a block's cache changes over a span of `batch` sequences.
    fn cache_step(&self, block: &Block, span: Span, batch: f64) -> CacheStep {
        let kept = self.kept_of(block);
        let after = self.room(kept, span, span.after);
        let before = self.room(kept, span, span.before).min(after);
        let added = span.after - span.before.min(span.after);
        let rotating = kept.window.is_some() && !span.decode;
        let grows = after > before;
        let zeros = if grows && !rotating { count(added.div_ceil(256).saturating_mul(256)) } else { 0.0 };
        CacheStep {
            kept,
            before: before * batch,
            after: after * batch,
            zeros: zeros * batch,
            joins: rotating || (grows && before > 0.0),
        }
    }

    /// The peak of one pass, over every kind of layer as the last but one.
    fn pass(&self, weights: f64, span: Span, batch: f64, format: Format) -> Peak {
        let tokens = if span.decode { 1.0 } else { count(span.after - span.before) };
        let pass =
            Pass { tokens, batch, seen: count(span.after), cache: format, transposed: self.transposed };
        let element =
            format.element() * batch + self.request.format.element() * (self.request.sequences - batch);
        let held = self.each(|block| {
            let kept = self.kept_of(block);
            self.room(kept, span, span.after) * kept.both() * element
        });
        let (state, inputs) = (self.state(Detail::Figures).value, self.inputs(&pass));
        let residual = pass.wide(self.hidden);
        let resident = weights + held + state + inputs + residual;
        let last = self.blocks().last();
        let closing = last.map(|block| self.cache_step(block, span, batch)).unwrap_or_default();
        let before_it = self.in_flight(span, batch, &pass);
        let mut peak = Peak::default();
        for (index, block) in self.blocks().enumerate() {
            if self.blocks().take(index).any(|earlier| same_kind(earlier, block)) {
                continue;
            }
            let step = self.cache_step(block, span, batch);
            let yet = step.growth(format) + if pass.is_chunk() { closing.growth(format) } else { 0.0 };
            let before = (resident - yet).max(weights);
            let ledger = self.detail.wanted().then(|| {
                let cached = before - (weights + state + inputs + residual);
                let inputs = ("token ids, masks and logits of the token before", inputs);
                Ledger::new(&[
                    ("weights", weights),
                    (CACHED, cached),
                    (STATE, state),
                    inputs,
                    (RESIDUAL, residual),
                ])
            });
            let mut trace = Trace::new(before, self.request.ahead, ledger).behind(before_it);
            // The end of the layer before is what the device may still be busy with.
            feed_forward::layer(&mut trace, self.hidden, &block.feed_forward, &pass);
            self.layer(&mut trace, block, &step, &pass);
            match last.map(|block| &block.mixer) {
                Some(Mixer::Attention(shape) | Mixer::Parallel(shape, _)) if pass.is_chunk() => {
                    attention::fill(&mut trace, &self.heads(shape), &closing, &pass, true);
                }
                _ if pass.is_chunk() => {}
                _ => self.output(&mut trace, &pass),
            }
            peak = peak.max(trace.peak());
        }
        order::of_other_layers(peak, self.model, &pass, |shape| self.heads(shape))
    }

    /// What the layers before have in flight when the host is as far ahead as it may be.
    fn in_flight(&self, span: Span, batch: f64, pass: &Pass) -> InFlight {
        let mut trace = Trace::new(0.0, self.request.ahead, None);
        if pass.is_chunk() && self.request.ahead == Ahead::Metal {
            // The last layers, which are alike in every model; in which order does not matter for what is in flight.
            let layers: Vec<&Block> = self.model.layers().skip(1).collect();
            for block in layers.into_iter().rev() {
                if trace.in_flight().is_full() {
                    break;
                }
                feed_forward::layer(&mut trace, self.hidden, &block.feed_forward, pass);
                self.layer(&mut trace, block, &self.cache_step(block, span, batch), pass);
            }
        }
        trace.in_flight()
    }

    fn blocks(&self) -> impl Iterator<Item = &'a Block> {
        self.model.stack.iter().flat_map(|run| &run.blocks)
    }

    /// Token numbers and masks, shared by all layers; in decode, the logits of the token before.
    fn inputs(&self, pass: &Pass) -> f64 {
        let numbers = TOKEN * count(self.request.prompt) * self.request.sequences;
        if !pass.is_chunk() {
            return numbers + HALF * f64::from(self.model.vocabulary) * pass.batch;
        }
        let padding = if pass.batch > 1.0 { pass.rows() * pass.seen } else { 0.0 };
        let window = self
            .model
            .stack
            .iter()
            .flat_map(|run| &run.blocks)
            .filter_map(|block| self.kept_of(block).window)
            .max();
        numbers + padding + window.map_or(0.0, |window| pass.tokens * (count(window) + pass.tokens))
    }

    fn heads(&self, shape: &Attention) -> attention::Heads {
        attention::Heads::attention(self.hidden, shape, self.writes_scores)
    }

    /// One layer: its mixer, then its feed-forward network.
    fn layer(&self, trace: &mut Trace, block: &Block, step: &CacheStep, pass: &Pass) {
        match &block.mixer {
            Mixer::Attention(shape) => {
                attention::layer(trace, &self.heads(shape), step, &self.within(shape, pass));
            }
            Mixer::Mla(mla) => self.latent(trace, mla, step, pass),
            Mixer::Mamba2(mamba) => recurrent::mamba(trace, self.hidden, mamba, pass),
            Mixer::Parallel(shape, mamba) => {
                recurrent::mamba(trace, self.hidden, mamba, pass);
                attention::layer(trace, &self.heads(shape), step, &self.within(shape, pass));
            }
            Mixer::GatedDelta(delta) => recurrent::delta(trace, self.hidden, delta, pass),
            Mixer::Listed(listed) => recurrent::listed(trace, self.hidden, listed, pass),
        }
        feed_forward::layer(trace, self.hidden, &block.feed_forward, pass);
    }

    fn latent(&self, trace: &mut Trace, mla: &Mla, step: &CacheStep, pass: &Pass) {
        if self.expands {
            attention::layer(trace, &attention::Heads::expanded(self.hidden, mla), step, pass);
        } else {
            attention::latent(trace, self.hidden, mla, step, pass);
        }
    }

    /// A pass as a layer with a rotating cache sees it.
    fn within(&self, shape: &Attention, pass: &Pass) -> Pass {
        match shape.window {
            Some(window) if self.rotates => {
                Pass { seen: pass.seen.min(f64::from(window) - 1.0 + pass.tokens), ..*pass }
            }
            _ => *pass,
        }
    }

    /// The output layer for one token of each sequence, and the choice of the next.
    fn output(&self, trace: &mut Trace, pass: &Pass) {
        let (residual, logits) = (pass.wide(self.hidden), pass.wide(f64::from(self.model.vocabulary)));
        trace.op("norm", residual, &[(RESIDUAL, residual)]);
        trace.views(self.transposed);
        trace.op("lm_head", logits, &[("norm", residual)]);
        trace.views(1);
        // Exponentials of the row for its logarithm; the difference then reuses the row unless the device
        // still reads it.
        trace.op(LOGPROBS, logits, &[("lm_head", logits)]);
        trace.copying(LOGPROBS, (0.0, logits), &[]);
        trace.op("sampled token", TOKEN * pass.batch, &[(LOGPROBS, logits)]);
    }
}

/// Whether two blocks repeat the same layer, however often each.
fn same_kind(a: &Block, b: &Block) -> bool {
    a.mixer == b.mixer && a.feed_forward == b.feed_forward
}
