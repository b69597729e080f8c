//! Text in a room of its own height: whatever it says, what stands below it stays where it is.

use std::sync::Arc;

use eframe::egui;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Galley, Label, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use crate::app::fonts;
use crate::app::theme::Tokens;

/// Height of a row of small text.
pub(crate) const SMALL_ROW: f32 = 16.0;

/// A hint in so many rows. What finds no room is read in the tooltip and by a screen reader.
pub(crate) fn fixed_hint_ui(ui: &mut Ui, look: &Tokens, text: &str, rows: u8) {
    let height = SMALL_ROW * f32::from(rows);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    if text.is_empty() {
        return;
    }
    let job = LayoutJob::simple(text.to_owned(), fonts::small(), look.faint, rect.width());
    text_ui(ui, laid(ui, job, rect.width(), rows), rect, Sense::hover());
}

/// Text laid out in a width and so many rows, with an ellipsis where it is cut.
pub(crate) fn laid(ui: &Ui, mut job: LayoutJob, width: f32, rows: u8) -> Arc<Galley> {
    job.wrap =
        TextWrapping { max_width: width, max_rows: usize::from(rows.max(1)), ..TextWrapping::default() };
    ui.painter().layout_job(job)
}

/// Draws text that was laid out from the top of a room; all of it is in the tooltip where it was cut.
pub(crate) fn text_ui(ui: &mut Ui, galley: Arc<Galley>, room: Rect, sense: Sense) -> Response {
    // Spaces that rows are not broken at are read out as any other.
    let said = galley.text().replace('\u{a0}', " ");
    let is_cut = galley.elided;
    let size = vec2(galley.size().x.min(room.width()), galley.size().y.min(room.height()));
    // The room is taken already: what is drawn in it moves nothing.
    let builder = UiBuilder::new().max_rect(Rect::from_min_size(room.min, size));
    let response = ui.new_child(builder).add(Label::new(galley).sense(sense));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    if is_cut { response.on_hover_text(said) } else { response }
}
