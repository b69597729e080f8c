//! Settings of every family: what it is, of which model, run by what, on what machine.

use super::{Amount, Entry, Place, Setting, Slider, Value as _};
use crate::spec::{Chosen, Family, LanguageModel, Named as _, Runtime, Scenario};
use crate::units::quoted;

use super::ValueError;

const EVERY: super::Families = &Family::ALL;
const LANGUAGE: super::Families = &[Family::Inference, Family::FineTune, Family::GraphSequence];

const MODELS: super::Families =
    &[Family::Inference, Family::FineTune, Family::GraphSequence, Family::Diffusion];

const READ: super::Families = &[Family::Inference, Family::GraphSequence];

/// Ends of what a model's shape is scaled between.
const SIZES: (f64, f64) = (0.1e9, 1000e9);

/// A new value is read when a scenario is made; in one that stands, the window chooses it elsewhere.
const CHOSEN: Setting = Setting {
    families: EVERY,
    place: Place::Elsewhere,
    check: |setting, text| String::read(setting, text).map(drop),
    ..Setting::PLAIN
};

pub(super) static GENERAL: &[Setting] = &[
    Setting {
        key: "family",
        doc: &[
            "`inference`, `fine-tune`, `graph-sequence`, `gnn` or `diffusion`; else that of the other keys.",
        ],
        label: "Family",
        get: |scenario| Some(scenario.workload.family().entry()),
        check: |setting, text| Family::read(setting, text).map(drop),
        usual: "that of the other keys",
        ..CHOSEN
    },
    Setting {
        key: "name",
        doc: &["As it is listed."],
        label: "Name",
        get: |scenario| Some(scenario.name.entry()),
        set: |setting, scenario, text| {
            scenario.name = String::read(setting, text)?.value;
            Ok(None)
        },
        usual: "the model's",
        ..CHOSEN
    },
    Setting {
        key: "model",
        doc: &["Id of a model in the catalog, or a path to one; of images a path to a file of the pipeline."],
        label: "Model",
        families: MODELS,
        there: |scenario| model_key(scenario).is_some(),
        get: |scenario| model_key(scenario).map(Entry::from),
        usual: "llama-3.1-8b; of images none",
        ..CHOSEN
    },
    Setting {
        key: "model_size",
        doc: &["Parameters that the model's shape is scaled to, such as `34B`."],
        label: "Model size",
        unit: "parameters",
        families: LANGUAGE,
        place: Place::Slider,
        amount: Amount::Parameters,
        range: (1e6, 1e13),
        slider: Some(Slider::log(|_| SIZES)),
        there: |scenario| scenario.language().is_some(),
        get: |scenario| scenario.language().and_then(|language| language.size).map(Entry::Number),
        set: |setting, _, text| Ok(f64::read(setting, text)?.note),
        check: |setting, text| f64::read(setting, text).map(drop),
        usual: "the model's own",
        ..CHOSEN
    },
    Setting {
        key: "runtime",
        doc: &[
            "The program that runs the model; each allocates by its own rules. `auto` is what people run on the \
             machine.",
        ],
        label: "Runtime",
        place: Place::Main,
        there: |scenario| scenario.language().is_some(),
        get: |scenario| scenario.language().map(|language| Entry::from(runtime_key(language))),
        set: |_, scenario, text| {
            let asked = asked_runtime(text)?;
            if let Some(language) = scenario.language_mut() {
                language.runtime = asked.unwrap_or(language.runtime);
                language.chosen = if asked.is_some() { Chosen::Asked } else { Chosen::Auto };
            }
            Ok(None)
        },
        check: |_, text| asked_runtime(text).map(drop),
        offers: || std::iter::once((AUTO, "auto".to_owned())).chain(Runtime::offers()).collect(),
        among: Some(runtimes),
        resets: &["precision", "kbit_preparation", "split"],
        usual: "auto",
        ..CHOSEN
    },
    Setting {
        key: "draft_model",
        doc: &[
            "Id of a second, smaller model that drafts tokens for the first to verify, or a path to one; `none`.",
        ],
        label: "Draft model",
        families: READ,
        there: |scenario| scenario.inference().is_some(),
        get: |scenario| {
            let language = scenario.language()?;
            Some(language.draft.as_ref().map_or_else(|| Entry::from("none"), |draft| draft.key.entry()))
        },
        usual: "none",
        ..CHOSEN
    },
    Setting {
        key: "machine",
        doc: &["Id of the machine it was made for."],
        label: "Machine",
        there: |_| false,
        ..CHOSEN
    },
];

/// How a preset names the model, or the file of a pipeline.
fn model_key(scenario: &Scenario) -> Option<&str> {
    let file = scenario.diffusion().and_then(|diffusion| diffusion.file.as_ref());
    let language = scenario.language().map(|language| language.key.as_str());
    language.or_else(|| file.map(|file| file.key.as_str()))
}

/// The runtime that each machine's owners run.
const AUTO: &str = "auto";

/// The runtime as a preset holds it.
fn runtime_key(language: &LanguageModel) -> &'static str {
    match language.chosen {
        Chosen::Auto => AUTO,
        Chosen::Asked => language.runtime.key(),
    }
}

/// The runtime that a text asks for; none for `auto`.
fn asked_runtime(text: &str) -> Result<Option<Runtime>, ValueError> {
    if text.trim().eq_ignore_ascii_case(AUTO) {
        return Ok(None);
    }
    Runtime::named(text).map(Some).ok_or_else(|| ValueError::Unknown {
        text: quoted(text),
        known: std::iter::once(AUTO).chain(Runtime::ALL.into_iter().map(Runtime::key)).collect(),
    })
}

/// The runtimes that do what is asked, and the choice of the machine's own.
fn runtimes(scenario: &Scenario) -> Vec<super::Choice> {
    let trains = scenario.tune().is_some();
    let does = |runtime: &Runtime| !trains || runtime.trains();
    let named =
        Runtime::ALL.into_iter().filter(does).map(|runtime| (runtime.key(), runtime.label().to_owned()));
    std::iter::once((AUTO, "auto".to_owned())).chain(named).collect()
}

/// Parameters that a shape is scaled to, as a preset gives them.
pub fn model_size(text: &str) -> Option<f64> {
    let setting = GENERAL.iter().find(|setting| setting.key == "model_size")?;
    f64::read(setting, text).ok().map(|given| given.value)
}
