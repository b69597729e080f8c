//! Colors of the window, read from `assets/theme`; no other file names a color.

use std::sync::Arc;

use eframe::egui;
use egui::{Color32, CornerRadius, Margin, Stroke, Visuals, vec2};
use serde::{Deserialize, Deserializer};

use super::fonts;
use crate::engine::{PartName, Verdict};

/// A color as `#rrggbb` or `#rrggbbaa`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hex(Color32);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Color32::from_hex(&text).map(Self).map_err(|_error: egui::ecolor::ParseHexColorError| {
            serde::de::Error::custom(format!("`{text}` is no color; write for example #1a1d23"))
        })
    }
}

/// Defines the tokens once: the file's keys and the fields drawn with.
macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File { $($name: Hex,)* }

        /// The colors of one theme, by what they are for.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Tokens {
            /// Whether the surface is darker than the text.
            pub dark: bool,
            $($(#[$doc])* pub $name: Color32,)*
        }

        impl Tokens {
            fn from_file(dark: bool, file: &File) -> Self {
                Self { dark, $($name: file.$name.0,)* }
            }
        }
    };
}

tokens! {
    /// Behind the pages.
    canvas,
    /// Side panels, bars and popups.
    surface,
    /// Fields, buttons, rails.
    control,
    /// A control under the pointer, a chosen tab.
    raised,
    /// Hairlines and grids.
    line,
    /// What is read.
    text,
    /// Labels and what is read second.
    soft,
    /// Hints and axes.
    faint,
    /// The one accent: focus, the chosen value, links.
    accent,
    /// Text on the accent.
    on_accent,
    /// Handles of sliders.
    handle,
    /// Verdict "fits".
    fits,
    /// Verdict "tight".
    tight,
    /// Verdict "does not fit".
    does_not_fit,
    /// Verdict "uncertain".
    uncertain,
    /// Under popups.
    shadow,
    /// Weights.
    part_weights,
    /// KV cache.
    part_kv_cache,
    /// Compute buffer and activations.
    part_compute,
    /// Recurrent state.
    part_state,
    /// Logits and output.
    part_output,
    /// Runtime and host buffers.
    part_runtime,
    /// Colors of machines in charts, none of them the accent.
    series_1,
    series_2,
    series_3,
    series_4,
    series_5,
    series_6,
    series_7,
    series_8,
    /// Text on a part that is dark.
    on_dark_part,
    /// Text on a part that is light.
    on_light_part,
}

impl Tokens {
    /// The color of a verdict.
    pub(super) const fn verdict(&self, verdict: Verdict) -> Color32 {
        match verdict {
            Verdict::Fits => self.fits,
            Verdict::Tight => self.tight,
            Verdict::Uncertain => self.uncertain,
            Verdict::DoesNotFit | Verdict::CannotRun => self.does_not_fit,
        }
    }

    /// The color of a part; what is trained is a paler kind of what it is beside.
    pub(super) fn part(&self, part: PartName) -> Color32 {
        match part {
            PartName::Weights | PartName::Denoiser => self.part_weights,
            PartName::MasterWeights
            | PartName::ReferenceWeights
            | PartName::Adapters
            | PartName::DraftWeights => paler(self.part_weights),
            PartName::KvCache | PartName::Features => self.part_kv_cache,
            PartName::OptimizerState
            | PartName::IndexerCache
            | PartName::DraftCache
            | PartName::PromptCache => paler(self.part_kv_cache),
            PartName::ComputeBuffer | PartName::Activations => self.part_compute,
            PartName::EdgeMessages | PartName::DraftCompute | PartName::VisionCompute => {
                paler(self.part_compute)
            }
            PartName::RecurrentState
            | PartName::Checkpoints
            | PartName::Gradients
            | PartName::TextEncoder => self.part_state,
            PartName::OutputBuffer | PartName::Logits | PartName::Vae => self.part_output,
            PartName::HostBuffer | PartName::CapturedGraphs | PartName::Overhead => self.part_runtime,
        }
    }

    /// The colors of machines, in the order in which they are given out.
    pub(super) const fn series(&self) -> [Color32; 8] {
        [
            self.series_1,
            self.series_2,
            self.series_3,
            self.series_4,
            self.series_5,
            self.series_6,
            self.series_7,
            self.series_8,
        ]
    }

    /// Text that can be read on a fill.
    pub(super) fn on(&self, fill: Color32) -> Color32 {
        let stands_out = |text: Color32| contrast(text, fill);
        if stands_out(self.on_light_part) > stands_out(self.on_dark_part) {
            self.on_light_part
        } else {
            self.on_dark_part
        }
    }
}

