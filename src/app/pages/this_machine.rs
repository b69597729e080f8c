//! This machine: what was found and how, what stands in its place, and machines of one's own.

use eframe::egui;
use egui::{Button, Grid, Label, RichText, ScrollArea, Ui, vec2};

use crate::app::command::Command;
use crate::app::data::this_machine::{Found, Has, ThisMachineData};
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::field::field_ui;
use crate::app::widgets::hint_ui;
use crate::app::widgets::slider_row::label_ui;
use crate::detect::{MEASURED_HERE, Overrides, SET_BY_YOU};
use crate::units::{Bytes, BytesPerSecond, memory_unit, parse_bytes, parse_number, show_decimals, show_gib};

/// Width from which values and fields stand side by side.
const WIDE: f32 = 860.0;

/// What the page is drawn from.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// What was found; `None` while the machine is being looked at.
    pub data: Option<&'a ThisMachineData>,
    /// What the user says.
    pub overrides: &'a Overrides,
    /// Whether it was measured before.
    pub measured: bool,
    /// The share that is done of a measurement under way.
    pub measuring: Option<f32>,
    /// Whether a machine of one's own is being described, which then stands first.
    pub describing: bool,
}

/// Draws the page; `own` draws the machines of one's own under it.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    view: &View<'_>,
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
    own: impl FnOnce(&mut Ui, &mut Vec<Command>),
) {
    ScrollArea::vertical().id_salt("this machine").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width((ui.available_width() - 10.0).min(1180.0));
        ui.add_space(8.0);
        let Some(data) = view.data else {
            hint_ui(ui, look, text::still_being_looked_at());
            return own(ui, commands);
        };
        ui.label(RichText::new(&data.name).font(fonts::title()).color(look.text));
        ui.add_space(4.0);
        lacks_ui(ui, look, data, view, commands);
        let width = ui.available_width();
        if width < WIDE {
            if view.describing {
                own(ui, commands);
                found_ui(ui, look, data);
                actions_ui(ui, look, (data, view), commands);
                return overrides_ui(ui, look, (data, view.overrides), (commands, said));
            }
            found_ui(ui, look, data);
            actions_ui(ui, look, (data, view), commands);
            overrides_ui(ui, look, (data, view.overrides), (commands, said));
            return own(ui, commands);
        }
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(width * 0.58);
                found_ui(ui, look, data);
                actions_ui(ui, look, (data, view), commands);
            });
            ui.add_space(24.0);
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                if view.describing {
                    return own(ui, commands);
                }
                overrides_ui(ui, look, (data, view.overrides), (commands, said));
                own(ui, commands);
            });
        });
    });
}

pub(crate) fn heading_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add_space(14.0);
    ui.label(RichText::new(text).font(fonts::strong()).color(look.text));
    ui.add_space(4.0);
}

/// What is missing for a speed, with the button that measures it.
fn lacks_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &ThisMachineData,
    view: &View<'_>,
    commands: &mut Vec<Command>,
) {
    let Some(lacks) = data.lacks else { return };
    let text = text::so_no_speed_is_estimated(&lacks);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(text).color(look.tight));
        if view.measuring.is_none() && ui.button(text::measure_it_now()).clicked() {
            commands.push(Command::Measure);
        }
    });
}

/// Every value with how it came about.
fn found_ui(ui: &mut Ui, look: &Tokens, data: &ThisMachineData) {
    heading_ui(ui, look, text::what_was_found_and_how());
    let room = ui.available_width();
    Grid::new("found").num_columns(3).spacing([18.0, 6.0]).show(ui, |ui| {
        for value in &data.values {
            value_ui(ui, look, value, room);
        }
    });
    for warning in &data.warnings {
        ui.add_space(4.0);
        let text = RichText::new(warning).font(fonts::small()).color(look.tight);
        ui.add(Label::new(text).wrap());
    }
}

fn value_ui(ui: &mut Ui, look: &Tokens, value: &Found, room: f32) {
    let own = value.how == SET_BY_YOU || value.how.contains(MEASURED_HERE);
    ui.label(RichText::new(&value.name).color(look.soft));
    ui.scope(|ui| {
        ui.set_max_width((room * 0.36).max(110.0));
        let text = RichText::new(&value.value).color(look.text);
        ui.add(Label::new(if own { text.font(fonts::strong()) } else { text }).wrap());
    });
    ui.scope(|ui| {
        ui.set_max_width((room * 0.4).max(110.0));
        let was = value.detected.as_ref().map_or_else(String::new, |was| text::this_machine_detected(&was));
        let how = RichText::new(format!("{}{was}", value.how)).font(fonts::small());
        ui.add(Label::new(how.color(if own { look.text } else { look.soft })).wrap());
    });
    ui.end_row();
}

