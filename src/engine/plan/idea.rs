//! What people try when something does not fit: one table, the least damage first.

use crate::spec::Runtime;

/// What a step costs, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// The same results at the same speed.
    None,
    /// The same results, slower.
    Slower,
    /// Results that few can tell apart.
    Slight,
    /// Less of what was asked: fewer requests, a shorter context, a smaller image.
    Less,
    /// The same results, several times slower.
    MuchSlower,
    /// Results that are plainly worse.
    Quality,
    /// More money.
    Money,
}

impl Damage {
    /// Whether the results stay those that were asked for, at whatever speed.
    pub const fn keeps_quality(self) -> bool {
        matches!(self, Self::None | Self::Slower | Self::MuchSlower | Self::Money)
    }
}

/// What a setting is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// One value.
    Value(&'static str),
    /// The most that fits with all else as it stands; where nothing does, that value as a step on the way.
    MostOr(&'static str),
    /// The most that fits, and no step at all where nothing does, or less than half of what was asked.
    Most,
    /// The most that fits, as long as the work itself is still done: a prompt and its answer, an average example.
    JustEnough,
    /// The best step that fits and has at least so many bits a value; else the smallest of those.
    Bits(u32),
    /// Sequences of a pass one by one, accumulated to as many.
    OneByOne,
    /// The least limit with which it fits.
    LeastLimit,
    /// The least whole number that fits.
    LeastWhole,
    /// Another program, where it fits with that alone, in a format of as many bits whose loss was measured.
    OtherRuntime,
    /// Another program, where it fits with that alone, in whatever format it reads.
    AnyRuntime,
    /// The largest smaller model of the same family that fits.
    SmallerModel,
    /// The fewest more devices that hold it: twice or four times as many, in a server eight; where none of these does, twice.
    MoreDevices,
    /// Fan-outs of sampled neighbors, one of each layer; of those that are sampled already, half.
    FanOuts,
    /// Half of the path contexts of a method.
    FewerPaths,
    /// Text encoders that bitsandbytes packs, beside a denoiser that the same program loads.
    Packed(&'static str),
    /// Text encoders as ComfyUI alone holds them, beside a denoiser that it loads too.
    HeldByComfy(&'static str),
    /// The least expensive machine to buy that holds it, of the same maker where one does.
    NextMachine,
}

/// One thing to try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Idea {
    pub(super) key: &'static str,
    pub(super) to: To,
    pub(super) damage: Damage,
    /// Runtimes that have it; empty for all.
    pub(super) on: &'static [Runtime],
    /// What it does to results and speed, in a sentence without its full stop.
    pub(super) note: &'static str,
}

const LLAMA: &[Runtime] = &[Runtime::LlamaCpp];
const MLX: &[Runtime] = &[Runtime::Mlx];
const VLLM: &[Runtime] = &[Runtime::Vllm];
const PYTORCH: &[Runtime] = &[Runtime::PyTorch];

const fn idea(key: &'static str, to: To, damage: Damage, on: &'static [Runtime], note: &'static str) -> Idea {
    Idea { key, to, damage, on, note }
}

/// Everything that is tried, in this order; settings that a scenario does not have are passed over.
pub(super) const IDEAS: &[Idea] = &[
    idea(
        "raised_limit",
        To::LeastLimit,
        Damage::None,
        &[],
        "the same results; the system keeps what it needs",
    ),
    idea(
        "attention",
        To::Value("fused"),
        Damage::None,
        &[],
        "the same results; no score matrix is written out",
    ),
    idea(
        "logits",
        To::Value("last"),
        Damage::None,
        LLAMA,
        "the same text; logits of the prompt are not kept",
    ),
    idea("chunked_loss", To::Value("true"), Damage::None, PYTORCH, "the same loss; never all logits at once"),
    idea(
        "return_logits",
        To::Value("false"),
        Damage::None,
        PYTORCH,
        "the same training; logits are freed earlier",
    ),
    idea(
        "gpu_memory_utilization",
        To::Value("0.95"),
        Damage::None,
        VLLM,
        "the same results; other programs on the card have less",
    ),
    idea(
        "message_passing",
        To::Value("sparse"),
        Damage::None,
        PYTORCH,
        "the same sums; no message an edge is kept",
    ),
    idea("packing", To::Value("true"), Damage::None, &[], "the same tokens; no padding to the longest"),
    idea(
        "cached_latents",
        To::Value("true"),
        Damage::None,
        PYTORCH,
        "the same training; images and prompts are encoded once, before it",
    ),
    idea(
        "vae_tiling",
        To::Value("true"),
        Damage::Slower,
        PYTORCH,
        "decoded tile by tile; seams are rarely seen",
    ),
    idea(
        "gradient_checkpointing",
        To::Value("true"),
        Damage::Slower,
        &[],
        "the same gradients, a third more time",
    ),
    idea(
        "normalization_cached",
        To::Value("false"),
        Damage::Slower,
        PYTORCH,
        "normalized again in each pass",
    ),
    idea(
        "enforce_eager",
        To::Value("true"),
        Damage::Slower,
        VLLM,
        "no captured graphs: small batches decode slower",
    ),
    idea("micro_batch", To::OneByOne, Damage::Slower, &[], "the same gradients, accumulated one by one"),
    idea("batch", To::Value("1"), Damage::Slower, PYTORCH, "the same images, one after the other"),
    idea(
        "residency",
        To::Value("component"),
        Damage::Slower,
        PYTORCH,
        "the same images; models wait in system memory",
    ),
    idea("draft_tokens", To::Value("none"), Damage::Slower, &[], "the same text; no draft tokens"),
    idea("ubatch", To::Value("128"), Damage::Slower, LLAMA, "the same text; prompts are read slower"),
    idea("prefill_step", To::Value("512"), Damage::Slower, MLX, "the same text; prompts are read slower"),
    idea(
        "optimizer",
        To::Value("paged-adamw-8bit"),
        Damage::Slight,
        &[],
        "moments in 8 bit; published losses agree",
    ),
    idea("kbit_preparation", To::Value("false"), Damage::Slight, PYTORCH, "norms and head stay in 16 bit"),
    idea("adapters_fp32", To::Value("false"), Damage::Slight, PYTORCH, "adapters in 16 bit"),
    idea("kv_precision", To::Value("q8_0"), Damage::Slight, LLAMA, "keys and values in 8 bit"),
    idea("kv_precision", To::Value("mlx-8bit"), Damage::Slight, MLX, "keys and values in 8 bit"),
    idea("kv_precision", To::Value("fp8"), Damage::Slight, VLLM, "keys and values in 8 bit"),
    idea(
        "runtime",
        To::OtherRuntime,
        Damage::Slight,
        &[],
        "another program runs the same model, in the format that it reads",
    ),
    idea("precision", To::Bits(8), Damage::Slight, &[], "weights in fewer bits, at least 8"),
    idea(
        "text_precision",
        To::HeldByComfy("fp8"),
        Damage::Slight,
        PYTORCH,
        "text encoders in 8 bit, by ComfyUI",
    ),
    idea(
        "text_precision",
        To::HeldByComfy("q8_0"),
        Damage::Slight,
        PYTORCH,
        "text encoders in 8 bit, which ComfyUI-GGUF keeps packed",
    ),
    idea("quantization", To::Bits(4), Damage::Slight, &[], "weights in fewer bits, at least 4"),
    idea(
        "cpu_experts",
        To::MostOr("all"),
        Damage::Slower,
        LLAMA,
        "the same text; experts are read from system memory",
    ),
    idea(
        "runtime",
        To::AnyRuntime,
        Damage::Slight,
        &[],
        "another program runs the same model, in the format that it reads",
    ),
    idea("method", To::Value("qlora"), Damage::Slight, &[], "adapters over a base in 4 bit"),
    idea("precision", To::Bits(4), Damage::Slight, &[], "weights in 4 bit"),
    idea("text_precision", To::Packed("nf4"), Damage::Slight, PYTORCH, "text encoders in 4 bit"),
    idea(
        "text_precision",
        To::HeldByComfy("q4_0"),
        Damage::Slight,
        PYTORCH,
        "text encoders in 4 bit, which ComfyUI-GGUF keeps packed",
    ),
    // Not fp16: its least step is 6e-8, and what Adam divides by is below that.
    idea(
        "precision",
        To::Value("bf16"),
        Damage::Slight,
        PYTORCH,
        "numbers in bf16 (8 bits of fraction): small updates are rounded away, so that accuracy is to be checked",
    ),
    idea("batch_nodes", To::Most, Damage::Less, PYTORCH, "fewer nodes a step"),
    idea(
        "sampling",
        To::FanOuts,
        Damage::Less,
        PYTORCH,
        "sampled neighbors, one hop a layer, instead of all that each node has",
    ),
    idea(
        "sampling",
        To::FewerPaths,
        Damage::Less,
        PYTORCH,
        "half as many paths of each method, so that long methods are told by less of them",
    ),
    idea("batch_nodes", To::Most, Damage::Less, PYTORCH, "fewer nodes a step"),
    idea("concurrency", To::MostOr("1"), Damage::Less, &[], "fewer requests at once; the others wait"),
    idea("max_num_seqs", To::Value("16"), Damage::Less, VLLM, "at most 16 sequences at once"),
    idea("context", To::Most, Damage::Less, &[], "a shorter context"),
    idea("sequence", To::Most, Damage::Less, &[], "longer examples are cut"),
    idea("max_sequence", To::Most, Damage::Less, &[], "longer graphs are cut"),
    idea("targets", To::Value("attention"), Damage::Less, &[], "target modules: attention alone"),
    idea("tuned_layers", To::Most, Damage::Less, &[], "only the last layers are trained"),
    idea("frames", To::Most, Damage::Less, PYTORCH, "a shorter clip"),
    idea("resolution", To::Most, Damage::Less, PYTORCH, "a smaller image of the same shape"),
    idea(
        "residency",
        To::Value("sequential"),
        Damage::MuchSlower,
        PYTORCH,
        "the same images; layers are copied one by one",
    ),
    idea(
        "gpu_layers",
        To::Most,
        Damage::MuchSlower,
        LLAMA,
        "the same text; layers on the host at the speed of its memory",
    ),
    idea(
        "cpu_offload_gb",
        To::LeastWhole,
        Damage::MuchSlower,
        VLLM,
        "the same text; a part of the weights is read from system memory for each token",
    ),
    idea(
        "training_offload",
        To::Value("optimizer"),
        Damage::MuchSlower,
        PYTORCH,
        "the same training; gradients go to system memory, where the processor steps",
    ),
    idea(
        "training_offload",
        To::Value("all"),
        Damage::MuchSlower,
        PYTORCH,
        "the same training; parameters wait in system memory and come layer by layer, and the processor steps",
    ),
    idea("hidden", To::Most, Damage::Quality, PYTORCH, "a narrower network"),
    idea("quantization", To::Bits(3), Damage::Quality, &[], "weights in 3 bit"),
    idea("context", To::JustEnough, Damage::Quality, &[], "a context of less than half of what was asked"),
    idea(
        "sequence",
        To::JustEnough,
        Damage::Quality,
        &[],
        "examples are cut to less than half of what was asked",
    ),
    idea("model", To::SmallerModel, Damage::Quality, &[], "a smaller model knows less and errs more often"),
    idea("quantization", To::Bits(0), Damage::Quality, &[], "weights below 3 bit"),
    idea("nodes", To::Most, Damage::Quality, PYTORCH, "a part of the graph"),
    idea("edges", To::Most, Damage::Quality, PYTORCH, "a part of the graph"),
    idea("devices", To::MoreDevices, Damage::Money, &[], "the same results on more devices"),
    idea("machine", To::NextMachine, Damage::Money, &[], "the same results on another machine"),
];
