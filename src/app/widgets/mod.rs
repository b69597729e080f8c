//! Pieces the panels and pages are made of; each draws what it is given and says what was done to it.

pub(super) mod axis_marks;
pub(super) mod bar;
pub(super) mod button;
pub(super) mod chart;
pub(super) mod field;
pub(super) mod figures;
pub(super) mod fixed;
pub(super) mod hue;
pub(super) mod icon;
pub(super) mod machine_row;
pub(super) mod map;
pub(super) mod plot;
mod plot_ceilings;
mod plot_curves;
mod plot_layout;
mod plot_words;
mod scale;
pub(super) mod scatter;
pub(super) mod slider;
pub(super) mod slider_row;
pub(super) mod table;
mod table_layout;
pub(super) mod tick;
pub(super) mod zoom;

pub(super) use scale::Scale;

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{Color32, FontId, Galley, Label, Painter, RichText, Ui};

use super::fonts;
use super::theme::Tokens;

/// A hint under a control, in small faint text that wraps.
pub(super) fn hint_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add(Label::new(RichText::new(text).font(fonts::small()).color(look.faint)).wrap());
}

/// A text of parts, `one · two`, broken into rows between them: a row ends with a dot and begins with a part, and none of up
/// to so many letters is broken.
pub(super) fn in_parts(text: &str, most: usize) -> String {
    let parts = text.split(" · ");
    let kept = |part: &str| {
        if part.chars().count() <= most { part.replace(' ', "\u{a0}") } else { part.to_owned() }
    };
    parts.map(kept).collect::<Vec<_>>().join("\u{a0}· ")
}

/// Text cut to a width with an ellipsis.
pub(super) fn elided(
    painter: &Painter,
    text: &str,
    font: &FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font.clone(), color);
    job.wrap = TextWrapping::truncate_at_width(width);
    painter.layout_job(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_ends_with_a_dot_and_short_parts_stay_together() {
        let said =
            in_parts("5.6 of 20.8 GiB · usable RAM · how the runtime lays this out was not measured", 22);
        assert_eq!(
            said.replace('\u{a0}', "_"),
            "5.6_of_20.8_GiB_· usable_RAM_· how the runtime lays this out was not measured"
        );
    }
}
