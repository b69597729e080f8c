//! Where a model lies in several places: on several devices, or partly on the host.

use std::sync::Arc;

use super::{GRID_COLUMNS, file_type, grid_name, inference, model, named, own, row, said};
use crate::engine::memory::{PartName, Placement, budget};
use crate::evidence::table::Table;
use crate::evidence::{EvidenceError, Group};
use crate::spec::{
    Devices, GpuLayers, Inference, LanguageModel, Model, Named as _, Runtime, Scenario, Split, Workload,
};
use crate::units::{Bytes, count};

const DEVICES: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_devices.csv");
const OFFLOAD: &str = include_str!("../../../assets/evidence/measurements/llama_cpp_offload.csv");

/// The fullest of several devices with the host beside it, by the way the model is parted.
pub(super) fn devices(lookup: &impl Fn(&str) -> Option<Arc<Model>>) -> Result<Vec<Group>, EvidenceError> {
    let table = Table::read("llama_cpp_devices.csv", DEVICES)?;
    let mut groups = Vec::new();
    for (key, total, buffers) in [
        ("layers", "1 to 4 devices by layers", "1 to 4 devices by layers, compute buffer"),
        ("tensor", "2 to 4 devices by tensor", "2 to 4 devices by tensor, compute buffer"),
    ] {
        let mut totals = Group::new(total, true);
        let mut buffer = Group::new(buffers, false);
        let split = Split::named(key).unwrap_or_default();
        for cells in table.rows() {
            if cells.text("split")? != key {
                continue;
            }
            let model = model(&cells, lookup)?;
            let inference = inference(&cells, file_type(&cells)?)?;
            let number = u32::try_from(cells.number("devices")?).ok();
            let language = LanguageModel::named(Arc::clone(&model), Runtime::LlamaCpp);
            let scenario = Scenario {
                devices: Devices { count: number, split, ..Devices::default() },
                ..Scenario::new("", Workload::Inference(language, inference))
            };
            let said = budget(&scenario, Placement::Gpu);
            let name = format!("{} devices {}", grid_name(&cells)?, cells.text("devices")?);
            let mut whole = row(&cells, &name, own(&said), &DEVICE_COLUMNS)?;
            let logits = count(u64::from(model.vocabulary).saturating_mul(4));
            whole.measured += Bytes::new(logits * count(inference.concurrency));
            totals.rows.push(whole);
            buffer.rows.push(row(
                &cells,
                &name,
                named(&said, PartName::ComputeBuffer),
                &["dev_compute_bytes"],
            )?);
        }
        groups.extend([totals, buffer]);
    }
    Ok(groups)
}

/// Layers, or the experts of some, in the host's memory.
pub(super) fn offload(lookup: &impl Fn(&str) -> Option<Arc<Model>>) -> Result<Vec<Group>, EvidenceError> {
    let mut layers = [
        Group::new("some layers on the host", true),
        Group::new("some layers on the host, compute buffer", false),
    ];
    let mut experts =
        [Group::new("experts on the host", true), Group::new("experts on the host, compute buffer", false)];
    for cells in Table::read("llama_cpp_offload.csv", OFFLOAD)?.rows() {
        let model = model(&cells, lookup)?;
        let gpu_layers = match cells.text("gpu_layers")? {
            "-" => GpuLayers::Auto,
            _ => GpuLayers::Count(cells.number("gpu_layers")?),
        };
        let cpu_experts = cells.number("cpu_experts")?;
        let inference = Inference { gpu_layers, cpu_experts, ..inference(&cells, file_type(&cells)?)? };
        let said = said(&model, inference, Placement::Gpu);
        let name = format!("{} on the GPU {}", grid_name(&cells)?, cells.text("gpu_layers")?);
        let mut whole = row(&cells, &name, own(&said), &GRID_COLUMNS)?;
        let logits = count(u64::from(model.vocabulary).saturating_mul(4)) * count(inference.concurrency);
        whole.measured += Bytes::new(logits);
        let [totals, buffers] = if cpu_experts > 0 { &mut experts } else { &mut layers };
        totals.rows.push(whole);
        buffers.rows.push(row(&cells, &name, named(&said, PartName::ComputeBuffer), &["dev_compute_bytes"])?);
    }
    Ok(layers.into_iter().chain(experts).collect())
}

const DEVICE_COLUMNS: [&str; 5] =
    ["dev_model_bytes", "dev_ctx_bytes", "dev_compute_bytes", "host_model_bytes", "host_compute_bytes"];
