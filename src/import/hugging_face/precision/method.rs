//! What each method of quantization stores for a matrix.

use serde_json::{Map, Value};

use crate::spec::{Packing, Quantization, Scales};
use crate::units::whole;

/// What a method does with the matrices that it packs.
pub(super) struct Method {
    /// The format's name, where it is exactly that.
    pub stored: Option<Quantization>,
    /// How a matrix is packed.
    pub packing: Packing,
    /// How the output matrix is packed, where it is.
    pub output: Option<Packing>,
}

/// A number, which some files write as a text.
pub(super) fn value(written: &Value) -> Option<f64> {
    let number = written.as_f64().or_else(|| written.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

/// A number of a configuration.
pub(super) fn number(part: &Value, key: &str) -> Option<f64> {
    part.get(key).and_then(value)
}

/// A small whole number.
pub(super) fn few(written: &Value) -> Option<u32> {
    let text = || written.as_str()?.trim().parse().ok();
    written.as_u64().or_else(text).and_then(|number| u32::try_from(number).ok())
}

/// A small whole number of a configuration.
pub(super) fn small(part: &Value, key: &str) -> Option<u32> {
    part.get(key).and_then(few)
}

/// A text of a configuration, in lower case.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_lowercase)
}

/// A yes or no of a configuration.
pub(super) fn flag(value: &Value, key: &str) -> Option<bool> {
    value.get(key).and_then(Value::as_bool)
}

impl Method {
    pub(super) const fn of(stored: Option<Quantization>, packing: Packing) -> Self {
        Self { stored, packing, output: None }
    }
}

/// 8-bit floats without scales.
pub(super) const fn eight_float() -> Packing {
    Packing::plain("fp8", 8.0)
}

/// The open standard's 4-bit floats: an 8-bit scale for 32 of them.
pub(super) const fn mxfp4() -> Packing {
    Packing::plain("mxfp4", 4.0).with(Scales::Groups(32), 8.0)
}

/// The open standard's 8-bit floats: an 8-bit scale for 32 of them.
pub(super) const fn mxfp8() -> Packing {
    Packing::plain("mxfp8", 8.0).with(Scales::Groups(32), 8.0)
}

/// NVIDIA's 4-bit floats: an 8-bit scale for 16 of them, and two 32-bit scales a matrix.
pub(super) const fn nvfp4() -> Packing {
    let packing = Packing::plain("nvfp4", 4.0).with(Scales::Groups(16), 8.0);
    Packing { matrix_bytes: 8, ..packing }
}

/// 8-bit floats with a scale a block, or one for the matrix and one for its inputs.
pub(super) fn fp8(config: &Value) -> Method {
    let packing = match config.get("weight_block_size").filter(|sides| !sides.is_null()) {
        Some(sides) => eight_float().with(blocks(sides), 32.0),
        None => Packing { matrix_bytes: 8, ..eight_float() },
    };
    Method::of(Some(Quantization::Fp8), packing)
}

/// The largest group of weights that shares a scale.
pub(super) const GROUP: i64 = 1 << 20;

/// Rows and columns of a block that shares a scale.
pub(super) fn block(sides: &Value) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let side = sides.as_array()?.get(at)?.as_i64().filter(|side| (1..=GROUP).contains(side))?;
        u32::try_from(side).ok()
    };
    side(0).zip(side(1))
}

/// The scales of blocks: of one row they are groups, and where the sides cannot be, or differ otherwise, squares.
pub(super) fn blocks(sides: &Value) -> Scales {
    match block(sides) {
        Some((1, columns)) => Scales::Groups(columns),
        Some((rows, columns)) => Scales::Blocks(rows.min(columns)),
        None => Scales::Blocks(128),
    }
}

/// Who packed integers in groups.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// GPTQ.
    Gptq,
    /// AWQ.
    Awq,
    /// auto-round.
    AutoRound,
}

/// The name of integers of so many bits.
pub(super) const fn integer_name(bits: u32) -> Option<&'static str> {
    Some(match bits {
        1 => "int1",
        2 => "int2",
        3 => "int3",
        4 => "int4",
        5 => "int5",
        6 => "int6",
        7 => "int7",
        8 => "int8",
        _ => return None,
    })
}

/// Groups of a row, or the whole row.
pub(super) fn groups(size: Option<i64>, usual: u32) -> Scales {
    match size {
        None => Scales::Groups(usual),
        Some(size) => match u32::try_from(size) {
            Ok(size) if size > 0 && size <= 1 << 20 => Scales::Groups(size),
            _ => Scales::Rows,
        },
    }
}

