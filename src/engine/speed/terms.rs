//! The time one token takes, term by term, before coefficients: what a formula multiplies.

use super::chip::{Chip, ChipKind};
use super::reads::{Packing, Reads};
use crate::spec::{DecodeTerms, PrefillTerms};
use crate::units::{Bytes, Flops, FlopsPerSecond};

/// Bytes of a value of the KV cache in 16 bit.
const HALF: f64 = 2.0;

/// Seconds of each term of decode of one token after `depth` others.
///
/// Builds before those of today are only of measurements.
pub fn decode_terms(reads: &Reads, chip: &Chip, depth: f64, build: Build) -> DecodeTerms {
    let experts = reads.has_experts();
    let (dense, mixture) = if experts { (0.0, 1.0) } else { (1.0, 0.0) };
    let memory = (reads.bytes / chip.bandwidth).get();
    let computed = |operations: f64| (Flops::new(operations) / chip.shaders).get();
    let unpack = computed(2.0 * reads.active);
    let when = |holds: bool, value: f64| if holds { value } else { 0.0 };
    let (nested, simple) =
        (when(reads.packing == Packing::Nested, unpack), when(reads.packing == Packing::Simple, unpack));
    let scattered = when(reads.packing == Packing::Scattered, unpack);
    let layers = reads.layers * 1e-5;
    // One token is multiplied by what latent attention keeps (llama.cpp, MLX and vLLM alike).
    let attention = computed(reads.attended(depth, true) * 4.0);
    let (older, earlier) = (build == Build::Older, build == Build::Earlier);
    DecodeTerms {
        memory: memory * dense,
        memory_experts: memory * mixture,
        memory_two_dies: when(chip.two_dies, memory * dense),
        memory_two_dies_experts: when(chip.two_dies, memory * mixture),
        memory_first: when(chip.first, memory),
        memory_bf16_vulkan: when(chip.vulkan && reads.bf16, memory),
        memory_shared: when(chip.shares_memory(), memory),
        unpack_nested: nested * dense,
        unpack_simple: simple * dense,
        unpack_nested_experts: nested * mixture,
        unpack_simple_experts: simple * mixture,
        unpack_scattered: scattered,
        unpack_first: when(chip.first, nested + simple + scattered),
        layer: layers * dense,
        expert_layer: layers * mixture,
        recurrent_layer: reads.recurrent_layers * 1e-5,
        older_layer: when(older, layers),
        earlier_layer: when(earlier, layers * dense),
        earlier_expert_layer: when(earlier, layers * mixture),
        cache: (Bytes::new(HALF * reads.kept_values(depth)) / chip.bandwidth).get(),
        attention,
        older_attention: when(older, attention),
        fixed: 1e-3,
        issue: computed(reads.bytes.get() * 10.0),
    }
}

/// How old the program is that was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Build {
    /// Of 2024 or before.
    Older,
    /// Since then, before the kernels of today: llama.cpp up to September 2025, MLX up to April 2026.
    Earlier,
    /// Of today.
    #[default]
    Now,
}

/// Tokens of a prompt that attention computes at once, for which keys and values are read once.
pub(super) const ATTENTION_ROWS: f64 = 64.0;

/// A prompt as it is prefilled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prompt {
    /// Its tokens.
    pub tokens: f64,
    /// Tokens that were there before it.
    pub depth: f64,
    /// Tokens computed at once.
    pub chunk: f64,
    /// Whether a build of 2024 or before prefills it, storing the scores.
    pub older: bool,
    /// Whether an engine made for one model prefills it, on shaders alone.
    pub one_model: bool,
    /// Whether latent attention multiplies by what it keeps (llama.cpp's graph of DeepSeek 2); others unfold it.
    pub folded: bool,
}

