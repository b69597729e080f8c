//! Operations are those that PyTorch's own counter counts (`FlopCounterMode` on the meta device).

use plimsoll::catalog::Catalog;
use plimsoll::engine::speed::{Reads, denoising};
use plimsoll::spec::{Pipeline, Quantization};

/// Measured by `tests/evidence/flops/count.py`.
const ROWS: &str = include_str!("../assets/evidence/measurements/flops.csv");

/// Parameters that a token is multiplied by, and widths of all query heads.
fn multiplied(model: &str) -> (f64, f64) {
    let catalog = Catalog::built_in();
    let model = catalog.model(model).expect("the catalog has it");
    let reads = Reads::of(model, Quantization::Bf16);
    let looked_up =
        if model.tied_embeddings { 0.0 } else { f64::from(model.vocabulary) * f64::from(model.hidden) };
    (reads.active - looked_up, reads.query)
}

/// The counter takes attention over all pairs of positions, which the engine halves.
fn predicted(model: &str, what: &str, tokens: f64) -> f64 {
    if what == "unet pass" {
        return denoising(Pipeline::Sdxl, 1024.0 * 1024.0, 1.0, 77.0);
    }
    let (parameters, query) = multiplied(model);
    // Adapters alone are trained: forward, gradients of values, and forward once more where layers are recomputed.
    let (products, attention) = match what {
        "forward" => (1.0, 1.0),
        "lora16 step" => (2.0, 3.0),
        _ => (3.0, 4.0),
    };
    2.0 * parameters * tokens * products + 4.0 * query * tokens * tokens * attention
}

#[test]
fn operations_are_those_that_pytorch_counts() {
    let mut worst = ("", 0.0_f64);
    for line in ROWS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [case, model, what, tokens, flops, _] = cells[..] else { unreachable!("six columns: {line}") };
        let (tokens, flops): (f64, f64) = (tokens.parse().expect("tokens"), flops.parse().expect("flops"));
        let off = predicted(model, what, tokens) / flops - 1.0;
        println!("{case:<22} {what:<32} {:>+7.2} %", off * 100.0);
        // Two misses that are known: the engine computes the head again too, which checkpointing of layers does not,
        // and counts an eighth too little of SDXL's pass, most of its products of attention.
        let known = match case {
            "L-checkpointed" => Some(0.01..0.02),
            "U-sdxl" => Some(-0.125..-0.105),
            _ => None,
        };
        if let Some(known) = known {
            assert!(known.contains(&off), "{case}: {off}");
            continue;
        }
        if off.abs() > worst.1 {
            worst = (case, off.abs());
        }
    }
    assert!(worst.1 < 0.01, "{} is {:.2} % off", worst.0, worst.1 * 100.0);
}
