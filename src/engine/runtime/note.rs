//! What should be known about how a machine is answered.

use crate::spec::support::{Fact, Placed};
use crate::spec::{
    Backend, BasePrecision, Display, KeptQuantity, KeptRatio, Optimizer, Os, Quantization, Runtime, Server,
    Split,
};

/// Something that was replaced or is ignored.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// Runs that were kept on the machine correct a speed.
    Kept {
        /// Which speed.
        quantity: KeptQuantity,
        /// What they were of their estimates.
        ratio: KeptRatio,
    },
    /// Weights in the runtime's own format of as many bits.
    Weights {
        /// What was asked for.
        from: Quantization,
        /// What is answered.
        to: Quantization,
        /// Whose format that is.
        runtime: Runtime,
    },
    /// The runtime loads the file's 32-bit floats in 16 bit.
    Narrowed(Runtime),
    /// The base of a fine-tune in the runtime's own format.
    Base {
        /// What was asked for.
        from: BasePrecision,
        /// What is answered.
        to: BasePrecision,
        /// Whose format that is.
        runtime: Runtime,
    },
    /// An optimizer that is not there.
    Optimizer {
        /// What was asked for.
        from: Optimizer,
        /// What is answered.
        to: Optimizer,
        /// What has it not.
        fact: &'static Fact,
    },
    /// An optimizer in system memory, which `DeepSpeed` replaces by its own Adam there.
    OptimizerOnHost {
        /// What was asked for.
        from: Optimizer,
    },
    /// An optimizer in system memory over several devices without a stage of ZeRO, which is `DeepSpeed`'s second.
    Staged,
    /// A split that the runtime does not do.
    Split {
        /// What was asked for.
        from: Split,
        /// What it does.
        to: Split,
    },
    /// A backend of llama.cpp that does not exist for the machine, which is answered as usual.
    Backend(Backend),
    /// A setting that changes nothing.
    Ignored(Ignored),
    /// What is said of the machine's system or display, where it changes nothing of this machine.
    SetUp(IgnoredSetUp),
    /// Weights in a format that the chip's units do not compute in: they are unpacked for 16 bit, which is slower.
    Unpacked {
        /// What the units compute in from which chips on.
        fact: &'static Fact,
        /// The weights.
        weights: Quantization,
    },
    /// The devices that share the work are not as many as the machine is written with: all figures are those of as many.
    DevicesNotAsWritten {
        /// As many as the scenario says.
        asked: u32,
        /// As many as the machine is written with.
        written: u32,
    },
    /// The context that a server opens by itself on such a machine, in tokens of a slot.
    Opened(u64),
    /// Requests as long as the model holds, in place of longer ones.
    Clamped {
        /// Tokens of a request that were asked for.
        asked: u64,
        /// Tokens that the model holds.
        holds: u64,
    },
    /// A server would move experts from several devices, each its own share, which is not imitated.
    ExpertsNotPlaced,
    /// mlx-lm has no code that shares this model so among several Macs; other programs over MLX may have.
    NotShared {
        /// How it is counted as shared.
        split: Split,
    },
    /// One device holds all of it, and the server takes that one alone.
    OneDevice,
    /// What a server opens and places by itself, because the model does not fit on the GPU as it is asked for.
    Placed {
        /// The server.
        server: Server,
        /// What it does.
        placed: Placed,
        /// Tokens of context that were to be opened.
        asked: u64,
        /// Layers of the model, the output not counted.
        layers: u64,
    },
    /// 16-bit brain floats on a chip without units for them.
    NoBf16(&'static Fact),
    /// Full training keeps 32-bit master weights, because what shares it out does.
    Masters {
        /// Whether that is DeepSpeed; else FSDP.
        deep_speed: bool,
    },
    /// What a split that was asked for is counted as in training.
    TrainingSplit {
        /// Whether `DeepSpeed`'s stage decides; else FSDP is what is counted.
        deep_speed: bool,
    },
    /// A limit of the program there.
    Limit(&'static Fact),
    /// Attention's backward pass writes out score matrices, which grow with the square of the sequence.
    UnfusedBackward {
        /// What says so.
        fact: &'static Fact,
        /// Tokens of the longest sequence.
        sequence: u64,
    },
}

/// What is said of a machine's set-up that changes nothing of it, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoredSetUp {
    /// A system other than Windows, on a card: what is kept of one is the same for all of those.
    SystemOfCard(Os),
    /// A system, on a machine whose memory is one pool, where no limit is known that is this system's own.
    SystemOfPool(Os),
    /// A display, on a machine without a card.
    DisplayOfPool(Display),
    /// A number of devices, where the cards are named one by one.
    DevicesOfUnlike(u32),
    /// A display, beside a server that takes a share of all device memory.
    DisplayBesideShare(Display),
}

/// A setting that changes nothing, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its key.
    pub key: &'static str,
    /// The runtime that does not hear it; none where it means nothing with the other settings.
    pub runtime: Option<Runtime>,
}
