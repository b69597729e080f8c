//! What would make it fit: steps with what each saves and costs, to apply one by one.

use eframe::egui;
use egui::{Button, Label, RichText, Sense, Stroke, Ui, vec2};

use crate::app::command::Command;
use crate::app::data::plan::{PlanData, StepData, Way};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::hint_ui;

/// Draws the page.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &PlanData, commands: &mut Vec<Command>) {
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.add_space(10.0);
        ui.add(Label::new(RichText::new(&data.says).font(fonts::title()).color(look.text)).wrap());
        ui.add_space(6.0);
        for way in &data.ways {
            way_ui(ui, look, way, commands);
        }
        if !data.not_offered.is_empty() {
            heading_ui(ui, look, text::what_does_not_help_here());
            for (what, why) in &data.not_offered {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = 6.0;
                    ui.label(RichText::new(what).color(look.text));
                    ui.label(RichText::new(why).color(look.soft));
                });
            }
        }
        if let Some(start) = &data.start {
            heading_ui(ui, look, text::to_start_it());
            command_ui(ui, look, start, text::copy_the_command_that_starts());
        }
        if let Some(note) = &data.start_note {
            hint_ui(ui, look, note);
        }
        ui.add_space(12.0);
    });
}

fn heading_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(fonts::strong()).color(look.text));
    ui.add_space(4.0);
}

/// Steps under their title.
pub(super) fn way_ui(ui: &mut Ui, look: &Tokens, way: &Way, commands: &mut Vec<Command>) {
    heading_ui(ui, look, &way.title);
    for (index, step) in way.steps.iter().enumerate() {
        step_ui(ui, look, (index, step), &way.title, commands);
    }
}

/// Width of the button and the verdict at the right.
const RIGHT: f32 = 118.0;

fn step_ui(
    ui: &mut Ui,
    look: &Tokens,
    (index, step): (usize, &StepData),
    title: &str,
    commands: &mut Vec<Command>,
) {
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, Stroke::new(1.0, look.line));
    ui.add_space(6.0);
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(format!("{}", index + 1)).font(fonts::strong()).color(look.soft));
        let width = (ui.available_width() - RIGHT).max(160.0);
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(RichText::new(&step.what).font(fonts::strong()).color(look.text)).wrap());
            ui.add(Label::new(RichText::new(&step.figures).color(look.text)).wrap());
            ui.add(Label::new(RichText::new(&step.note).color(look.soft)).wrap());
            if let Some(command) = &step.command {
                command_ui(ui, look, command, &text::plan_copy(&step.what));
            }
        });
        ui.vertical(|ui| {
            ui.label(
                RichText::new(step.verdict.label()).font(fonts::strong()).color(look.verdict(step.verdict)),
            );
            let upto = if index == 0 { text::apply() } else { text::apply_to_here() };
            if step.changes.is_empty() {
                // Something to do outside of Plimsoll.
                ui.add_space(24.0);
                return;
            }
            let button = ui.add_sized(vec2(104.0, 24.0), Button::new(upto));
            let name = format!("{upto}: {title} {}", index + 1);
            // Alike buttons are told apart by name where the window is read aloud.
            ui.ctx().accesskit_node_builder(button.id, |node| node.set_label(name));
            if button.on_hover_text(text::sets_this_and_all_before()).clicked() {
                commands.push(Command::Apply(step.changes.clone()));
            }
        });
    });
    ui.add_space(6.0);
}

/// What is typed, which a click copies.
pub(super) fn command_ui(ui: &mut Ui, look: &Tokens, command: &str, name: &str) {
    let text = RichText::new(command).font(fonts::small()).color(look.soft).monospace();
    let response = ui.add(Label::new(text).wrap().selectable(false).sense(Sense::click()));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    if response.on_hover_text(text::click_to_copy()).clicked() {
        ui.ctx().copy_text(command.to_owned());
    }
}
