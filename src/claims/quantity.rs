//! What a claim is about.

/// What a figure of a claim is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the labels say it")]
pub enum Quantity {
    Decode,
    Aggregate,
    Prefill,
    FirstToken,
    TrainingSpeed,
    RunTime,
    ImageTime,
    Bandwidth,
    StorageBandwidth,
    LinkBandwidth,
    MemorySize,
    MemoryNeeded,
    GpuShare,
    LargestModel,
    Fits,
    Compute,
    Operations,
    Price,
    Rent,
    Power,
    IdlePower,
    Electricity,
    TotalCost,
    GpuCores,
    CpuCores,
    NeuralCores,
    Clock,
    Noise,
    Context,
    Ratio,
    Existence,
    Launch,
    Scaling,
    Statement,
    Other,
}

impl Quantity {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Aggregate => "aggregate",
            Self::Prefill => "prefill",
            Self::FirstToken => "time_to_first_token",
            Self::TrainingSpeed => "training",
            Self::RunTime => "run_time",
            Self::ImageTime => "image_time",
            Self::Bandwidth => "bandwidth",
            Self::StorageBandwidth => "storage_bandwidth",
            Self::LinkBandwidth => "link_bandwidth",
            Self::MemorySize => "memory",
            Self::MemoryNeeded => "memory_needed",
            Self::GpuShare => "gpu_share",
            Self::LargestModel => "largest_model",
            Self::Fits => "fits",
            Self::Compute => "compute",
            Self::Operations => "operations_per_cycle",
            Self::Price => "price",
            Self::Rent => "rent",
            Self::Power => "power",
            Self::IdlePower => "idle_power",
            Self::Electricity => "electricity",
            Self::TotalCost => "total_cost",
            Self::GpuCores => "gpu_cores",
            Self::CpuCores => "cpu_cores",
            Self::NeuralCores => "neural_engine",
            Self::Clock => "clock",
            Self::Noise => "noise",
            Self::Context => "context",
            Self::Ratio => "ratio",
            Self::Existence => "existence",
            Self::Launch => "launch",
            Self::Scaling => "scaling",
            Self::Statement => "statement",
            Self::Other => "other",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Decode => "decode of one request",
            Self::Aggregate => "tokens a second of all requests",
            Self::Prefill => "prefill",
            Self::FirstToken => "time to the first token",
            Self::TrainingSpeed => "training",
            Self::RunTime => "time of a training run",
            Self::ImageTime => "time of an image or clip",
            Self::Bandwidth => "memory bandwidth",
            Self::StorageBandwidth => "bandwidth of the disk",
            Self::LinkBandwidth => "bandwidth of a link",
            Self::MemorySize => "memory",
            Self::MemoryNeeded => "memory needed",
            Self::GpuShare => "share of memory for the GPU",
            Self::LargestModel => "largest model",
            Self::Fits => "whether it fits",
            Self::Compute => "peak rate",
            Self::Operations => "operations a core and cycle",
            Self::Price => "price",
            Self::Rent => "rent",
            Self::Power => "power under load",
            Self::IdlePower => "power when idle",
            Self::Electricity => "cost of electricity",
            Self::TotalCost => "total cost",
            Self::GpuCores => "GPU cores",
            Self::CpuCores => "CPU cores",
            Self::NeuralCores => "neural engine",
            Self::Clock => "clock",
            Self::Noise => "noise",
            Self::Context => "context",
            Self::Ratio => "comparison",
            Self::Existence => "whether there is one",
            Self::Launch => "when it was sold",
            Self::Scaling => "how it grows",
            Self::Statement => "statement",
            Self::Other => "other figure",
        }
    }

    /// Whether more of it than there can be is impossible, rather than wrong.
    pub const fn is_speed(self) -> bool {
        matches!(self, Self::Decode | Self::Aggregate | Self::Prefill | Self::TrainingSpeed)
    }
}
