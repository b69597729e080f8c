//! From the words of the command line to scenarios.

use std::io::Read as _;
use std::path::Path;

use super::args::SubjectArgs;
use super::context::is_there;
use super::error::CliError;
use super::{Context, Outside};
use crate::import::import;
use crate::report::{Opened, SavedReport, open, read_text};
use crate::spec::preset::{KeyError, Preset, PresetEntry, PresetKeys, resolve};
use crate::spec::{Family, Named as _};

/// Largest text read from standard input, MiB.
const LARGEST_MIB: u64 = 16;

/// What was asked, before the machine is known.
pub(super) struct Question {
    /// One scenario each, or what is wrong with it.
    pub(super) presets: Vec<Result<Preset, CliError>>,
    /// Of a list, the file, and where each of its entries stands; else nothing.
    pub(super) listed: Option<Listed>,
    /// The keys that each was read from, with what the arguments set.
    pub(super) keys: Vec<PresetKeys>,
    /// The report it came from, if it came from one.
    pub(super) report: Option<SavedReport>,
}

/// A list of presets, for errors that say where they are.
pub(super) struct Listed {
    file: String,
    entries: Vec<PresetEntry>,
}

impl Listed {
    /// An error of an entry, from 0, with its place: that of a key where it is about one.
    pub(super) fn at(&self, entry: usize, key: Option<&str>, error: CliError) -> CliError {
        let Some(place) = self.entries.get(entry).map(|entry| entry.place_of(key)) else { return error };
        if error.place().is_some() {
            return error;
        }
        CliError::Placed { file: self.file.clone(), line: place.0, column: place.1, error: Box::new(error) }
    }
}

