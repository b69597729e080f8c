//! What a model is called where it is started: its repository, the file in hand, or a name of one's own for what has to be
//! made of it first.

use std::path::Path;

use super::images;
use crate::engine::Resolved;
use crate::engine::graph;
use crate::spec::{BasePrecision, Draft, FineTune, LanguageModel, Quantization, Runtime, repository};

/// The model as it is published: its repository, or the path that it was given by. Of a model of no catalog, or of a size
/// that nobody published, a name that stands for it.
pub(super) fn published(resolved: &Resolved) -> Option<String> {
    Some(of_model(resolved.scenario.language()?))
}

fn of_model(language: &LanguageModel) -> String {
    known_as(&language.key, &language.model.id)
}

/// The same of a second model that drafts.
pub(super) fn of_draft(draft: &Draft) -> String {
    known_as(&draft.key, &draft.model.id)
}

fn known_as(key: &str, id: &str) -> String {
    let known = repository(id).filter(|_| key == id);
    known.map_or_else(|| folder(key), str::to_owned)
}

/// The file of a second model: the one in hand, or a name that stands for it.
pub(super) fn draft_file(draft: &Draft) -> String {
    if draft.model.file.is_some() { draft.key.clone() } else { format!("{}.gguf", draft.key) }
}

/// What stands for the file of an image encoder.
pub(super) const PROJECTOR: &str = "mmproj.gguf";

/// Words of commands that stand for what is one's own, with what that is, each a sentence without its full stop.
const OWN: [(&str, &str); 11] = [
    ("prompt.txt", "prompt.txt stands for a file with the prompt"),
    (
        "graph.pt",
        "graph.pt stands for your graph, a Data of PyTorch Geometric that was saved with torch.save",
    ),
    ("\"denoiser.gguf\"", "denoiser.gguf stands for the denoiser as a GGUF file in that format"),
    ("\"denoiser_2.gguf\"", "denoiser_2.gguf stands for the second denoiser, as a GGUF file too"),
    ("\"PROMPT\"", "PROMPT stands for what is to be seen"),
    (" PROMPT", "PROMPT stands for what all images show"),
    ("ADAPTER", "ADAPTER is the folder in which it is saved"),
    (
        "llamafactory-cli",
        "DATASET stands for a data set that data/dataset_info.json names, and the folder examples comes with LLaMA-Factory",
    ),
    ("DATASET", "DATASET stands for your data set, a folder or a name of the Hugging Face Hub"),
    ("[\"text\"]", "text is its column of what is learnt"),
    ("--data DATA ", "DATA stands for a folder with train.jsonl and valid.jsonl"),
];

