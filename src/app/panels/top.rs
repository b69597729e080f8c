//! The bar at the top: menus, the scenario's name, undo and redo, the palette.

use std::path::PathBuf;

use eframe::egui;
use egui::containers::menu::{MenuBar, MenuButton, SubMenuButton};
use egui::{
    Align, Align2, Button, Id, Key, Layout, Pos2, Rect, RichText, Role, Sense, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use crate::app::command::Command;
use crate::app::fonts;
use crate::app::pages::Place;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::theme_choice::ThemeChoice;
use crate::app::widgets::button::{flat_ui, leads_on, tabs_ui};
use crate::app::widgets::elided;
use crate::report::Format;

/// What the bar shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct TopData {
    /// Name of the scenario.
    pub name: String,
    /// Whether it differs from what was saved.
    pub edited: bool,
    /// Whether there is a step back.
    pub can_undo: bool,
    /// Whether there is a step forward.
    pub can_redo: bool,
    /// Files opened or saved before, the latest first.
    pub recent: Vec<PathBuf>,
    /// The theme that is chosen.
    pub theme: ThemeChoice,
    /// Where one is.
    pub place: Place,
    /// Whether several scenarios are open.
    pub several: bool,
}

/// Draws the bar.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, data: &TopData, commands: &mut Vec<Command>) {
    let whole = ui.max_rect();
    let mut left = whole.left();
    let mut right = whole.right();
    ui.horizontal_centered(|ui| {
        let bar = MenuBar::new().style(bar_style).ui(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            file_menu(ui, look, data, commands);
            edit_menu(ui, look, data, commands);
            view_menu(ui, look, data, commands);
            menu(ui, look, text::command_help(), |ui| {
                item(ui, Command::Palette, true, commands);
                item(ui, Command::ThisMachine, true, commands);
                item(ui, Command::SettingsPage, true, commands);
                item(ui, Command::Help, true, commands);
            });
            ui.cursor().left()
        });
        left = bar.inner;
    });
    left = places_ui(ui, look, data.place, pos2(left + 10.0, whole.center().y - 15.0), commands);
    let ends = UiBuilder::new().max_rect(whole).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(ends, |ui| right = right_ui(ui, look, data, commands));
    name_ui(ui, look, data, whole, (left + 12.0, right - 12.0), commands);
}

/// Where one is, and where one can go, as tabs from `at`; returns where they end.
fn places_ui(ui: &mut Ui, look: &Tokens, place: Place, at: Pos2, commands: &mut Vec<Command>) -> f32 {
    let tabs = Place::ALL.map(|place| (place, place.label(), place.hint()));
    let width = 84.0 * f32::from(u16::try_from(tabs.len()).unwrap_or(u16::MAX));
    let builder = UiBuilder::new().max_rect(Rect::from_min_size(at, vec2(width, 30.0)));
    ui.scope_builder(builder, |ui| {
        commands.extend(tabs_ui(ui, look, width, &tabs, place).map(Command::Go));
    });
    at.x + width
}

/// Menus as words without a frame until they are pointed at.
fn bar_style(style: &mut egui::Style) {
    egui::containers::menu::menu_style(style);
    style.spacing.button_padding = vec2(8.0, 4.0);
}

/// Undo, redo and the palette; returns where they begin.
fn right_ui(ui: &mut Ui, look: &Tokens, data: &TopData, commands: &mut Vec<Command>) -> f32 {
    ui.add_space(6.0);
    ui.spacing_mut().button_padding = vec2(8.0, 3.0);
    let keys = Command::Palette.shortcut().map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    let text = RichText::new(keys.replace('+', " ")).font(fonts::small()).color(look.soft);
    let button = Button::new(text).stroke(egui::Stroke::new(1.0, look.line)).fill(look.surface);
    let palette =
        ui.add(button).on_hover_text(text::every_command_by_name()).accessible_name(text::command_palette());
    if palette.clicked() {
        commands.push(Command::Palette);
    }
    let mut left = palette.rect.left();
    for (command, enabled) in [(Command::Redo, data.can_redo), (Command::Undo, data.can_undo)] {
        let response = flat_ui(ui, look, &command.label(), enabled).on_hover_text(tooltip(ui, &command));
        left = left.min(response.rect.left());
        if response.clicked() {
            commands.push(command);
        }
    }
    left
}

/// The command with its keys.
fn tooltip(ui: &Ui, command: &Command) -> String {
    match command.shortcut() {
        Some(keys) => format!("{} · {}", command.label(), ui.ctx().format_shortcut(&keys)),
        None => command.label(),
    }
}

/// Where the name is kept while it is typed.
pub(crate) fn renaming() -> Id {
    Id::unique("renaming the scenario")
}

