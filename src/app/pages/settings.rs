//! Settings of the window, and what the program is.

use eframe::egui;
use egui::{CollapsingHeader, Hyperlink, Label, RichText, ScrollArea, Ui, vec2};

use super::this_machine::heading_ui;
use crate::app::command::Command;
use crate::app::data::about::Licensed;
use crate::app::fonts;
use crate::app::settings::Settings;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::theme_choice::ThemeChoice;
use crate::app::widgets::button::{choice_ui, fold_icon};
use crate::app::widgets::field::field_ui;
use crate::app::widgets::hint_ui;
use crate::app::widgets::slider_row::label_ui;
use crate::engine::Use;
use crate::units::{MemoryUnit, Money, Numbers, show_plain};

/// Width from which settings and the program stand side by side.
const WIDE: f32 = 820.0;
/// Steps of the zoom that are offered.
const ZOOMS: [u16; 7] = [75, 90, 100, 110, 125, 150, 200];

/// What the page is drawn from.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// What is set.
    pub settings: &'a Settings,
    /// The theme.
    pub theme: ThemeChoice,
    /// How machines are used.
    pub usage: &'a Use,
    /// The user's folder, where there is one.
    pub folder: Option<String>,
    /// Whether the user has prices of their own.
    pub own_prices: bool,
    /// Files that are remembered.
    pub recent: usize,
    /// Day of the newest fact of the catalog.
    pub data_of: &'a str,
    /// Machines, models and presets there are.
    pub counts: (usize, usize, usize),
    /// Libraries by license.
    pub libraries: &'a [Licensed],
}

/// Draws the page.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    view: &View<'_>,
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
) {
    ScrollArea::vertical().id_salt("settings").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width((ui.available_width() - 10.0).min(1180.0));
        if ui.available_width() < WIDE {
            settings_ui(ui, look, view, (commands, said));
            about_ui(ui, look, view);
            return;
        }
        let width = ui.available_width();
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(width * 0.5);
                settings_ui(ui, look, view, (commands, said));
            });
            ui.add_space(24.0);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                about_ui(ui, look, view);
            });
        });
    });
}

fn settings_ui(
    ui: &mut Ui,
    look: &Tokens,
    view: &View<'_>,
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
) {
    heading_ui(ui, look, text::settings_look());
    let themes: Vec<_> =
        ThemeChoice::ALL.into_iter().map(|theme| (theme, theme.label().to_owned())).collect();
    if let Some(theme) = chosen_ui(ui, look, text::theme(), &themes, view.theme) {
        commands.push(Command::Theme(theme));
    }
    let zooms: Vec<_> = ZOOMS.into_iter().map(|percent| (percent, format!("{percent} %"))).collect();
    let now = percent(ui.ctx().zoom_factor());
    let zooms = if ZOOMS.contains(&now) { zooms } else { [vec![(now, format!("{now} %"))], zooms].concat() };
    if let Some(percent) = chosen_ui(ui, look, text::settings_zoom(), &zooms, now) {
        commands.push(Command::Zoom(percent));
    }
    let units: Vec<_> = MemoryUnit::ALL.into_iter().map(|unit| (unit, unit_words(unit).to_owned())).collect();
    let settings = view.settings;
    if let Some(unit) = chosen_ui(ui, look, text::memory_in(), &units, settings.display().memory) {
        let settings = Settings { decimal: unit == MemoryUnit::GB, ..settings.clone() };
        commands.push(Command::Settings(settings));
    }
    let system = text::as_the_system(&settings.system.sample());
    let ways = Numbers::KNOWN.map(|way| (Some(way), way.sample()));
    let ways: Vec<_> = std::iter::once((None, system)).chain(ways).collect();
    if let Some(way) = chosen_ui(ui, look, text::numbers(), &ways, settings.chosen_numbers()) {
        let settings = Settings { numbers: way.map(Numbers::sample), ..settings.clone() };
        commands.push(Command::Settings(settings));
    }
    heading_ui(ui, look, text::money());
    money_ui(ui, look, view, (commands, said));
    heading_ui(ui, look, text::prices());
    prices_ui(ui, look, view, commands);
    heading_ui(ui, look, text::your_folder());
    match &view.folder {
        Some(folder) => {
            ui.add(Label::new(RichText::new(folder).color(look.text)).wrap().selectable(true));
            hint_ui(ui, look, text::machines_models_presets_prices());
        }
        None => hint_ui(ui, look, text::this_system_has_no_folder_for_settings()),
    }
    ui.add_space(14.0);
    ui.horizontal_wrapped(|ui| {
        if ui.button(text::reset_settings()).on_hover_text(text::look_money_panels_and_hints()).clicked() {
            commands.push(Command::ResetSettings);
        }
        if view.settings.hints_read > 0 && ui.button(text::show_hints_again()).clicked() {
            commands.push(Command::Hints(true));
        }
        let label = match view.recent {
            1 => text::forget_one_recent_file().to_owned(),
            recent => text::settings_forget_recent_files(&recent),
        };
        if view.recent > 0 && ui.button(label).clicked() {
            commands.push(Command::ForgetRecent);
        }
    });
    ui.add_space(8.0);
}

