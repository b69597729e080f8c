//! What is given: machines, models, workloads, and where each figure comes from. No formula lives here.

mod adapter;
mod api_price;
pub mod architecture;
mod body;
mod calibration;
mod capability;
mod described;
mod devices;
mod diffusion;
mod figure;
mod file_type;
mod finetune;
mod gnn;
pub mod gnn_kinds;
mod gpu_limit;
mod graph_sequence;
mod image_file;
mod image_size;
mod inference;
mod kept_run;
mod kv_precision;
mod language_model;
mod listed;
mod machine;
mod measured;
mod model;
mod model_file;
mod named;
mod objective;
mod of_model;
pub mod overhead;
mod packing;
pub mod pipeline;
mod precision;
pub mod preset;
mod price;
mod quality;
mod repository;
mod runtime;
mod scenario;
pub mod settings;
mod setup;
mod sketch;
mod software;
pub mod support;
mod tensor;
mod tensor_names;
mod tensor_type;
mod together;
mod trainer;
mod training_fit;
mod unknown_name;
mod workload;

pub use adapter::Adapter;
pub use api_price::{ApiPrice, PRICES as API_PRICES, api_prices};
pub use architecture::Architecture;
pub use body::{Body, Form};
pub use calibration::{
    AttentionBand, Calibration, DecodeTerms, Fitted, PeakShare, PrefillTerms, SpeedGroup, TransferFit,
    TransferTerms,
};
pub use capability::Capability;
pub use described::{Described, NotDescribed};
pub use devices::{Devices, Link, PeerToPeer, Split, share_of_requests};
pub use diffusion::{Diffusion, DiffusionMode, DiffusionPrecision, PartPrecision, Residency};
pub use figure::{Figure, Kind};
pub use file_type::FileType;
pub use finetune::{BasePrecision, FineTune, Method, Optimizer, Targets, TrainingKernels, TunedLayers};
pub use gnn::{Gnn, GnnMode, GnnPrecision, MessagePassing, Sampling};
pub use gnn_kinds::GnnArchitecture;
pub use gpu_limit::{GpuLimit, Raise, raise_reserve};
pub use graph_sequence::{Graph, GraphSequence, GraphTask};
pub use image_file::{ImageFile, ImagePart};
pub use image_size::ImageSize;
pub use inference::{
    AgentLoop, AttentionKernel, Backend, GpuLayers, Inference, Logits, MOST_CONTEXT, Server, Speculation,
};
pub use kept_run::{KeptQuantity, KeptRatio, KeptRun};
pub use kv_precision::KvPrecision;
pub use language_model::{Draft, LanguageModel};
pub use listed::{Keep, Listed};
pub use machine::{
    AS_TYPED, Availability, Interconnect, Machine, Memory, MemoryNow, Offer, OperatingSystem, Peaks, Rental,
    Vendor, count_and_id,
};
pub use measured::{GpuKind, Measured, MeasuredGpu};
pub use model::{
    Attention, Block, Experts, FeedForward, GatedDelta, Indexer, LayerEmbedding, Makes, Mamba2, Mixer, Mla,
    Model, NormStyle, Run, Tower, Vision,
};
pub use model_file::{FileTensor, FileWeights, ModelFile, Rules, Wide};
pub use named::Named;
pub use objective::{Generation, MasterWeights, Objective, TrainingOffload, ZeroStage};
pub use packing::{Packing, Scales};
pub use pipeline::Pipeline;
pub use precision::{Container, MlxFloat, Quantization};
pub use price::{Price, PriceBasis, Priced};
pub use quality::{Quality, QualityLoss, QualityMetric, Scores, best_first, offered};
pub use repository::repository;
pub use runtime::{Chosen, Runtime};
pub use scenario::Scenario;
pub use settings::{Place, Setting};
pub use setup::{Display, Os, RaisedLimit, Setup};
pub use sketch::{Kept, KeptKind, Sketch, Span};
pub use software::{FACTS as SOFTWARE, Software, Works, software};
pub use tensor::{Role, Tensor};
pub use tensor_type::TensorType;
pub use together::{NotTogether, combined, is_joined, joined, shares, usable};
pub use trainer::{TrainedBase, Trainer, TrainerDefault, trainer_defaults};
pub use training_fit::{TrainedBy, TrainingBand, TrainingFit, TrainingTerms};
pub use unknown_name::UnknownName;
pub use workload::{Family, Workload};