/// The name in the middle, pushed aside where the menus need the room; a click lets it be changed.
fn name_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &TopData,
    whole: Rect,
    (least, most): (f32, f32),
    commands: &mut Vec<Command>,
) {
    let editing = renaming();
    if let Some(text) = ui.data(|memory| memory.get_temp::<String>(editing)) {
        rename_ui(ui, editing, text, whole, commands);
        return;
    }
    let mark = if data.edited { text::top_edited() } else { "" };
    let mark = ui.painter().layout_no_wrap(mark.to_owned(), fonts::body(), look.soft);
    let gap = if data.edited { 14.0 } else { 0.0 };
    let room = (most - least - gap - mark.size().x).max(20.0);
    let name = elided(ui.painter(), &data.name, &fonts::strong(), look.text, room);
    let width = name.size().x + gap + mark.size().x;
    let left = (whole.center().x - name.size().x / 2.0).min(most - width).max(least);
    let y = whole.center().y;
    let rect = Rect::from_min_size(pos2(left, y - 10.0), vec2(width, 20.0));
    let response = ui.interact(rect, ui.make_persistent_id("scenario name"), Sense::click());
    let said = if data.edited { text::edited(&data.name) } else { data.name.clone() };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(8.0, 3.0)), 5.0, look.control);
    }
    let mark_left = left + name.size().x + gap;
    ui.painter().galley(pos2(left, y - name.size().y / 2.0), name, look.text);
    ui.painter().galley(pos2(mark_left, y - mark.size().y / 2.0), mark, look.soft);
    if response.on_hover_text(text::click_to_rename()).clicked() {
        ui.data_mut(|memory| memory.insert_temp(editing, data.name.clone()));
    }
}

/// The name as a field, until Enter, Escape or a click elsewhere.
fn rename_ui(ui: &mut Ui, editing: Id, mut text: String, whole: Rect, commands: &mut Vec<Command>) {
    let rect = Rect::from_center_size(whole.center(), vec2((whole.width() * 0.3).max(160.0), 26.0));
    let field = editing.with("field");
    let edit = TextEdit::singleline(&mut text).id(field).char_limit(80).align(Align2::CENTER_CENTER);
    let response = ui.put(rect, edit).accessible_name(text::name_of_the_scenario());
    if response.lost_focus() {
        ui.data_mut(|memory| memory.remove_temp::<String>(editing));
        let name = text.trim();
        if !name.is_empty() && !ui.input(|input| input.key_pressed(Key::Escape)) {
            commands.push(Command::Change(Change::Name(name.to_owned())));
        }
        return;
    }
    if !response.has_focus() {
        response.request_focus();
    }
    ui.data_mut(|memory| memory.insert_temp(editing, text));
}

fn menu(ui: &mut Ui, look: &Tokens, label: &str, draw: impl FnOnce(&mut Ui)) {
    MenuButton::from_button(Button::new(RichText::new(label).color(look.soft)).frame_when_inactive(false))
        .ui(ui, |ui| {
            ui.set_min_width(210.0);
            draw(ui);
        });
}

/// One line of a menu with its keys.
fn item(ui: &mut Ui, command: Command, enabled: bool, commands: &mut Vec<Command>) {
    let mut button = Button::new(command.label());
    if let Some(keys) = command.shortcut() {
        button = button.shortcut_text(ui.ctx().format_shortcut(&keys));
    }
    if ui.add_enabled(enabled, button.frame_when_inactive(false)).clicked() {
        commands.push(command);
        ui.close();
    }
}

fn file_menu(ui: &mut Ui, look: &Tokens, data: &TopData, commands: &mut Vec<Command>) {
    menu(ui, look, text::top_file(), |ui| {
        item(ui, Command::New, true, commands);
        item(ui, Command::Open, true, commands);
        ui.add_enabled_ui(!data.recent.is_empty(), |ui| {
            let deeper = Button::new(text::top_open_recent()).right_text(leads_on());
            SubMenuButton::from_button(deeper).ui(ui, |ui| {
                for path in &data.recent {
                    let command = Command::OpenPath(path.clone());
                    let button = Button::new(command.label()).frame_when_inactive(false);
                    if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
                        commands.push(command);
                        ui.close();
                    }
                }
            });
        });
        item(ui, Command::PickPreset, true, commands);
        item(ui, Command::PickModel, true, commands);
        ui.separator();
        item(ui, Command::Change(Change::Duplicate), true, commands);
        item(ui, Command::Rename, true, commands);
        item(ui, Command::CloseTab, data.several, commands);
        ui.separator();
        item(ui, Command::Save, true, commands);
        item(ui, Command::SaveAs, true, commands);
        item(ui, Command::SaveReport(Format::Html), true, commands);
        ui.separator();
        item(ui, Command::SettingsPage, true, commands);
        item(ui, Command::Quit, true, commands);
    });
}

fn edit_menu(ui: &mut Ui, look: &Tokens, data: &TopData, commands: &mut Vec<Command>) {
    menu(ui, look, text::own_machines_edit(), |ui| {
        item(ui, Command::Undo, data.can_undo, commands);
        item(ui, Command::Redo, data.can_redo, commands);
        ui.separator();
        item(ui, Command::CopyAnswer, true, commands);
        item(ui, Command::PickMachine, true, commands);
        item(ui, Command::PickModel, true, commands);
    });
}

fn view_menu(ui: &mut Ui, look: &Tokens, data: &TopData, commands: &mut Vec<Command>) {
    menu(ui, look, text::top_view(), |ui| {
        for place in Place::ALL {
            item(ui, Command::Go(place), true, commands);
            for page in place.pages() {
                item(ui, Command::Show(page), true, commands);
            }
        }
        item(ui, Command::NextPage, true, commands);
        ui.separator();
        item(ui, Command::ToggleWorkload, true, commands);
        item(ui, Command::ToggleMachines, true, commands);
        ui.separator();
        for choice in ThemeChoice::ALL {
            if ui.radio(data.theme == choice, choice.label()).clicked() {
                commands.push(Command::Theme(choice));
                ui.close();
            }
        }
        ui.separator();
        item(ui, Command::ZoomIn, true, commands);
        item(ui, Command::ZoomOut, true, commands);
        item(ui, Command::ZoomReset, true, commands);
    });
}
