//! How fast a model that writes no text reads texts.

use super::asked::Asked;
use super::chip::Chip;
use super::inference::{Request, request, turned};
use super::reads::Reads;
use super::{Basis, Bound};
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::{Calibration, Kind, Machine};
use crate::units::{Band, Seconds, TokensPerSecond};

/// Speeds of a model that reads texts and writes none.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadingSpeed {
    /// Tokens a second of the texts that are read at once.
    pub tokens: Band<TokensPerSecond>,
    /// Texts a second.
    pub texts: Band<f64>,
    /// Seconds in which the texts that are read at once are done.
    pub together: Band<Seconds>,
    /// What no reading can exceed, in tokens a second.
    pub roofline: TokensPerSecond,
    /// Share of the weights that is offloaded to system memory.
    pub offloaded: f64,
    /// Share of the weights that no memory has room for, and that is read from disk.
    pub on_disk: f64,
    /// What it is bound by.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Speeds of a model that writes no text: those of a prompt for each text, all of them read at once.
pub(super) fn texts(
    asked: Asked<'_>,
    reads: Reads,
    chip: Chip,
    calibration: &Calibration,
    book: &mut Book,
) -> Option<ReadingSpeed> {
    let request = request(asked, reads, chip, calibration, book.detail())?;
    Some(request.texts(asked.machine, book))
}

impl Request<'_> {
    /// Reading alone, with nothing written.
    fn texts(&self, machine: &Machine, book: &mut Book) -> ReadingSpeed {
        let (detail, texts_at_once) = (book.detail(), self.all);
        let text = self.prompt();
        // Texts fill a pass together, each of them looking at itself alone.
        let together = (text * self.requests()).min(self.chunk());
        let reads = &self.model.reads;
        // Without a cache every token looks at the whole text, else at what is before it.
        let both_ways = reads.kept + reads.kept_in_window <= 0.0;
        let depth = if both_ways { text / 2.0 } else { 0.0 };
        let alone = self.model.token_alone((text, depth), self.chunk());
        let token = alone.among(&self.model.token_alone((together, 0.0), self.chunk()), detail);
        let (tokens, roofline) = self.prefill_of(&token, (together, self.chunk()), book);
        let texts = |speed: &f64| {
            formula!(detail, "texts of so many tokens"; tokens_per_s = *speed, tokens_of_a_text = text
                => tokens_per_s / tokens_of_a_text)
        };
        let texts = Band { low: texts(&tokens.low), best: texts(&tokens.best), high: texts(&tokens.high) };
        let texts = book.band(FigureName::Texts, texts);
        let together = |speed: &f64| {
            formula!(detail, "all texts that are read at once"; texts = texts_at_once, texts_per_s = *speed
                => texts / texts_per_s)
        };
        let together = book.band(FigureName::TextsAtOnce, turned(&texts, together));
        let model = &self.model;
        ReadingSpeed {
            tokens: tokens.map(TokensPerSecond::new),
            texts,
            together: together.map(Seconds::new),
            roofline: TokensPerSecond::new(roofline),
            offloaded: model.offload.of_weights(&model.reads),
            on_disk: model.offload.on_disk(),
            bound: model.offload_bound().unwrap_or(Bound::Compute),
            basis: Basis {
                group: model.prefill.group,
                rows: model.prefill.rows,
                machines: model.prefill.machines,
                measured_here: machine.bandwidth.as_ref().is_some_and(|figure| figure.1 == Kind::Measured),
                doubt: self.doubt(),
            },
        }
    }
}