/// Look again, measure, or say that it is another machine.
fn actions_ui(
    ui: &mut Ui,
    look: &Tokens,
    (data, view): (&ThisMachineData, &View<'_>),
    commands: &mut Vec<Command>,
) {
    ui.add_space(12.0);
    ui.horizontal_wrapped(|ui| {
        if ui.button(text::detect_again()).clicked() {
            commands.push(Command::DetectAgain);
        }
        let label =
            if data.stands_in { text::it_is_another_machine() } else { text::this_is_not_my_machine() };
        if ui.button(label).on_hover_text(text::choose_it_from_the_catalog()).clicked() {
            commands.push(Command::PickStandIn);
        }
        if data.stands_in && ui.button(text::use_the_detected_machine()).clicked() {
            let overrides = Overrides { machine: None, ..view.overrides.clone() };
            commands.push(Command::Change(Change::Overrides(overrides)));
        }
        match view.measuring {
            Some(share) => {
                if ui.button(text::this_machine_stop()).clicked() {
                    commands.push(Command::StopMeasuring);
                }
                ui.add(egui::ProgressBar::new(share).desired_width(160.0).show_percentage());
            }
            None => {
                let label = if view.measured { text::measure_again() } else { text::measure() };
                if ui.add_enabled(!data.stands_in, Button::new(label)).clicked() {
                    commands.push(Command::Measure);
                }
            }
        }
    });
    ui.add_space(2.0);
    let remark = if data.stands_in {
        text::a_machine_of_the_catalog()
    } else if view.measured {
        text::rates_measured_on_this_machine()
    } else {
        text::some_seconds_of_work()
    };
    hint_ui(ui, look, remark);
}

/// One field a value; empty again takes the detected one.
fn overrides_ui(
    ui: &mut Ui,
    look: &Tokens,
    (data, overrides): (&ThisMachineData, &Overrides),
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
) {
    heading_ui(ui, look, text::set_by_you());
    hint_ui(ui, look, text::a_value_typed_here_takes());
    ui.add_space(4.0);
    let mut changed = overrides.clone();
    let label = if data.has == Has::Card { text::device_memory() } else { text::claim_working_memory() };
    bytes_ui(ui, look, label, &mut changed.memory, said);
    if data.has == Has::Card {
        bytes_ui(ui, look, text::system_memory(), &mut changed.system_memory, said);
    }
    if data.has == Has::Shared {
        bytes_ui(ui, look, text::gpu_limit(), &mut changed.gpu_limit, said);
    }
    bytes_ui(ui, look, text::this_machine_free_now(), &mut changed.free, said);
    bandwidth_ui(ui, look, &mut changed.bandwidth, said);
    let values = Overrides { machine: None, ..overrides.clone() };
    if ui.add_enabled(!values.is_empty(), Button::new(text::use_detected_values())).clicked() {
        changed = Overrides { machine: overrides.machine.clone(), ..Overrides::default() };
    }
    if changed != *overrides {
        commands.push(Command::Change(Change::Overrides(changed)));
    }
}

/// A field for one value; an empty one says the unit of what would be typed.
fn typed_ui(ui: &mut Ui, look: &Tokens, (label, unit): (&str, &str), shown: &str) -> Option<String> {
    let (_, row) = ui.allocate_space(vec2(ui.available_width().min(320.0), 24.0));
    label_ui(ui, look, row, label);
    let place = row.with_min_x(row.right() - 120.0);
    let typed = field_ui(ui, look, place, label, shown);
    if shown.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
        let at = place.right_center() - vec2(9.0, 0.0);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, unit, fonts::small(), look.faint);
    }
    typed
}

fn bytes_ui(ui: &mut Ui, look: &Tokens, label: &str, value: &mut Option<Bytes>, said: &mut Vec<String>) {
    let shown = value.map_or_else(String::new, show_gib);
    let Some(text) = typed_ui(ui, look, (label, memory_unit()), &shown) else { return };
    if text.trim().is_empty() {
        *value = None;
        return;
    }
    // A bare number has the unit that stood there: nobody types the bytes of a machine.
    let is_bare = text.trim().parse::<f64>().is_ok();
    let with_unit = if is_bare { format!("{text} {}", memory_unit()) } else { text };
    match parse_bytes(&with_unit) {
        Ok(bytes) if bytes >= Bytes::mib(256.0) && bytes <= Bytes::gib(1_048_576.0) => *value = Some(bytes),
        Ok(_) => said.push(text::must_be_from_256_mib(&label)),
        Err(error) => said.push(format!("{label}: {error}")),
    }
}

/// A bandwidth as it was typed in GB/s, bare or with its unit, as it is written everywhere or as the window says it.
fn rate_of(typed: &str) -> Option<BytesPerSecond> {
    let said = text::gb_per_second(&"");
    let units = ["GB/s", text::this_machine_gb_s(), said.as_str()].map(str::trim);
    let number = units.iter().find_map(|unit| typed.trim().strip_suffix(unit)).unwrap_or(typed);
    let rate = parse_number(number).ok().filter(|rate| (1.0..=1e6).contains(rate))?;
    Some(BytesPerSecond::new(rate * 1e9))
}

fn bandwidth_ui(ui: &mut Ui, look: &Tokens, value: &mut Option<BytesPerSecond>, said: &mut Vec<String>) {
    let shown =
        value.map_or_else(String::new, |rate| text::gb_per_second(&show_decimals(rate.as_gb_per_s(), 0)));
    let Some(text) = typed_ui(ui, look, (text::bandwidth(), text::this_machine_gb_s()), &shown) else {
        return;
    };
    if text.trim().is_empty() {
        *value = None;
        return;
    }
    match rate_of(&text) {
        Some(rate) => *value = Some(rate),
        None => said.push(text::bandwidth_write_gb_s().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::Texts;

    #[test]
    fn a_bandwidth_is_read_again_in_every_language() {
        let read = |typed: &str| rate_of(typed).map(BytesPerSecond::as_gb_per_s);
        for typed in ["1792", "1,792", "1792 GB/s", "1,792 GB/s", " 1792GB/s "] {
            assert_eq!(read(typed), Some(1792.0), "{typed}");
        }
        assert_eq!((read("fast"), read("0"), read("2000000")), (None, None, None));
        let french = [("gb_per_second", "{number} Go/s"), ("this_machine_gb_s", "Go/s")];
        Texts::while_these(&french, || {
            let shown = text::gb_per_second(&show_decimals(1792.0, 0));
            assert_eq!(shown, "1,792 Go/s");
            for typed in [shown.as_str(), "1792 Go/s", "1792 GB/s", "1792"] {
                assert_eq!(read(typed), Some(1792.0), "{typed}");
            }
        });
    }
}
