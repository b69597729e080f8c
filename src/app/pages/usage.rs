//! The fields of the Cost page: how a machine is used, and what is paid beside its price.

use eframe::egui;
use egui::{Rect, RichText, Ui, pos2, vec2};

use crate::app::command::Command;
use crate::app::state::Change;
use crate::app::text::{self, Text};
use crate::app::theme::Tokens;
use crate::app::widgets::field::field_ui;
use crate::app::widgets::slider_row::label_ui;
use crate::app::widgets::tick::tick_ui;
use crate::engine::Use;
use crate::units::{ParseQuantityError, parse_number, show_plain};

/// A field of a use.
struct UseField {
    /// As it stands before the field.
    label: Text,
    /// As a screen reader and an error say it.
    name: Text,
    /// What it means, for the hint.
    hint: Text,
    /// What stands there where nothing is typed; of a figure that always is, nothing.
    unset: Option<Text>,
    /// The most it takes, as it is typed.
    most: f64,
    /// How many of the figure's unit one typed is: a hundredth for percent.
    times: f64,
    get: fn(&Use) -> Option<f64>,
    set: fn(Use, Option<f64>) -> Use,
}

/// Every figure that is typed, in the order it is read.
const FIELDS: [UseField; 10] = [
    UseField {
        label: text::usage_kwh,
        name: text::per_kwh,
        hint: text::what_a_kilowatt_hour_costs,
        unset: None,
        most: Use::MOST_TARIFF,
        times: 1.0,
        get: |usage| Some(usage.tariff),
        set: |usage, value| Use { tariff: value.unwrap_or(Use::default().tariff), ..usage },
    },
    UseField {
        label: text::h_a_day,
        name: text::hours_a_day,
        hint: text::hours_a_day_that_it_is_switched,
        unset: None,
        most: Use::MOST_HOURS,
        times: 1.0,
        get: |usage| Some(usage.hours_a_day),
        set: |usage, value| Use { hours_a_day: value.unwrap_or(Use::default().hours_a_day), ..usage },
    },
    UseField {
        label: text::years,
        name: text::years,
        hint: text::years_it_is_kept,
        unset: None,
        most: Use::MOST_YEARS,
        times: 1.0,
        get: |usage| Some(usage.years),
        set: |usage, value| Use { years: value.unwrap_or(Use::default().years), ..usage },
    },
    UseField {
        label: text::utilization,
        name: text::usage_utilization,
        hint: text::share_of_those_hours,
        unset: None,
        most: 100.0,
        times: 0.01,
        get: |usage| Some(usage.utilization),
        set: |usage, value| Use { utilization: value.unwrap_or(1.0), ..usage },
    },
    UseField {
        label: text::resale,
        name: text::usage_resale,
        hint: text::share_of_its_price,
        unset: Some(text::as_sold),
        most: 100.0,
        times: 0.01,
        get: |usage| usage.residual_share,
        set: |usage, value| Use { residual_share: value, ..usage },
    },
    UseField {
        label: text::host_computer,
        name: text::usage_host_computer,
        hint: text::the_computer_around_a_card,
        unset: Some(text::usage_plain),
        most: Use::MOST_DOLLARS,
        times: 1.0,
        get: |usage| usage.host_dollars,
        set: |usage, value| Use { host_dollars: value, ..usage },
    },
    UseField {
        label: text::host_computer_w,
        name: text::power_of_the_host_computer,
        hint: text::what_that_computer_takes,
        unset: Some(text::left_out),
        most: Use::MOST_WATTS,
        times: 1.0,
        get: |usage| usage.host_watts,
        set: |usage, value| Use { host_watts: value, ..usage },
    },
    UseField {
        label: text::storage_month,
        name: text::storage_a_month,
        hint: text::what_is_paid_for_storage,
        unset: None,
        most: Use::MOST_DOLLARS,
        times: 1.0,
        get: |usage| Some(usage.storage_dollars),
        set: |usage, value| Use { storage_dollars: value.unwrap_or_default(), ..usage },
    },
    UseField {
        label: text::api_in_million,
        name: text::api_price_of_input,
        hint: text::what_an_api_asks,
        unset: Some(text::listed),
        most: Use::MOST_DOLLARS,
        times: 1.0,
        get: |usage| usage.api_input,
        set: |usage, value| Use { api_input: value, ..usage },
    },
    UseField {
        label: text::api_out_million,
        name: text::api_price_of_output,
        hint: text::what_an_api_asks_for_a_million,
        unset: Some(text::listed),
        most: Use::MOST_DOLLARS,
        times: 1.0,
        get: |usage| usage.api_output,
        set: |usage, value| Use { api_output: value, ..usage },
    },
];

