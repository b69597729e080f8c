//! The two weights of Inter, the signs of Lucide, and the sizes text is set in.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui;
use egui::{FontData, FontDefinitions, FontFamily, FontId, TextStyle};
use lucide_icons::LUCIDE_FONT_BYTES;

/// Size of most text, in points.
pub(super) const BODY: f32 = 13.0;
/// Size of hints, axes and third lines.
pub(super) const SMALL: f32 = 12.0;
/// Size of the verdict.
pub(super) const TITLE: f32 = 17.0;

const SEMIBOLD: &str = "semibold";
const ICONS: &str = "icons";

/// Inter first, egui's own fonts behind it for what Inter lacks.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [
        ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice()),
        ("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf").as_slice()),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let behind = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, first) in
        [(FontFamily::Proportional, "Inter"), (FontFamily::Name(SEMIBOLD.into()), "Inter SemiBold")]
    {
        let faces = std::iter::once(first.to_owned()).chain(behind.iter().cloned()).collect();
        fonts.families.insert(family, faces);
    }
    fonts.font_data.insert(ICONS.to_owned(), Arc::new(FontData::from_static(LUCIDE_FONT_BYTES)));
    fonts.families.insert(FontFamily::Name(ICONS.into()), vec![ICONS.to_owned()]);
    fonts
}

/// egui's text styles in our sizes.
pub(super) fn text_styles() -> BTreeMap<TextStyle, FontId> {
    BTreeMap::from([
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, title()),
        (TextStyle::Monospace, FontId::monospace(SMALL)),
    ])
}

/// Most text.
pub(super) const fn body() -> FontId {
    FontId::proportional(BODY)
}

/// Hints, axes, third lines.
pub(super) const fn small() -> FontId {
    FontId::proportional(SMALL)
}

/// Names and figures that are read first.
pub(super) fn strong() -> FontId {
    FontId::new(BODY, FontFamily::Name(SEMIBOLD.into()))
}

/// Figures beside hints.
pub(super) fn small_strong() -> FontId {
    FontId::new(SMALL, FontFamily::Name(SEMIBOLD.into()))
}

/// Signs, in a size of points.
pub(super) fn icons(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

/// The verdict and titles of windows.
pub(super) fn title() -> FontId {
    FontId::new(TITLE, FontFamily::Name(SEMIBOLD.into()))
}
