//! The method of a `quantization_config`, by its name.

use serde_json::Value;

use super::compressed::compressed_tensors;
use super::method::{
    Method, Scheme, auto_round, bitnet, bitsandbytes, eetq, eight_float, exl, flag, fp8, hqq, integers,
    modelopt, mxfp4, mxfp8, quark, text,
};
use super::torchao;
use crate::spec::{Quantization, Scales};

/// The method of a `quantization_config`, or `None` where it is not known.
pub(super) fn method(config: &Value) -> Option<Method> {
    let method = text(config, "quant_method");
    match method.as_deref() {
        Some("fp8" | "deepseek_fp8" | "finegrained_fp8") => Some(fp8(config)),
        Some("fbgemm_fp8") => {
            Some(Method::of(Some(Quantization::Fp8), eight_float().with(Scales::Rows, 32.0)))
        }
        Some("gptq" | "gptq_marlin") => integers(config, Scheme::Gptq),
        Some("awq" | "awq_marlin") => integers(config, Scheme::Awq),
        Some("auto-round" | "auto_round" | "intel/auto-round") => auto_round(config),
        Some("bitsandbytes" | "bitsandbytes_4bit" | "bitsandbytes_8bit") => bitsandbytes(config),
        Some("mxfp4" | "gpt_oss_mxfp4") => Some(Method::of(None, mxfp4())),
        Some("mxfp8") => Some(Method::of(None, mxfp8())),
        Some("modelopt" | "modelopt_fp4" | "nvfp4") | None if config.get("quant_algo").is_some() => {
            modelopt(config)
        }
        // As `ModelOpt` writes it into a file beside.
        Some("modelopt" | "modelopt_fp4" | "nvfp4")
            if config.get("quantization").is_some_and(|inside| inside.get("quant_algo").is_some()) =>
        {
            modelopt(config.get("quantization")?)
        }
        Some("eetq") => Some(eetq()),
        // ModelOpt that names no algorithm writes the groups of compressed-tensors.
        Some(
            "compressed-tensors" | "compressed_tensors" | "sparseml" | "modelopt" | "modelopt_fp4" | "nvfp4",
        ) => compressed_tensors(config),
        None if ["config_groups", "sparsity_config"].iter().any(|key| config.get(*key).is_some()) => {
            compressed_tensors(config)
        }
        Some("torchao") => torchao::method(config),
        Some("bitnet") => Some(Method::of(None, bitnet(config))),
        Some("hqq") => hqq(config),
        Some("quark") => quark(config),
        Some("exl2" | "exl3") => exl(config, method.as_deref() == Some("exl3")),
        None if flag(config, "load_in_8bit").or_else(|| flag(config, "load_in_4bit")).is_some() => {
            bitsandbytes(config)
        }
        _ => None,
    }
}
