//! Lines of the comparison, and how its columns are laid out.

use super::subject::Subject;
use crate::engine::{FigureName, PartName};

/// A line of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Texts that are read in a second.
    Texts,
    /// Tokens that are read in a second.
    Prefill,
    /// Time of the texts that are read at once.
    TextsAtOnce,
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

impl Line {
    /// What a figure of it opens, on a machine by its id; nothing where it is no figure.
    pub(super) fn opens(self, machine: &str) -> Option<Subject> {
        let id = machine.to_owned();
        let figure = |name| Subject::FigureOn(machine.to_owned(), name);
        Some(match self {
            Self::Memory => Subject::NeedOn(id),
            Self::Part(part) => Subject::PartOn(id, part),
            Self::Decode => figure(FigureName::Decode),
            Self::Aggregate => figure(FigureName::Aggregate),
            Self::TimeToFirstToken => figure(FigureName::TimeToFirstToken),
            Self::TimePerOutputToken => figure(FigureName::TimePerOutputToken),
            Self::Texts => figure(FigureName::Texts),
            Self::Prefill => figure(FigureName::Prefill),
            Self::TextsAtOnce => figure(FigureName::TextsAtOnce),
            Self::TrainTokens => figure(FigureName::TrainTokens),
            Self::Epoch => figure(FigureName::Epoch),
            Self::Image => figure(FigureName::Image),
            Self::Run => figure(FigureName::RunHours),
            Self::Price => Subject::Price(id),
            Self::RunDollars => figure(FigureName::RunDollars),
            Self::MillionTokens => figure(FigureName::MillionTokens),
            Self::Total => figure(FigureName::Total),
            Self::Runtime
            | Self::Verdict
            | Self::Headroom
            | Self::Largest
            | Self::Power
            | Self::Noise
            | Self::Size
            | Self::Capacity
            | Self::Bandwidth
            | Self::Software => return None,
        })
    }
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
