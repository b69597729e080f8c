//! Measured beside estimated, in words and in JSON.

use serde::Serialize;

use super::Measured;
use crate::cli::escape::one_line;
use crate::cli::table;
use crate::evidence::logs::Beside;
use crate::report::{AnswerJson, measured_words};
use crate::units::{Bytes, Ratio, count, show_gb};

/// Most figures of a run that are printed for a person.
const SHOWN: usize = 12;
/// How much the file of a log may differ from the model's for the same: tables round it to hundredths of a GiB.
const SAME_FILE: f64 = 0.01;

/// An answer with what was measured beside it.
#[derive(Serialize)]
pub(in crate::cli) struct WithLog<'a> {
    #[serde(flatten)]
    answer: AnswerJson,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measured: Vec<RunJson<'a>>,
    /// The file that the speeds were kept in.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_in: Option<&'a str>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    file: String,
    program: &'static str,
    runtime: &'static str,
    model: Option<&'a str>,
    model_bytes: Option<u64>,
    figures: Vec<FigureJson>,
}

#[derive(Serialize)]
struct FigureJson {
    quantity: &'static str,
    measured: f64,
    deviation: Option<f64>,
    tokens: Option<u64>,
    depth: Option<u64>,
    requests: Option<u64>,
    line: usize,
    /// `null` where nothing is estimated for it.
    estimated: Option<EstimatedJson>,
    /// Measured over estimated.
    ratio: Option<f64>,
    /// Whether it lies in the band.
    inside: Option<bool>,
}

#[derive(Serialize)]
struct EstimatedJson {
    low: f64,
    best: f64,
    high: f64,
}

impl<'a> WithLog<'a> {
    /// An answer beside logs; without any it is the answer alone.
    pub(in crate::cli) fn new(answer: AnswerJson, measured: &'a [Measured], kept: Option<&'a str>) -> Self {
        let measured = measured.iter().map(|own| RunJson {
            file: own.path.display().to_string(),
            program: own.run.program.label(),
            runtime: own.run.program.runtime().key(),
            model: own.run.model.as_deref(),
            model_bytes: own.run.model_bytes,
            figures: own.figures.iter().map(figure).collect(),
        });
        Self { answer, measured: measured.collect(), kept_in: kept }
    }
}

fn figure(of: &Beside) -> FigureJson {
    let own = &of.measured;
    FigureJson {
        quantity: own.quantity.key(),
        measured: own.value,
        deviation: own.deviation,
        tokens: own.tokens,
        depth: own.depth,
        requests: own.requests,
        line: own.line,
        estimated: of.estimated.map(|band| EstimatedJson { low: band.low, best: band.best, high: band.high }),
        ratio: of.ratio().map(Ratio::get),
        inside: of.inside(),
    }
}

/// Each run with its figures, for a person.
pub(in crate::cli) fn words(measured: &[Measured], file: Option<Bytes>, kept: Option<&str>) -> String {
    let mut text = String::new();
    for own in measured {
        let model = own.run.model.as_ref().map(|model| format!(" of {model}")).unwrap_or_default();
        let heading = format!("measured by {}{model}, {}", own.run.program.label(), own.path.display());
        text.extend(["\n", &one_line(&heading), "\n"]);
        text += &table::lines(own.figures.iter().take(SHOWN).map(row), &[2, 4]).join("\n");
        text.push('\n');
        if own.figures.len() > SHOWN {
            let more = (own.figures.len() - SHOWN).to_string();
            text.extend(["  ", &more, " more; --json lists all\n"]);
        }
        if own.cut {
            text += "  note: the log goes on; its first 16 MiB were read\n";
        }
        text += &other_file(own, file).map(|note| format!("  note: {note}\n")).unwrap_or_default();
    }
    text + &kept
        .map(|path| format!("  kept in {}; delete it to forget\n", one_line(path)))
        .unwrap_or_default()
}

/// Says so where the log is of a file of another length.
fn other_file(own: &Measured, file: Option<Bytes>) -> Option<String> {
    let (logged, file) = (Bytes::new(count(own.run.model_bytes?)), file?);
    let differ = ((logged - file).get() / file.get().max(1.0)).abs();
    (differ > SAME_FILE).then(|| {
        format!("the log is of a file of {}, and this model's has {}", show_gb(logged), show_gb(file))
    })
}

fn row(of: &Beside) -> Vec<String> {
    let mut cells = measured_words(of).to_vec();
    if let Some(name) = cells.first_mut() {
        name.insert_str(0, "  ");
    }
    cells
}