fn unit_words(unit: MemoryUnit) -> &'static str {
    match unit {
        MemoryUnit::GiB => text::gib_1_024_bytes(),
        MemoryUnit::GB => text::gb_1_000_bytes(),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a zoom of at most 300 %")]
fn percent(zoom: f32) -> u16 {
    (zoom * 100.0).round() as u16
}

/// A label with a choice at the right.
fn chosen_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    look: &Tokens,
    label: &str,
    options: &[(T, String)],
    chosen: T,
) -> Option<T> {
    let place = row_ui(ui, look, label, 190.0);
    choice_ui(ui, look, label, place, options, chosen)
}

/// A label; returns the room at its right.
fn row_ui(ui: &mut Ui, look: &Tokens, label: &str, width: f32) -> egui::Rect {
    let (_, row) = ui.allocate_space(vec2(ui.available_width().min(420.0), 26.0));
    label_ui(ui, look, row.with_max_x(row.right() - width - 4.0), label);
    row.with_min_x(row.right() - width)
}

/// Currency, its rate, and the tariff.
fn money_ui(
    ui: &mut Ui,
    look: &Tokens,
    view: &View<'_>,
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
) {
    let settings = view.settings;
    let currencies: Vec<_> = Money::KNOWN.into_iter().map(|(code, _)| (code, code.to_owned())).collect();
    let now =
        Money::KNOWN.iter().find(|(code, _)| *code == settings.currency).map_or("USD", |(code, _)| code);
    if let Some(code) = chosen_ui(ui, look, text::currency(), &currencies, now) {
        let settings = Settings { currency: code.to_owned(), per_dollar: None, ..settings.clone() };
        commands.push(Command::Settings(settings));
    }
    if now != "USD" {
        let label = text::for_a_dollar(&now);
        let shown = settings.per_dollar.map_or_else(String::new, show_plain);
        let place = row_ui(ui, look, &label, 84.0);
        if let Some(text) = field_ui(ui, look, place, &label, &shown) {
            match text.trim().parse::<f64>() {
                Ok(rate) if Settings::RATES.contains(&rate) => {
                    commands.push(Command::Settings(Settings { per_dollar: Some(rate), ..settings.clone() }));
                }
                _ => said.push(text::write_a_number_from_0(&label)),
            }
        }
        if settings.per_dollar.is_none() {
            hint_ui(ui, look, text::no_rate_is_known_here());
        }
    }
    let place = row_ui(ui, look, text::electricity_per_kwh(), 84.0);
    if let Some(text) = field_ui(ui, look, place, text::tariff(), &show_plain(view.usage.tariff)) {
        match text.trim().trim_start_matches('$').parse::<f64>() {
            Ok(tariff) if (0.0..=Use::MOST_TARIFF).contains(&tariff) => {
                commands.push(Command::Change(Change::Usage(Use { tariff, ..*view.usage })));
            }
            _ => said.push(text::tariff_write_a_number(&Use::MOST_TARIFF)),
        }
    }
    hint_ui(ui, look, text::saved_reports_and_files_keep());
}

fn prices_ui(ui: &mut Ui, look: &Tokens, view: &View<'_>, commands: &mut Vec<Command>) {
    hint_ui(ui, look, text::a_table_with_the_columns());
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        if ui
            .add_enabled(view.folder.is_some(), egui::Button::new(text::update_prices_from_a_file()))
            .clicked()
        {
            commands.push(Command::PickPrices);
        }
        if view.own_prices && ui.button(text::use_the_prices_that_ship()).clicked() {
            commands.push(Command::DropPrices);
        }
    });
}

fn about_ui(ui: &mut Ui, look: &Tokens, view: &View<'_>) {
    heading_ui(ui, look, text::settings_about());
    let line = |ui: &mut Ui, text: String| {
        ui.add(Label::new(RichText::new(text).color(look.text)).wrap());
    };
    line(ui, text::plimsoll(&env!("CARGO_PKG_VERSION")));
    let (machines, models, presets) = view.counts;
    line(ui, text::data_of_machines_models_presets(&view.data_of, &machines, &models, &presets));
    line(ui, text::licensed_under_as_you_like(&env!("CARGO_PKG_LICENSE")));
    hint_ui(ui, look, text::no_network_is_used());
    heading_ui(ui, look, text::made_of());
    line(ui, text::the_typeface_inter_under().to_owned());
    let count: usize = view.libraries.iter().map(|licensed| licensed.libraries.len()).sum();
    line(ui, text::libraries_of_others_by_license(&count));
    ui.add_space(4.0);
    for Licensed { license, libraries } in view.libraries {
        let title = RichText::new(format!("{license}: {}", libraries.len())).font(fonts::small());
        CollapsingHeader::new(title.color(look.soft)).icon(fold_icon).show(ui, |ui| {
            let names = RichText::new(libraries.join(", ")).font(fonts::small()).color(look.soft);
            ui.add(Label::new(names).wrap());
        });
    }
    ui.add_space(6.0);
    hint_ui(ui, look, text::the_source_of_each());
    ui.add(Hyperlink::from_label_and_url(
        RichText::new("https://crates.io").font(fonts::small()).color(look.accent),
        "https://crates.io",
    ));
    ui.add_space(12.0);
}
