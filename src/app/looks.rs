//! How the window looks: its theme, what shows and how wide it is.

use super::pages::{Place, Shown};
use super::panels::layout::{Sides, Widths};
use super::theme_choice::ThemeChoice;

/// What the window shows and how, apart from the work in it; undo leaves it alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Looks {
    pub theme: ThemeChoice,
    pub shown: Shown,
    /// How wide the panels were dragged.
    pub widths: Widths,
    /// Panels beside an answer.
    pub beside_answer: Sides,
    /// Panels beside a comparison, which is wide.
    pub beside_compare: Sides,
    /// Panels beside models, which are ranked for a machine.
    pub beside_models: Sides,
    /// Panels beside evidence, which is of no scenario.
    pub beside_evidence: Sides,
    /// Panels beside settings, which are of no scenario.
    pub beside_program: Sides,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            shown: Shown::default(),
            widths: Widths::default(),
            beside_answer: Sides { workload: true, machines: true },
            beside_compare: Sides { workload: false, machines: false },
            beside_models: Sides { workload: false, machines: true },
            beside_evidence: Sides { workload: false, machines: false },
            beside_program: Sides { workload: false, machines: false },
        }
    }
}

impl Looks {
    /// Which side panels show where one is.
    pub(super) const fn sides(&self) -> Sides {
        match self.shown.page().place() {
            Place::Answer => self.beside_answer,
            Place::Compare => self.beside_compare,
            Place::Models => self.beside_models,
            Place::Evidence => self.beside_evidence,
            Place::Program => self.beside_program,
        }
    }

    /// Side panels of every place, as they are kept.
    pub(super) const fn all_sides(&self) -> [Sides; 4] {
        [self.beside_answer, self.beside_compare, self.beside_models, self.beside_evidence]
    }

    /// The same, taken up again.
    pub(super) const fn show_sides(&mut self, sides: [Sides; 4]) {
        [self.beside_answer, self.beside_compare, self.beside_models, self.beside_evidence] = sides;
    }

    pub(super) const fn sides_mut(&mut self) -> &mut Sides {
        match self.shown.page().place() {
            Place::Answer => &mut self.beside_answer,
            Place::Compare => &mut self.beside_compare,
            Place::Models => &mut self.beside_models,
            Place::Evidence => &mut self.beside_evidence,
            Place::Program => &mut self.beside_program,
        }
    }
}
