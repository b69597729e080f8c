//! Pieces the panels and pages are made of; each draws what it is given and says what was done to it.

pub mod bar;
pub mod button;
pub mod field;
pub mod knob;
pub mod machine_row;
pub mod plot;
mod scale;
pub mod slider;

pub use scale::Scale;

use eframe::egui::{Label, RichText, Ui};

use super::fonts;
use super::theme::Tokens;

/// A hint under a control, in small faint text that wraps.
pub fn hint_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::small()).color(look.faint)).wrap());
}
