//! Reading and writing files, off the frame thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::load_error::LoadError;
use crate::app::text;
use crate::catalog::{Catalog, calibration, quality};
use crate::detect::THIS;
use crate::engine::plan::Offered;
use crate::engine::scale::scaled;
use crate::engine::{Assumptions, Use};
use crate::evidence::logs::{LogRun, read_log_file};
use crate::import::stores::{ThisDisk, locate};
use crate::import::{find_image, import};
use crate::report::{Opened, Report, SavedReport, changes_since, open, read_text};
use crate::spec::preset::{Models, NoModel, Preset, PresetKeys, resolve};
use crate::spec::{
    Described, Family, ImageFile, Machine, Model, Named as _, NotTogether, QualityLoss, Quantization,
    Scenario, count_and_id, joined,
};

/// What a file held.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Loaded {
    /// A scenario, as a preset or a report holds it.
    Scenario {
        /// The scenario.
        scenario: Box<Scenario>,
        /// Id of the machine it is evaluated on, if it names one.
        machine: Option<String>,
        /// Ids of the machines it is compared on.
        compared: Vec<String>,
        /// How machines are used, where a report says it.
        usage: Option<Use>,
        /// What should be known about it.
        notes: Vec<String>,
        /// The report that it stood in, with what was said then.
        saved: Option<Box<SavedReport>>,
    },
    /// What programs measured, beside the scenario that is open.
    Log(Vec<LogRun>),
    /// A model for the scenario that is open.
    Model {
        /// The model.
        model: Arc<Model>,
        /// How presets name it: its path.
        key: String,
        /// How its weights are stored, where the file says it.
        quantization: Option<Quantization>,
        /// What should be known about it.
        notes: Vec<String>,
    },
}

/// Reads a preset, a report or a model.
///
/// # Errors
/// In a sentence: what is wrong, where, and what would be right.
pub(super) fn load(
    path: &Path,
    catalog: &Catalog,
    machines: &[Arc<Machine>],
    today: &str,
) -> Result<Loaded, LoadError> {
    let is_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    if !is_text {
        // What is no model may be what a program printed of its run.
        return load_model(path, catalog, today).or_else(|error| {
            read_log_file(path).map(|(runs, _cut)| Loaded::Log(runs)).map_err(|_no_log| error)
        });
    }
    let text = read_text(path)?;
    load_text(&text, &path.display().to_string(), catalog, machines, today)
}

/// Reads the text of a preset or a report; `file` is named in errors.
///
/// # Errors
/// In a sentence: what is wrong, where, and what would be right.
pub(super) fn load_text(
    text: &str,
    file: &str,
    catalog: &Catalog,
    machines: &[Arc<Machine>],
    today: &str,
) -> Result<Loaded, LoadError> {
    let opened = open(text, file)?;
    let inside = |error| LoadError::Inside { file: file.to_owned(), error };
    match opened {
        Opened::Presets(list) => {
            let count = list.len();
            let first = list.into_iter().next().ok_or_else(|| LoadError::Empty(file.to_owned()))?;
            let keys = first.keys?;
            let preset = resolve(keys, &Known { catalog, today }).map_err(inside)?;
            let first = (count > 1).then(|| text::the_file_holds_presets(&count));
            Ok(of_preset(preset, None, first.into_iter().collect()))
        }
        Opened::Report(report) => {
            let preset = resolve(&report.scenario, &Known { catalog, today }).map_err(inside)?;
            let notes = since(&report, &preset.scenario, catalog, machines, today);
            Ok(of_preset(preset, Some(report), notes))
        }
    }
}

/// Whether a machine is written so that it may stand in no catalog: with a number, with `+`, or by three figures.
pub(super) fn is_written(id: &str) -> bool {
    id.contains('+') || Described::is(id) || count_and_id(id).is_some()
}

/// The machine that is in no catalog and is written so: several of one, of unlike cards, this one with one more
/// (`this + rtx-3090`), or described by three figures.
pub(super) fn unlisted(
    catalog: &Catalog,
    this: Option<&Arc<Machine>>,
    id: &str,
    today: &str,
) -> Option<Arc<Machine>> {
    let find = |id: &str| catalog.machine_or_described(id, today).map_err(|_none| NotTogether::Nothing);
    let card = |id: &str| match this {
        Some(this) if id.eq_ignore_ascii_case(THIS) => Ok(Arc::clone(this)),
        _ => find(id),
    };
    match joined(id, card) {
        Some(together) => together.ok().map(Arc::new).filter(|machine| !machine.cards.is_empty()),
        None => match (find(id), count_and_id(id)) {
            (Ok(machine), _) => Some(machine).filter(|machine| machine.assumed().is_some()),
            (Err(_), Some((count, one))) => {
                find(one).ok().map(|machine| Arc::new(machine.named_with_devices(count)))
            }
            (Err(_), None) => None,
        },
    }
}

/// What is different now from when a report was saved.
fn since(
    report: &SavedReport,
    scenario: &Scenario,
    catalog: &Catalog,
    machines: &[Arc<Machine>],
    today: &str,
) -> Vec<String> {
    let this = machines.iter().find(|machine| machine.id == THIS);
    let listed = |id: &str| {
        let listed = machines.iter().find(|machine| machine.id == id).cloned();
        listed.or_else(|| unlisted(catalog, this, id, today))
    };
    let mut then: Vec<Arc<Machine>> = Vec::new();
    let mut notes = Vec::new();
    for id in &report.machines {
        match listed(id) {
            Some(machine) => then.push(machine),
            None => notes.push(text::machine_is(&id)),
        }
    }
    let assumptions = Assumptions { usage: report.usage.into(), ..Assumptions::new(calibration()) };
    let now = Report::new(scenario.clone(), &then, &assumptions, (today, catalog.data_of()));
    [changes_since(report, &now), notes].concat()
}

