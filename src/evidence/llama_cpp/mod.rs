//! llama.cpp's own memory breakdown against the engine.
//!
//! What surrounds llama.cpp's own allocations (`PartName::Overhead`) was not measured and is left out. So is its output
//! buffer, on both sides: the tables hold it only as rounded MiB or as slots × vocabulary × 4, which is the engine's own
//! formula.

mod grid;
mod places;
mod setting;

use std::sync::Arc;

use serde::Deserialize;

use super::score::MeasuredOn;
use super::table::{Size, Table, file_type, flag};
use super::{EvidenceError, Group};
use crate::catalog::Catalog;
use crate::engine::memory::{Budget, PartName, Place, Placement, budget};
use crate::spec::{
    FileType, GpuLayers, Inference, LanguageModel, Logits, Model, Quantization, Runtime, Scenario, Workload,
};
use crate::units::Bytes;
use setting::{CacheType, Setting};

const CASES: Table =
    Table::new("llama_cpp.csv", include_str!("../../../assets/evidence/measurements/llama_cpp.csv"));
const GRAPHS: Table = Table::new(
    "llama_cpp_graphs.csv",
    include_str!("../../../assets/evidence/measurements/llama_cpp_graphs.csv"),
);
const SHAPES: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_graphs.ron");
const SIZES: Table =
    Table::new("gguf_sizes.csv", include_str!("../../../assets/evidence/measurements/gguf_sizes.csv"));

/// What the shipped measurements of llama.cpp say about the engine.
///
/// Totals of the named cases, of the grid by placement, of several devices and of layers on the host, file sizes, and
/// the parts beside the weights alone.
///
/// # Errors
/// When a table does not read, or the catalog lacks a measured model.
pub fn llama_cpp(catalog: &Catalog) -> Result<Vec<Group>, EvidenceError> {
    let mut groups = cases(catalog)?;
    groups.extend(grid::groups(catalog)?);
    groups.extend(places::devices(catalog)?);
    groups.extend(places::offload(catalog)?);
    groups.push(sizes(catalog)?);
    Ok(groups)
}

/// A row of a graph without weights.
#[derive(Debug, Deserialize)]
struct GraphRow {
    shape: String,
    ctx_bytes: Size,
    compute_bytes: Size,
}

/// Compute buffers of architectures that have no row in the other tables, each in a model of a few layers.
///
/// # Errors
/// When a table or the file of shapes does not read.
pub fn llama_cpp_graphs() -> Result<Vec<Group>, EvidenceError> {
    let shapes: Vec<Model> = ron::from_str(SHAPES).map_err(|error| EvidenceError::Unreadable {
        table: "llama_cpp_graphs.ron",
        message: error.to_string(),
    })?;
    let mut buffers =
        Group::part("llama.cpp, further architectures, compute buffer on the CPU", MeasuredOn::OwnAccounting);
    let mut caches =
        Group::part("llama.cpp, further architectures, caches and states", MeasuredOn::OwnAccounting);
    let settings: Vec<Setting> = GRAPHS.rows()?;
    for (row, setting) in GRAPHS.rows::<GraphRow>()?.iter().zip(settings) {
        let shape = shapes.iter().find(|shape| shape.id == row.shape);
        let shape = shape.ok_or_else(|| EvidenceError::UnknownModel(row.shape.clone()))?;
        let inference = setting.inference(Quantization::Gguf(FileType::F16));
        let predicted = predicted(&Arc::new(shape.clone()), inference, Placement::Cpu);
        buffers.push(&row.shape, named(&predicted, PartName::ComputeBuffer), row.compute_bytes.bytes());
        caches.push(&row.shape, kept(&predicted), row.ctx_bytes.bytes());
    }
    Ok(vec![buffers, caches])
}

/// A named case, measured without a device, on one, and on one by Metal's rules.
#[derive(Debug, Deserialize)]
struct CaseRow {
    case_id: String,
    model: String,
    #[serde(deserialize_with = "file_type")]
    file_type: Quantization,
    n_ctx: u64,
    n_seq_max: u64,
    n_ubatch: u64,
    type_k: CacheType,
    #[serde(deserialize_with = "flag")]
    flash_attn: bool,
    #[serde(deserialize_with = "flag")]
    kv_unified: bool,
    output_bytes: Size,
    total_bytes: Size,
    total_bytes_server: Size,
    gpu_grand_total: Size,
    gpu_grand_total_server: Size,
    dev_model_bytes: Size,
    dev_ctx_bytes: Size,
    host_model_bytes: Size,
    host_ctx_bytes: Size,
    host_compute_bytes: Size,
    host_compute_bytes_server: Size,
    metal_emul_dev_compute_bytes: Size,
    metal_emul_dev_compute_bytes_server: Size,
}

impl CaseRow {
    const fn setting(&self) -> Setting {
        Setting {
            n_ctx: self.n_ctx,
            n_seq_max: self.n_seq_max,
            n_ubatch: self.n_ubatch,
            kv_type: self.type_k,
            flash_attn: self.flash_attn,
            n_outputs_max: 0,
            kv_unified: self.kv_unified,
        }
    }

