//! The time of one pass of training: products, what plain operations move, logits, launches, the optimizer, transfers.
//!
//! The fit of its coefficients and every answer call the same function.

use super::Bound;
use super::chip::{Chip, ChipKind, SpeedEngine};
use super::devices::{End, Sharing};
use super::host::Host;
use super::reads::{Packing, Reads};
use super::terms::prompt_peak;
use super::training_host::HostStep;
use super::training_program::{kernels, stepped};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{
    Calibration, FineTune, LanguageModel, Method, Runtime, Split, TrainedBy, TrainingKernels,
    TrainingOffload, TrainingTerms, TunedLayers, ZeroStage,
};
use crate::units::{Bytes, FlopsPerSecond, count};

/// Operations a byte of bandwidth of an A100, the chip that most runs were measured on.
const OPERATIONS_A_BYTE: f64 = 153.0;
/// Bytes of a 16-bit value.
const HALF: f64 = 2.0;
/// Bytes of a 4-bit parameter with its scales.
const QUANTIZED: f64 = 0.53;

/// What one pass of a fine-tune is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingWork {
    chip: Chip,
    sharing: Sharing,
    /// Operations a second at which such a chip was measured to multiply prompts by 16-bit weights.
    prompt_rate: FlopsPerSecond,
    tokens: f64,
    sequence: f64,
    layers: f64,
    hidden: f64,
    vocabulary: f64,
    heads: f64,
    query: f64,
    /// Parameters that a token is multiplied by.
    matrices: f64,
    parameters: f64,
    /// Share of the layers that gradients pass.
    tuned: f64,
    /// Share of the layers whose weights are trained.
    weights: f64,
    /// Share of the layers that are computed a second time.
    again: f64,
    packed: bool,
    adapters: bool,
    /// Bytes that a step of the optimizer reads and writes for a parameter that it changes.
    stepped: f64,
    steps_accumulated: f64,
    kernels: TrainingKernels,
    mlx: bool,
    /// Whether gradients go through DeepSpeed's buckets, parameter by parameter.
    buckets: bool,
    /// What lies in the system's memory; nothing where all stays on the device.
    offloaded: Option<HostStep>,
}

impl TrainingWork {
    /// Of a fine-tune on such devices.
    pub(super) fn of(
        (language, tune): (&LanguageModel, &FineTune),
        reads: &Reads,
        (chip, sharing, host): (Chip, Sharing, Option<Host>),
        calibration: &Calibration,
    ) -> Self {
        let model = &language.model;
        let layers = f64::from(model.layer_count()).max(1.0);
        let tuned = match tune.tuned_layers {
            TunedLayers::All => 1.0,
            TunedLayers::Last(last) => (count(last) / layers).min(1.0),
        };
        let looked_up =
            if model.tied_embeddings { 0.0 } else { f64::from(model.vocabulary) * f64::from(model.hidden) };
        let full = tune.method == Method::Full;
        let mlx = language.runtime == Runtime::Mlx;
        let work = Self {
            chip,
            sharing,
            prompt_rate: prompt_rate(chip, mlx, calibration),
            tokens: count(tune.micro_batch.max(1)) * count(tune.sequence.max(1)),
            sequence: count(tune.sequence.max(1)),
            layers,
            hidden: f64::from(model.hidden),
            vocabulary: f64::from(model.vocabulary),
            heads: reads.heads,
            query: reads.query,
            matrices: (reads.active - looked_up).max(0.5 * reads.active),
            parameters: reads.parameters,
            tuned,
            weights: if full { tuned } else { 0.0 },
            again: if tune.gradient_checkpointing { tuned } else { 0.0 },
            packed: tune.precision.is_quantized(),
            adapters: !full,
            stepped: stepped(tune.optimizer),
            steps_accumulated: count(tune.gradient_accumulation_steps.max(1)),
            kernels: kernels(tune),
            mlx,
            buckets: !mlx && tune.zero_stage != ZeroStage::None,
            offloaded: None,
        };
        Self { offloaded: host.and_then(|host| work.offloaded(tune, host)), ..work }
    }

