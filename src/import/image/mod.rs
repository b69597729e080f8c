//! Files of models that make images: which pipeline they are of, and what each model of it takes.

mod denoiser;
mod folder;
mod marks;
mod parts;
mod precision;

use std::collections::BTreeMap;
use std::path::Path;

use self::denoiser::{Known, denoiser};
pub(super) use self::folder::import_folder;
use self::marks::{Mark, Marks};
use self::parts::{Place, module, place};
use super::name;
use crate::spec::{ImageFile, ImagePart, Named as _, Pipeline};

/// What is seen of the tensors of a file, one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Bytes of each model by number format.
    sums: BTreeMap<(Place, &'static str), u64>,
    /// What tells a denoiser, or a file's one model.
    marks: Marks,
    /// Words that only packed formats write.
    packed: precision::Packed,
}

/// A file with models for images.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Read {
    /// Of a pipeline that is known here.
    File(ImageFile),
    /// Of none that is.
    Unknown {
        /// How people call what it holds.
        name: String,
        /// Bytes of its models.
        bytes: u64,
    },
}

impl Seen {
    /// Looks at one tensor; dimensions as PyTorch writes them.
    pub(super) fn look(&mut self, name: &str, format: &'static str, dimensions: &[u64], bytes: u64) {
        // Most files are language models, whose names need no closer look.
        let plain = name.starts_with("model.layers.") && !name.contains("lora");
        let (place, inside) = if plain { (Place::Bare, name) } else { place(name) };
        let sum = self.sums.entry((place, format)).or_default();
        *sum = sum.saturating_add(bytes);
        if plain {
            return;
        }
        self.packed.look(inside);
        match place {
            Place::Of(ImagePart::Adapter) => self.marks.look_at_adapter(name, dimensions),
            Place::Of(ImagePart::Denoiser) | Place::Bare => self.marks.look(module(inside), dimensions),
            // A module's name keeps what tells a control network.
            Place::Of(ImagePart::Control) => self.marks.look(module(name), dimensions),
            Place::Of(_) => {}
        }
    }

    /// Both together.
    pub(super) fn plus(mut self, other: Self) -> Self {
        for (key, bytes) in other.sums {
            let sum = self.sums.entry(key).or_default();
            *sum = sum.saturating_add(bytes);
        }
        self.marks = self.marks.plus(other.marks);
        self.packed = self.packed.plus(other.packed);
        self
    }

    /// What the one model of a file is.
    fn bare(&self, name: &str) -> Option<ImagePart> {
        if self.marks.has(Mark::ControlNet) {
            Some(ImagePart::Control)
        } else if denoiser(&self.marks, name).is_some() {
            Some(ImagePart::Denoiser)
        } else if self.marks.has(Mark::Whole) {
            None
        } else if self.marks.has(Mark::Vae) {
            Some(ImagePart::Vae)
        } else if self.marks.has(Mark::T5) {
            Some(ImagePart::T5)
        } else if self.marks.has(Mark::Clip) {
            Some(if self.marks.width == Some(1280) { ImagePart::ClipG } else { ImagePart::ClipL })
        } else {
            None
        }
    }

    /// Bytes of each model; none where the tensors are of something else.
    fn parts(&self, name: &str) -> Option<BTreeMap<ImagePart, u64>> {
        let bare = self.bare(name);
        let mut parts = BTreeMap::new();
        for ((place, _), bytes) in &self.sums {
            let part = match place {
                Place::Of(part) => *part,
                // Beside models that are named: what a checkpoint has for its noise schedule.
                Place::Bare => bare.unwrap_or(ImagePart::Denoiser),
            };
            let sum: &mut u64 = parts.entry(part).or_default();
            *sum = sum.saturating_add(*bytes);
        }
        let only_bare = self.sums.keys().all(|(place, _)| *place == Place::Bare);
        (!parts.is_empty() && (!only_bare || bare.is_some())).then_some(parts)
    }

    /// The number format that most of a model is in.
    fn format(&self, of: ImagePart, name: &str) -> &'static str {
        let bare = self.bare(name);
        let mut formats: BTreeMap<&'static str, u64> = BTreeMap::new();
        for ((place, format), bytes) in &self.sums {
            if *place == Place::Of(of) || (*place == Place::Bare && bare == Some(of)) {
                let sum = formats.entry(format).or_default();
                *sum = sum.saturating_add(*bytes);
            }
        }
        formats.into_iter().max_by_key(|(_, bytes)| *bytes).map_or("unknown", |(format, _)| format)
    }
}

/// The file whose tensors were seen; `None` where it is none of a pipeline for images.
pub(super) fn read(seen: &Seen, path: &Path) -> Option<Read> {
    let title = name::name(path);
    let parts = seen.parts(&title)?;
    let known = denoiser(&seen.marks, &title).or_else(|| by_itself(seen, &parts));
    let known = known.map(|known| of_adapter(known, &parts, &title));
    assemble(seen, path, title, parts, known)
}

