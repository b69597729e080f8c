//! Light, dark, or as the system has it.

use crate::app::text;
use eframe::egui::ThemePreference;

/// Which theme the window has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ThemeChoice {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl ThemeChoice {
    /// Every choice, as the menu lists them.
    pub(super) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As menus say it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::System => text::theme_of_the_system(),
            Self::Light => text::light_theme(),
            Self::Dark => text::dark_theme(),
        }
    }

    /// As it is kept between sessions.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// As egui names it.
    pub(super) const fn preference(self) -> ThemePreference {
        match self {
            Self::System => ThemePreference::System,
            Self::Light => ThemePreference::Light,
            Self::Dark => ThemePreference::Dark,
        }
    }
}
