//! Lines of the comparison, and how its columns are laid out.

use crate::engine::PartName;

/// A line of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The program that answers, with its number format.
    Runtime,
    /// The verdict.
    Verdict,
    /// What is needed at the peak, of what is allowed.
    Memory,
    /// What is left under the ceiling.
    Headroom,
    /// The largest context, sequence, graph or image that fits.
    Largest,
    /// One part of the peak.
    Part(PartName),
    /// Generation speed of one request.
    Decode,
    /// Aggregate throughput of all requests.
    Aggregate,
    /// Time to first token.
    TimeToFirstToken,
    /// Time per output token.
    TimePerOutputToken,
    /// Tokens trained on in a second.
    TrainTokens,
    /// Time of an epoch.
    Epoch,
    /// Time of an image.
    Image,
    /// Time of the whole training.
    Run,
    /// What it costs to buy, or an hour of it to rent.
    Price,
    /// Dollars of a run.
    RunDollars,
    /// Dollars of a million tokens.
    MillionTokens,
    /// Price and electricity, or rent, over all years.
    Total,
    /// Power under load.
    Power,
    /// Noise.
    Noise,
    /// Form, dimensions and weight.
    Size,
    /// Memory a buyer knows it by.
    Capacity,
    /// Memory bandwidth.
    Bandwidth,
    /// Programs that run on it.
    Software,
}

/// How the comparison's columns are laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// Id of the machine that the others are held against; otherwise the one that is evaluated.
    pub baseline: Option<String>,
    /// The line that the others are ordered by; otherwise as the catalog lists them.
    pub by: Option<(Line, Direction)>,
}

/// Which end of a line comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The best, or the least where nothing is better.
    BestFirst,
    /// The worst.
    WorstFirst,
}

impl Columns {
    /// A click on a line: the best first, then the worst first, then as the catalog lists them.
    pub(super) fn order_by(&mut self, line: Line) {
        self.by = match self.by {
            Some((by, Direction::BestFirst)) if by == line => Some((line, Direction::WorstFirst)),
            Some((by, Direction::WorstFirst)) if by == line => None,
            _ => Some((line, Direction::BestFirst)),
        };
    }
}