/// The question of a command's arguments.
///
/// # Errors
/// As [`question`].
pub(super) fn asked_for(
    asked: &SubjectArgs,
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<Question, CliError> {
    question(asked.subject.as_deref(), asked.model.as_deref(), &asked.set, context, outside)
}

/// Reads the subject, lays `--model` and `--set` over it, and finds its model.
///
/// # Errors
/// With the file, the place in it, and what would be right.
pub(super) fn question(
    subject: Option<&Path>,
    model: Option<&Path>,
    set: &[String],
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<Question, CliError> {
    let mut over = PresetKeys::default();
    // A model alone is what is asked about.
    let alone = subject.is_none();
    let (subject, model) = match (subject, model) {
        (None, Some(model)) => (model, None),
        (subject, model) => (subject.unwrap_or(Path::new(USUAL)), model),
    };
    let model = model.map(as_key).transpose()?;
    if let Some(model) = model {
        over.set("model", model).map_err(CliError::key)?;
        if is_for_images(model, context) {
            over.set("family", Family::Diffusion.key()).map_err(CliError::key)?;
        }
    }
    for assignment in set {
        let (key, value) =
            assignment.split_once('=').ok_or_else(|| CliError::NoValue(assignment.to_owned()))?;
        over.set(key.trim(), value).map_err(CliError::key)?;
    }
    let (opened, file) = read(subject, &over, context, outside)?;
    let (entries, report) = match opened {
        Opened::Presets(entries) => (entries, None),
        Opened::Report(report) => (vec![PresetEntry::alone(report.scenario.clone())], Some(*report)),
    };
    if entries.is_empty() {
        return Err(CliError::Empty(file));
    }
    let listed = entries.iter().any(|entry| entry.listed);
    let listed = listed.then(|| Listed { file: file.clone(), entries: entries.clone() });
    let (mut presets, mut all_keys) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    for (at, entry) in entries.into_iter().enumerate() {
        let one = entry.keys.map_err(CliError::from).and_then(|keys| {
            let mut keys = over.clone().over(keys);
            if let Some(path) = model {
                stored_form(context, path, &over, &mut keys)
                    .map_err(|error| CliError::preset(&file, error))?;
            }
            Ok(keys)
        });
        let preset = one.and_then(|keys| {
            let preset = resolve(&keys, context).map_err(|error| match &listed {
                Some(list) => list.at(at, error.key(), CliError::key(&error)),
                // What is wrong with another model is no fault of the preset.
                None if error.key() == Some("model") && over.gives("model") => CliError::key(&error),
                None => CliError::of_preset(&file, &error),
            });
            all_keys.push(keys);
            let said = |preset| if alone { with_usual(preset) } else { preset };
            preset.map(said)
        });
        presets.push(preset);
    }
    Ok(Question { presets, listed, keys: all_keys, report })
}

/// The preset of which everything is usual.
const USUAL: &str = "chat-8b";

/// Says what a model alone is taken to do.
fn with_usual(mut preset: Preset) -> Preset {
    let does = match &preset.scenario {
        scenario if scenario.diffusion().is_some() => "makes an image",
        scenario if scenario.tune().is_some() => "is fine-tuned",
        _ => "answers one person's chat",
    };
    preset.notes.insert(0, format!("No preset is given, so the model {does} with the usual settings"));
    preset
}

/// One preset with the keys it was read from, for what is asked of one only.
///
/// # Errors
/// Where there are several, and what is wrong with the one there is.
pub(super) fn single(question: Question) -> Result<(Preset, PresetKeys), CliError> {
    let (mut presets, mut keys) = (question.presets.into_iter(), question.keys.into_iter());
    match (presets.next(), presets.next(), keys.next()) {
        (Some(preset), None, Some(keys)) => Ok((preset?, keys)),
        _ => Err(CliError::SeveralPresets),
    }
}

/// The subject as keys: standard input, a built-in preset, a preset or report file, or a model on disk.
fn read(
    subject: &Path,
    over: &PresetKeys,
    context: &Context,
    outside: &mut Outside<'_>,
) -> Result<(Opened, String), CliError> {
    if subject == Path::new("-") {
        return opened(&standard_input(outside)?, "standard input");
    }
    let is_text = subject.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    if is_there(subject) {
        return if is_text {
            opened(&read_text(subject)?, &subject.to_string_lossy())
        } else {
            of_model(as_key(subject)?, over, context)
        };
    }
    let asked = subject.to_string_lossy();
    let name = if is_text { subject.file_stem().map(|stem| stem.to_string_lossy()) } else { None };
    let unknown = match context.catalog.preset(name.as_ref().unwrap_or(&asked)) {
        Ok(preset) => return opened(&preset.text, &preset.file),
        Err(unknown) => unknown,
    };
    if context.catalog.model(&asked).is_ok() || context.path_of(&asked).is_some() {
        return of_model(&asked, over, context);
    }
    Err(CliError::NoPreset(unknown))
}

/// All of standard input.
fn standard_input(outside: &mut Outside<'_>) -> Result<String, CliError> {
    let limit = LARGEST_MIB << 20;
    let mut text = String::new();
    outside.input.take(limit + 1).read_to_string(&mut text).map_err(CliError::Input)?;
    if text.len() as u64 > limit { Err(CliError::InputTooLong(LARGEST_MIB)) } else { Ok(text) }
}

/// The keys in a text.
fn opened(text: &str, file: &str) -> Result<(Opened, String), CliError> {
    Ok((open(text, file)?, file.to_owned()))
}

/// A model's path as the key `model` holds it.
fn as_key(path: &Path) -> Result<&str, CliError> {
    path.to_str().ok_or_else(|| CliError::PathNotText(path.to_owned()))
}

/// A model by itself: everything else takes its default. What is asked of it may be training, which holds it in its own way.
fn of_model(key: &str, over: &PresetKeys, context: &Context) -> Result<(Opened, String), CliError> {
    let mut keys = PresetKeys::default();
    keys.set("model", key).map_err(CliError::key)?;
    if is_for_images(key, context) {
        keys.set("family", Family::Diffusion.key()).map_err(CliError::key)?;
    }
    if over.clone().over(keys.clone()).reads_a_model() {
        stored_form(context, key, &PresetKeys::default(), &mut keys).map_err(CliError::key)?;
    }
    Ok((Opened::Presets(vec![PresetEntry::alone(keys)]), key.to_owned()))
}

/// Whether a path is a file of a pipeline for images.
fn is_for_images(model: &str, context: &Context) -> bool {
    let path = context.path_of(model).and_then(Result::ok);
    path.is_some_and(|path| import(&path).is_ok_and(|found| found.image.is_some()))
}

/// A model file says how its weights are stored; the runtime is each machine's own, unless the user says otherwise.
/// A fine-tune holds its base in its own way, so only the file's shapes count there.
fn stored_form(
    context: &Context,
    model: &str,
    said: &PresetKeys,
    keys: &mut PresetKeys,
) -> Result<(), KeyError> {
    if !keys.reads_a_model() {
        return Ok(());
    }
    let path = context.path_of(model).and_then(Result::ok);
    let Some(stored) = path.and_then(|path| import(&path).ok()).and_then(|found| found.file_type) else {
        return Ok(());
    };
    if !said.gives("quantization") {
        keys.replace("quantization", stored.key())?;
        if !said.gives("runtime") {
            keys.replace("runtime", "auto")?;
        }
    }
    Ok(())
}
