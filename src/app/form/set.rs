//! What setting a line does: the scenario's keys with one of them changed, read again.

use std::sync::Arc;

use crate::app::convert::to_runtime;
use crate::catalog::Catalog;
use crate::engine::scale::scaled;
use crate::spec::preset::{Models, PresetKeys, entries, resolve};
use crate::spec::{Family, GraphTask, LanguageModel, Model, Runtime, Scenario, Workload};

/// The scenario with one key set, and what had to be changed to make sense of it; what the old value went with
/// takes its default.
///
/// # Errors
/// In a sentence: what would be right for the value, or what does not go with it.
pub(crate) fn set(
    scenario: &Scenario,
    key: &'static str,
    text: &str,
    catalog: &Catalog,
) -> Result<(Scenario, Vec<String>), String> {
    let text = text.trim();
    if key == "runtime"
        && runs(scenario)
        && let Some(runtime) = Runtime::ALL.into_iter().find(|runtime| runtime.key() == text)
    {
        return Ok((to_runtime(scenario, runtime), Vec::new()));
    }
    let mut keys = PresetKeys::default();
    for (known, entry) in entries(scenario) {
        if known != key && !goes_with(scenario, key, known) {
            keys.set(known, &entry.text())?;
        }
    }
    keys.set(key, text)?;
    let language = scenario.language();
    let preset = resolve(keys, &Here { language, catalog })?;
    let mut scenario = preset.scenario;
    if let (Some(old), Some(new)) = (language, scenario.language_mut())
        && old.size == new.size
        && old.key == new.key
    {
        new.model = Arc::clone(&old.model);
    }
    Ok((scenario, preset.notes))
}

/// Whether a language model is run, not trained.
const fn runs(scenario: &Scenario) -> bool {
    match &scenario.workload {
        Workload::Inference(..) => true,
        Workload::GraphSequence(_, sequence) => matches!(sequence.task, GraphTask::Read(_)),
        Workload::FineTune(..) | Workload::Gnn(_) | Workload::Diffusion(_) => false,
    }
}

/// Whether `other` means something only with the old value of `key`.
fn goes_with(scenario: &Scenario, key: &str, other: &str) -> bool {
    match key {
        "method" | "runtime" => matches!(other, "precision" | "kbit_preparation" | "split"),
        "sampling" => other == "split",
        "pipeline" => matches!(other, "width" | "height" | "frames" | "steps" | "guidance" | "mode"),
        "mode" if other == "split" => true,
        "mode" if scenario.workload.family() == Family::Diffusion => other == "steps",
        "mode" if scenario.workload.family() == Family::GraphSequence => {
            let shared = |family| PresetKeys::families(other).contains(&family);
            other == "graphs" || ((shared(Family::FineTune) || shared(Family::Inference)) && !stays(other))
        }
        _ => false,
    }
}

/// Keys that reading a graph and training on graphs share.
fn stays(key: &str) -> bool {
    matches!(key, "family" | "name" | "model" | "model_size" | "attention" | "devices" | "link")
}

/// Models as the scenario has them, or by id in the catalog.
struct Here<'a> {
    language: Option<&'a LanguageModel>,
    catalog: &'a Catalog,
}

impl Models for Here<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, String> {
        match self.language {
            Some(language) if language.key == key => Ok(Arc::clone(&language.base)),
            _ => self.catalog.model(key).cloned().map_err(|error| error.to_string()),
        }
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}
