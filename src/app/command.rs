//! Everything the user can ask for. Menus, the palette, shortcuts and tooltips are made of these.

use std::path::PathBuf;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::form;
use super::outside::Purpose;
use super::pages::{Page, Place};
use super::panels::layout::Side;
use super::settings::Settings;
use super::state::Change;
use super::subject::Subject;
use super::theme_choice::ThemeChoice;
use crate::app::text;
use crate::engine::solve::Change as Moved;
use crate::report::Format;
use crate::spec::{Family, KeptRun};

/// Something the user asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// A fresh scenario.
    New,
    /// Choose a preset, a report or a model file.
    Open,
    /// Open this file.
    OpenPath(PathBuf),
    /// Keep speeds of a log as this machine's.
    KeepRuns(Vec<KeptRun>),
    /// Open a built-in or saved preset by its id.
    Preset(String),
    /// Compare with a preset.
    BesidePreset(String),
    /// Compare with the scenario of a file.
    BesideFile(PathBuf),
    /// Save where it was last saved.
    Save,
    /// Choose where to save.
    SaveAs,
    /// Choose where to save a report in a format.
    SaveReport(Format),
    /// One step back.
    Undo,
    /// One step forward.
    Redo,
    /// Do all steps of the first plan that makes it fit.
    MakeItFit,
    /// Put the cursor where machines are narrowed.
    FilterMachines,
    /// Check a claim.
    CheckClaim(String),
    /// Choose where to save the claims that show.
    SaveClaims,
    /// Give the scenario another name.
    Rename,
    /// Close the scenario's tab.
    CloseTab,
    /// Show the scenario of the next tab.
    NextTab,
    /// Put the answer on the clipboard as text.
    CopyAnswer,
    /// Go to a place, to the page that showed there last.
    Go(Place),
    /// Show a page.
    Show(Page),
    /// Show the page after this one.
    NextPage,
    /// Follow the system, or not.
    Theme(ThemeChoice),
    /// Everything larger.
    ZoomIn,
    /// Everything smaller.
    ZoomOut,
    /// Everything as it was made.
    ZoomReset,
    /// Show or hide the workload.
    ToggleWorkload,
    /// Show or hide the machines.
    ToggleMachines,
    /// Another width of a side panel, in points; the usual one.
    Width(Side, Option<f32>),
    /// Show or hide the command palette.
    Palette,
    /// Choose a preset.
    PickPreset,
    /// Choose a model.
    PickModel,
    /// Choose a quantization.
    PickQuantization,
    /// Choose a machine to compare with.
    PickMachine,
    /// The page of this machine, and back from it.
    ThisMachine,
    /// Settings and what the program is, and back from them.
    SettingsPage,
    /// Choose a machine of the catalog that this one is.
    PickStandIn,
    /// Other settings.
    Settings(Settings),
    /// Tell the hints of the first minutes from the first on, or none.
    Hints(bool),
    /// Everything larger or smaller, in percent.
    Zoom(u16),
    /// Settings as they were at first.
    ResetSettings,
    /// Forget the files that were opened.
    ForgetRecent,
    /// Choose a table of prices.
    PickPrices,
    /// Back to the prices that ship.
    DropPrices,
    /// A path was typed where the system shows no dialog.
    PathTyped(Purpose, PathBuf),
    /// Look at this machine again.
    DetectAgain,
    /// Measure this machine's memory and processor.
    Measure,
    /// Stop measuring.
    StopMeasuring,
    /// How a figure came about.
    Working(Subject),
    /// Keys and where to begin.
    Help,
    /// Leave.
    Quit,
    /// Another family of workload.
    Family(Family),
    /// Steps of a plan: settings that are moved together.
    Apply(Vec<Moved>),
    /// A setting of the form, by its key in presets.
    Set(&'static str, String),
    /// Change the scenario or what it is held against.
    Change(Change),
}

/// Ctrl, on a Mac Cmd.
const MOD: Modifiers = Modifiers::COMMAND;
const MOD_SHIFT: Modifiers = Modifiers { shift: true, ..MOD };

