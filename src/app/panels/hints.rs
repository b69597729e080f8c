//! The line of a hint, above the status: read, dismissed, and never in the way of what is worked on.

use eframe::egui;
use egui::{Align, Button, Label, Layout, RichText, Ui};

use crate::app::fonts;
use crate::app::hints::Hint;
use crate::app::text;
use crate::app::theme::Tokens;

/// What was done with a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dismissed {
    /// This one was read.
    One,
    /// None is wanted.
    All,
}

/// Draws the line.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, hint: &Hint) -> Option<Dismissed> {
    let mut dismissed = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().button_padding.y = 2.0;
        let small = |text: &str| RichText::new(text).font(fonts::small());
        if hint.more && ui.add(Button::new(small(text::hide_hints())).frame_when_inactive(false)).clicked() {
            dismissed = Some(Dismissed::All);
        }
        let next = if hint.more { text::next_hint() } else { text::got_it() };
        if ui.add(Button::new(small(next))).clicked() {
            dismissed = Some(Dismissed::One);
        }
        ui.label(small(&hint.place).color(look.faint));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.label(RichText::new(text::frame_hint()).font(fonts::small_strong()).color(look.accent));
            ui.add(Label::new(small(&hint.text).color(look.text)).truncate());
        });
    });
    dismissed
}
