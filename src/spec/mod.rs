//! What is given: machines, models, workloads, and where each figure comes from. No formula lives here.

mod figure;
mod machine;
mod model;
mod precision;
mod runtime;
mod scenario;
mod workload;

pub use figure::{Figure, Kind};
pub use machine::{
    Availability, GpuLimit, Machine, Memory, MemoryNow, Offer, OperatingSystem, Peaks, Vendor, raise_reserve,
};
pub use model::{
    Attention, Block, Experts, FeedForward, GatedDelta, Mamba2, Mixer, Mla, Model, NormStyle, Run, Vision,
};
pub use precision::{FileType, KvPrecision, Quantization, TensorType};
pub use runtime::Runtime;
pub use scenario::Scenario;
pub use workload::{AttentionKernel, GpuLayers, Graph, GraphSequence, Inference, Logits, Workload};
