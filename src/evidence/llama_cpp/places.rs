//! Where a model lies in several places: on several devices, or partly on the host.

use std::sync::Arc;

use serde::Deserialize;

use super::setting::{Allocated, Setting};
use super::{model, named, own, predicted};
use crate::catalog::Catalog;
use crate::engine::memory::{PartName, Placement, budget};
use crate::evidence::score::MeasuredOn;
use crate::evidence::table::{Table, file_type, named as choice};
use crate::evidence::{EvidenceError, Group};
use crate::spec::{
    Devices, GpuLayers, Inference, LanguageModel, Quantization, Runtime, Scenario, Split, Workload,
};

const DEVICES: Table = Table::new(
    "llama_cpp_devices.csv",
    include_str!("../../../assets/evidence/measurements/llama_cpp_devices.csv"),
);
const OFFLOAD: Table = Table::new(
    "llama_cpp_offload.csv",
    include_str!("../../../assets/evidence/measurements/llama_cpp_offload.csv"),
);

#[derive(Debug, Deserialize)]
struct DevicesRow {
    model: String,
    #[serde(deserialize_with = "file_type")]
    file_type: Quantization,
    devices: u32,
    #[serde(deserialize_with = "choice")]
    split: Split,
}

/// The fullest of several devices with the host beside it, by the way the model is sharded.
pub(super) fn devices(catalog: &Catalog) -> Result<Vec<Group>, EvidenceError> {
    let on = MeasuredOn::EmulatedDevice;
    let mut layers = [
        Group::total("llama.cpp, 1 to 4 devices by layers", on),
        Group::part("llama.cpp, 1 to 4 devices by layers, compute buffer", on),
    ];
    let mut tensor = [
        Group::total("llama.cpp, 2 to 4 devices by tensor", on),
        Group::part("llama.cpp, 2 to 4 devices by tensor, compute buffer", on),
    ];
    let rows: Vec<DevicesRow> = DEVICES.rows()?;
    let settings: Vec<Setting> = DEVICES.rows()?;
    let allocated: Vec<Allocated> = DEVICES.rows()?;
    for ((row, setting), measured) in rows.iter().zip(settings).zip(allocated) {
        let model = model(&row.model, catalog)?;
        let language = LanguageModel::named(Arc::clone(&model), Runtime::LlamaCpp);
        let workload = Workload::Inference(language, setting.inference(row.file_type));
        let scenario = Scenario {
            devices: Devices { count: Some(row.devices), split: row.split, ..Devices::default() },
            ..Scenario::new("", workload)
        };
        let predicted = budget(&scenario, Placement::Gpu);
        let name = format!("{} devices {}", setting.name(&row.model), row.devices);
        let [totals, buffers] = if row.split == Split::Tensor { &mut tensor } else { &mut layers };
        totals.push(&name, own(&predicted), measured.total());
        buffers.push(name, named(&predicted, PartName::ComputeBuffer), measured.dev_compute.bytes());
    }
    Ok(layers.into_iter().chain(tensor).collect())
}

#[derive(Debug, Deserialize)]
struct OffloadRow {
    model: String,
    #[serde(deserialize_with = "file_type")]
    file_type: Quantization,
    /// Layers on the device; `-` for all.
    #[serde(deserialize_with = "csv::invalid_option")]
    gpu_layers: Option<u64>,
    cpu_experts: u64,
}

/// Layers, or the experts of some, in the host's memory.
pub(super) fn offload(catalog: &Catalog) -> Result<Vec<Group>, EvidenceError> {
    let on = MeasuredOn::EmulatedDevice;
    let mut layers = [
        Group::total("llama.cpp, some layers on the host", on),
        Group::part("llama.cpp, some layers on the host, compute buffer on the device", on),
    ];
    let mut experts = [
        Group::total("llama.cpp, experts on the host", on),
        Group::part("llama.cpp, experts on the host, compute buffer on the device", on),
    ];
    let rows: Vec<OffloadRow> = OFFLOAD.rows()?;
    let settings: Vec<Setting> = OFFLOAD.rows()?;
    let allocated: Vec<Allocated> = OFFLOAD.rows()?;
    for ((row, setting), measured) in rows.iter().zip(settings).zip(allocated) {
        let gpu_layers = row.gpu_layers.map_or(GpuLayers::Auto, GpuLayers::Count);
        let inference =
            Inference { gpu_layers, cpu_experts: row.cpu_experts, ..setting.inference(row.file_type) };
        let predicted = predicted(&model(&row.model, catalog)?, inference, Placement::Gpu);
        let on_device = row.gpu_layers.map_or("all".to_owned(), |layers| layers.to_string());
        let name = format!("{} on the GPU {on_device}", setting.name(&row.model));
        let [totals, buffers] = if row.cpu_experts > 0 { &mut experts } else { &mut layers };
        totals.push(&name, own(&predicted), measured.total());
        buffers.push(name, named(&predicted, PartName::ComputeBuffer), measured.dev_compute.bytes());
    }
    Ok(layers.into_iter().chain(experts).collect())
}
