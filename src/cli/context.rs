//! What every answer needs: the catalog, this machine, and where models come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Outside;
use super::error::CliError;
use crate::catalog::{Catalog, NoMachine, quality};
use crate::detect::{Detected, THIS, detect, read_kept, read_measured};
use crate::engine::plan::Offered;
use crate::engine::scale::scaled;
use crate::import::stores::{Disk, NotStored, ThisDisk, locate};
use crate::import::{find_image, import};
use crate::spec::preset::{Models, NoModel};
use crate::spec::{
    Described, ImageFile, KeptRun, Machine, Measured, Model, QualityLoss, count_and_id, joined,
};
use crate::units::quoted;

/// The catalog with the user's folder laid over it.
pub struct Context {
    /// Everything that is known.
    pub catalog: Catalog,
    /// What was last measured on this machine.
    pub measured: Option<Measured>,
    /// What programs reported of their runs on this machine, and the user kept.
    pub(super) runs: Vec<KeptRun>,
    /// The day a model on disk is read, `YYYY-MM-DD`.
    pub today: String,
    /// Where models lie.
    pub(super) disk: Arc<dyn Disk + Send + Sync>,
}

impl Context {
    /// What ships alone, nothing of the user's, on this day; models are still found by their paths.
    pub fn built_in(today: &str) -> Self {
        Self {
            catalog: Catalog::built_in(),
            measured: None,
            runs: Vec::new(),
            today: today.to_owned(),
            disk: Arc::new(ThisDisk),
        }
    }

    /// Loads the catalog; problems with the user's own files are said and cost only those files.
    pub fn load(outside: &mut Outside<'_>) -> Self {
        let (catalog, problems) = Catalog::load(outside.user_folder.as_deref());
        for problem in problems {
            outside.remark("warning", problem);
        }
        let read = outside.user_folder.as_deref().map(|folder| read_measured(outside.world, folder));
        let measured = read.transpose().unwrap_or_else(|problem| {
            outside.remark("warning", problem);
            None
        });
        let kept = outside.user_folder.as_deref().map(|folder| read_kept(outside.world, folder));
        let runs = kept.transpose().unwrap_or_else(|problem| {
            outside.remark("warning", problem);
            None
        });
        let runs = runs.unwrap_or_default();
        Self {
            catalog,
            runs,
            measured: measured.flatten(),
            today: outside.today.clone(),
            disk: Arc::clone(&outside.disk),
        }
    }

    /// Where a model lies: a path that is there, or the name that a store on this machine gives it, as
    /// `ollama:llama3.1:8b`. `None` for what is neither.
    ///
    /// # Errors
    /// When the store has no such model.
    pub(super) fn path_of(&self, key: &str) -> Option<Result<PathBuf, NotStored>> {
        let path = Path::new(key);
        if is_there(path) { Some(Ok(path.to_owned())) } else { locate(&*self.disk, key) }
    }

    /// This machine, as it is now, with what was measured on it.
    pub fn this_machine(&self, outside: &Outside<'_>) -> Detected {
        let detected = detect(outside.world, &self.catalog.machines);
        let detected = detected.with_runs(&self.runs);
        match self.measured.as_ref() {
            Some(measured) => detected.with_measured(measured),
            None => detected,
        }
    }

    /// The model that an adapter is of: a path, an id, or a repository whose model the catalog has.
    pub(super) fn base(&self, named: &str) -> Result<Arc<Model>, NoModel> {
        match self.catalog.model_of_repository(named) {
            Some(model) if !Path::new(named).exists() => Ok(Arc::clone(model)),
            _ => self.find(named),
        }
    }

    /// A machine by id; `this` is the one it runs on, `24GiB 1008GBps 82TFLOPS` one that three figures describe,
    /// `2x rtx-3090` two of one kind, and `rtx-5080 + rtx-3090` unlike cards in one computer, `this + rtx-3090` one more in
    /// this one.
    ///
    /// # Errors
    /// That there is none, and which id is near; or what a description lacks.
    pub(super) fn machine(&self, id: &str, outside: &Outside<'_>) -> Result<Arc<Machine>, CliError> {
        if is_this(id) {
            return Ok(Arc::new(self.this_machine(outside).machine));
        }
        let alone = self.catalog.machine_or_described(id, &self.today);
        let card = |kind: &str| {
            if is_this(kind) {
                return Ok(Arc::new(self.this_machine(outside).machine));
            }
            self.catalog.machine_or_described(kind, &self.today).map_err(CliError::NoMachine)
        };
        if alone.is_err()
            && let Some(whole) = joined(id, card)
        {
            return whole.map(Arc::new);
        }
        let several = count_and_id(id).filter(|(_, kind)| {
            matches!(alone, Err(NoMachine::Unknown(_))) || (alone.is_err() && Described::is(kind))
        });
        if let Some((count, kind)) = several {
            return Ok(Arc::new(self.machine(kind, outside)?.named_with_devices(count)));
        }
        alone.map_err(CliError::NoMachine)
    }
}

fn is_this(id: &str) -> bool {
    id.eq_ignore_ascii_case(THIS)
}

/// Whether a path leads somewhere, even where this user may not look.
pub(super) fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or_else(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

impl Offered for Context {
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

impl Models for Context {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        let unknown = match self.catalog.model(key) {
            Ok(model) => return Ok(Arc::clone(model)),
            Err(unknown) => unknown,
        };
        if let Some(path) = self.path_of(key) {
            let path = path.map_err(|error| NoModel(error.to_string()))?;
            let imported = import(&path).map_err(|error| NoModel(error.to_string()))?.read_on(&self.today);
            let why = imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            let summary = imported.summary();
            let mut model = imported.on_base(&|base| self.base(base))?;
            if let Some((_, own)) = key.split_once(':').filter(|_| !Path::new(key).exists()) {
                // The store's name is the one that the user knows it by.
                model = model.map(|model| Model { name: quoted(own), ..model });
            }
            return model.map(Arc::new).ok_or_else(|| NoModel(format!("{summary}; {why}")));
        }
        Err(NoModel(format!(
            "{unknown}; `plimsoll list models` lists them all, and a path to a model is one too"
        )))
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        let path = self.path_of(key).transpose().map_err(|error| NoModel(error.to_string()))?;
        find_image(path.as_deref().and_then(Path::to_str).unwrap_or(key))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}
