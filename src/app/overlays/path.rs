//! Asking for a path where the system shows no file dialog.

use eframe::egui;
use egui::{Id, Key, Margin, Modal, RichText, TextEdit, Ui};

use super::popup_frame;
use crate::app::fonts;
use crate::app::outside::Purpose;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;
use crate::engine::Verdict;

/// A path being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathField {
    /// What the file is for.
    pub purpose: Purpose,
    /// What is typed.
    pub text: String,
    /// Why the path could not be written, where it is asked for again.
    why: Option<String>,
    drawn: bool,
}

/// What came of a frame of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It goes on.
    Open,
    /// The path is taken.
    Taken,
    /// It was closed.
    Closed,
}

impl PathField {
    /// A field that starts with a suggestion.
    pub(crate) const fn new(purpose: Purpose, text: String) -> Self {
        Self { purpose, text, why: None, drawn: false }
    }

    /// A field with a path that could not be written.
    pub(crate) const fn again(purpose: Purpose, text: String, why: String) -> Self {
        Self { purpose, text, why: Some(why), drawn: false }
    }

    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self.purpose {
            Purpose::Open => (text::open_a_file(), text::path_open(), text::a_preset_or_report_ron()),
            Purpose::Prices => {
                (text::path_update_prices_from_a_file(), text::path_take(), text::a_csv_with_the_columns())
            }
            Purpose::SavePreset => {
                (text::save_the_scenario(), text::command_save(), text::a_preset_is_a_ron())
            }
            Purpose::SaveClaims => {
                (text::save_the_claims(), text::command_save(), text::the_ending_says_the_format())
            }
            Purpose::SaveReport(_) => {
                (text::save_the_report(), text::command_save(), text::the_ending_says_the_format_html())
            }
        }
    }
}

/// Draws the field.
pub(super) fn show(ui: &Ui, look: &Tokens, field: &mut PathField) -> Answer {
    let (title, action, hint) = field.words();
    let shown = Modal::new(Id::unique("path")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        ui.set_width((ui.ctx().content_rect().width() - 80.0).min(560.0));
        ui.label(RichText::new(title).font(fonts::title()));
        match &field.why {
            Some(why) => {
                ui.label(RichText::new(why).color(look.verdict(Verdict::DoesNotFit)));
            }
            None => hint_ui(ui, look, text::this_system_shows_no_file()),
        }
        ui.add_space(6.0);
        let edit = TextEdit::singleline(&mut field.text)
            .id_salt("path field")
            .margin(Margin::symmetric(10, 6))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name(text::path_path());
        if !field.drawn {
            response.request_focus();
            field.drawn = true;
        }
        hint_ui(ui, look, hint);
        ui.add_space(8.0);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.horizontal(|ui| {
            let named = !field.text.trim().is_empty();
            let taken = ui.add_enabled(named, egui::Button::new(action)).clicked() || (entered && named);
            let closed = ui.button(text::cancel()).clicked();
            if taken {
                Answer::Taken
            } else if closed {
                Answer::Closed
            } else {
                Answer::Open
            }
        })
        .inner
    });
    if shown.inner == Answer::Open && shown.should_close() { Answer::Closed } else { shown.inner }
}
