//! What surrounds llama.cpp's own allocations.
//!
//! Counted here, with the program: the process, the workspace of the matrix library and its scratch on a
//! device, and on a CPU the rearranged copy of the weights. Not counted here: what a driver and an empty
//! context keep. That lowers the ceiling of a card (`Memory::Discrete`), so nothing is counted twice.

use crate::engine::memory::{Basis, Part, PartName, Place, Placement};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{FileType, Quantization};
use crate::units::{Band, Bytes};

/// Code, vocabulary, threads and tables of the process.
const PROCESS: Band<Bytes> = Band { low: Bytes::mib(20.0), best: Bytes::mib(30.0), high: Bytes::mib(120.0) };
/// Workspace of the matrix library, and scratch that kernels take beside the reserved buffers.
const WORKSPACE: Band<Bytes> =
    Band { low: Bytes::mib(30.0), best: Bytes::mib(80.0), high: Bytes::mib(300.0) };
/// Compiled kernels and command buffers on Apple's GPU.
const KERNELS: Band<Bytes> = Band { low: Bytes::mib(10.0), best: Bytes::mib(40.0), high: Bytes::mib(150.0) };

/// The process on the host and its workspace on the device.
pub(super) fn parts(
    parts: &mut Vec<Part>,
    quantization: Quantization,
    host_weights: f64,
    (placement, detail): (Placement, Detail),
) {
    let rearranged =
        if placement == Placement::Cpu && is_rearranged(quantization) { host_weights } else { 0.0 };
    let high = formula!(
        detail,
        "observed on llama.cpp 0.5.0: Llama 3.1 8B Q4_K_M holds 3.1 GiB of its weights twice on x86";
        process = PROCESS.high.get(),
        rearranged_weights = rearranged
        => process + rearranged_weights
    );
    let process = |bytes: Bytes| Figure::found(detail, "observed on llama.cpp 0.5.0", "process", bytes.get());
    parts.push(part(Place::Host, Worked::band(process(PROCESS.low), process(PROCESS.best), high)));
    let (device, name, source) = match placement {
        Placement::Cpu => return,
        Placement::Gpu => (
            WORKSPACE,
            "workspace_and_scratch",
            "observed range: workspace of the matrix library, scratch of kernels",
        ),
        Placement::Metal => {
            (KERNELS, "kernels_and_command_buffers", "observed range: compiled kernels and command buffers")
        }
    };
    let [low, best, high] =
        [device.low, device.best, device.high].map(|bytes| Figure::found(detail, source, name, bytes.get()));
    parts.push(part(Place::Device, Worked::band(low, best, high)));
}

fn part(place: Place, worked: Worked) -> Part {
    Part::worked(PartName::Overhead, place, Basis::Observed, worked)
}

/// Whether weights may be held in a second order: on a CPU llama.cpp rearranges the matrices of these formats
/// for its kernels and keeps the mapped file, which the system may drop.
const fn is_rearranged(quantization: Quantization) -> bool {
    matches!(
        quantization,
        Quantization::Gguf(
            FileType::Q8_0
                | FileType::Q6K
                | FileType::Q5KM
                | FileType::Q5KS
                | FileType::Q4KM
                | FileType::Q4KS
                | FileType::Q4_0
                | FileType::IQ4NL
                | FileType::Q2K
                | FileType::MXFP4
        )
    )
}
