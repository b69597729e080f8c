//! From keys to a scenario.

use std::borrow::Borrow;
use std::sync::Arc;

use super::keys::PresetKeys;
use crate::spec::settings::{Conflict, SetError, model_size, settle};
use crate::spec::{
    Chosen, Diffusion, DiffusionMode, Draft, Family, FineTune, Gnn, Graph, GraphSequence, GraphTask,
    ImageFile, Inference, LanguageModel, MOST_CONTEXT, Method, Model, ModelFile, Named as _, Quantization,
    Runtime, Scenario, Setting, Trainer, Workload,
};

use crate::units::show_grouped;

/// Where models come from; the catalog knows ids, others read files and scale shapes.
pub trait Models {
    /// The model of an id or path.
    ///
    /// # Errors
    /// In a sentence: why there is none, and which name is near.
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel>;

    /// The file of a pipeline's models at a path.
    ///
    /// # Errors
    /// In a sentence: why it is none.
    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        Err(NoModel(format!("`{key}` is a path, and files are not read here")))
    }

    /// The model's shape scaled to about that many parameters.
    fn scaled(&self, model: &Model, parameters: f64) -> Model;
}

/// Why there is no such model, and which name is near, in the words of where it was looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoModel(pub String);

/// Keys that cannot become a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The model is not there.
    #[error(transparent)]
    Model(#[from] NoModel),
    /// A value does not belong to the family, or does not go with others.
    #[error(transparent)]
    Set(#[from] SetError),
    /// Settings that do not go together.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// A key that follows from the graphs.
    #[error("key `{0}` follows from the graphs in family graph-sequence; leave it out{1}")]
    Derived(&'static str, &'static str),
    /// A key of another family.
    #[error("key `{key}` belongs to family {owners}, and this preset is {family}")]
    Foreign {
        /// What was given.
        key: &'static str,
        /// The families that know it.
        owners: String,
        /// The family of the preset.
        family: &'static str,
    },
    /// A key of training where graphs are read.
    #[error("key `{0}` is of training, and these graphs are read; use mode train")]
    OfTraining(&'static str),
    /// A key of reading where graphs are trained on.
    #[error("key `{0}` is of inference, and these graphs are trained on; use mode infer")]
    OfReading(&'static str),
}

impl ResolveError {
    /// The key that it is about, where it is about one.
    pub const fn key(&self) -> Option<&str> {
        match self {
            Self::Model(_) => Some("model"),
            Self::Set(SetError::Value { key, .. })
            | Self::Derived(key, _)
            | Self::Foreign { key, .. }
            | Self::OfTraining(key)
            | Self::OfReading(key) => Some(key),
            Self::Set(_) | Self::Conflict(_) => None,
        }
    }
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

/// Fills in defaults, finds the model, and checks that the keys go together.
///
/// # Errors
/// What does not go together, and what would be right.
pub fn resolve(keys: impl Borrow<PresetKeys>, models: &dyn Models) -> Result<Preset, ResolveError> {
    let keys = keys.borrow();
    let family = keys.implied_family();
    forbid_keys_of_others(keys, family)?;
    let mut scenario = Scenario::new("", start(keys, family, models)?);
    // What other defaults follow from comes first.
    apply(keys, &mut scenario, |setting| !setting.resets.is_empty())?;
    scenario = scenario.usual();
    with_adapter(&mut scenario);
    let mut notes = keys.notes();
    let file = scenario.language().and_then(|language| language.model.file.clone());
    notes.extend(file.iter().flat_map(|file| file.notes.iter().cloned()));
    let images = scenario.diffusion().and_then(|diffusion| diffusion.file.clone());
    notes.extend(images.iter().flat_map(|file| file.notes.iter().cloned()));
    notes.extend(apply(keys, &mut scenario, |_| true)?);
    // What is sharded, and how the base is held, is known by now.
    if !keys.gives("adapters_fp32") {
        scenario.reset(&["adapters_fp32"])?;
    }
    if keys.borrowed().is_some() || !keys.gives("quantization") {
        notes.extend(published(&mut scenario, keys.borrowed()));
    }
    notes.extend(keys.each_request().and_then(|option| of_each_request(&mut scenario, option)));
    notes.extend(settle(&mut scenario, &|key| keys.gives(key))?);
    notes.extend(file.and_then(|file| another_file(&scenario, &file)));
    if scenario.name.is_empty() {
        scenario.name = usual_name(&scenario.workload);
    }
    Ok(Preset { scenario, machine: keys.text("machine").map(ToOwned::to_owned), notes })
}

/// A length of each request as the context of all at once.
fn of_each_request(scenario: &mut Scenario, option: &str) -> Option<String> {
    let inference = scenario.inference_mut()?;
    let (each, requests) = (inference.context, inference.concurrency.max(1));
    inference.context = each.saturating_mul(requests).min(MOST_CONTEXT);
    (requests > 1).then(|| {
        format!(
            "`{option}` is of each request: {} requests of {} tokens are a context of {}",
            show_grouped(requests),
            show_grouped(each),
            show_grouped(inference.context)
        )
    })
}

/// The usual format, or a preset's, for a model that is not there in it becomes the one that the model is published in, as
/// one that the runtime does not read became that one's own; both are said of a preset's.
fn published(scenario: &mut Scenario, of_preset: Option<Quantization>) -> Option<String> {
    let language = scenario.language()?;
    let (runtime, model) = (language.runtime, language.model.name.clone());
    let last = Quantization::published(&language.model, runtime).filter(|_| language.model.file.is_none());
    let offered = Quantization::ladder_for(&language.model, runtime);
    let inference = scenario.inference_mut()?;
    let paired = inference.quantization;
    if let Some(last) = last.filter(|_| of_preset.is_none() || !offered.contains(&paired)) {
        inference.quantization = last;
        let of_preset = of_preset?;
        return Some(format!(
            "{model} is published in {}, which is taken in place of {}",
            last.key(),
            of_preset.key()
        ));
    }
    let of_preset = of_preset?;
    let replaced = !of_preset.runs_on(runtime) && of_preset.paired_on(runtime) == Some(paired);
    replaced.then(|| {
        format!("quantization {} is not {}'s, so it is {}", of_preset.key(), runtime.name(), paired.key())
    })
}

/// What the model's adapter says, before anything that is given.
fn with_adapter(scenario: &mut Scenario) {
    let file = scenario.language().and_then(|language| language.model.file.clone());
    let Some(adapter) = file.as_ref().and_then(|file| file.adapter.as_ref()) else { return };
    if let Some(tune) = scenario.tune_mut() {
        adapter.train(tune);
    }
    if let Some(inference) = scenario.inference_mut() {
        adapter.serve(inference);
    }
}

/// Says so where weights are asked for in another form than the model's file has them in.
fn another_file(scenario: &Scenario, file: &ModelFile) -> Option<String> {
    let asked = scenario.inference()?.quantization;
    let model = &scenario.language()?.model;
    // What the file does not say is no other file.
    if !file.stated && !model.is_unknown() {
        return None;
    }
    (asked != file.stored && model.file.is_some()).then(|| {
        if model.is_unknown() && file.has_shapes() {
            return format!(
                "quantization {} is weighed of the same tensors, each at its plain bits: a file has some in more",
                asked.key()
            );
        }
        if model.is_unknown() {
            return format!(
                "quantization {} is not used: the bytes of the file are all that is known",
                asked.key()
            );
        }
        format!(
            "The file is stored as {}; quantization {} is answered as another file of the same model",
            file.stored.key(),
            asked.key()
        )
    })
}

/// Weights as the model's file has them, unless something else is asked for.
fn as_stored(keys: &PresetKeys, language: &mut LanguageModel, inference: &mut Inference) {
    let Some(stored) = language.model.file.as_ref().map(|file| file.stored) else { return };
    if keys.gives("quantization") {
        return;
    }
    let reads = Runtime::ALL.into_iter().find(|runtime| stored.runs_on(*runtime));
    if let Some(runtime) = reads.filter(|_| !keys.gives("runtime") && !stored.runs_on(language.runtime)) {
        language.runtime = runtime;
    }
    if stored.runs_on(language.runtime) {
        inference.quantization = stored;
    }
}

/// Sets what is given, and says what had to be changed.
fn apply(
    keys: &PresetKeys,
    scenario: &mut Scenario,
    which: impl Fn(&Setting) -> bool,
) -> Result<Vec<String>, SetError> {
    let mut notes = Vec::new();
    let settings: Vec<&Setting> = Setting::of(scenario).filter(|setting| which(setting)).collect();
    for setting in settings {
        if let Some(text) = keys.text(setting.key) {
            notes.extend(setting.put(scenario, text)?);
        }
    }
    Ok(notes)
}

/// The family's workload as it is usual, with the model and runtime that are asked for.
fn start(keys: &PresetKeys, family: Family, models: &dyn Models) -> Result<Workload, ResolveError> {
    let reads = family == Family::Inference || (family == Family::GraphSequence && keys.reads_graphs());
    let language = || language(keys, models, GraphTask::runtime(reads));
    Ok(match family {
        Family::Inference => {
            let mut language = language()?;
            let mut inference = Inference::usual(language.runtime, language.model.context_max);
            as_stored(keys, &mut language, &mut inference);
            Workload::Inference(language, inference)
        }
        Family::FineTune => {
            let language = language()?;
            let tune = FineTune::usual(Method::Lora, language.runtime, language.model.context_max);
            Workload::FineTune(language, tune)
        }
        Family::GraphSequence => {
            let of_others =
                if reads { keys.only_of(Family::FineTune) } else { keys.only_of(Family::Inference) };
            match of_others {
                Some(key) if reads => return Err(ResolveError::OfTraining(key)),
                Some(key) => return Err(ResolveError::OfReading(key)),
                None => {}
            }
            let language = language()?;
            let task = GraphTask::usual(reads, language.runtime, language.model.context_max);
            Workload::GraphSequence(language, GraphSequence { graph: Graph::usual(&task), task })
        }
        Family::Gnn | Family::Diffusion => {
            match keys.text("runtime").and_then(Runtime::named) {
                None | Some(Runtime::PyTorch) => {}
                Some(other) => {
                    let (runtime, family) = (other.key(), family.key());
                    return Err(Conflict::PyTorchOnly { runtime, family }.into());
                }
            }
            if family == Family::Gnn {
                Workload::Gnn(Gnn::default())
            } else {
                Workload::Diffusion(images(keys, models)?)
            }
        }
    })
}

/// A pipeline: that of the file in hand, where one is given.
fn images(keys: &PresetKeys, models: &dyn Models) -> Result<Diffusion, ResolveError> {
    let Some(key) = keys.text("model") else { return Ok(Diffusion::default()) };
    let file = models.find_image(key)?;
    Ok(Diffusion::usual(file.pipeline, DiffusionMode::Generate).with_file(Some(file)))
}

/// The language model, at its own size or scaled.
fn language(keys: &PresetKeys, models: &dyn Models, usual: Runtime) -> Result<LanguageModel, ResolveError> {
    let key = keys.text("model").unwrap_or("llama-3.1-8b");
    let base = models.find(key)?;
    let asked = keys.text("runtime").and_then(Runtime::named);
    let chosen = if asked.is_some() { Chosen::Asked } else { Chosen::Auto };
    let trained = keys.text("trainer").and_then(Trainer::named).and_then(Trainer::runtime);
    let named = LanguageModel::named(base, asked.or(trained).unwrap_or(usual));
    let mut language = LanguageModel { key: key.to_owned(), chosen, ..named };
    if let Some(parameters) = keys.text("model_size").and_then(model_size) {
        language.model = Arc::new(models.scaled(&language.base, parameters));
        language.size = Some(parameters);
    }
    if let Some(key) = keys.text("draft_model").filter(|key| *key != "none") {
        language.draft = Some(Draft { model: models.find(key)?, key: key.to_owned() });
    }
    Ok(language)
}

/// What a scenario is called that says no name.
fn usual_name(workload: &Workload) -> String {
    match workload {
        Workload::Inference(language, _)
        | Workload::FineTune(language, _)
        | Workload::GraphSequence(language, _) => language.model.name.clone(),
        Workload::Gnn(gnn) => gnn.architecture.label().to_owned(),
        Workload::Diffusion(diffusion) => match diffusion.file_in_use() {
            Some(file) => file.name.clone(),
            None => diffusion.pipeline.label().to_owned(),
        },
    }
}

/// A key of another family would silently mean nothing, so it is refused.
fn forbid_keys_of_others(keys: &PresetKeys, family: Family) -> Result<(), ResolveError> {
    let foreign = keys.given().find(|key| !Setting::is_known_in(key, family));
    match (family, foreign) {
        (_, None) => Ok(()),
        (Family::GraphSequence, Some(key @ ("context" | "prompt" | "examples" | "tokens_per_example"))) => {
            Err(ResolveError::Derived(key, ""))
        }
        (Family::GraphSequence, Some(key @ "sequence")) => {
            Err(ResolveError::Derived(key, ", or cut long ones with max_sequence"))
        }
        (_, Some(key)) => {
            let owners: Vec<&str> = Setting::families_of(key).into_iter().map(Family::key).collect();
            Err(ResolveError::Foreign { key, owners: owners.join(" or "), family: family.key() })
        }
    }
}
