//! What follows for each model that was found.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::engine::scale::scaled;
use crate::engine::{Assumptions, Verdict};
use crate::import::Problem;
use crate::import::import;
use crate::import::stores::{Found, Trouble};
use crate::spec::preset::{KeyError, Models, NoModel, PresetKeys, ResolveError};
use crate::spec::{Family, ImageFile, Machine, Model, Named as _};
use crate::units::count;

use super::ModelHere;

/// Why nothing follows for a model.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// Something is wrong with it where it lies.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// Its files are of a kind that is not read.
    #[error("{0}, which is not read here")]
    NotRead(&'static str),
    /// No preset could name it.
    #[error("its path is no text, so no preset could name it; rename it")]
    Path,
    /// It cannot be read.
    #[error(transparent)]
    Import(#[from] Problem),
    /// The model that an adapter is of is not here.
    #[error(transparent)]
    NoBase(#[from] NoModel),
    /// Neither its layers nor its weights are known; what its reader says of it.
    #[error("{0}")]
    Unknown(String),
    /// It is no value of a preset.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It does not go with what is usual.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// It was left out.
    #[error("it was not read")]
    LeftOut,
}

/// A model that was found, with what follows or why nothing does.
#[derive(Debug)]
pub struct Listed {
    /// As it was found.
    pub found: Found,
    /// What follows.
    pub answer: Result<Answered, NotAnswered>,
}

/// What is asked of every model.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The machine it is to run on.
    pub machine: &'a Arc<Machine>,
    /// What an estimate rests on.
    pub assumptions: Assumptions<'a>,
    /// Finds the model that an adapter is of.
    pub base: &'a (dyn Fn(&str) -> Result<Arc<Model>, NoModel> + Sync),
    /// The day it is read, `YYYY-MM-DD`.
    pub today: &'a str,
}

/// A model that could be read.
#[derive(Debug)]
pub struct Answered {
    /// How it runs.
    pub here: ModelHere,
    /// Its parameters; `None` where files do not tell them.
    pub parameters: Option<f64>,
    /// What its reader says of it.
    pub notes: Vec<String>,
}

impl Listed {
    /// The verdict.
    pub fn verdict(&self) -> Option<Verdict> {
        self.answer.as_ref().ok().map(|answer| answer.here.estimate.fit.verdict)
    }

    /// Tokens of the largest context.
    pub fn context(&self) -> Option<f64> {
        let largest = self.answer.as_ref().ok()?.here.largest_context?;
        Some(count(largest.tokens))
    }

    /// Tokens a second.
    pub fn speed(&self) -> Option<f64> {
        Some(self.answer.as_ref().ok()?.here.decode()?.best.get())
    }
}

/// Reads every model and asks the machine about it, on all cores.
pub fn answer_all(found: Vec<Found>, asked: &Asked<'_>) -> Vec<Listed> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<Result<Answered, NotAnswered>>>> =
        Mutex::new(found.iter().map(|_| None).collect());
    let work = || {
        while let Some((at, model)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            found.get(at).map(|model| (at, model))
        } {
            let answer = answer(model, asked);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(own) = answers.get_mut(at) {
                *own = Some(answer);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(found.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let untold = || Err(NotAnswered::LeftOut);
    let pairs = found.into_iter().zip(answers);
    pairs.map(|(found, answer)| Listed { found, answer: answer.unwrap_or_else(untold) }).collect()
}

/// The one model that was read, or the one file of a pipeline for images.
struct Single {
    model: Option<Arc<Model>>,
    image: Option<Arc<ImageFile>>,
}

impl Models for Single {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        self.model.clone().ok_or_else(|| NoModel(key.to_owned()))
    }

    fn find_image(&self, key: &str) -> Result<Arc<ImageFile>, NoModel> {
        self.image.clone().ok_or_else(|| NoModel(key.to_owned()))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

/// Reads one model and asks the machine about it.
///
/// # Errors
/// Why it cannot be read, or not be asked about.
pub fn answer(found: &Found, asked: &Asked<'_>) -> Result<Answered, NotAnswered> {
    if !found.opens() {
        let not_read = || NotAnswered::NotRead(found.format.label());
        return Err(found.trouble.clone().map_or_else(not_read, NotAnswered::from));
    }
    let path = found.path.to_str().ok_or(NotAnswered::Path)?;
    let imported = import(&found.path).map_err(|error| error.problem)?.read_on(asked.today);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    let mut keys = PresetKeys::default();
    keys.set("model", path)?;
    let single = if let Some(image) = imported.image.clone() {
        keys.set("family", Family::Diffusion.key())?;
        Single { model: None, image: Some(image) }
    } else {
        let model = imported.on_base(asked.base)?;
        let model = model.ok_or_else(|| NotAnswered::Unknown(notes.join("; ")))?;
        if let Some(file) = &model.file {
            keys.set("quantization", file.stored.key())?;
        }
        Single { model: Some(Arc::new(model)), image: None }
    };
    let parameters = single.model.as_ref().map(|model| *model.parameters.value());
    let here = ModelHere::new(&keys, &single, asked.machine, &asked.assumptions)?;
    Ok(Answered { here, parameters: parameters.filter(|count| *count > 0.0), notes })
}