/// How bright a color is, as WCAG defines it.
fn luminance(color: Color32) -> f32 {
    let [r, g, b, _] = egui::Rgba::from(color).to_array();
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Contrast of two opaque colors as WCAG defines it.
fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Half way to white.
fn paler(color: Color32) -> Color32 {
    color.lerp_to_gamma(Color32::WHITE, 0.5)
}

/// Both themes.
#[derive(Clone, Debug)]
pub(super) struct Themes {
    dark: Arc<Tokens>,
    light: Arc<Tokens>,
}

impl Themes {
    /// The themes built into the program.
    ///
    /// # Errors
    /// When a built-in file is broken, which the tests rule out.
    pub(super) fn built_in() -> Result<Self, ron::error::SpannedError> {
        let dark: File = ron::from_str(include_str!("../../assets/theme/dark.ron"))?;
        let light: File = ron::from_str(include_str!("../../assets/theme/light.ron"))?;
        Ok(Self {
            dark: Arc::new(Tokens::from_file(true, &dark)),
            light: Arc::new(Tokens::from_file(false, &light)),
        })
    }

    /// The tokens of a theme.
    pub(super) fn of(&self, theme: egui::Theme) -> Arc<Tokens> {
        Arc::clone(match theme {
            egui::Theme::Dark => &self.dark,
            egui::Theme::Light => &self.light,
        })
    }

    /// Gives a context the fonts and both styles.
    pub(super) fn install(&self, ctx: &egui::Context) {
        ctx.set_fonts(fonts::definitions());
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            let look = self.of(theme);
            ctx.style_mut_of(theme, |style| restyle(style, &look));
        }
    }
}

/// Lays the tokens over egui's own style.
fn restyle(style: &mut egui::Style, look: &Tokens) {
    style.text_styles = fonts::text_styles();
    style.spacing.item_spacing = vec2(8.0, 6.0);
    style.spacing.button_padding = vec2(10.0, 4.0);
    style.spacing.interact_size = vec2(24.0, 24.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.window_margin = Margin::same(16);
    style.spacing.scroll = egui::style::ScrollStyle::floating();
    // Nothing moves by itself: whoever wants less motion has it, and a window that is left alone rests.
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.visuals = visuals(look);
}

fn visuals(look: &Tokens) -> Visuals {
    let mut visuals = if look.dark { Visuals::dark() } else { Visuals::light() };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(look.faint);
    visuals.hyperlink_color = look.accent;
    visuals.faint_bg_color = look.control;
    visuals.extreme_bg_color = look.control;
    visuals.text_edit_bg_color = Some(look.control);
    visuals.code_bg_color = look.control;
    visuals.warn_fg_color = look.tight;
    visuals.error_fg_color = look.does_not_fit;
    visuals.panel_fill = look.surface;
    visuals.window_fill = look.surface;
    visuals.window_stroke = Stroke::new(1.0, look.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.window_shadow.color = look.shadow;
    visuals.popup_shadow.color = look.shadow;
    visuals.selection.bg_fill = look.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, look.accent);
    visuals.slider_trailing_fill = true;
    visuals.text_cursor.blink = false;
    let rounded = CornerRadius::same(6);
    let widgets = &mut visuals.widgets;
    for (state, fill, text) in [
        (&mut widgets.noninteractive, look.surface, look.text),
        (&mut widgets.inactive, look.control, look.text),
        (&mut widgets.hovered, look.raised, look.text),
        (&mut widgets.active, look.raised, look.text),
        (&mut widgets.open, look.raised, look.text),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::NONE;
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = rounded;
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, look.line);
    widgets.active.bg_stroke = Stroke::new(1.0, look.accent);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A color drawn over another with so much of it.
    fn over(color: Color32, back: Color32, share: f32) -> Color32 {
        back.lerp_to_gamma(color, share)
    }

    fn both() -> [Arc<Tokens>; 2] {
        let themes = Themes::built_in().expect("the built-in themes are well formed");
        [egui::Theme::Dark, egui::Theme::Light].map(|theme| themes.of(theme))
    }

    #[test]
    fn every_text_can_be_read() {
        for look in both() {
            let verdicts = [look.fits, look.tight, look.does_not_fit, look.uncertain];
            let texts = [look.text, look.soft, look.faint, look.accent];
            for text in verdicts.into_iter().chain(texts) {
                for back in [look.canvas, look.surface, look.control] {
                    let ratio = contrast(text, back);
                    assert!(ratio >= 4.5, "{text:?} on {back:?} has {ratio:.2}");
                }
            }
            for verdict in verdicts {
                let badge = over(verdict, look.canvas, 0.18);
                let ratio = contrast(verdict, badge);
                assert!(ratio >= 4.5, "{verdict:?} in its badge has {ratio:.2}");
            }
            for text in [look.text, look.soft] {
                assert!(contrast(text, look.raised) >= 4.5, "{text:?} under the pointer");
            }
            assert!(contrast(look.on_accent, look.accent) >= 4.5, "text on the accent");
        }
    }

    #[test]
    fn every_part_carries_its_name_and_every_line_stands_out() {
        use crate::engine::PartName;
        for look in both() {
            for part in PartName::ALL {
                let fill = look.part(part);
                let ratio = contrast(look.on(fill), fill);
                assert!(ratio >= 4.5, "{part:?} carries its name with {ratio:.2}");
            }
            for line in look.series().into_iter().chain([look.accent]) {
                let ratio = contrast(line, look.canvas);
                assert!(ratio >= 4.5, "{line:?} has {ratio:.2}");
                assert!(contrast(look.on(line), line) >= 4.5, "a tick on {line:?}");
            }
        }
    }

    #[test]
    fn nothing_moves_by_itself() {
        let ctx = egui::Context::default();
        Themes::built_in().expect("the built-in themes are well formed").install(&ctx);
        for theme in [egui::Theme::Dark, egui::Theme::Light] {
            let style = ctx.style_of(theme);
            assert!(style.animation_time <= 0.0 && !style.visuals.text_cursor.blink, "{theme:?}");
        }
    }
}
