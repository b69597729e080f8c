//! What surrounds llama.cpp's own allocations.
//!
//! Counted here, with the program: the process, the workspace of the matrix library and its scratch on a
//! device, and on a CPU the rearranged copy of the weights. Not counted here: what a driver and an empty
//! context keep. That lowers the ceiling of a card (`Memory::Discrete`), so nothing is counted twice.

use super::graph::Layout;
use crate::engine::memory::weights::Weights;
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Working};
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
pub(super) fn parts(parts: &mut Vec<Part>, quantization: Quantization, stored: &Weights, layout: Layout) {
    let rearranged =
        if layout.placement == Placement::Cpu { rearranged(quantization, stored) } else { Bytes::ZERO };
    let working = Working::new(
        "process + rearranged copy of the weights (high end only)",
        &[("weights that may be rearranged", rearranged.get())],
        "observed on llama.cpp 0.5.0: Llama 3.1 8B Q4_K_M holds 3.1 GiB of its weights twice on x86",
    );
    let host = Band { high: PROCESS.high + rearranged, ..PROCESS };
    parts.push(part(Place::Host, host, working));
    let (device, formula) = match layout.placement {
        Placement::Cpu => return,
        Placement::Gpu => (WORKSPACE, "workspace of the matrix library + scratch of kernels"),
        Placement::Metal => (KERNELS, "compiled kernels and command buffers"),
    };
    parts.push(part(Place::Device, device, Working::new(formula, &[], "observed range")));
}

const fn part(place: Place, bytes: Band<Bytes>, working: Working) -> Part {
    Part { name: PartName::Runtime, place, bytes, basis: Basis::Observed, working, workings: None }
}

/// The most that may be held in a second order: on a CPU llama.cpp rearranges the matrices of these formats
/// for its kernels and keeps the mapped file, which the system may drop.
fn rearranged(quantization: Quantization, stored: &Weights) -> Bytes {
    match quantization {
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
            | FileType::MXFP4,
        ) => stored.host,
        _ => Bytes::ZERO,
    }
}