    /// What of it lies in the system's memory, as DeepSpeed has it.
    fn offloaded(&self, tune: &FineTune, host: Host) -> Option<HostStep> {
        if self.mlx || tune.training_offload == TrainingOffload::None {
            return None;
        }
        let devices = f64::from(self.sharing.devices.max(1));
        let sharded = self.sharing.split == Split::Tensor
            || !matches!(tune.zero_stage, ZeroStage::None | ZeroStage::Zero);
        // By layers one device works after the other, and together they hold one of everything.
        let (shards, copies) = match (sharded, self.sharing.split) {
            (true, _) => (devices, 1.0),
            (false, Split::Copies) => (1.0, devices),
            (false, _) => (1.0, 1.0),
        };
        Some(HostStep {
            host,
            parameters: self.parameters,
            trained: self.parameters * self.weights,
            width: if self.packed { QUANTIZED } else { HALF },
            gathered: if tune.training_offload == TrainingOffload::All { 1.0 + self.tuned } else { 0.0 },
            accumulated: self.steps_accumulated,
            shards,
            copies,
        })
    }

    /// Whether it waits for memory beside the device whose rate is not known.
    pub(super) fn waits_for_unknown(&self) -> bool {
        self.offloaded.is_some_and(|offloaded| !offloaded.host.is_known())
    }

    /// What trains, from the slowest to the fastest that it may be.
    pub(super) const fn trained_by(&self) -> (TrainedBy, TrainedBy) {
        match (self.mlx, self.kernels) {
            (true, _) => (TrainedBy::Mlx, TrainedBy::Mlx),
            (false, TrainingKernels::Plain) => (TrainedBy::Plain, TrainedBy::Plain),
            (false, TrainingKernels::Fused) => (TrainedBy::Fused, TrainedBy::Fused),
            (false, TrainingKernels::Auto) => (TrainedBy::Plain, TrainedBy::Fused),
        }
    }

    /// Tokens of all devices in the time of a pass. By layers one device computes after the other.
    pub(super) fn pass_tokens(&self) -> f64 {
        let at_work = if self.sharing.split == Split::Layers { 1.0 } else { f64::from(self.sharing.devices) };
        at_work * self.tokens
    }

    /// Tokens a second by best estimate.
    pub fn tokens_per_s(&self, terms: &TrainingTerms) -> f64 {
        self.pass_tokens() / self.likely(terms, Detail::Figures).value
    }

    /// Seconds of a pass by best estimate: where it is not known what trains, between both by their ratio.
    pub(super) fn likely(&self, terms: &TrainingTerms, detail: Detail) -> Figure {
        let (slow, fast) = self.trained_by();
        if slow == fast {
            return self.pass(terms, slow, End::Best, detail);
        }
        formula!(detail, "which kernels train is not known: between plain and fused operations, by their ratio";
            plain_s = self.pass(terms, slow, End::Best, detail),
            fused_s = self.pass(terms, fast, End::Best, detail)
            => sqrt(plain_s * fused_s))
    }

    /// Operations of a token: forward, gradients of values and of trained weights, and what is computed again;
    /// attention over the half of a sequence before it, whose gradients take twice its operations.
    pub(super) fn flops(&self, detail: Detail) -> Figure {
        formula!(detail, "forward, gradients of values and of trained weights, and what gradient checkpointing recomputes";
            multiplied_parameters = self.matrices, query_values = self.query, sequence = self.sequence,
            tuned_layers = self.tuned, weight_gradients = self.weights, recomputed = self.again
            => 2.0 * multiplied_parameters * (1.0 + tuned_layers + weight_gradients + recomputed)
                + 2.0 * query_values * sequence * (1.0 + 2.0 * tuned_layers + recomputed))
    }

    /// Passes over the layers, where a forward one is one and a backward one two.
    const fn directions(&self) -> f64 {
        1.0 + 2.0 * self.tuned + self.again
    }

    /// Seconds of a pass.
    pub(super) fn pass(&self, terms: &TrainingTerms, by: TrainedBy, end: End, detail: Detail) -> Figure {
        let launch = match by {
            TrainedBy::Plain => terms.plain_launch,
            TrainedBy::Fused => terms.fused_launch,
            TrainedBy::Mlx => terms.mlx_launch,
        };
        let moved = self.transferred(detail);
        let rate = end.rate(self.sharing.link.bytes_per_second());
        let sent = formula!(detail, "bytes that each device sends at the bandwidth of the link";
            sent_bytes = moved, link_bytes_per_s = rate => sent_bytes / link_bytes_per_s);
        // At best the link works while the devices compute, at worst after them.
        let beside = match end {
            End::Slow => 1.0,
            End::Best => 0.5,
            End::Fast => 0.0,
        };
        let sent = match self.offloaded {
            Some(offloaded) => formula!(detail, "transfers between devices, and to and from system memory";
                devices_s = sent, system_s = offloaded.transfers(end, detail) => devices_s + system_s),
            None => sent,
        };
        formula!(detail, "a pass: computing, no shorter than its launches or transfers, and the optimizer's step";
            compute_s = self.computing(terms, by, detail), transfer_s = sent, beside_share = beside,
            layers = self.layers, passes = 1.0 + self.tuned + self.weights + self.again, launch_ms = launch,
            buckets_ms = if self.buckets { self.weights * terms.bucket_launch } else { 0.0 },
            step_s = self.offloaded.map_or_else(|| self.stepping(detail), |offloaded| offloaded.step(end, detail))
            => max(max(layers * (passes * launch_ms + buckets_ms) / 1000.0, compute_s + beside_share * transfer_s), transfer_s)
                + step_s)
    }

