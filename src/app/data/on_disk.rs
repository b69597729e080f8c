//! Models that lie on this machine, as rows: how large each is, and how it runs.

use std::path::PathBuf;

use crate::app::text;
use crate::engine::Verdict;
use crate::here::{Listed, ModelHere};
use crate::import::stores::{Found, bytes_on_disk};
use crate::report::rate;
use crate::units::{Band, Bytes, count, plain, show_gb, show_gib, show_grouped};

/// One model.
#[derive(Debug)]
pub(crate) struct DiskRow {
    /// As its store names it, without signs that move or turn text.
    pub name: String,
    /// `Ollama`.
    pub store: &'static str,
    /// `GGUF Q4_K_M`.
    pub format: String,
    /// `4.92 GB`.
    pub size: String,
    /// How it fits; nothing where it cannot be read.
    pub verdict: Option<Verdict>,
    /// `5.7 GiB`, or a dash.
    pub memory: String,
    /// `32,768`, `131,072 (all)`, or a dash.
    pub context: String,
    /// `45 tok/s`, or a dash.
    pub speed: String,
    /// What is wrong with it, or should be known of it.
    pub more: String,
    /// What a click opens; nothing where it cannot be.
    pub opens: Option<PathBuf>,
    found: Found,
}

const NONE: &str = "–";

impl DiskRow {
    /// Of a model that was found and read.
    pub(crate) fn new(listed: Listed) -> Self {
        let Listed { found, answer } = listed;
        let here = answer.as_ref().ok().map(|answer| &answer.here);
        let stored = here.and_then(|here| here.scenario.inference()).map(|asked| asked.quantization.key());
        let kind = found.format.label();
        let need = here.and_then(|here| here.estimate.fit.deciding()).map(|deciding| deciding.need.best);
        let context = here.and_then(|here| here.largest_context).map(|largest| {
            let all = if largest.ends { text::on_disk_all() } else { "" };
            format!("{}{all}", show_grouped(largest.tokens))
        });
        let speed = here.and_then(ModelHere::decode).map(|speed| rate(Band::exact(speed.best)));
        let notes = answer.as_ref().map(|answer| answer.notes.clone()).unwrap_or_default();
        let said = found.trouble.as_ref().map(ToString::to_string);
        let said = said.or_else(|| answer.as_ref().err().map(ToString::to_string));
        let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
        Self {
            name: plain(&found.name),
            store: found.store.label(),
            format: match stored {
                Some(stored) if !kind.eq_ignore_ascii_case(stored) => format!("{kind} {stored}"),
                _ => kind.to_owned(),
            },
            size: show_gb(Bytes::new(count(found.bytes()))),
            verdict: here.map(|here| here.estimate.fit.verdict),
            memory: or_none(need.map(show_gib)),
            context: or_none(context),
            speed: or_none(speed),
            more: said.into_iter().chain(notes).map(|text| plain(&text)).collect::<Vec<_>>().join("\n"),
            opens: answer.is_ok().then(|| found.path.clone()),
            found,
        }
    }

    /// What fits stands first, then the largest.
    pub(crate) fn rank(&self) -> (Verdict, std::cmp::Reverse<u64>) {
        (self.verdict.unwrap_or(Verdict::CannotRun), std::cmp::Reverse(self.found.bytes()))
    }
}

/// `12 models, 84 GB on disk; a file that several share is counted once`.
pub(crate) fn of_all(rows: &[DiskRow]) -> String {
    let bytes = bytes_on_disk(rows.iter().map(|row| &row.found));
    let size = show_gb(Bytes::new(count(bytes)));
    match rows.len() {
        1 => text::one_model_on_disk(&size),
        many => text::models_on_disk(&show_grouped(many as u64), &size),
    }
}
