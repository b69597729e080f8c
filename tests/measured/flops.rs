//! Operations are those that PyTorch's own counter counts (`FlopCounterMode` on the meta device).

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::speed::{Reads, denoising};
use plimsoll::engine::{Assumptions, Speed, estimate};
use plimsoll::spec::{Pipeline, Quantization};

/// Measured by `tests/evidence/flops/count.py`.
const ROWS: &str = include_str!("../../assets/evidence/measurements/flops.csv");

/// Operations of a forward pass, by what the engine knows of a model: its matrices, and the widths of its queries.
fn forward(model: &str, tokens: f64) -> f64 {
    let model = CONTEXT.catalog.model(model).expect("the catalog has it");
    let reads = Reads::of(model, Quantization::Bf16);
    let looked_up =
        if model.tied_embeddings { 0.0 } else { f64::from(model.vocabulary) * f64::from(model.hidden) };
    2.0 * (reads.active - looked_up) * tokens + 4.0 * reads.query * tokens * tokens
}

/// Operations of a step with adapters, as the engine says them. It takes attention over the half of a sequence that is
/// not masked, PyTorch over all of it: the other half is added.
fn step(model: &str, again: bool, tokens: f64) -> f64 {
    let checkpointing = again.to_string();
    let length = tokens.to_string();
    let set = [
        ("model", model),
        ("method", "lora"),
        ("gradient_checkpointing", checkpointing.as_str()),
        ("sequence", length.as_str()),
        ("micro_batch", "1"),
    ];
    let scenario = asked("tool-calling-qlora-8b", &set);
    let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("the catalog has it");
    let Some(Speed::Training(speed)) = estimate(&scenario, machine, &Assumptions::new(calibration())).speed
    else {
        unreachable!("it trains there")
    };
    let query =
        Reads::of(CONTEXT.catalog.model(model).expect("the catalog has it"), Quantization::Bf16).query;
    let passes = if again { 4.0 } else { 3.0 };
    speed.flops.get() * tokens + 2.0 * query * tokens * tokens * passes
}

#[test]
fn operations_are_those_that_pytorch_counts() {
    let mut worst = ("", 0.0_f64);
    for line in ROWS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [case, model, what, size, flops, _] = cells[..] else { unreachable!("six columns: {line}") };
        let (size, flops): (f64, f64) = (size.parse().expect("a size"), flops.parse().expect("operations"));
        let predicted = match (what, model) {
            ("unet pass", "sdxl") => denoising(Pipeline::Sdxl, size, 1.0, 77.0),
            ("unet pass", _) => denoising(Pipeline::Sd15, size, 1.0, 77.0),
            ("forward", model) => forward(model, size),
            (_, model) => step(model, what.ends_with("checkpointing"), size),
        };
        let off = predicted / flops - 1.0;
        println!("{case:<22} {what:<32} {:>+7.2} %", off * 100.0);
        if case == "L-checkpointed" {
            // A miss that is known: the engine computes the head again too, which checkpointing of layers does not.
            assert!((0.0..0.02).contains(&off), "{off}");
            continue;
        }
        if off.abs() > worst.1 {
            worst = (case, off.abs());
        }
    }
    assert!(worst.1 < 0.01, "{} is {:.2} % off", worst.0, worst.1 * 100.0);
}