    /// Seconds of what the device computes and moves.
    fn computing(&self, terms: &TrainingTerms, by: TrainedBy, detail: Detail) -> Figure {
        let fitted = |name: &'static str, value: f64| {
            if detail.wanted() {
                Figure::found(detail, "calibration.ron, training", name, value)
            } else {
                value.into()
            }
        };
        let (values, logits, scores) = match by {
            TrainedBy::Plain => (terms.plain_values, terms.plain_logits, 0.0),
            TrainedBy::Fused => (terms.fused_values, terms.fused_logits, 0.0),
            TrainedBy::Mlx => (terms.mlx_values, terms.plain_logits, terms.scores),
        };
        let adapters = if self.adapters && by == TrainedBy::Plain { terms.adapters } else { 1.0 };
        let products = formula!(detail, "operations at the rate that products reach";
            tokens = self.tokens, flops_per_token = self.flops(detail), rate = self.rate(terms, detail)
            => tokens * flops_per_token / rate);
        let moved = formula!(detail, "values that layers read and write between products";
            tokens = self.tokens, layers = self.layers, hidden = self.hidden, directions = self.directions(),
            bytes_per_value = fitted("bytes_per_value", values), adapters = adapters, bandwidth = self.chip.bandwidth
            => tokens * layers * hidden * directions / 3.0 * (bytes_per_value * adapters) / bandwidth);
        let loss = formula!(detail, "logits and their gradients";
            tokens = self.tokens, vocabulary = self.vocabulary, bytes_per_logit = fitted("bytes_per_logit", logits),
            bandwidth = self.chip.bandwidth => tokens * vocabulary * bytes_per_logit / bandwidth);
        let attention = formula!(detail, "scores of attention that are written out";
            tokens = self.tokens, sequence = self.sequence, heads = self.heads, bytes_per_score = HALF,
            times = scores, directions = self.directions(), bandwidth = self.chip.bandwidth
            => tokens * sequence * heads * bytes_per_score * directions / 3.0 * times / bandwidth);
        let unpacked = if self.packed { self.matrices * terms.unpacking } else { 0.0 };
        let unpacking = formula!(detail, "a 4-bit base unpacked into 16 bit for each pass";
            unpacked_values = unpacked, bytes_per_value = QUANTIZED + 2.0 * HALF,
            passes = 1.0 + self.tuned + self.again, bandwidth = self.chip.bandwidth
            => unpacked_values * bytes_per_value * passes / bandwidth);
        formula!(detail, "products, values moved, the loss, scores, unpacking";
            products_s = products, moved_s = moved, loss_s = loss, scores_s = attention, unpacking_s = unpacking
            => products_s + moved_s + loss_s + scores_s + unpacking_s)
    }

    /// Seconds of the optimizer's step, for each pass.
    fn stepping(&self, detail: Detail) -> Figure {
        let devices = if self.sharing.split == Split::Tensor { f64::from(self.sharing.devices) } else { 1.0 };
        formula!(detail, "the optimizer reads and writes its state once a step";
            trained_parameters = self.parameters * self.weights, bytes_per_parameter = self.stepped,
            devices = devices, bandwidth = self.chip.bandwidth, passes_per_step = self.steps_accumulated
            => trained_parameters * bytes_per_parameter / devices / bandwidth / passes_per_step)
    }

    /// Operations a second that products reach.
    fn rate(&self, terms: &TrainingTerms, detail: Detail) -> Figure {
        let chip = self.chip;
        let peak = chip.training_peak();
        let at = |share: f64| {
            formula!(detail, "calibration.ron, training: the measured share of the peak"; peak = peak,
                share_of_peak = share => peak * share_of_peak)
        };
        match chip.kind {
            ChipKind::NvidiaCard => at(terms.geforce),
            ChipKind::Apple => at(terms.apple),
            ChipKind::NvidiaStacked | ChipKind::NvidiaWorkstation | ChipKind::NvidiaUnified => {
                let more = ((peak / chip.bandwidth).get() / OPERATIONS_A_BYTE).max(1.0);
                formula!(detail, "the measured share of the peak, less where there are more operations a byte";
                    peak = peak, full_rate = terms.full_rate, operations_per_byte_ratio = more,
                    narrowing = terms.narrowing
                    => peak * full_rate / exp(narrowing * ln(operations_per_byte_ratio)))
            }
            _ => {
                formula!(detail, "no run was measured: of the rate of its prompts, what training reaches elsewhere";
                prompt_rate = self.prompt_rate, borrowed_share = terms.borrowed, peak = chip.training_roof()
                => min(prompt_rate * borrowed_share, peak))
            }
        }
    }

    /// What takes most of a pass.
    pub(super) fn bound(&self, terms: &TrainingTerms) -> Bound {
        let (by, _) = self.trained_by();
        let computed = self.computing(terms, by, Detail::Figures).value;
        let sent = Bytes::new(self.transferred(Detail::Figures).value);
        let sent = (sent / self.sharing.link.bytes_per_second().best).get();
        let whole = self.pass(terms, by, End::Best, Detail::Figures).value;
        let offloaded = self.offloaded.map_or(0.0, |offloaded| {
            let [sent, step] =
                [offloaded.transfers(End::Best, Detail::Figures), offloaded.step(End::Best, Detail::Figures)];
            sent.value + step.value
        });
        if offloaded > computed.max(sent) {
            Bound::Link
        } else if sent > computed {
            Bound::Devices
        } else if whole > 1.5 * (computed + 0.5 * sent) {
            Bound::Overhead
        } else {
            Bound::Compute
        }
    }

    /// Whether no run was measured on such a chip.
    pub(super) const fn borrows(&self) -> bool {
        !matches!(
            self.chip.kind,
            ChipKind::NvidiaCard | ChipKind::Apple | ChipKind::NvidiaStacked | ChipKind::NvidiaWorkstation
        )
    }

    /// The rate of products over that of prompts, by these terms: what other chips borrow.
    pub fn over_prompts(&self, terms: &TrainingTerms) -> f64 {
        self.rate(terms, Detail::Figures).value / self.prompt_rate.get()
    }

    /// Bytes that each device sends for a pass: of shards, the parameters gathered forward and backward and the
    /// gradients reduced; of copies, the gradients reduced once a step.
    fn transferred(&self, detail: Detail) -> Figure {
        let devices = f64::from(self.sharing.devices.max(1));
        let width = if self.packed { QUANTIZED } else { HALF };
        let trained = if self.weights > 0.0 { self.parameters } else { 0.0 };
        match self.sharing.split {
            Split::Tensor => {
                formula!(detail, "sharded: parameters gathered twice, gradients reduced once (FSDP)";
                devices = devices, parameters = self.parameters, bytes_per_parameter = width,
                trained_parameters = trained, bytes_per_gradient = HALF
                => (1.0 - 1.0 / devices)
                    * (2.0 * (parameters * bytes_per_parameter) + trained_parameters * bytes_per_gradient))
            }
            Split::Copies => formula!(detail, "copies: gradients all-reduced once a step";
                devices = devices, trained_parameters = trained, bytes_per_gradient = HALF,
                passes_per_step = self.steps_accumulated
                => 2.0 * (1.0 - 1.0 / devices) * (trained_parameters * bytes_per_gradient) / passes_per_step),
            Split::Layers | Split::Experts | Split::Auto => Figure::default(),
        }
    }
}

/// The rate at which such chips were measured to multiply prompts by 16-bit weights.
fn prompt_rate(chip: Chip, mlx: bool, calibration: &Calibration) -> FlopsPerSecond {
    let engine = if mlx { SpeedEngine::Mlx } else { SpeedEngine::LlamaCpp };
    let fitted = calibration.prefill(chip.prefill_group(engine));
    let factor = fitted.map_or(1.5, |fitted| fitted.terms.plain);
    prompt_peak(&chip, Packing::Plain, false) / factor.max(1.0)
}
