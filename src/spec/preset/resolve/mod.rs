//! From keys to a scenario.

mod diffusion;
mod families;
mod fine_tune;
mod gnn;
mod graph_sequence;
mod inference;

pub(super) use graph_sequence::reads;

use std::sync::Arc;

use super::keys::PresetKeys;
use super::value::Value;
use crate::spec::{Devices, Family, LanguageModel, Model, Named as _, Runtime, Scenario, Split, Workload};

/// Where models come from; the catalog knows ids, others read files and scale shapes.
pub trait Models {
    /// The model of an id or path.
    ///
    /// # Errors
    /// In a sentence: why there is none, and which name is near.
    fn find(&self, key: &str) -> Result<Arc<Model>, String>;

    /// The model's shape scaled to about that many parameters.
    fn scaled(&self, model: &Model, parameters: f64) -> Model;
}

/// A preset that can be computed with.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// What is asked.
    pub scenario: Scenario,
    /// Id of the machine it was made for, if it names one.
    pub machine: Option<String>,
    /// What had to be changed to make sense of it, one sentence each.
    pub notes: Vec<String>,
}

/// The value of a key, if given.
fn given<T: Clone>(value: Option<&Value<T>>) -> Option<T> {
    value.map(|Value(inner)| inner.clone())
}

/// Fills in defaults, finds the model, and checks that the keys go together.
///
/// # Errors
/// In a sentence: what does not go together, and what would be right.
pub fn resolve(keys: PresetKeys, models: &dyn Models) -> Result<Preset, String> {
    let mut notes = Vec::new();
    let family = keys.implied_family();
    families::forbid_keys_of_others(&keys, family)?;
    let workload = match family {
        Family::Inference => {
            let language = language(&keys, models, Runtime::LlamaCpp)?;
            let inference = inference::inference(&keys, &language, &mut notes);
            Workload::Inference(language, inference)
        }
        Family::FineTune => {
            let language = language(&keys, models, Runtime::PyTorch)?;
            let tune = fine_tune::fine_tune(&keys, &language, &mut notes)?;
            Workload::FineTune(language, tune)
        }
        Family::GraphSequence => graph_sequence::workload(&keys, models, &mut notes)?,
        Family::Gnn => Workload::Gnn(gnn::gnn(&keys)?),
        Family::Diffusion => Workload::Diffusion(diffusion::diffusion(&keys, &mut notes)?),
    };
    let devices = devices(&keys, &workload)?;
    let PresetKeys { name, machine, .. } = keys;
    let name = name.map_or_else(|| usual_name(&workload), |Value(name)| name);
    let machine = machine.map(|Value(machine)| machine);
    Ok(Preset { scenario: Scenario { name, workload, devices }, machine, notes })
}

/// How many devices, and what each holds; what no program does is refused.
fn devices(keys: &PresetKeys, workload: &Workload) -> Result<Devices, String> {
    let split = given(keys.split.as_ref()).unwrap_or_default();
    let there = Split::of(workload);
    if split != Split::Auto && !there.contains(&split) {
        let known: Vec<&str> =
            std::iter::once(Split::Auto).chain(there.iter().copied()).map(Split::key).collect();
        return Err(format!(
            "split {} is not there for this workload; known here are {}",
            split.key(),
            known.join(", ")
        ));
    }
    Ok(Devices {
        count: given(keys.devices.as_ref()).and_then(|devices| devices.0),
        link: given(keys.link.as_ref()).unwrap_or_default(),
        split,
    })
}

/// What a scenario is called that says no name.
fn usual_name(workload: &Workload) -> String {
    match workload {
        Workload::Inference(language, _)
        | Workload::FineTune(language, _)
        | Workload::GraphSequence(language, _) => language.model.name.clone(),
        Workload::Gnn(gnn) => gnn.architecture.label().to_owned(),
        Workload::Diffusion(diffusion) => diffusion.pipeline.label().to_owned(),
    }
}

/// The language model, at its own size or scaled.
fn language(keys: &PresetKeys, models: &dyn Models, usual: Runtime) -> Result<LanguageModel, String> {
    let key = given(keys.model.as_ref()).unwrap_or_else(|| "llama-3.1-8b".to_owned());
    let base = models.find(&key)?;
    let size = given(keys.model_size.as_ref());
    let model = match size {
        Some(parameters) => Arc::new(models.scaled(&base, parameters)),
        None => Arc::clone(&base),
    };
    let runtime = given(keys.runtime.as_ref()).unwrap_or(usual);
    Ok(LanguageModel { model, base, key, size, runtime })
}

/// Graph networks and pipelines run on PyTorch only.
fn pytorch_only(keys: &PresetKeys, family: Family) -> Result<(), String> {
    match given(keys.runtime.as_ref()) {
        None | Some(Runtime::PyTorch) => Ok(()),
        Some(other) => Err(format!(
            "runtime {} is not modelled in family {}; leave it out, or use pytorch",
            other.key(),
            crate::spec::Named::key(family)
        )),
    }
}

/// A name that only this family's choice can refuse.
fn choice<T: crate::spec::Named>(key: &str, name: &str) -> Result<T, String> {
    T::named(name).ok_or_else(|| {
        let known: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).collect();
        format!("{key} `{name}` is not known in this family; known are {}", known.join(", "))
    })
}
