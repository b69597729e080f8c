//! The grid of settings: context, slots, chunk, cache format, attention, logits and placement varied.

use serde::Deserialize;

use super::setting::{Allocated, Setting};
use super::{kept, measured_on, model, named, own, predicted};
use crate::catalog::Catalog;
use crate::engine::memory::{PartName, Placement};
use crate::evidence::table::{Table, file_type};
use crate::evidence::{EvidenceError, Group};
use crate::spec::Quantization;

const ROWS: Table = Table::new(
    "llama_cpp_grid.csv",
    include_str!("../../../assets/evidence/measurements/llama_cpp_grid.csv"),
);

#[derive(Debug, Deserialize)]
struct GridRow {
    model: String,
    #[serde(deserialize_with = "file_type")]
    file_type: Quantization,
    placement: GridPlacement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum GridPlacement {
    Cpu,
    Dev,
    Metal,
}

impl GridPlacement {
    const fn placement(self) -> Placement {
        match self {
            Self::Cpu => Placement::Cpu,
            Self::Dev => Placement::Gpu,
            Self::Metal => Placement::Metal,
        }
    }

    /// Names of its totals, its compute buffers, and its caches and states.
    const fn names(self) -> [&'static str; 3] {
        match self {
            Self::Cpu => [
                "llama.cpp grid, CPU",
                "llama.cpp grid, CPU, compute buffer",
                "llama.cpp grid, CPU, caches and states",
            ],
            Self::Dev => [
                "llama.cpp grid, GPU",
                "llama.cpp grid, GPU, compute buffer on the device",
                "llama.cpp grid, GPU, caches and states",
            ],
            Self::Metal => [
                "llama.cpp grid, Metal",
                "llama.cpp grid, Metal, compute buffer on the device",
                "llama.cpp grid, Metal, caches and states",
            ],
        }
    }
}

/// Totals, compute buffers and caches, by placement.
pub(super) fn groups(catalog: &Catalog) -> Result<Vec<Group>, EvidenceError> {
    let rows: Vec<GridRow> = ROWS.rows()?;
    let settings: Vec<Setting> = ROWS.rows()?;
    let allocated: Vec<Allocated> = ROWS.rows()?;
    let mut groups = Vec::new();
    for on in [GridPlacement::Cpu, GridPlacement::Dev, GridPlacement::Metal] {
        let placement = on.placement();
        let [total, buffer, cache] = on.names();
        let mut totals = Group::total(total, measured_on(placement));
        let mut buffers = Group::part(buffer, measured_on(placement));
        let mut caches = Group::part(cache, measured_on(placement));
        for ((row, setting), measured) in rows.iter().zip(&settings).zip(&allocated) {
            if row.placement != on {
                continue;
            }
            let predicted =
                predicted(&model(&row.model, catalog)?, setting.inference(row.file_type), placement);
            let name = setting.name(&row.model);
            let buffer = match on {
                GridPlacement::Cpu => measured.host_compute.bytes(),
                GridPlacement::Dev | GridPlacement::Metal => measured.dev_compute.bytes(),
            };
            totals.push(&name, own(&predicted), measured.total());
            buffers.push(&name, named(&predicted, PartName::ComputeBuffer), buffer);
            caches.push(name, kept(&predicted), measured.host_ctx.bytes() + measured.dev_ctx.bytes());
        }
        groups.extend([totals, buffers, caches]);
    }
    Ok(groups)
}