fn of_preset(preset: Preset, saved: Option<Box<SavedReport>>, mut notes: Vec<String>) -> Loaded {
    notes.extend(preset.notes);
    let compared = saved.as_ref().map(|report| report.machines.clone()).unwrap_or_default();
    let usage = saved.as_ref().map(|report| report.usage.into());
    let machine = preset.machine.or_else(|| compared.first().cloned());
    let compared = compared.into_iter().skip(1).collect();
    Loaded::Scenario { scenario: Box::new(preset.scenario), machine, compared, usage, notes, saved }
}

fn load_model(path: &Path, catalog: &Catalog, today: &str) -> Result<Loaded, LoadError> {
    // A preset keeps the path as text, and one that is no text would name another file.
    let key = path.to_str().ok_or_else(|| LoadError::Path(path.to_owned()))?;
    let imported = import(path)?.read_on(today);
    if imported.image.is_some() {
        return load_images(key, catalog, today);
    }
    let what = imported.summary();
    let mut notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    let quantization = imported.file_type;
    let known = Known { catalog, today };
    let no_base = |error: NoModel| LoadError::Architecture(error.to_string());
    let Some(model) = imported.on_base(&|base| known.base(base)).map_err(no_base)? else {
        notes.insert(0, what);
        return Err(LoadError::Architecture(notes.join(". ")));
    };
    Ok(Loaded::Model { model: Arc::new(model), key: key.to_owned(), quantization, notes })
}

/// A file of a pipeline for images is a scenario of its own.
fn load_images(key: &str, catalog: &Catalog, today: &str) -> Result<Loaded, LoadError> {
    let mut keys = PresetKeys::default();
    keys.set("family", Family::Diffusion.key())?;
    keys.set("model", key)?;
    let inside = |error| LoadError::Inside { file: key.to_owned(), error };
    let preset = resolve(keys, &Known { catalog, today }).map_err(inside)?;
    Ok(of_preset(preset, None, Vec::new()))
}

/// Models by id in the catalog, or by path.
pub(super) struct Known<'a> {
    /// What is built in, and what the user adds.
    pub catalog: &'a Catalog,
    /// The day a model is read, `YYYY-MM-DD`.
    pub today: &'a str,
}

impl Offered for Known<'_> {
    fn models(&self) -> &[Arc<Model>] {
        &self.catalog.models
    }

    fn machines(&self) -> &[Arc<Machine>] {
        &self.catalog.machines
    }

    fn qualities(&self) -> &[QualityLoss] {
        quality()
    }
}

impl Models for Known<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        let unknown = match self.catalog.model(key) {
            Ok(model) => return Ok(Arc::clone(model)),
            Err(unknown) => unknown,
        };
        let own = Path::new(key);
        let path = if own.exists() { Some(Ok(own.to_owned())) } else { locate(&ThisDisk, key) };
        let Some(path) = path.transpose().map_err(|error| NoModel(error.to_string()))? else {
            return Err(NoModel(text::and_no_such_file(&unknown)));
        };
        let imported = import(&path).map_err(|error| NoModel(error.to_string()))?.read_on(self.today);
        let what = imported.summary();
        imported.on_base(&|base| self.base(base))?.map(Arc::new).ok_or(NoModel(what))
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        find_image(key)
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

impl Known<'_> {
    /// The model that an adapter is of: a path, an id, or a repository whose model the catalog has.
    pub(super) fn base(&self, named: &str) -> Result<Arc<Model>, NoModel> {
        match self.catalog.model_of_repository(named) {
            Some(model) if !Path::new(named).exists() => Ok(Arc::clone(model)),
            _ => self.find(named),
        }
    }
}

/// Models by id in the catalog alone, as presets that are built in name them.
pub(super) struct Listed<'a>(pub &'a Catalog);

impl Models for Listed<'_> {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        self.0.model(key).cloned().map_err(|error| NoModel(error.to_string()))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

/// The scenario a window starts with: chat with Llama 3.1 8B.
///
/// # Errors
/// When the catalog lacks the model, which the tests rule out.
pub(super) fn first_scenario(catalog: &Catalog) -> Result<Scenario, LoadError> {
    let mut keys = PresetKeys::default();
    for (key, text) in [("name", text::chat_with_llama_3_1()), ("model", "llama-3.1-8b")] {
        keys.set(key, text)?;
    }
    Ok(resolve(keys, &Listed(catalog))?.scenario)
}

/// A path with an ending, if it had none.
pub(super) fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;

    use super::*;

    #[test]
    fn a_file_whose_name_is_no_text_opens_unless_a_preset_has_to_keep_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let named = |name: &[u8]| folder.path().join(std::ffi::OsString::from_vec(name.to_vec()));
        let catalog = Catalog::built_in();
        let loaded = |path: &Path| load(path, &catalog, &[], "2026-11-20");
        std::fs::write(named(b"\xff.ron"), "(model: \"llama-3.1-8b\")").expect("a file");
        assert!(matches!(loaded(&named(b"\xff.ron")), Ok(Loaded::Scenario { .. })));
        std::fs::write(named(b"\xff.gguf"), "GGUF").expect("a file");
        let refused = loaded(&named(b"\xff.gguf")).expect_err("a preset keeps text");
        assert!(refused.to_string().contains("has to be UTF-8 text"), "{refused}");
    }
}
