//! What follows for each model that was found.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::engine::{Assumptions, Verdict};
use crate::import::import;
use crate::import::stores::Found;
use crate::report::ModelHere;
use crate::spec::Machine;
use crate::units::count;

/// A model that was found, with what follows or why nothing does.
pub(super) struct Listed {
    /// As it was found.
    pub found: Found,
    /// What follows.
    pub answer: Result<Answered, String>,
}

/// A model that could be read.
pub(super) struct Answered {
    /// How it runs.
    pub here: ModelHere,
    /// Its parameters; `None` where files do not tell them.
    pub parameters: Option<f64>,
    /// What its reader says of it.
    pub notes: Vec<String>,
}

impl Listed {
    /// The verdict.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.answer.as_ref().ok().map(|answer| answer.here.estimate.fit.verdict)
    }

    /// Tokens of the largest context.
    pub(super) fn context(&self) -> Option<f64> {
        let largest = self.answer.as_ref().ok()?.here.largest_context?;
        Some(count(largest.tokens))
    }

    /// Tokens a second.
    pub(super) fn speed(&self) -> Option<f64> {
        Some(self.answer.as_ref().ok()?.here.decode()?.best.get())
    }
}

/// Reads every model and asks the machine about it, on all cores.
pub(super) fn answered(
    found: Vec<Found>,
    machine: &Arc<Machine>,
    assumptions: &Assumptions<'_>,
    today: &str,
) -> Vec<Listed> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<Option<Result<Answered, String>>>> =
        Mutex::new(found.iter().map(|_| None).collect());
    let work = || {
        while let Some((at, model)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            found.get(at).map(|model| (at, model))
        } {
            let answer = answer(model, machine, assumptions, today);
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
    let untold = || Err("it was not read".to_owned());
    let pairs = found.into_iter().zip(answers);
    pairs.map(|(found, answer)| Listed { found, answer: answer.unwrap_or_else(untold) }).collect()
}

/// Reads one model and asks the machine about it.
fn answer(
    found: &Found,
    machine: &Arc<Machine>,
    assumptions: &Assumptions<'_>,
    today: &str,
) -> Result<Answered, String> {
    if !found.opens() {
        return Err(found
            .trouble
            .as_ref()
            .map_or_else(|| found.format.label().to_owned(), ToString::to_string));
    }
    let key = found.path.to_str().ok_or("its path is no text, so no preset could name it; rename it")?;
    let imported = import(&found.path).map_err(|error| error.problem.to_string())?.read_on(today);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    let model = imported.into_model().ok_or_else(|| notes.join("; "))?;
    let parameters = Some(*model.parameters.value()).filter(|count| *count > 0.0);
    let key = found.key.as_deref().unwrap_or(key);
    let here =
        ModelHere::new(key, &Arc::new(model), machine, assumptions).map_err(|error| error.to_string())?;
    Ok(Answered { here, parameters, notes })
}
