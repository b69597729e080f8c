//! Families whose passes are not modelled, and whose tensors and caches are known from their classes (Transformers 5.24).

mod attention;
mod blocks;
mod classic;
mod convolution;
mod decoder;
mod deepseek_v4;
mod draft;
mod encoder;
mod given;
mod latent;
mod linear;
mod mamba;
mod seeing;

use serde_json::Value;

pub(super) use self::blocks::model;
use self::draft::Draft;
pub(in crate::import) use self::draft::Sketched;
pub(super) use self::given::Given;

/// How one family is laid out; `None` where the configuration lacks something that it needs.
type Layout = fn(&mut Draft<'_>) -> Option<()>;

/// The families, by `model_type`.
const LAYOUTS: [(&str, Layout); 94] = [
    ("afmoe", decoder::afmoe),
    ("aria", decoder::plain),
    ("aria_text", decoder::plain),
    ("axk1", latent::axk1),
    ("bailing_hybrid", linear::bailing),
    ("bailing_moe_linear", linear::ring),
    ("bamba", mamba::bamba),
    ("bert", encoder::bert),
    ("bitnet", classic::bitnet),
    ("bloom", classic::bloom),
    ("camembert", encoder::bert),
    ("codegen", classic::gptj),
    ("cohere2_moe", decoder::cohere2_moe),
    ("cwm", classic::windowed),
    ("deepseek_ocr2", decoder::plain),
    ("deepseek_ocr2_text", decoder::plain),
    ("deepseek_v2", decoder::deepseek_v2),
    ("deepseek_v4", deepseek_v4::layout),
    ("deepseek_vl_v2", decoder::deepseek_v2),
    ("dots3_note", latent::dots3),
    ("dots3_note_text", latent::dots3),
    ("ernie4_5_moe_vl", seeing::ernie),
    ("ernie4_5_vl_moe", seeing::ernie),
    ("ernie4_5_vl_moe_text", seeing::ernie),
    ("falcon", classic::falcon),
    ("falcon_mamba", mamba::first),
    ("flex_olmo", classic::olmoe),
    ("gemma3n", attention::gemma3n),
    ("gemma3n_text", attention::gemma3n),
    ("gemma4", attention::gemma4),
    ("gemma4_text", attention::gemma4),
    ("glm", classic::llama),
    ("glm5_next", linear::glm5_next),
    ("glm5_next_text", linear::glm5_next),
    ("glm_moe_dsa", latent::shared_choice),
    ("gpt-sw3", classic::gpt2),
    ("gpt2", classic::gpt2),
    ("gpt_bigcode", classic::gpt_bigcode),
    ("gpt_neo", classic::gpt_neo),
    ("gpt_neox", classic::gpt_neox),
    ("gptj", classic::gptj),
    ("granite_swa", decoder::granite_windows),
    ("granitemoe_swa", decoder::granite_windows),
    ("granitemoeshared", classic::granite_shared),
    ("helium", classic::llama),
    ("hy_v4", latent::hy_v4),
    ("hy_v4_vl", latent::hy_v4),
    ("hy_v4_vl_text", latent::hy_v4),
    ("hyperclovax", classic::llama),
    ("jamba", mamba::jamba),
    ("kimi_k3", linear::kimi),
    ("kimi_linear", linear::kimi),
    ("laguna", decoder::laguna),
    ("lfm2", convolution::lfm2),
    ("lfm2_moe", convolution::lfm2_moe),
    ("lfm3", convolution::lfm3),
    ("mamba", mamba::first),
    ("mamba2", mamba::second),
    ("mellum", decoder::normed),
    ("mimo_v2", attention::mimo_v2),
    ("mimo_v2_flash", attention::mimo_v2),
    ("minicpm3", latent::dense),
    ("minimax", linear::minimax),
    ("minimax_m1", linear::minimax),
    ("minimax_text_01", linear::minimax),
    ("ministral", classic::windowed),
    ("mistral_large4", latent::mistral_large4),
    ("mistral_large4_text", latent::mistral_large4),
    ("mllama", seeing::mllama),
    ("mllama_text_model", seeing::mllama),
    ("modernbert", encoder::modern),
    ("molmo2", decoder::molmo2),
    ("molmo2_text", decoder::molmo2),
    ("mpt", classic::mpt),
    ("nemotron", classic::nemotron),
    ("nemotron-nas", decoder::deci),
    ("nemotron_h", mamba::nemotron_h),
    ("nomic_bert", encoder::nomic),
    ("olmo", classic::olmo),
    ("olmo_hybrid", linear::olmo_hybrid),
    ("olmoe", classic::olmoe),
    ("opt", classic::opt),
    ("persimmon", classic::persimmon),
    ("phi", classic::phi),
    ("phimoe", classic::phimoe),
    ("roberta", encoder::bert),
    ("stablelm", classic::stablelm),
    ("step3p5", attention::step),
    ("step3p5_text", attention::step),
    ("step3p7", attention::step),
    ("step3p7_text", attention::step),
    ("xlm-roberta", encoder::bert),
    ("youtu", latent::dense),
    ("youtu_llm", latent::dense),
];

/// Families that read a text as a whole and write none.
const ENCODERS: [&str; 6] = ["bert", "camembert", "modernbert", "nomic_bert", "roberta", "xlm-roberta"];

/// Whether a family makes embeddings or scores, and no text.
pub(super) fn is_encoder(model_type: &str) -> bool {
    ENCODERS.contains(&model_type)
}

/// Names of the families that are known.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LAYOUTS.iter().map(|(known, _)| *known)
}

/// Whether a family is known, whatever its configuration holds.
pub(super) fn is_known(model_type: &str) -> bool {
    LAYOUTS.iter().any(|(known, _)| *known == model_type)
}

/// The family that a class is of, by its name without what ends it.
pub(super) fn of_class(class: &str) -> Option<&'static str> {
    LAYOUTS.iter().map(|(known, _)| *known).find(|known| is_class(known, class))
}

/// Whether a `model_type` is that of a class: `deepseek_v4` of `DeepseekV4ForCausalLM`.
pub(super) fn is_class(model_type: &str, class: &str) -> bool {
    let ends = ["ForCausalLM", "ForConditionalGeneration", "LMHeadModel", "ForSequenceClassification"];
    let Some(class) = ends.iter().find_map(|end| class.strip_suffix(end)) else { return false };
    let letters = model_type.chars().filter(char::is_ascii_alphanumeric);
    letters.eq(class.chars().map(|letter| letter.to_ascii_lowercase()))
}

/// The family's tensors and caches; `None` where it is not known, or its configuration is not whole.
pub(super) fn sketch(model_type: &str, inner: &Value) -> Option<Sketched> {
    let (_, layout) = LAYOUTS.iter().find(|(known, _)| *known == model_type)?;
    let mut draft = Draft::new(Given(inner))?;
    layout(&mut draft)?;
    Some(draft.done())
}
