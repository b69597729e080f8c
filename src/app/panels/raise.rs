//! The what-if of a raised GPU limit, in a line under the bar.

use eframe::egui;
use egui::{Checkbox, Label, RichText, Ui, vec2};

use crate::app::command::Command;
use crate::app::data::raise::RaiseData;
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::app::widgets::Scale;
use crate::app::widgets::slider::Slider;
use crate::units::{Bytes, show_gib};

/// Draws the line.
pub(crate) fn raise_ui(ui: &mut Ui, look: &Tokens, data: &RaiseData, commands: &mut Vec<Command>) {
    let small = |text: &str| RichText::new(text).font(fonts::small()).color(look.soft);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 2.0);
        let mut on = data.raised.is_some();
        let label = if on { "GPU limit raised to" } else { "What if the GPU limit were raised" };
        if ui.add(Checkbox::new(&mut on, small(label))).changed() {
            commands.push(Command::Change(Change::Raised(on.then_some(data.most))));
        }
        if let Some(raised) = data.raised {
            ui.label(RichText::new(show_gib(raised)).font(fonts::small_strong()));
            let scale = Scale {
                least: data.default.as_gib().ceil(),
                most: data.most.as_gib(),
                log: false,
                stepped: false,
            };
            let slider = Slider {
                label: "Raised GPU limit",
                text: &show_gib(raised),
                value: raised.as_gib(),
                scale,
                largest: None,
            };
            let moved = ui.allocate_ui(vec2(120.0, 16.0), |ui| slider.show(ui, look)).inner;
            if let Some(gib) = moved {
                commands.push(Command::Change(Change::Raised(Some(Bytes::gib(gib).min(data.most)))));
            }
        }
        if let Some(command) = &data.command {
            let text = RichText::new(command).font(egui::FontId::monospace(11.5)).color(look.text);
            ui.add(Label::new(text).selectable(true));
            if ui.small_button("Copy").on_hover_text("Copy the command").clicked() {
                ui.ctx().copy_text(command.clone());
            }
        }
        ui.label(small(&data.advice));
    });
}