/// GPTQ, AWQ and what packs like them: a 16-bit scale and a zero point a group; GPTQ has a group index a column.
pub(super) fn integers(config: &Value, scheme: Scheme) -> Option<Method> {
    // Four bits are what such a method packs where it does not say; what it says wrongly is no reason to take them.
    let written = ["bits", "w_bit"].iter().find_map(|key| config.get(*key).filter(|bits| !bits.is_null()));
    let bits = match written {
        None => 4,
        Some(bits) => few(bits)?,
    };
    let size = ["group_size", "q_group_size"].iter().find_map(|key| config.get(*key)).and_then(Value::as_i64);
    let scales = groups(size, 128);
    let packing = Packing::plain(integer_name(bits)?, f64::from(bits)).with(scales, 16.0 + f64::from(bits));
    let packing = Packing { column_bits: if scheme == Scheme::Gptq { 32 } else { 0 }, ..packing };
    let usual = bits == 4 && scales == Scales::Groups(128);
    let stored = match scheme {
        Scheme::Gptq => Some(Quantization::Gptq),
        Scheme::Awq => Some(Quantization::Awq),
        Scheme::AutoRound => None,
    };
    Some(Method::of(stored.filter(|_| usual), packing))
}

/// auto-round: integers, or the floats that its `data_type` names.
pub(super) fn auto_round(config: &Value) -> Option<Method> {
    let kind = text(config, "data_type").unwrap_or_default();
    let bits = small(config, "bits").unwrap_or(4);
    if kind.starts_with("nv_fp") || kind.starts_with("nvfp") {
        return (bits == 4).then(|| Method::of(Some(Quantization::NvFp4), nvfp4()));
    }
    if kind.starts_with("mx_fp") || kind.starts_with("mxfp") {
        return Some(Method::of(None, if bits == 8 { mxfp8() } else { mxfp4() }));
    }
    if kind.starts_with("fp8") || (kind.starts_with("fp") && bits == 8) {
        let size = config.get("group_size").and_then(Value::as_i64);
        let packing = match size {
            Some(0) => Packing { matrix_bytes: 4, ..eight_float() },
            _ => eight_float().with(groups(size, 128), 32.0),
        };
        return Some(Method::of(Some(Quantization::Fp8), packing));
    }
    integers(config, Scheme::AutoRound)
}

/// bitsandbytes: 8-bit integers with a 32-bit scale a row, or 4 bits with a scale for 64, itself packed if asked.
pub(super) fn bitsandbytes(config: &Value) -> Option<Method> {
    let four = flag(config, "load_in_4bit").or_else(|| flag(config, "_load_in_4bit")).unwrap_or(false);
    let eight = flag(config, "load_in_8bit").or_else(|| flag(config, "_load_in_8bit")).unwrap_or(false);
    if eight && !four {
        return Some(Method::of(None, Packing::plain("int8", 8.0).with(Scales::Rows, 32.0)));
    }
    if !four {
        return None;
    }
    let nested = flag(config, "bnb_4bit_use_double_quant").unwrap_or(false);
    let (scale, tables) = if nested { (8.0 + 32.0 / 256.0, 4 * (16 + 256 + 1)) } else { (32.0, 64) };
    let name = if text(config, "bnb_4bit_quant_type").as_deref() == Some("fp4") { "fp4" } else { "nf4" };
    let packing = Packing::plain(name, 4.0).with(Scales::Groups(64), scale);
    Some(Method::of(Some(Quantization::Nf4), Packing { matrix_bytes: tables, ..packing }))
}

/// NVIDIA's ModelOpt, by the name of its algorithm.
pub(super) fn modelopt(config: &Value) -> Option<Method> {
    let algorithm = text(config, "quant_algo")?;
    modelopt_algorithm(&algorithm, config)
}

/// EETQ: 8-bit integers with a 16-bit scale a row.
pub(super) fn eetq() -> Method {
    Method::of(None, Packing::plain("int8", 8.0).with(Scales::Rows, 16.0))
}

