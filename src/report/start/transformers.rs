//! A model read with Transformers: a script of a few lines.

use super::drafting;
use super::names::checkpoint;
use crate::engine::Resolved;
use crate::engine::graph;
use crate::spec::{AttentionKernel, Quantization};

/// Generates from the text of a file, as many answers at once as are asked for.
pub(super) fn generate(resolved: &Resolved) -> Option<String> {
    let inference = graph::inference(&resolved.scenario.workload)?;
    let packed = inference.quantization == Quantization::Nf4;
    let ahead = drafting::of_transformers(resolved, &inference)?;
    let model = checkpoint(resolved)?;
    let (import, argument) = if packed {
        (
            ", BitsAndBytesConfig",
            ", quantization_config=BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type=\"nf4\", \
             bnb_4bit_compute_dtype=torch.bfloat16)",
        )
    } else {
        ("", "")
    };
    let kernel = if inference.attention == AttentionKernel::Eager { "eager" } else { "sdpa" };
    Some(format!(
        "python -c 'import torch; from transformers import AutoModelForCausalLM, AutoTokenizer{import}; words = \
         AutoTokenizer.from_pretrained(\"{model}\"); model = AutoModelForCausalLM.from_pretrained(\"{model}\", \
         dtype=torch.bfloat16, device_map=\"auto\", attn_implementation=\"{kernel}\"{argument}); prompts = \
         words([open(\"prompt.txt\").read()] * {}, return_tensors=\"pt\").to(model.device); \
         print(words.batch_decode(model.generate(**prompts, max_new_tokens={}{ahead})))'",
        inference.concurrency.max(1),
        inference.generate
    ))
}