/// An adapter holds no tensor that tells FLUX.1-dev from FLUX.1-schnell; nearly all are made for dev, unless they say.
fn of_adapter(known: Known, parts: &BTreeMap<ImagePart, u64>, title: &str) -> Known {
    let is_alone = parts.keys().all(|part| *part == ImagePart::Adapter);
    if is_alone && known.name == "FLUX.1-schnell" && !title.to_lowercase().contains("schnell") {
        Known { name: "FLUX.1-dev", pipelines: &["flux.1-dev", "flux.1-schnell"] }
    } else {
        known
    }
}

/// A pipeline that a text encoder or a VAE by itself is most often used in.
fn by_itself(seen: &Seen, parts: &BTreeMap<ImagePart, u64>) -> Option<Known> {
    let has = |part| parts.contains_key(&part);
    let usual = |name, pipelines| Some(Known { name, pipelines });
    if has(ImagePart::Adapter) || has(ImagePart::Control) || has(ImagePart::Denoiser) {
        return None;
    }
    if has(ImagePart::Vae) {
        return if seen.marks.latents == Some(4) {
            usual("SDXL", &["sdxl"])
        } else {
            usual("FLUX.1-dev", &["flux.1-dev"])
        };
    }
    if has(ImagePart::ClipG) {
        return usual("SDXL", &["sdxl"]);
    }
    usual("FLUX.1-dev", &["flux.1-dev"])
}

/// A file of these models.
fn assemble(
    seen: &Seen,
    path: &Path,
    title: String,
    parts: BTreeMap<ImagePart, u64>,
    known: Option<Known>,
) -> Option<Read> {
    let Some(known) = known else {
        // An adapter of a language model has names of its own; what is left is of no pipeline known here.
        let what = parts.keys().next().map_or("models", |part| part.label());
        return (!parts.contains_key(&ImagePart::Adapter))
            .then(|| unknown(format!("the {what} of a pipeline"), &parts));
    };
    let pipeline = known.pipelines.iter().find_map(|key| Some((*key, Pipeline::named(key)?)));
    let Some((key, pipeline)) = pipeline else { return Some(unknown(known.name.to_owned(), &parts)) };
    let whole = [ImagePart::Denoiser, ImagePart::Control, ImagePart::Adapter];
    let shared = !parts.keys().any(|part| whole.contains(part));
    let main = parts.iter().max_by_key(|(_, bytes)| **bytes).map_or(ImagePart::Denoiser, |(part, _)| *part);
    let format = seen.format(main, &title);
    let (stored, form) = seen.packed.precision(format);
    let mut notes = vec![words(&parts, known, &form)];
    if Some(&key) != known.pipelines.first() {
        notes.push(format!("{} is computed as {}, which has its shapes", known.name, pipeline.label()));
    }
    if shared {
        notes.push(format!(
            "Such a model is in more than one pipeline; {} is answered, set `pipeline` for another",
            pipeline.label()
        ));
    }
    if let Some(rank) = seen.marks.rank.filter(|_| parts.contains_key(&ImagePart::Adapter)) {
        notes.push(format!(
            "An adapter of rank {rank}: it is held beside the denoiser; merged into it, it takes nothing"
        ));
    }
    if parts.contains_key(&ImagePart::Control) {
        notes.push(
            "What a control network computes beside the denoiser is not counted, its weights are".to_owned(),
        );
    }
    if parts.contains_key(&ImagePart::Denoiser) && pipeline.record().diffusers.second.is_some() {
        notes.push("The file is one of two experts; the other is taken to be as large".to_owned());
    }
    Some(Read::File(ImageFile {
        key: path.to_string_lossy().into_owned(),
        name: title,
        pipeline,
        shared,
        stored,
        parts,
        notes,
    }))
}

/// What is of no pipeline that is known here.
fn unknown(name: String, parts: &BTreeMap<ImagePart, u64>) -> Read {
    Read::Unknown { name, bytes: parts.values().fold(0, |sum, bytes| sum.saturating_add(*bytes)) }
}

/// What a file holds, and where the rest comes from.
fn words(parts: &BTreeMap<ImagePart, u64>, known: Known, form: &str) -> String {
    let names: Vec<&str> = parts.keys().map(|part| part.label()).collect();
    let rest = [ImagePart::Denoiser, ImagePart::Vae].iter().all(|part| parts.contains_key(part))
        && parts
            .keys()
            .any(|part| !matches!(part, ImagePart::Denoiser | ImagePart::Vae | ImagePart::Adapter));
    let rest = if rest {
        ""
    } else if parts.keys().all(|part| part.is_added()) {
        "; the models are the pipeline's own"
    } else {
        "; what is not in it is the pipeline's own, in 16 bit"
    };
    format!("The file is weighed by its own tensors: {} of {} ({form}){rest}", names.join(", "), known.name)
}
