//! `plimsoll models`: the models on this machine, and how each runs on it or on another.

mod json;
mod text;

use std::path::PathBuf;

use super::args::{ModelSort, ModelsArgs};
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::engine::Assumptions;
use crate::here::{Asked, Listed, answer_all};
use crate::import::stores::{Disk, FileKind, Root, Search, Step, roots};

/// What was looked through, and what was found.
struct Sought {
    /// Models with what follows for each, sorted.
    models: Vec<Listed>,
    /// Where was looked; nothing where folders were named.
    roots: Vec<Root>,
    /// What could not be looked at.
    problems: Vec<String>,
}

/// Prints the list; that there are none is no error.
pub(super) fn models(asked: &ModelsArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let machine = context.machine(&asked.machine, outside)?;
    outside.say_taken(&machine);
    let disk = &*context.disk;
    let roots = if asked.folders.is_empty() { roots(disk) } else { Vec::new() };
    let search = if asked.folders.is_empty() {
        Search::of_all(disk)
    } else {
        Search::of_folders(disk, folders(&asked.folders, disk)?)
    };
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for step in search {
        match step {
            Step::Looked => {}
            Step::Model(model) => found.push(*model),
            Step::Problem(problem) => problems.push(problem.to_string()),
        }
    }
    let assumptions = Assumptions::new(calibration());
    let base = |named: &str| context.base(named);
    let asking = Asked { machine: &machine, assumptions, base: &base, today: &context.today };
    let mut models = answer_all(found, &asking);
    sort(&mut models, asked.sort);
    let sought = Sought { models, roots, problems };
    if asked.json {
        let text = serde_json::to_string_pretty(&json::of(&sought, &machine)).map_err(CliError::written)?;
        outside.print_json(&(text + "\n"));
    } else {
        text::say(&sought, &machine, outside);
    }
    Ok(0)
}

/// The folders that were named, each of which must be one.
fn folders(named: &[PathBuf], disk: &dyn Disk) -> Result<Vec<PathBuf>, CliError> {
    let folder = |path: &PathBuf| match disk.about(path) {
        Ok(about) if about.kind == FileKind::Folder => {
            Ok(std::path::absolute(path).unwrap_or_else(|_| path.clone()))
        }
        Ok(_) => Err(CliError::NoFolderThere(path.clone(), "this is a file".to_owned())),
        Err(error) => Err(CliError::NoFolderThere(path.clone(), error.to_string())),
    };
    named.iter().map(folder).collect()
}

/// Sorts them; what is alike stays by store and name.
fn sort(models: &mut [Listed], by: ModelSort) {
    models.sort_by(|a, b| a.found.store.cmp(&b.found.store).then_with(|| a.found.name.cmp(&b.found.name)));
    // The most stands first.
    let falling = |a: Option<f64>, b: Option<f64>| b.unwrap_or(-1.0).total_cmp(&a.unwrap_or(-1.0));
    match by {
        ModelSort::Store => {}
        ModelSort::Name => models.sort_by_key(|model| model.found.name.to_lowercase()),
        ModelSort::Size => models.sort_by_key(|model| std::cmp::Reverse(model.found.bytes())),
        ModelSort::Fit => models.sort_by(|a, b| {
            let rank = |model: &Listed| model.verdict().map_or(u8::MAX, |verdict| verdict as u8);
            rank(a).cmp(&rank(b)).then_with(|| b.found.bytes().cmp(&a.found.bytes()))
        }),
        ModelSort::Context => models.sort_by(|a, b| falling(a.context(), b.context())),
        ModelSort::Speed => models.sort_by(|a, b| falling(a.speed(), b.speed())),
    }
}