impl Command {
    /// Those that need nothing to be said further, in the order the palette lists them.
    pub(super) fn plain() -> Vec<Self> {
        let mut all = vec![Self::New, Self::Open, Self::Save, Self::SaveAs];
        all.extend(Format::ALL.map(Self::SaveReport));
        all.extend([Self::Change(Change::Duplicate), Self::Rename, Self::CloseTab, Self::NextTab]);
        all.extend([Self::Undo, Self::Redo, Self::CopyAnswer]);
        all.extend([Self::PickPreset, Self::PickModel, Self::PickQuantization, Self::PickMachine]);
        all.extend([Self::FilterMachines, Self::MakeItFit, Self::SaveClaims]);
        all.extend([Self::ThisMachine, Self::PickStandIn, Self::DetectAgain, Self::Measure]);
        all.extend([Self::SettingsPage, Self::PickPrices, Self::ResetSettings]);
        all.extend(Family::ALL.map(Self::Family));
        all.extend(Place::ALL.map(Self::Go));
        all.extend(Page::ALL.iter().copied().map(Self::Show));
        all.push(Self::NextPage);
        all.extend(ThemeChoice::ALL.map(Self::Theme));
        all.extend([
            Self::ZoomIn,
            Self::ZoomOut,
            Self::ZoomReset,
            Self::ToggleWorkload,
            Self::ToggleMachines,
        ]);
        all.extend([Self::Hints(true), Self::Hints(false)]);
        all.extend([Self::Palette, Self::Help, Self::Change(Change::CompareNone), Self::Quit]);
        all
    }