/// What every name in a command stands for, a sentence without its full stop; nothing where all are known to its reader.
pub(super) fn explained(resolved: &Resolved, command: &str) -> Option<String> {
    let mut said: Vec<String> = stands_for(resolved).into_iter().collect();
    let language = resolved.scenario.language();
    if let Some(draft) = language.and_then(|language| language.draft.as_ref()) {
        let (file, source) = (draft_file(draft), of_draft(draft));
        if draft.model.file.is_none() && command.contains(&format!("-md {file}")) {
            said.push(format!("{file} for a GGUF file of {source}, which drafts"));
        }
        if command.contains("--draft-model-name") {
            said.push(format!("{} for the folder of {source}, which drafts, in models", draft.key));
        }
    }
    if command.contains(PROJECTOR) {
        said.push(format!(
            "{PROJECTOR} for the image encoder, which is published beside the model as a GGUF file of its own"
        ));
    }
    if command.starts_with("tune run ") {
        let source = published(resolved)?;
        said.push(format!("MODEL is the folder that `tune download {source} --output-dir MODEL` fills, and dataset=… names your data set in place of its own"));
    }
    if command.contains("deepspeed_configs/") {
        said.push("`axolotl fetch deepspeed_configs` writes that folder".to_owned());
    }
    said.extend(resolved.scenario.diffusion().and_then(images::workflow));
    let mut explained: Vec<&str> = Vec::new();
    for (word, says) in OWN {
        let name = says.split(' ').next().unwrap_or_default();
        if command.contains(word) && !explained.contains(&name) {
            explained.push(name);
            said.push(says.to_owned());
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// The folder of a `config.json`, which is what programs take; any other name as it is.
fn folder(key: &str) -> String {
    let path = Path::new(key);
    let parent = path.parent().filter(|_| path.extension().is_some_and(|ending| ending == "json"));
    match parent.map(|parent| parent.to_string_lossy().into_owned()) {
        Some(parent) if parent.is_empty() => ".".to_owned(),
        Some(parent) => parent,
        None => key.to_owned(),
    }
}

/// The format that weights are answered in, where they have to be made of what is published, or found made.
fn made(resolved: &Resolved) -> Option<Quantization> {
    let scenario = &*resolved.scenario;
    let in_hand = scenario.language()?.model.file.is_some();
    let kept = graph::inference(&scenario.workload)?.quantization;
    let as_published = matches!(kept, Quantization::Bf16 | Quantization::MxFp4 | Quantization::Own(_));
    (!in_hand && !as_published).then_some(kept)
}

/// The model by the name of a checkpoint in the format that is answered: what is published so has its own name, and a file
/// in hand its path.
pub(super) fn stored(resolved: &Resolved) -> Option<String> {
    let key = &resolved.scenario.language()?.key;
    match made(resolved) {
        Some(format) => Some(format!("{key}-{}", format.key().trim_start_matches("mlx-"))),
        // A GGUF file is made of any.
        None if resolved.runtime == Runtime::LlamaCpp => Some(key.clone()),
        None => published(resolved),
    }
}

/// The same for what packs weights itself as it loads them.
pub(super) fn checkpoint(resolved: &Resolved) -> Option<String> {
    match made(resolved) {
        Some(format) if packs_itself(resolved, format) => published(resolved),
        _ => stored(resolved),
    }
}

/// What tells a server to do so.
pub(super) fn packed_at_load(resolved: &Resolved) -> &'static str {
    let packs = made(resolved).is_some_and(|format| packs_itself(resolved, format));
    if packs { " --quantization fp8" } else { "" }
}

/// The base of a fine-tune with mlx-lm: what is packed is a folder of its own, as `mlx_lm.convert` writes it.
pub(super) fn base(resolved: &Resolved, tune: &FineTune) -> Option<String> {
    match bits(tune) {
        Some(bits) => Some(format!("{}-{bits}bit", resolved.scenario.language()?.key)),
        None => published(resolved),
    }
}

/// Bits of a base that mlx-lm packs.
const fn bits(tune: &FineTune) -> Option<u32> {
    match tune.precision {
        BasePrecision::Mlx4 => Some(4),
        BasePrecision::Mlx8 => Some(8),
        _ => None,
    }
}

/// What a name in the command stands for, a sentence without its full stop; nothing where it is a repository or a path.
fn stands_for(resolved: &Resolved) -> Option<String> {
    let language = resolved.scenario.language()?;
    let source = of_model(language);
    if let Some(bits) = resolved.scenario.tune().and_then(bits) {
        let name = format!("{}-{bits}bit", language.key);
        return Some(format!(
            "{name} is the folder that `mlx_lm.convert --hf-path {source} --mlx-path {name} -q --q-bits {bits}` writes"
        ));
    }
    let known = repository(&language.model.id).is_some();
    let own = || {
        (!known && language.model.file.is_none())
            .then(|| format!("{source} stands for your copy of the model"))
    };
    let Some(format) = made(resolved).filter(|format| !packs_itself(resolved, *format)) else {
        let file = resolved.runtime == Runtime::LlamaCpp && language.model.file.is_none();
        return if file {
            Some(format!("{}.gguf stands for a GGUF file of {source}", language.key))
        } else {
            own()
        };
    };
    let name = stored(resolved)?;
    let bits = format.key().strip_prefix("mlx-").and_then(|bits| bits.strip_suffix("bit"));
    Some(match (resolved.runtime, bits) {
        (Runtime::LlamaCpp, _) => {
            format!("{name}.gguf stands for a GGUF file of {source} in {}", format.key())
        }
        (Runtime::Mlx, Some(bits)) => format!(
            "{name} is the folder that `mlx_lm.convert --hf-path {source} --mlx-path {name} -q --q-bits {bits}` writes"
        ),
        _ => format!("{name} stands for a checkpoint of {source} in {}", format.key()),
    })
}

/// Whether what answers packs what is published itself, as it loads it.
const fn packs_itself(resolved: &Resolved, format: Quantization) -> bool {
    match resolved.runtime {
        Runtime::Vllm | Runtime::Sglang => matches!(format, Quantization::Fp8),
        Runtime::PyTorch => matches!(format, Quantization::Nf4),
        _ => false,
    }
}
