//! What of a model decides its speed, of models of the catalog.

use crate::asked::CONTEXT;
use plimsoll::engine::speed::Reads;
use plimsoll::spec::{FileType, Quantization};

#[test]
fn bf16_is_bf16_in_a_checkpoint_and_in_a_file_of_llama_cpp() {
    let model = CONTEXT.catalog.model("llama-3.1-8b").expect("a model");
    let of = |quantization| Reads::of(model, quantization).bf16;
    assert!(of(Quantization::Bf16) && of(Quantization::Gguf(FileType::BF16)));
    assert!(!of(Quantization::Gguf(FileType::F16)));
}

#[test]
fn latent_attention_multiplies_by_more_where_it_is_folded() {
    let reads = |model| Reads::of(CONTEXT.catalog.model(model).expect("a model"), Quantization::Bf16);
    let latent = reads("deepseek-r1");
    // 128 heads of 61 layers: 512 and half of 64 in place of 128 and 64.
    assert!((latent.latent - 61.0 * 128.0 * (544.0 - 192.0)).abs() < 1.0, "{}", latent.latent);
    assert!(latent.attended(1000.0, true) > 2.0 * latent.attended(1000.0, false));
    assert!(reads("llama-3.1-8b").latent <= 0.0);
}