    /// Everything but the output buffer.
    fn measured(&self, placement: Placement, logits: Logits) -> Bytes {
        let around = self.dev_model_bytes.bytes()
            + self.dev_ctx_bytes.bytes()
            + self.host_model_bytes.bytes()
            + self.host_ctx_bytes.bytes();
        match (placement, logits) {
            (Placement::Cpu, Logits::All) => self.total_bytes.bytes() - self.output_bytes.bytes(),
            (Placement::Cpu, Logits::Last) => self.total_bytes_server.bytes() - self.output_bytes.bytes(),
            (Placement::Gpu, Logits::All) => self.gpu_grand_total.bytes() - self.output_bytes.bytes(),
            (Placement::Gpu, Logits::Last) => self.gpu_grand_total_server.bytes() - self.output_bytes.bytes(),
            (Placement::Metal, Logits::All) => {
                around + self.metal_emul_dev_compute_bytes.bytes() + self.host_compute_bytes.bytes()
            }
            (Placement::Metal, Logits::Last) => {
                around
                    + self.metal_emul_dev_compute_bytes_server.bytes()
                    + self.host_compute_bytes_server.bytes()
            }
        }
    }
}

const CASE_GROUPS: [(&str, Placement, Logits); 6] = [
    ("llama.cpp, CPU, library logits", Placement::Cpu, Logits::All),
    ("llama.cpp, CPU, server logits", Placement::Cpu, Logits::Last),
    ("llama.cpp, GPU, library logits", Placement::Gpu, Logits::All),
    ("llama.cpp, GPU, server logits", Placement::Gpu, Logits::Last),
    ("llama.cpp, Metal, library logits", Placement::Metal, Logits::All),
    ("llama.cpp, Metal, server logits", Placement::Metal, Logits::Last),
];

fn cases(catalog: &Catalog) -> Result<Vec<Group>, EvidenceError> {
    let rows: Vec<CaseRow> = CASES.rows()?;
    let mut groups = Vec::new();
    for (name, placement, logits) in CASE_GROUPS {
        let mut group = Group::total(name, measured_on(placement));
        for row in &rows {
            let inference = Inference { logits, ..row.setting().inference(row.file_type) };
            let predicted = predicted(&model(&row.model, catalog)?, inference, placement);
            group.push(
                format!("{} {}", row.case_id, row.model),
                own(&predicted),
                row.measured(placement, logits),
            );
        }
        groups.push(group);
    }
    Ok(groups)
}

/// What a placement was measured on: no GPU and no Mac was at hand.
const fn measured_on(placement: Placement) -> MeasuredOn {
    match placement {
        Placement::Cpu => MeasuredOn::OwnAccounting,
        Placement::Gpu | Placement::Metal => MeasuredOn::EmulatedDevice,
    }
}

#[derive(Debug, Deserialize)]
struct SizeRow {
    model: String,
    #[serde(deserialize_with = "file_type")]
    file_type: Quantization,
    gguf_file_bytes: Size,
}

/// Mixtral's published files are older than today's rules; its row is what today's quantizer makes.
fn sizes(catalog: &Catalog) -> Result<Group, EvidenceError> {
    let mut group = Group::total("GGUF file sizes by llama.cpp's quantizer", MeasuredOn::OwnAccounting);
    for row in SIZES.rows::<SizeRow>()? {
        let model = model(&row.model, catalog)?;
        let weights = crate::engine::memory::weights(&model, row.file_type, Placement::Cpu, GpuLayers::Auto);
        group.push(
            format!("{} {}", row.model, row.file_type.key()),
            weights.file,
            row.gguf_file_bytes.bytes(),
        );
    }
    Ok(group)
}

/// A measured model in the catalog.
fn model(name: &str, catalog: &Catalog) -> Result<Arc<Model>, EvidenceError> {
    let id = name.to_lowercase();
    let id = id.strip_suffix("-671b").unwrap_or(&id);
    let found = catalog.model(id).ok().map(Arc::clone);
    found.ok_or_else(|| EvidenceError::UnknownModel(name.to_owned()))
}

fn predicted(model: &Arc<Model>, inference: Inference, placement: Placement) -> Budget {
    let language = LanguageModel::named(Arc::clone(model), Runtime::LlamaCpp);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    budget(&scenario, placement)
}

/// The peak of llama.cpp's own allocations, without the output buffer.
fn own(predicted: &Budget) -> Bytes {
    let parts = predicted.peak().map(|phase| phase.parts.as_slice()).unwrap_or_default();
    let left_out = [PartName::Overhead, PartName::OutputBuffer];
    parts.iter().filter(|part| !left_out.contains(&part.name)).map(|part| part.bytes.best).sum()
}

/// All parts of one name at the peak; a host buffer beside a device is none of them.
fn named(predicted: &Budget, name: PartName) -> Bytes {
    let device_first = predicted.placement != Placement::Cpu && name == PartName::ComputeBuffer;
    let parts = predicted.peak().map(|phase| phase.parts.as_slice()).unwrap_or_default();
    let counted = parts.iter().filter(|part| part.name == name);
    counted.filter(|part| !device_first || part.place == Place::Device).map(|part| part.bytes.best).sum()
}

/// Caches and states at the peak.
fn kept(predicted: &Budget) -> Bytes {
    let names = [PartName::KvCache, PartName::IndexerCache, PartName::RecurrentState];
    names.map(|name| named(predicted, name)).into_iter().sum()
}
