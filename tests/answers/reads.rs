//! What of a model decides its speed, of models of the catalog.

use crate::asked::CONTEXT;
use plimsoll::engine::speed::{Chip, ChipKind, Prompt, Reads, prefill_terms};
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

/// Mixtral 8x7B (its configuration): 32 layers of eight experts of 3 × 4,096 × 14,336, two of which a token uses, beside
/// 1.6 billion parameters that every token uses.
#[test]
fn most_of_what_a_mixture_reads_are_its_experts() {
    let reads = Reads::of(CONTEXT.catalog.model("mixtral-8x7b").expect("a model"), Quantization::Bf16);
    let expert = 32.0 * 3.0 * 4096.0 * 14_336.0;
    let others = 46_702_792_704.0 - 8.0 * expert;
    let share = 2.0 * expert / (2.0 * expert + others);
    assert!((reads.routed_share() - share).abs() < 1e-4, "{} is not {share}", reads.routed_share());
    assert!((0.87..0.88).contains(&share), "{share}");
    let dense = Reads::of(CONTEXT.catalog.model("llama-3.1-8b").expect("a model"), Quantization::Bf16);
    assert!(dense.routed_share().abs() < f64::EPSILON, "nothing is routed");
}

/// A score of a head of 64 takes as long as one of 128, so twice its operations; on Apple it does not, and on Radeon the shaders
/// compute it.
#[test]
fn narrow_heads_fill_tiles_of_attention_in_part() {
    let chip =
        |machine: &str| Chip::of(CONTEXT.catalog.machine(machine).expect("a machine")).expect("its rates");
    let terms = |model: &str, chip: Chip| {
        let reads = Reads::of(CONTEXT.catalog.model(model).expect("a model"), Quantization::Bf16);
        let prompt =
            Prompt { tokens: 2.0, depth: 999.0, chunk: 512.0, older: false, one_model: false, folded: true };
        let operations = 4.0 * reads.attended(1000.0, true);
        let terms = prefill_terms(&reads, &chip, &prompt);
        [
            terms.attention * chip.integer.get() / 2.0 / operations,
            terms.attention_shaders * chip.shaders.get() / operations,
            terms.attention * chip.shaders.get() / operations,
        ]
    };
    let is = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
    let (card, radeon) = (chip("rtx-4090-24gb"), chip("rx-9070xt"));
    is(terms("gpt-oss-20b", card)[0], 2.0);
    is(terms("llama-3.1-8b", card)[0], 1.0);
    is(terms("gpt-oss-20b", radeon)[1], 2.0);
    is(terms("gpt-oss-20b", radeon)[0], 0.0);
    is(terms("gpt-oss-20b", chip("apple-m2ultra-76c-192gb"))[2], 1.0);
    is(terms("gpt-oss-20b", Chip { kind: ChipKind::Processor, ..card })[0], 1.0);
}
