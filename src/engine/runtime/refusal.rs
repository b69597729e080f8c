//! Why what was asked for does not run on a machine, and what to choose instead.

use crate::spec::support::{Fact, Platform};
use crate::spec::{
    BasePrecision, Chosen, DiffusionPrecision, Optimizer, Quantization, Runtime, Trainer, TrainingOffload,
    ZeroStage,
};

/// Why it does not run.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What was asked to run it.
    pub runtime: Runtime,
    /// On what.
    pub platform: Platform,
    /// Whether the runtime was asked for.
    pub chosen: Chosen,
    /// Whether only chips below the fact's capability are meant.
    pub older: bool,
    /// What does not run.
    pub cause: Cause,
    /// What says so; none where it follows from the program itself.
    pub fact: Option<&'static Fact>,
    /// What to choose.
    pub instead: Instead,
}

/// What does not run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// The runtime has nothing for the machine; a separate program may bring it there, which is not modelled.
    Runtime(Option<&'static Fact>),
    /// The runtime is there, and how it allocates there is not modelled.
    NotModelled,
    /// The runtime does not read the weights.
    Weights(Quantization),
    /// The runtime reads the weights, and how it holds them is not modelled.
    WeightsNotModelled(Quantization),
    /// The runtime does not train on such a base.
    Base(BasePrecision),
    /// The optimizer is not there.
    Optimizer(Optimizer),
    /// The trainer does not train there.
    Trainer(Trainer),
    /// `DeepSpeed` computes in no 16-bit format there.
    DeepSpeed,
    /// Cards of several makers, of which the runtime is built for one at a time.
    SeveralMakers,
    /// Query heads that so many devices cannot share evenly.
    UnevenHeads {
        /// Heads of a layer.
        heads: u32,
        /// Devices that each should have as many.
        devices: u32,
    },
    /// `DeepSpeed` moves that to system memory at other stages alone.
    Offload {
        /// The stage that is asked for.
        stage: ZeroStage,
        /// What should wait in system memory.
        offload: TrainingOffload,
    },
    /// Devices of which no whole number of groups share a sequence.
    UnevenGroups {
        /// Devices that share each sequence.
        sharing: u64,
        /// All of them.
        devices: u32,
    },
    /// Heads of attention that those that share a sequence cannot share evenly (Ulysses).
    UnevenSequence {
        /// Query heads, and heads of keys and values, of a layer.
        heads: (u32, u32),
        /// Devices that share each sequence.
        sharing: u64,
    },
    /// A request longer than the model is published for, which the server does not start with.
    LongerThanModel {
        /// Tokens of a request.
        asked: u64,
        /// Tokens that the model holds.
        holds: u64,
    },
    /// A program around the runtime does not take what a setting asks.
    Setting {
        /// The setting.
        key: &'static str,
        /// The program.
        program: &'static str,
    },
    /// A part of a pipeline cannot be held so.
    Part {
        /// The setting that asks for it.
        key: &'static str,
        /// How it should be held.
        held: DiffusionPrecision,
    },
}

/// What to choose instead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instead {
    /// Another runtime: the one that owners of the machine use.
    Runtime(Runtime),
    /// Another format of the same runtime.
    Weights(Quantization),
    /// Another base of the same runtime.
    Base(BasePrecision),
    /// Another optimizer.
    Optimizer(Optimizer),
    /// A shorter context for all requests at once, in tokens.
    Context(u64),
    /// Another value of a setting.
    Setting {
        /// Which.
        key: &'static str,
        /// What.
        value: &'static str,
    },
}
