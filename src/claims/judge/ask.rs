//! A claim as a question to the engine.

use std::sync::Arc;

use super::Judge;
use super::picked::note;
use crate::claims::asked::{answer, scenario};
use crate::claims::understood::Understood;
use crate::claims::words::model::{ModelIs, ModelSaid};
use crate::engine::Estimate;
use crate::engine::speed::{InferenceSpeed, Speed};
use crate::engine::working::Detail;
use crate::spec::{Machine, Quantization, Runtime, Scenario, Vendor};

pub(super) use crate::claims::asked::{Asked, Keys};

/// Sizes that people name without a model, and the model that stands for each.
const STAND_INS: &[(f64, &str)] = &[
    (0.5, "qwen2.5-0.5b"),
    (0.6, "qwen3-0.6b"),
    (1.0, "llama-3.2-1b"),
    (1.7, "qwen3-1.7b"),
    (3.0, "llama-3.2-3b"),
    (4.0, "qwen3-4b"),
    (7.0, "mistral-7b-v0.3"),
    (8.0, "llama-3.1-8b"),
    (9.0, "gemma-2-9b"),
    (12.0, "gemma-3-12b"),
    (13.0, "llama-2-13b"),
    (14.0, "qwen2.5-14b"),
    (27.0, "gemma-3-27b"),
    (32.0, "qwen3-32b"),
    (34.0, "codellama-34b"),
    (70.0, "llama-3.3-70b"),
    (72.0, "qwen2.5-72b"),
    (120.0, "gpt-oss-120b"),
    (123.0, "mistral-large-123b"),
    (405.0, "llama-3.1-405b"),
    (671.0, "deepseek-r1"),
];

impl Judge<'_> {
    /// The keys that say which model a claim means; nothing where that says too little of what a token reads.
    pub(super) fn model_keys(&self, said: &ModelSaid, claim: &mut Understood) -> Option<Keys> {
        match &said.is {
            ModelIs::Known(id) => Some(vec![("model", id.clone())]),
            ModelIs::Size(billions) => {
                let near = STAND_INS.iter().find(|(size, _)| (size - billions).abs() < 0.02 * size);
                match near {
                    Some((_, id)) => {
                        note(claim, format!("{} without a model's name: computed as {id}", said.words));
                        Some(vec![("model", (*id).to_owned())])
                    }
                    None => {
                        note(
                            claim,
                            format!(
                                "{} without a model's name: computed as a dense model of that size",
                                said.words
                            ),
                        );
                        Some(vec![
                            ("model", base_for(*billions).to_owned()),
                            ("model_size", format!("{billions}B")),
                        ])
                    }
                }
            }
            ModelIs::Unknown => {
                let billions = said.name.size.filter(|_| !self.may_have_experts(said))?;
                // A dense model of that size stands for one that there is none of, as for a size without a name.
                let dense = |(size, id): &&(f64, &'static str)| {
                    (size - billions).abs() < 0.02 * size
                        && !id.starts_with("gpt-oss")
                        && *id != "deepseek-r1"
                };
                if let Some((_, id)) = STAND_INS.iter().find(dense) {
                    note(claim, format!("{} computed as a dense model of that size, {id}", said.words));
                    return Some(vec![("model", (*id).to_owned())]);
                }
                let base = self
                    .lexicon
                    .models
                    .nearest(&said.name.head, billions)
                    .unwrap_or_else(|| base_for(billions));
                note(claim, format!("{} computed as a dense model of {billions} billion", said.words));
                Some(vec![("model", base.to_owned()), ("model_size", format!("{billions}B"))])
            }
            ModelIs::Pipeline(_) => None,
        }
    }

    /// A scenario of some keys.
    pub(super) fn scenario(&self, keys: &Keys) -> Option<Scenario> {
        scenario(keys, self.catalog)
    }

    /// What the engine says to some keys on a machine.
    pub(super) fn estimate(&self, keys: &Keys, machine: &Arc<Machine>) -> Option<Estimate> {
        answer(keys, machine, (self.catalog, self.calibration), Detail::Figures)
    }

    /// The same, where it is how fast a model answers.
    pub(super) fn answers(&self, keys: &Keys, machine: &Arc<Machine>) -> Option<InferenceSpeed> {
        match self.estimate(keys, machine)?.speed? {
            Speed::Inference(speed) => Some(speed),
            _ => None,
        }
    }
}

/// The model whose shape is scaled to a size that none of the catalog has.
fn base_for(billions: f64) -> &'static str {
    if billions < 5.0 {
        "llama-3.2-3b"
    } else if billions < 25.0 {
        "llama-3.1-8b"
    } else {
        "llama-3.3-70b"
    }
}

/// The formats that a claim may mean, the likeliest first; and whether it said one.
pub(super) fn formats(claim: &Understood, machine: Option<&Machine>) -> (Vec<Quantization>, Said) {
    let runtime = claim.runtime.as_ref().filter(|_| !claim.other_runtime).map(|said| said.runtime);
    let apple = machine.is_some_and(|machine| machine.vendor == Vendor::Apple);
    let Some(said) = &claim.format else {
        // gpt-oss is published in one format, which nobody names.
        let own = claim.models.first().is_some_and(|said| {
            matches!(&said.is, ModelIs::Known(id) if id.starts_with("gpt-oss"))
                || said.words.starts_with("120")
        });
        let published =
            Quantization::parse(if runtime == Some(Runtime::Vllm) { "mxfp4-hf" } else { "mxfp4" });
        return match published.ok().filter(|_| own && runtime != Some(Runtime::Mlx)) {
            Some(published) => (vec![published], Said::Format),
            None => (of_bits(4, runtime, apple), Said::Nothing),
        };
    };
    match (said.format, said.bits) {
        (Some(format), _) => (vec![format], Said::Format),
        (None, Some(bits)) => (of_bits(bits, runtime, apple), Said::Bits),
        (None, None) => (of_bits(4, runtime, apple), Said::Nothing),
    }
}

/// How exactly a format was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// By its name.
    Format,
    /// By its bits.
    Bits,
    /// Not at all.
    Nothing,
}

/// Formats of so many bits, the likeliest first.
fn of_bits(bits: u32, runtime: Option<Runtime>, apple: bool) -> Vec<Quantization> {
    let named =
        |keys: &[&str]| keys.iter().filter_map(|key| Quantization::parse(key).ok()).collect::<Vec<_>>();
    let mlx = format!("mlx-{bits}bit");
    let gguf: &[&str] = match bits {
        2 => &["Q2_K", "IQ2_M", "IQ2_XXS"],
        3 => &["Q3_K_M", "IQ3_XXS"],
        5 => &["Q5_K_M", "Q5_0"],
        6 => &["Q6_K"],
        8 => &["Q8_0"],
        16 => &["F16"],
        _ => &["Q4_K_M", "Q4_0", "IQ4_XS"],
    };
    match runtime {
        Some(Runtime::Mlx) => named(&[mlx.as_str(), "bf16"]).into_iter().take(1).collect(),
        Some(Runtime::Vllm) => named(match bits {
            8 => &["fp8"],
            16 => &["bf16"],
            _ => &["awq"],
        }),
        Some(Runtime::PyTorch) => named(match bits {
            8 => &["fp8"],
            16 => &["bf16"],
            _ => &["nf4"],
        }),
        _ if bits == 16 => named(&["bf16"]),
        _ => {
            let mut all = named(gguf);
            if apple {
                all.extend(named(&[mlx.as_str()]));
            }
            all
        }
    }
}
