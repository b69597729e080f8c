//! llama.cpp's own memory breakdown against the engine.

mod places;

use std::sync::Arc;

use super::table::{Cells, Table};
use super::{EvidenceError, Group, Row};
use crate::engine::memory::{Budget, PartName, Place, Placement, budget};
use crate::spec::{
    AttentionKernel, FileType, GpuLayers, Inference, KvPrecision, LanguageModel, Logits, Model, Quantization,
    Runtime, Scenario, Workload,
};
use crate::units::{Bytes, count};

const CASES: &str = include_str!("../../../assets/evidence/measurements/llama_cpp.csv");
const GRID: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_grid.csv");
const GRAPHS: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_graphs.csv");
const SHAPES: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_graphs.ron");
const SIZES: &str = include_str!("../../../assets/evidence/measurements/gguf_sizes.csv");

/// A case group: its name, placement, logits, and the columns that sum to the measured total.
type Case = (&'static str, Placement, Logits, &'static [&'static str]);

const CASE_GROUPS: [Case; 6] = [
    ("llama.cpp, CPU, library logits", Placement::Cpu, Logits::All, &["total_bytes"]),
    ("llama.cpp, CPU, server logits", Placement::Cpu, Logits::Last, &["total_bytes_server"]),
    ("llama.cpp, GPU, library logits", Placement::Gpu, Logits::All, &["gpu_grand_total"]),
    ("llama.cpp, GPU, server logits", Placement::Gpu, Logits::Last, &["gpu_grand_total_server"]),
    (
        "llama.cpp, Metal, library logits",
        Placement::Metal,
        Logits::All,
        &[
            "dev_model_bytes",
            "dev_ctx_bytes",
            "metal_emul_dev_compute_bytes",
            "host_model_bytes",
            "host_ctx_bytes",
            "host_compute_bytes",
            "output_bytes",
        ],
    ),
    (
        "llama.cpp, Metal, server logits",
        Placement::Metal,
        Logits::Last,
        &[
            "dev_model_bytes",
            "dev_ctx_bytes",
            "metal_emul_dev_compute_bytes_server",
            "host_model_bytes",
            "host_ctx_bytes",
            "host_compute_bytes_server",
            "output_bytes",
        ],
    ),
];

/// What the shipped measurements of llama.cpp say about the engine.
///
/// Totals of the named cases, of the grid by placement, file sizes, and the parts beside the weights alone;
/// `lookup` finds a model by catalog id. What surrounds llama.cpp's own allocations (`PartName::Runtime`) was not measured and is left out.
///
/// # Errors
/// When a table does not read, or `lookup` knows a measured model not.
pub fn llama_cpp(lookup: impl Fn(&str) -> Option<Arc<Model>>) -> Result<Vec<Group>, EvidenceError> {
    let mut groups = cases(&lookup)?;
    groups.extend(grid(&lookup)?);
    groups.extend(places::devices(&lookup)?);
    groups.extend(places::offload(&lookup)?);
    groups.push(sizes(&lookup)?);
    Ok(groups)
}

/// Compute buffers of architectures that have no row in the other tables, each in a model of a few layers.
///
/// # Errors
/// When a table or the file of shapes does not read.
pub fn llama_cpp_graphs() -> Result<Vec<Group>, EvidenceError> {
    let shapes: Vec<Model> =
        ron::from_str(SHAPES).map_err(|error| EvidenceError::Shapes(error.to_string()))?;
    let mut buffers = Group::new("further graphs, compute buffer on the CPU", false);
    let mut caches = Group::new("further graphs, caches and states", false);
    for cells in Table::read("llama_cpp_graphs.csv", GRAPHS)?.rows() {
        let name = cells.text("shape")?;
        let shape = shapes.iter().find(|shape| shape.id == name);
        let shape = shape.ok_or_else(|| EvidenceError::UnknownModel(name.to_owned()))?;
        let inference = inference(&cells, Quantization::Gguf(FileType::F16))?;
        let said = said(&Arc::new(shape.clone()), inference, Placement::Cpu);
        buffers.rows.push(row(&cells, name, named(&said, PartName::ComputeBuffer), &["compute_bytes"])?);
        let kept = named(&said, PartName::KvCache) + named(&said, PartName::RecurrentState);
        caches.rows.push(row(&cells, name, kept, &["ctx_bytes"])?);
    }
    Ok(vec![buffers, caches])
}

fn cases(lookup: &impl Fn(&str) -> Option<Arc<Model>>) -> Result<Vec<Group>, EvidenceError> {
    let table = Table::read("llama_cpp.csv", CASES)?;
    let mut groups = Vec::new();
    for (name, placement, logits, columns) in CASE_GROUPS {
        let mut group = Group::new(name, true);
        for cells in table.rows() {
            let model = model(&cells, lookup)?;
            let case = format!("{} {}", cells.text("case_id")?, cells.text("model")?);
            let inference = Inference { logits, ..case_inference(&cells)? };
            let said = said(&model, inference, placement);
            group.rows.push(row(&cells, &case, own(&said), columns)?);
        }
        groups.push(group);
    }
    Ok(groups)
}

fn grid(lookup: &impl Fn(&str) -> Option<Arc<Model>>) -> Result<Vec<Group>, EvidenceError> {
    let table = Table::read("llama_cpp_grid.csv", GRID)?;
    let mut groups = Vec::new();
    for (key, placement, total, buffers) in [
        ("cpu", Placement::Cpu, "grid, CPU", "grid, CPU, compute buffer"),
        ("dev", Placement::Gpu, "grid, GPU", "grid, GPU, compute buffer on the device"),
        ("metal", Placement::Metal, "grid, Metal", "grid, Metal, compute buffer on the device"),
    ] {
        let mut totals = Group::new(total, true);
        let mut buffer = Group::new(buffers, false);
        let mut caches = Group::new("grid, caches and states", false);
        for cells in table.rows() {
            if cells.text("placement")? != key {
                continue;
            }
            let model = model(&cells, lookup)?;
            let inference = inference(&cells, file_type(&cells)?)?;
            let said = said(&model, inference, placement);
            let name = grid_name(&cells)?;
            let mut whole = row(&cells, &name, own(&said), &GRID_COLUMNS)?;
            let logits = count(u64::from(model.vocabulary).saturating_mul(4)) * count(inference.concurrency);
            whole.measured += Bytes::new(logits);
            totals.rows.push(whole);
            let column = if placement == Placement::Cpu { "host_compute_bytes" } else { "dev_compute_bytes" };
            buffer.rows.push(row(&cells, &name, named(&said, PartName::ComputeBuffer), &[column])?);
            let kept = named(&said, PartName::KvCache) + named(&said, PartName::RecurrentState);
            caches.rows.push(row(&cells, &name, kept, &["host_ctx_bytes", "dev_ctx_bytes"])?);
        }
        groups.extend([totals, buffer, caches]);
    }
    Ok(groups)
}

const GRID_COLUMNS: [&str; 6] = [
    "host_model_bytes",
    "host_ctx_bytes",
    "host_compute_bytes",
    "dev_model_bytes",
    "dev_ctx_bytes",
    "dev_compute_bytes",
];

/// Mixtral's published files are older than today's rules; its row is what today's quantiser makes.
fn sizes(lookup: &impl Fn(&str) -> Option<Arc<Model>>) -> Result<Group, EvidenceError> {
    let mut group = Group::new("GGUF file sizes", true);
    for cells in Table::read("gguf_sizes.csv", SIZES)?.rows() {
        let model = model(&cells, lookup)?;
        let quantization = file_type(&cells)?;
        let file = crate::engine::memory::weights(&model, quantization, Placement::Cpu, GpuLayers::Auto).file;
        let name = format!("{} {}", cells.text("model")?, cells.text("file_type")?);
        group.rows.push(row(&cells, &name, file, &["gguf_file_bytes"])?);
    }
    Ok(group)
}

fn row(
    cells: &Cells<'_>,
    name: &str,
    predicted: Bytes,
    columns: &[&'static str],
) -> Result<Row, EvidenceError> {
    Ok(Row { name: name.to_owned(), predicted, measured: cells.bytes(columns)? })
}

fn model(
    cells: &Cells<'_>,
    lookup: &impl Fn(&str) -> Option<Arc<Model>>,
) -> Result<Arc<Model>, EvidenceError> {
    let name = cells.text("model")?;
    let id = name.to_lowercase();
    let id = id.strip_suffix("-671b").unwrap_or(&id);
    lookup(id).ok_or_else(|| EvidenceError::UnknownModel(name.to_owned()))
}

fn file_type(cells: &Cells<'_>) -> Result<Quantization, EvidenceError> {
    let key = cells.text("file_type")?;
    let known = FileType::ALL.into_iter().find(|file_type| file_type.key() == key);
    known.map(Quantization::Gguf).ok_or_else(|| cells.unreadable("file_type", key))
}

fn kv_precision(cells: &Cells<'_>, column: &'static str) -> Result<KvPrecision, EvidenceError> {
    match cells.text(column)? {
        "f16" => Ok(KvPrecision::F16),
        "q8_0" => Ok(KvPrecision::Q8_0),
        "q4_0" => Ok(KvPrecision::Q4_0),
        other => Err(cells.unreadable(column, other)),
    }
}

fn settings(
    cells: &Cells<'_>,
    quantization: Quantization,
    kv_precision: KvPrecision,
) -> Result<Inference, EvidenceError> {
    let context = cells.number("n_ctx")?;
    let ubatch = cells.number("n_ubatch")?;
    Ok(Inference {
        quantization,
        kv_precision,
        context,
        prompt: context,
        generate: 0,
        concurrency: cells.number("n_seq_max")?,
        unified_kv: cells.number("kv_unified")? == 1,
        ubatch,
        prefill_step: ubatch,
        attention: if cells.number("flash_attn")? == 1 {
            AttentionKernel::Fused
        } else {
            AttentionKernel::Eager
        },
        ..Inference::default()
    })
}

fn case_inference(cells: &Cells<'_>) -> Result<Inference, EvidenceError> {
    settings(cells, file_type(cells)?, kv_precision(cells, "type_k")?)
}

fn inference(cells: &Cells<'_>, quantization: Quantization) -> Result<Inference, EvidenceError> {
    let settings = settings(cells, quantization, kv_precision(cells, "kv_type")?)?;
    let logits = if cells.number("n_outputs_max")? == 0 { Logits::All } else { Logits::Last };
    Ok(Inference { logits, ..settings })
}

fn grid_name(cells: &Cells<'_>) -> Result<String, EvidenceError> {
    let mut name = cells.text("model")?.to_owned();
    for (said, column) in [
        ("context", "n_ctx"),
        ("slots", "n_seq_max"),
        ("chunk", "n_ubatch"),
        ("cache", "kv_type"),
        ("fused", "flash_attn"),
        ("outputs", "n_outputs_max"),
        ("unified", "kv_unified"),
    ] {
        name = format!("{name} {said} {}", cells.text(column)?);
    }
    Ok(name)
}

fn said(model: &Arc<Model>, inference: Inference, placement: Placement) -> Budget {
    let language = LanguageModel::named(Arc::clone(model), Runtime::LlamaCpp);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    budget(&scenario, placement)
}

/// The peak without what surrounds llama.cpp's own allocations.
fn own(said: &Budget) -> Bytes {
    let parts = said.peak().map(|phase| phase.parts.as_slice()).unwrap_or_default();
    parts.iter().filter(|part| part.name != PartName::Runtime).map(|part| part.bytes.best).sum()
}

/// All parts of one name at the peak; a host buffer beside a device is none of them.
fn named(said: &Budget, name: PartName) -> Bytes {
    let device_first = said.placement != Placement::Cpu && name == PartName::ComputeBuffer;
    let parts = said.peak().map(|phase| phase.parts.as_slice()).unwrap_or_default();
    let counted = parts.iter().filter(|part| part.name == name);
    counted.filter(|part| !device_first || part.place == Place::Device).map(|part| part.bytes.best).sum()
}
