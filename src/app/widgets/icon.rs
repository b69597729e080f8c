//! Signs of Lucide's set, so that all of them have one weight and one corner.

use eframe::egui;
use egui::{Align2, Color32, Painter, Pos2};
use lucide_icons::Icon;

use crate::app::fonts;

/// Draws a sign about its middle, in a size of points and a color.
pub(crate) fn icon_ui(painter: &Painter, middle: Pos2, icon: Icon, (size, color): (f32, Color32)) {
    let mut sign = [0; 4];
    let sign = char::from(icon).encode_utf8(&mut sign);
    painter.text(middle, Align2::CENTER_CENTER, sign, fonts::icons(size), color);
}
