//! From the words of the command line to scenarios.

use std::io::Read as _;
use std::path::Path;

use super::outside::LARGEST_TEXT;
use super::{Context, Outside};
use crate::import::import;
use crate::report::{Opened, SavedReport, open};
use crate::spec::Runtime;
use crate::spec::preset::{KeyError, Preset, PresetKeys, resolve};

/// What was asked, before the machine is known.
pub(super) struct Question {
    /// One scenario each, or in a sentence what is wrong with it.
    pub(super) presets: Vec<Result<Preset, String>>,
    /// The report it came from, if it came from one.
    pub(super) report: Option<SavedReport>,
}

/// Reads the subject, lays `--model` and `--set` over it, and finds its model.
///
/// # Errors
/// In a sentence: the file, the place in it, and what would be right.
pub(super) fn question(
    subject: &str,
    model: Option<&str>,
    set: &[String],
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<Question, String> {
    let mut over = PresetKeys::default();
    if let Some(model) = model {
        over.set("model", model).map_err(|error| error.to_string())?;
    }
    for assignment in set {
        let (key, value) = assignment
            .split_once('=')
            .ok_or_else(|| format!("`--set {assignment}` lacks `=`; write for example --set context=32k"))?;
        over.set(key.trim(), value).map_err(|error| error.to_string())?;
    }
    let (opened, file) = read(subject, context, outside)?;
    let (keys, report) = match opened {
        Opened::Presets(keys) => (keys, None),
        Opened::Report(report) => (vec![report.scenario.clone()], Some(*report)),
    };
    if keys.is_empty() {
        return Err(format!("{file}: the list holds no preset"));
    }
    let one = |keys: PresetKeys| {
        let mut keys = over.clone().over(keys);
        if let Some(path) = model {
            stored_form(path, &over, &mut keys).map_err(|error| format!("{file}: {error}"))?;
        }
        resolve(keys, context).map_err(|error| format!("{file}: {error}"))
    };
    let presets = keys.into_iter().map(one).collect();
    Ok(Question { presets, report })
}

/// The subject as keys: standard input, a built-in preset, a preset or report file, or a model on disk.
fn read(subject: &str, context: &Context, outside: &mut Outside<'_>) -> Result<(Opened, String), String> {
    if subject == "-" {
        let mut text = String::new();
        let read = outside.input.take(LARGEST_TEXT).read_to_string(&mut text);
        read.map_err(|error| format!("standard input: {error}; presets are text in UTF-8"))?;
        return opened(&text, "standard input");
    }
    let path = Path::new(subject);
    let is_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    if !path.exists() {
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(subject);
        let unknown = match context.catalog.preset(if is_text { name } else { subject }) {
            Ok(preset) => return opened(&preset.text, &preset.file),
            Err(unknown) => unknown,
        };
        if context.catalog.model(subject).is_ok() {
            return Ok((of_model(subject)?, subject.to_owned()));
        }
        return Err(format!("{unknown}, and no such file; `plimsoll list presets` lists them all"));
    }
    if !is_text {
        return Ok((of_model(subject)?, subject.to_owned()));
    }
    let file = std::fs::File::open(path).map_err(|error| format!("{error}: {subject}"))?;
    let mut text = String::new();
    file.take(LARGEST_TEXT)
        .read_to_string(&mut text)
        .map_err(|error| format!("{error}; a preset is text in UTF-8: {subject}"))?;
    opened(&text, subject)
}

/// The keys in a text.
fn opened(text: &str, file: &str) -> Result<(Opened, String), String> {
    open(text, file).map(|opened| (opened, file.to_owned())).map_err(|error| error.to_string())
}

/// A model by itself: everything else takes its default.
fn of_model(key: &str) -> Result<Opened, String> {
    let mut keys = PresetKeys::default();
    keys.set("model", key).map_err(|error| error.to_string())?;
    stored_form(key, &PresetKeys::default(), &mut keys).map_err(|error| error.to_string())?;
    Ok(Opened::Presets(vec![keys]))
}

/// A model file says how its weights are stored, and so which runtime reads it, unless the user says otherwise.
/// A fine-tune holds its base in its own way, so only the file's shapes count there.
fn stored_form(model: &str, said: &PresetKeys, keys: &mut PresetKeys) -> Result<(), KeyError> {
    if !keys.reads_a_model() {
        return Ok(());
    }
    let path = Path::new(model);
    let Some(stored) = path.exists().then(|| import(path).ok()).flatten().and_then(|found| found.file_type)
    else {
        return Ok(());
    };
    if !said.gives("quantization") {
        keys.replace("quantization", stored.key())?;
        let reads = Runtime::ALL.into_iter().find(|runtime| stored.runs_on(*runtime));
        if let Some(runtime) = reads.filter(|_| !said.gives("runtime")) {
            keys.replace("runtime", runtime.key())?;
        }
    }
    Ok(())
}