/// One algorithm of ModelOpt.
pub(super) fn modelopt_algorithm(algorithm: &str, config: &Value) -> Option<Method> {
    let algorithm = algorithm.to_lowercase();
    Some(match algorithm.as_str() {
        "fp8" => Method::of(Some(Quantization::Fp8), Packing { matrix_bytes: 8, ..eight_float() }),
        "fp8_per_channel_per_token" | "fp8_pc_pt" => {
            Method::of(Some(Quantization::Fp8), eight_float().with(Scales::Rows, 32.0))
        }
        "fp8_pb_wo" | "fp8_pb_real" => {
            Method::of(Some(Quantization::Fp8), eight_float().with(Scales::Blocks(128), 32.0))
        }
        "nvfp4" | "w4a16_nvfp4" | "nvfp4_awq" => Method::of(Some(Quantization::NvFp4), nvfp4()),
        "mxfp4" => Method::of(None, mxfp4()),
        "mxfp8" => Method::of(None, mxfp8()),
        "int4_awq" | "w4a16_awq" | "w4a8_awq" => {
            let size = config.get("group_size").and_then(Value::as_i64);
            Method::of(None, Packing::plain("int4", 4.0).with(groups(size, 128), 16.0))
        }
        "int8_sq" | "w8a8_sq_per_channel" => {
            Method::of(None, Packing::plain("int8", 8.0).with(Scales::Rows, 32.0))
        }
        // Mixed: each layer has an algorithm of its own; what has none stays as it is.
        "mixed_precision" => Method::of(None, Packing::plain("16 bit", 16.0)),
        _ => return None,
    })
}

/// `BitNet`: four ternary weights a byte and a scale a matrix; as it is trained, 16 bit.
pub(super) fn bitnet(config: &Value) -> Packing {
    if text(config, "quantization_mode").as_deref() == Some("online") {
        return Packing::plain("16 bit", 16.0);
    }
    Packing { matrix_bytes: 2, ..Packing::plain("ternary", 2.0) }
}

/// HQQ: all matrices alike, or those that have a tag.
pub(super) fn hqq(config: &Value) -> Option<Method> {
    if hqq_tags(config).is_some() {
        return Some(Method::of(None, Packing::plain("16 bit", 16.0)));
    }
    hqq_weights(config.get("quant_config").unwrap_or(config))
}

/// What HQQ says of each tag, as `self_attn.q_proj`, where it does.
pub(super) fn hqq_tags(config: &Value) -> Option<&Map<String, Value>> {
    let all = config.get("quant_config").and_then(Value::as_object).filter(|all| !all.is_empty())?;
    (text(config, "quant_method").as_deref() == Some("hqq")
        && all.values().all(|own| own.get("weight_quant_params").is_some_and(Value::is_object)))
    .then_some(all)
}

/// HQQ of one kind: a 16-bit scale and zero point a group.
pub(super) fn hqq_weights(own: &Value) -> Option<Method> {
    let weights = own.get("weight_quant_params").unwrap_or(own);
    let bits = small(weights, "nbits")?;
    let scales = groups(weights.get("group_size").and_then(Value::as_i64), 64);
    Some(Method::of(None, Packing::plain(integer_name(bits)?, f64::from(bits)).with(scales, 32.0)))
}

/// AMD's Quark, by the number format of its weights.
pub(super) fn quark(config: &Value) -> Option<Method> {
    quark_weights(config.get("global_quant_config")?)
}

/// The same of all layers, or of some.
pub(super) fn quark_weights(own: &Value) -> Option<Method> {
    let weight = own.get("weight")?;
    let weight = weight.as_array().and_then(|list| list.first()).unwrap_or(weight);
    let size = weight.get("group_size").and_then(Value::as_i64);
    let scales = match text(weight, "qscheme").as_deref() {
        Some("per_channel") => Scales::Rows,
        Some("per_group") => groups(size, 128),
        _ => Scales::None,
    };
    let kind = text(weight, "dtype")?;
    Some(match kind.as_str() {
        "fp8_e4m3" | "fp8_e5m2" => {
            let matrix_bytes = if scales == Scales::None { 8 } else { 0 };
            Method::of(Some(Quantization::Fp8), Packing { matrix_bytes, ..eight_float().with(scales, 32.0) })
        }
        "fp4" | "mxfp4" => Method::of(None, mxfp4()),
        "int8" => Method::of(None, Packing::plain("int8", 8.0).with(scales, 32.0)),
        "int4" | "uint4" => Method::of(None, Packing::plain("int4", 4.0).with(scales, 20.0)),
        _ => return None,
    })
}

/// ExLlama: any number of bits on average; the output matrix has its own. EXL3 has a sign vector on either side.
pub(super) fn exl(config: &Value, third: bool) -> Option<Method> {
    let bits = number(config, "bits").filter(|bits| (1.0..=16.0).contains(bits))?;
    let head = number(config, "head_bits").filter(|bits| (1.0..=16.0).contains(bits)).unwrap_or(6.0);
    let of = |bits: f64| {
        if third {
            Packing { column_bits: 16, ..Packing::plain("exl3", bits).with(Scales::Rows, 16.0) }
        } else {
            Packing::plain("exl2", bits)
        }
    };
    let hundredths = u32::try_from(whole(bits * 100.0)).ok()?;
    let stored = Some(Quantization::Exl { hundredths, third });
    Some(Method { stored, packing: of(bits), output: Some(of(head)) })
}
