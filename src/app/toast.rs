//! Short messages at the bottom of the window.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::{
    Align2, Area, Frame, Id, Label, Margin, Order, RichText, Role, Sense, Stroke, Ui, WidgetInfo, vec2,
};
use lucide_icons::Icon;

use super::theme::Tokens;
use super::widgets::icon::icon_ui;
use crate::app::text;
use crate::units::plain;

/// Seconds a message stays; an error stays longer, because it says what to do.
const SHORT: f64 = 4.0;
const LONG: f64 = 12.0;
/// Most messages at a time.
const MOST: usize = 4;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Toast {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
    /// The folder of what was saved, which can be opened.
    folder: Option<PathBuf>,
    /// When it goes, in seconds of the window's clock; set when it is first drawn.
    until: Option<f64>,
}

/// The messages that show.
#[derive(Clone, Debug, Default)]
pub(super) struct Toasts {
    shown: Vec<Toast>,
}

impl Toasts {
    /// Says something.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.push(&text.into(), false, None);
    }

    /// Says that a file was saved, with its folder a click away.
    pub(super) fn saved(&mut self, text: impl Into<String>, file: &Path) {
        let folder = std::path::absolute(file).ok().and_then(|file| file.parent().map(Path::to_owned));
        self.push(&text.into(), false, folder);
    }

    /// Says what went wrong and what to do.
    pub(super) fn error(&mut self, text: impl Into<String>) {
        self.push(&text.into(), true, None);
    }

    /// What is shown.
    #[cfg(test)]
    pub(super) fn said(&self) -> Vec<String> {
        self.shown.iter().map(|toast| toast.text.clone()).collect()
    }

    fn push(&mut self, text: &str, error: bool, folder: Option<PathBuf>) {
        let text = text.lines().map(plain).collect::<Vec<_>>().join("\n");
        self.shown.retain(|toast| toast.text != text);
        self.shown.push(Toast { text, error, folder, until: None });
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// Draws them and forgets those whose time is over; wakes the window for the next to go. Returns a folder that is to be
    /// opened.
    pub(super) fn show(&mut self, ui: &Ui, look: &Tokens) -> Option<PathBuf> {
        if self.shown.is_empty() {
            return None;
        }
        let now = ui.input(|input| input.time);
        for toast in &mut self.shown {
            // What can be clicked takes longer than what is read.
            let stay = if toast.error || toast.folder.is_some() { LONG } else { SHORT };
            toast.until.get_or_insert(now + stay);
        }
        self.shown.retain(|toast| toast.until.is_none_or(|until| now < until));
        let mut clicked = None;
        Area::new(Id::unique("toasts"))
            .order(Order::Tooltip)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -40.0))
            .show(ui.ctx(), |ui| {
                for (index, toast) in self.shown.iter().enumerate() {
                    if let Some(answer) = toast_ui(ui, look, toast) {
                        clicked = Some((index, answer));
                    }
                }
            });
        let gone = clicked.map(|(index, answer)| (self.shown.remove(index), answer));
        let next = self.shown.iter().filter_map(|toast| toast.until).fold(f64::INFINITY, f64::min);
        if next.is_finite() {
            let wait = std::time::Duration::from_secs_f64((next - now).clamp(0.0, LONG));
            ui.ctx().request_repaint_after(wait);
        }
        gone.filter(|(_, answer)| *answer == Answer::OpenFolder).and_then(|(toast, _)| toast.folder)
    }
}

/// What was clicked of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Close,
    OpenFolder,
}

fn toast_ui(ui: &mut Ui, look: &Tokens, toast: &Toast) -> Option<Answer> {
    let edge = if toast.error { look.does_not_fit } else { look.accent };
    Frame::new()
        .fill(look.raised)
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(8)
        .inner_margin(Margin::symmetric(14, 9))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_max_width(560.0);
                ui.add(Label::new(RichText::new(&toast.text).color(look.text)).wrap());
                let opens = toast.folder.is_some() && ui.button(text::open_folder()).clicked();
                let (_, place) = ui.allocate_space(vec2(20.0, 20.0));
                let id = ui.make_persistent_id(("close toast", &toast.text));
                let response = ui.interact(place, id, Sense::click());
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::close()));
                let lively = response.hovered() || response.has_focus();
                icon_ui(
                    ui.painter(),
                    place.center(),
                    Icon::X,
                    (14.0, if lively { look.text } else { look.soft }),
                );
                let closes = response.on_hover_text(text::close()).clicked();
                opens.then_some(Answer::OpenFolder).or(closes.then_some(Answer::Close))
            })
            .inner
        })
        .inner
}
