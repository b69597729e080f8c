//! What drafts tokens ahead: a second model, layers of the model's own, or the text itself, in the words of each server.
//!
//! Flags are those of llama-server (tools/server/README.md of ggml-org/llama.cpp at 00dc8057), of vLLM 0.33.0
//! (vllm/config/speculative.py), of Transformers 5.24.0 (`generate`) and of TabbyAPI at e632af41 (`DraftModelConfig` of
//! common/config_models.py), read on 2026-11-28.

use super::names::{draft_file, of_draft};
use crate::engine::Resolved;
use crate::spec::{Draft, Inference, Scenario};

/// Tokens that llama-server drafts where nothing is said (`--spec-draft-n-max`).
const USUAL: u64 = 3;

/// What drafts.
enum Drafts<'a> {
    Model(&'a Draft),
    OwnLayers,
    Text,
}

/// What drafts, and how many tokens ahead; nothing where none are.
fn drafts(scenario: &Scenario) -> Option<(Drafts<'_>, u64)> {
    let language = scenario.language()?;
    let tokens = scenario.speculation()?.draft_tokens;
    let of_file = language.model.file.as_ref().is_some_and(|file| file.prediction > 0);
    let source = match &language.draft {
        Some(draft) => Drafts::Model(draft),
        None if language.model.prediction_layers > 0 || of_file => Drafts::OwnLayers,
        None => Drafts::Text,
    };
    (tokens > 0).then_some((source, tokens))
}

/// Flags of llama-server.
pub(super) fn of_llama_server(resolved: &Resolved) -> String {
    match drafts(&resolved.scenario) {
        None => String::new(),
        Some((Drafts::Model(draft), USUAL)) => format!(" -md {}", draft_file(draft)),
        Some((Drafts::Model(draft), tokens)) => {
            format!(" --spec-draft-n-max {tokens} -md {}", draft_file(draft))
        }
        Some((Drafts::OwnLayers, tokens)) => format!(" --spec-type draft-mtp --spec-draft-n-max {tokens}"),
        Some((Drafts::Text, tokens)) => {
            format!(" --spec-type ngram-simple --spec-ngram-simple-size-m {tokens}")
        }
    }
}

/// The flag of vLLM.
pub(super) fn of_vllm(resolved: &Resolved) -> String {
    let (what, tokens) = match drafts(&resolved.scenario) {
        None => return String::new(),
        Some((Drafts::Model(draft), tokens)) => {
            (format!("\"method\": \"draft_model\", \"model\": \"{}\"", of_draft(draft)), tokens)
        }
        Some((Drafts::OwnLayers, tokens)) => ("\"method\": \"mtp\"".to_owned(), tokens),
        Some((Drafts::Text, tokens)) => {
            ("\"method\": \"ngram\", \"prompt_lookup_max\": 5".to_owned(), tokens)
        }
    };
    format!(" --speculative-config '{{{what}, \"num_speculative_tokens\": {tokens}}}'")
}

/// What SGLang is told; nothing where that is not known here.
pub(super) fn of_sglang(resolved: &Resolved) -> Option<String> {
    drafts(&resolved.scenario).is_none().then(String::new)
}

/// The flag of mlx-lm; nothing where text or layers of the model's own draft, which it does not do.
pub(super) fn of_mlx(resolved: &Resolved) -> Option<String> {
    match drafts(&resolved.scenario) {
        None => Some(String::new()),
        Some((Drafts::Model(draft), tokens)) => {
            Some(format!(" --draft-model {} --num-draft-tokens {tokens}", of_draft(draft)))
        }
        Some(_) => None,
    }
}

/// Flags of TabbyAPI over ExLlamaV3 (`ExllamaV3Container.create`), which drafts with layers of the model's own and from the
/// text too.
pub(super) fn of_tabby(resolved: &Resolved) -> String {
    let (what, tokens) = match drafts(&resolved.scenario) {
        None => return String::new(),
        Some((Drafts::Model(draft), tokens)) => (format!(" --draft-model-name {}", draft.key), tokens),
        Some((Drafts::OwnLayers, tokens)) => (" --draft-mode mtp".to_owned(), tokens),
        Some((Drafts::Text, tokens)) => (" --draft-mode ngram".to_owned(), tokens),
    };
    format!("{what} --draft-num-tokens {tokens}")
}

/// Arguments of Transformers' `generate`, which drafts for one request at a time; nothing where it does not draft so.
pub(super) fn of_transformers(resolved: &Resolved, inference: &Inference) -> Option<String> {
    match drafts(&resolved.scenario) {
        None => Some(String::new()),
        Some((_, _)) if inference.concurrency > 1 => None,
        Some((Drafts::Model(draft), tokens)) => Some(format!(
            ", num_assistant_tokens={tokens}, assistant_model=AutoModelForCausalLM.from_pretrained(\"{}\", \
             dtype=torch.bfloat16, device_map=\"auto\")",
            of_draft(draft)
        )),
        Some((Drafts::Text, tokens)) => Some(format!(", prompt_lookup_num_tokens={tokens}")),
        Some((Drafts::OwnLayers, _)) => None,
    }
}

/// Why nothing starts it where something drafts, a sentence without its full stop.
pub(super) fn why_not(resolved: &Resolved) -> Option<&'static str> {
    drafts(&resolved.scenario).map(|(source, _)| match source {
        Drafts::Model(_) => "how a second model drafts there is not known here",
        Drafts::OwnLayers => "this program does not draft with layers of the model's own",
        Drafts::Text => "this program does not draft from the text; draft_tokens=none, or a draft_model",
    })
}