/// Why what was typed is not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
enum Mistyped {
    /// Its comma could be a decimal one.
    #[error("{field}: {error}")]
    TwoReadings { field: &'static str, error: ParseQuantityError },
    /// It is no number, or none that makes sense there.
    #[error("{}", text::write_a_number(field, &show_plain(*most)))]
    OutOfRange { field: &'static str, most: f64 },
}

/// The least width of a label with its field.
const CELL: f32 = 178.0;
/// Width of a field, and height of a line.
const FIELD: egui::Vec2 = vec2(62.0, 22.0);

impl UseField {
    fn unset(&self) -> &'static str {
        self.unset.map_or("", |text| text())
    }

    /// As it stands in the field.
    fn shown(&self, usage: &Use) -> String {
        match (self.get)(usage) {
            // Percent of a share without the digits that binary fractions bring.
            Some(value) => show_plain((value / self.times * 1e6).round() / 1e6),
            None => self.unset().to_owned(),
        }
    }

    /// The use with what was typed.
    ///
    /// Nothing typed takes back what was; what is no number is said.
    fn typed(&self, usage: Use, text: &str) -> Result<Use, Mistyped> {
        let text = text.trim();
        if text.is_empty() || text == self.unset() {
            return Ok((self.set)(usage, None));
        }
        match parse_number(text) {
            Ok(value) if value <= self.most => Ok((self.set)(usage, Some(value * self.times))),
            Err(error @ ParseQuantityError::Separator { .. }) => {
                Err(Mistyped::TwoReadings { field: (self.name)(), error })
            }
            _ => Err(Mistyped::OutOfRange { field: (self.name)(), most: self.most }),
        }
    }
}

/// Draws the fields in as many columns as there is room for.
pub(crate) fn usage_ui(
    ui: &mut Ui,
    look: &Tokens,
    usage: &Use,
    (commands, said): (&mut Vec<Command>, &mut Vec<String>),
) {
    let width = ui.available_width();
    let columns = [4_u8, 3, 2].into_iter().find(|columns| width / f32::from(*columns) >= CELL).unwrap_or(1);
    let cell = width / f32::from(columns);
    ui.spacing_mut().item_spacing.y = 4.0;
    for row in FIELDS.chunks(usize::from(columns)) {
        let (_, line) = ui.allocate_space(vec2(width, FIELD.y));
        let mut left = line.left();
        for field in row {
            let rect = Rect::from_min_size(pos2(left, line.top()), vec2(cell - 16.0, line.height()));
            left += cell;
            match field_of(ui, look, field, rect, usage) {
                None => {}
                Some(Ok(after)) => commands.push(Command::Change(Change::Usage(after))),
                Some(Err(why)) => said.push(why.to_string()),
            }
        }
    }
    let mut spot = usage.spot;
    let label = text::rent_what_may_be_taken();
    let hint = text::at_the_price();
    if tick_ui(ui, look, &mut spot, RichText::new(label)).on_hover_text(hint).changed() {
        commands.push(Command::Change(Change::Usage(Use { spot, ..*usage })));
    }
}

fn field_of(
    ui: &mut Ui,
    look: &Tokens,
    field: &UseField,
    rect: Rect,
    usage: &Use,
) -> Option<Result<Use, Mistyped>> {
    let place = rect.with_min_x(rect.right() - FIELD.x);
    label_ui(ui, look, rect.with_max_x(place.left() - 4.0), (field.label)()).on_hover_text((field.hint)());
    let text = field_ui(ui, look, place, (field.name)(), &field.shown(usage))?;
    Some(field.typed(*usage, &text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> &'static UseField {
        static FIELDS: &[UseField] = &super::FIELDS;
        FIELDS.iter().find(|field| (field.name)() == name).expect("it is a field")
    }

    #[test]
    fn every_field_is_typed_and_taken_back() {
        let usage = Use::default();
        for each in &FIELDS {
            let after = each.typed(usage, "3").expect("a number");
            assert_eq!(each.shown(&after), "3", "{}", (each.name)());
            assert_ne!(after, usage, "{}", (each.name)());
            let back = each.typed(after, "").expect("nothing");
            assert_eq!(back, usage, "{}", (each.name)());
            assert!(each.typed(usage, "a lot").is_err_and(|said| said.to_string().contains((each.name)())));
            assert!(each.typed(usage, &format!("{}", each.most * 2.0)).is_err(), "{}", (each.name)());
            let said = each.typed(usage, "0,18").expect_err("a decimal comma is not read as thousands");
            assert!(said.to_string().ends_with("write 0.18"), "{said}");
        }
    }

    #[test]
    fn shares_are_typed_in_percent() {
        let half = field("Utilization").typed(Use::default(), "55 %").expect("a share");
        assert!((half.utilization - 0.55).abs() < 1e-12);
        assert_eq!(field("Utilization").shown(&half), "55");
        assert_eq!(field("Resale").shown(&Use::default()), "as sold");
        assert_eq!(field("Resale").typed(Use::default(), "as sold"), Ok(Use::default()));
    }
}