/// Seconds of each term of prefill of one token.
pub fn prefill_terms(reads: &Reads, chip: &Chip, prompt: &Prompt) -> PrefillTerms {
    let experts = reads.has_experts();
    let plain = reads.packing == Packing::Plain;
    let peak = prompt_peak(chip, reads.packing, prompt.one_model);
    let products = (Flops::new(2.0 * reads.active) / peak).get();
    let depth = prompt.depth + prompt.tokens / 2.0;
    let attention_peak = attention_peak(chip, reads.packing, prompt.one_model);
    let attention = (Flops::new(4.0 * reads.attended(depth, prompt.folded)) / attention_peak).get();
    let filled = wider_tiles(reads, chip);
    let read_again = (Bytes::new(HALF * reads.kept_values(depth) / ATTENTION_ROWS) / chip.bandwidth).get();
    let chunk = prompt.tokens.min(prompt.chunk).max(1.0);
    let each = if reads.experts > 0.0 { chunk * reads.used / reads.experts } else { 1.0 };
    let when = |holds: bool, value: f64| if holds { value } else { 0.0 };
    PrefillTerms {
        quantized: when(!plain && !experts, products),
        plain: when(plain && !experts, products),
        experts: when(experts, products),
        attention: when(!prompt.older && !attends_on_shaders(chip), attention * filled),
        attention_shaders: when(!prompt.older && attends_on_shaders(chip), attention * filled),
        attention_reads: when(!prompt.older, read_again),
        older_attention: when(prompt.older, attention),
        experts_plain_apart: when(experts && plain && multiplies_apart(chip), products),
        expert_tiles: when(experts, products * (64.0 / each.max(1.0)).min(32.0)),
        expert_weights: when(experts, (reads.file / chip.bandwidth).get() / chunk),
        layer: when(!experts, reads.layers * 1e-4 / chunk),
        expert_layer: when(experts, reads.layers * 1e-4 / chunk),
    }
}

/// The rate of the units that multiply a prompt by weights: shaders up to the M4, matrix units in 16 bit
/// from the M5 on; of AMD matrix units in 16 bit; elsewhere matrix units in 8 bit for quantized weights, in 16 bit with
/// 16-bit sums for plain ones.
pub(super) fn prompt_peak(chip: &Chip, packing: Packing, one_model: bool) -> FlopsPerSecond {
    match (chip.kind, packing) {
        (ChipKind::Apple, _) => chip.shaders,
        (ChipKind::AppleMatrix, _) if one_model => chip.shaders,
        (ChipKind::AppleMatrix, _) => chip.matrix,
        _ if chip.is_amd() => chip.matrix,
        (_, Packing::Plain) => chip.integer / 2.0,
        (_, Packing::Simple | Packing::Nested | Packing::Scattered) => chip.integer,
    }
}

/// Whether 16-bit experts are products of their own: `ggml-cuda`'s `mul_mat_id` has no kernel of its own for them on AMD, and
/// Vulkan's none in bf16.
const fn multiplies_apart(chip: &Chip) -> bool {
    chip.vulkan || chip.is_amd()
}

/// Width of a head that fills the tiles of attention.
const FULL_TILE: f64 = 128.0;

/// By how much attention of heads narrower than its tiles takes longer than their operations: on GPUs other than Apple's a score
/// takes as long at a width of 64 as at 128 (`fattn-mma-f16`, `fattn-tile`: as many threads and barriers for half the products).
pub(super) fn wider_tiles(reads: &Reads, chip: &Chip) -> f64 {
    let tiled = !chip.is_apple() && chip.kind != ChipKind::Processor;
    if !tiled || reads.head_width() <= 0.0 { 1.0 } else { (FULL_TILE / reads.head_width()).max(1.0) }
}

/// Whether shaders compute attention beside matrix units for products: on AMD's Radeon, where llama.cpp's tiles of attention
/// run (`fattn-tile`; its kernels for matrix units are built in on demand).
pub(super) fn attends_on_shaders(chip: &Chip) -> bool {
    chip.is_amd() && chip.kind != ChipKind::Cdna
}

/// The rate of the units that compute attention of a prompt: those of its products on Apple, matrix units in 16 bit elsewhere,
/// and on AMD's Radeon shaders.
pub(super) fn attention_peak(chip: &Chip, packing: Packing, one_model: bool) -> FlopsPerSecond {
    if chip.is_apple() {
        prompt_peak(chip, packing, one_model)
    } else if attends_on_shaders(chip) {
        chip.shaders
    } else {
        chip.integer / 2.0
    }
}