    /// As menus and the palette say it.
    pub(super) fn label(&self) -> String {
        match self {
            Self::New => text::new_scenario().to_owned(),
            Self::Open => text::command_open().to_owned(),
            Self::OpenPath(path) | Self::BesideFile(path) | Self::PathTyped(_, path) => {
                path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
            Self::KeepRuns(_) => text::keep_as_this_machines().to_owned(),
            Self::Preset(id) | Self::BesidePreset(id) => id.clone(),
            Self::Save => text::command_save().to_owned(),
            Self::SaveAs => text::save_as().to_owned(),
            Self::SaveReport(Format::Html) => text::save_report().to_owned(),
            Self::SaveReport(format) => text::save_report_as(&format.label()),
            Self::Undo => text::command_undo().to_owned(),
            Self::Redo => text::command_redo().to_owned(),
            Self::MakeItFit => text::make_it_fit_apply().to_owned(),
            Self::FilterMachines => text::filter_machines().to_owned(),
            Self::CheckClaim(claim) => text::check_the_claim(&claim),
            Self::SaveClaims => text::save_claims_as_a_table().to_owned(),
            Self::Rename => text::rename_scenario().to_owned(),
            Self::CloseTab => text::close_tab().to_owned(),
            Self::NextTab => text::next_tab().to_owned(),
            Self::CopyAnswer => text::copy_answer().to_owned(),
            Self::Go(place) => text::go_to(&place.label().to_lowercase()),
            Self::Show(page) => text::command_show(&page.label().to_lowercase()),
            Self::NextPage => text::next_page().to_owned(),
            Self::Theme(choice) => choice.label().to_owned(),
            Self::ZoomIn => text::zoom_in().to_owned(),
            Self::ZoomOut => text::zoom_out().to_owned(),
            Self::ZoomReset => text::actual_size().to_owned(),
            Self::ToggleWorkload => text::show_or_hide_workload().to_owned(),
            Self::ToggleMachines => text::show_or_hide_machines().to_owned(),
            Self::Palette => text::command_palette().to_owned(),
            Self::PickPreset => text::presets().to_owned(),
            Self::PickModel => text::choose_model().to_owned(),
            Self::PickQuantization => text::choose_quantization().to_owned(),
            Self::PickMachine => text::compare_with().to_owned(),
            Self::ThisMachine => text::this_machine().to_owned(),
            Self::SettingsPage => text::settings_and_about().to_owned(),
            Self::PickStandIn => text::this_is_not_my_machine().to_owned(),
            Self::Settings(_) => text::change_settings().to_owned(),
            Self::Hints(true) => text::show_hints().to_owned(),
            Self::Hints(false) => text::hide_hints().to_owned(),
            Self::Zoom(percent) => text::command_zoom(&percent),
            Self::ResetSettings => text::reset_settings().to_owned(),
            Self::ForgetRecent => text::forget_recent_files().to_owned(),
            Self::PickPrices => text::update_prices_from_a_file().to_owned(),
            Self::DropPrices => text::use_the_prices_that_ship().to_owned(),
            Self::DetectAgain => text::detect_this_machine_again().to_owned(),
            Self::Measure => text::measure_this_machine().to_owned(),
            Self::StopMeasuring => text::stop_measuring().to_owned(),
            Self::Working(subject) => subject.title(),
            Self::Help => text::command_help().to_owned(),
            Self::Quit => text::command_quit().to_owned(),
            Self::Change(Change::Duplicate) => text::duplicate_scenario().to_owned(),
            Self::Change(Change::CompareNone) => text::clear_comparison().to_owned(),
            Self::Change(Change::Machine(id)) => text::evaluate_on(&id),
            Self::Family(family) => text::workload(&form::hint(*family).to_lowercase()),
            Self::Apply(_) => text::apply_the_plan().to_owned(),
            Self::Set(..) | Self::Change(_) | Self::Width(..) => text::change().to_owned(),
        }
    }

    /// Its keys, if it has any.
    pub(super) const fn shortcut(&self) -> Option<KeyboardShortcut> {
        Some(match self {
            Self::New => KeyboardShortcut::new(MOD, Key::N),
            Self::Open => KeyboardShortcut::new(MOD, Key::O),
            Self::Save => KeyboardShortcut::new(MOD, Key::S),
            Self::SaveAs => KeyboardShortcut::new(MOD_SHIFT, Key::S),
            Self::SaveReport(Format::Html) => KeyboardShortcut::new(MOD, Key::E),
            Self::Undo => KeyboardShortcut::new(MOD, Key::Z),
            Self::Redo => KeyboardShortcut::new(MOD_SHIFT, Key::Z),
            Self::Change(Change::Duplicate) => KeyboardShortcut::new(MOD, Key::D),
            Self::FilterMachines => KeyboardShortcut::new(MOD, Key::F),
            Self::Rename => KeyboardShortcut::new(Modifiers::NONE, Key::F2),
            Self::CloseTab => KeyboardShortcut::new(MOD, Key::W),
            Self::NextTab => KeyboardShortcut::new(MOD, Key::PageDown),
            Self::CopyAnswer => KeyboardShortcut::new(MOD_SHIFT, Key::C),
            Self::Go(Place::Answer) => KeyboardShortcut::new(MOD, Key::Num1),
            Self::Go(Place::Compare) => KeyboardShortcut::new(MOD, Key::Num2),
            Self::Go(Place::Models) => KeyboardShortcut::new(MOD, Key::Num3),
            Self::Go(Place::Evidence) => KeyboardShortcut::new(MOD, Key::Num4),
            Self::NextPage => KeyboardShortcut::new(Modifiers::CTRL, Key::Tab),
            Self::ZoomIn => KeyboardShortcut::new(MOD, Key::Plus),
            Self::ZoomOut => KeyboardShortcut::new(MOD, Key::Minus),
            Self::ZoomReset => KeyboardShortcut::new(MOD, Key::Num0),
            Self::ToggleWorkload => KeyboardShortcut::new(MOD, Key::B),
            Self::ToggleMachines => KeyboardShortcut::new(MOD_SHIFT, Key::B),
            Self::Palette => KeyboardShortcut::new(MOD, Key::K),
            Self::PickPreset => KeyboardShortcut::new(MOD, Key::P),
            Self::PickModel => KeyboardShortcut::new(MOD, Key::M),
            Self::PickMachine => KeyboardShortcut::new(MOD_SHIFT, Key::M),
            Self::ThisMachine => KeyboardShortcut::new(MOD, Key::I),
            Self::SettingsPage => KeyboardShortcut::new(MOD, Key::Comma),
            Self::Help => KeyboardShortcut::new(Modifiers::NONE, Key::F1),
            Self::Quit => KeyboardShortcut::new(MOD, Key::Q),
            _ => return None,
        })
    }

    /// Whether a field that is being typed in keeps the keys for itself.
    pub(super) const fn yields_to_typing(&self) -> bool {
        matches!(self, Self::Undo | Self::Redo)
    }
}
