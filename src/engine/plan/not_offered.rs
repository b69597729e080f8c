//! What people expect to help and does not, with why.

use crate::engine::runtime::Refusal;
use crate::spec::{DiffusionMode, Pipeline, Runtime, Scenario, Trainer, Workload};
use crate::units::Bytes;

/// Something people try that does not help here.
#[derive(Clone, Debug, PartialEq)]
pub struct NotOffered {
    /// The setting, or `programs` for what is none.
    pub key: &'static str,
    /// The value that would be tried; empty where none makes sense.
    pub value: String,
    /// Why not.
    pub why: Why,
}

/// Why a step is not offered.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// It is so already.
    Already,
    /// What decides is no lower with it.
    SavesNothing,
    /// It lowers what decides by so little that it is not worth its price.
    SavesOnly(Bytes),
    /// Its runtime does not do that on the machine.
    CannotRun(Box<Refusal>),
    /// The program that runs it has no such thing.
    NotIn(Runtime),
    /// Even the most that the system can spare is too little.
    LimitTooLow,
    /// Even its least value does not fit with all else as it stands.
    NoneFits,
    /// What fits of it is too little for the work that was asked.
    LeavesTooLittle,
    /// It helps, and with all others it is still not enough.
    NotEnough,
    /// It lowers what decides by so much, which is not enough alone, and the steps do without it.
    NotNeeded(Bytes),
    /// It makes it fit alone, and costs more than the steps.
    CostsMore,
    /// The device holds it then, and of the computer around it nobody knows whether it has so much memory.
    UnknownHost(Bytes),
    /// No other program fits with that alone.
    NoOther,
    /// What is packed further is not known to run there.
    NonePacked,
    /// No smaller model of the family is known.
    NoneSmaller,
    /// The limit is that of a machine with nothing else open.
    NothingOpen,
    /// The trainer has no such thing.
    NotInTrainer(Trainer),
    /// It is not the same training.
    TrainsOtherwise,
    /// No adapter is trained over a base in that format.
    NotTrainedOver,
    /// The script of diffusers that trains it has no such thing.
    NotInScript,
    /// Nothing loads that part of the pipeline from such a file.
    NotLoaded,
    /// What trains does it on several devices alone.
    NeedsSeveral,
    /// A packed base waits in system memory only where several devices share it.
    PackedBase,
}

/// The same without what is said twice of a key, or less than is said of it already.
pub(super) fn each_once(all: Vec<NotOffered>) -> Vec<NotOffered> {
    let mut told: Vec<NotOffered> = Vec::with_capacity(all.len());
    for each in all {
        let same = |known: &NotOffered| {
            known.key == each.key && (known.why == each.why || each.why == Why::NotEnough)
        };
        if !told.iter().any(same) {
            told.push(each);
        }
    }
    told
}

/// What people reach for, by what is done: each is taken, or named with why not.
pub(super) fn reached_for(scenario: &Scenario) -> &'static [&'static str] {
    match &scenario.workload {
        Workload::Gnn(_) => &["sampling", "precision", "message_passing"],
        Workload::Diffusion(diffusion) if diffusion.mode == DiffusionMode::Lora => {
            &["cached_latents", "gradient_checkpointing", "precision", "resolution"]
        }
        Workload::Diffusion(_) => &["residency", "precision", "text_precision", "resolution", "devices"],
        _ if scenario.tune().is_some() => &[
            "raised_limit",
            "gradient_checkpointing",
            "micro_batch",
            "optimizer",
            "method",
            "training_offload",
            "devices",
        ],
        _ => &[
            "raised_limit",
            "kv_precision",
            "quantization",
            "cpu_experts",
            "runtime",
            "gpu_layers",
            "cpu_offload_gb",
            "model",
            "devices",
        ],
    }
}

/// What people reach for first: that it is set already is worth a word.
const EXPECTED: [&str; 7] = [
    "attention",
    "gradient_checkpointing",
    "micro_batch",
    "method",
    "optimizer",
    "chunked_loss",
    "residency",
];

/// Whether people reach for it first.
pub(super) fn is_expected(key: &str) -> bool {
    EXPECTED.contains(&key)
}

/// What people know from another program: that this one has no such thing is worth a word.
const MISSED: [&str; 4] = ["optimizer", "chunked_loss", "gpu_layers", "cpu_experts"];

/// Whether it is worth a word that a program does not have it.
pub(super) fn is_named_where_missing(key: &str) -> bool {
    MISSED.contains(&key)
}

/// Why a scenario cannot have a value that its runtime has: what trains has no such thing, or not for such a base.
pub(super) fn not_had(scenario: &Scenario, key: &str, value: &str) -> Option<Why> {
    if let Some(diffusion) = scenario.diffusion() {
        return match diffusion.mode {
            DiffusionMode::Lora => not_trained(diffusion.pipeline, key, value),
            DiffusionMode::Generate => not_made(diffusion.pipeline, key, value),
        };
    }
    let tune = scenario.tune().filter(|_| key == "training_offload")?;
    // Unsloth trains on one device with a loop of its own; FSDP, which offloads packed bases, shards over several.
    let alone = scenario.devices.count.unwrap_or(1) <= 1;
    match tune.trainer {
        Trainer::Torchtune if value == "all" && alone => Some(Why::NeedsSeveral),
        Trainer::Unsloth | Trainer::MlxLm => Some(Why::NotInTrainer(tune.trainer)),
        _ if value == "all" && tune.precision.is_quantized() && alone => Some(Why::PackedBase),
        _ => None,
    }
}

/// The same of an adapter for images: diffusers' scripts hold all models in 16 bit, and few keep any of them elsewhere.
fn not_trained(pipeline: Pipeline, key: &str, value: &str) -> Option<Why> {
    match (key, value) {
        // Of packed bases bitsandbytes' alone passes gradients on to adapters.
        ("precision", "q8_0" | "q4_0" | "fp8") => Some(Why::NotTrainedOver),
        ("residency", "component") if pipeline.record().diffusers.trainer.is_some_and(|of| of.offloads) => {
            None
        }
        ("precision" | "text_precision", "nf4" | "fp8" | "q8_0" | "q4_0") | ("residency", _) => {
            Some(Why::NotInScript)
        }
        ("batch", _) => Some(Why::TrainsOtherwise),
        _ => None,
    }
}

/// The same of images: convolutions of a U-Net and encoders of CLIP come in no GGUF file.
fn not_made(pipeline: Pipeline, key: &str, value: &str) -> Option<Why> {
    let unet = pipeline.record().diffusers.class.is_none();
    let file = matches!((key, value), ("precision" | "text_precision", "q8_0" | "q4_0"));
    (unet && file).then_some(Why::NotLoaded)
}
