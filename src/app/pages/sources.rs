//! Where figures come from: what nobody measured or stated first, and prices that have grown old.

use eframe::egui;
use egui::{CollapsingHeader, Hyperlink, Label, RichText, ScrollArea, Stroke, Ui};

use crate::app::data::sources::{SourceData, SourcesData};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::button::fold_icon;
use crate::app::widgets::hint_ui;

/// Old prices that are written out before the rest is folded away.
const WRITTEN: usize = 5;

/// Draws the page over the room there is.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &SourcesData) {
    ui.add_space(8.0);
    let weak = data.sources.iter().filter(|source| !source.weak.is_empty()).count();
    hint_ui(ui, look, &text::sources_the_with_figures(&data.sources.len(), &weak));
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt("sources").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width((ui.available_width() - 10.0).min(900.0));
        old_ui(ui, look, data);
        for source in &data.sources {
            source_ui(ui, look, source);
        }
        ui.add_space(12.0);
    });
}

/// Prices that were asked long ago.
fn old_ui(ui: &mut Ui, look: &Tokens, data: &SourcesData) {
    if data.old_prices.is_empty() {
        return;
    }
    let count = data.old_prices.len();
    let launch = data.old_prices.iter().filter(|price| !price.listed).count();
    let says = text::of_prices_are_older(&count, &data.prices, &launch);
    ui.label(RichText::new(says).font(fonts::strong()).color(look.tight));
    let line = |ui: &mut Ui, text: &str| {
        ui.add(Label::new(RichText::new(text).font(fonts::small()).color(look.soft)).wrap());
    };
    ui.spacing_mut().item_spacing.y = 3.0;
    for price in data.old_prices.iter().take(WRITTEN) {
        line(ui, &price.to_string());
    }
    if count > WRITTEN {
        let more =
            RichText::new(text::sources_more(&(count - WRITTEN))).font(fonts::small()).color(look.soft);
        CollapsingHeader::new(more).icon(fold_icon).show(ui, |ui| {
            for price in data.old_prices.iter().skip(WRITTEN) {
                line(ui, &price.to_string());
            }
        });
    }
    ui.add_space(10.0);
}

fn source_ui(ui: &mut Ui, look: &Tokens, source: &SourceData) {
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, Stroke::new(1.0, look.line));
    ui.add_space(6.0);
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for word in &source.weak {
            ui.label(RichText::new(word).font(fonts::small_strong()).color(look.tight));
        }
        ui.label(RichText::new(&source.title).color(look.text));
    });
    ui.add(Label::new(RichText::new(&source.gave).font(fonts::small()).color(look.soft)).wrap());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let small = |text: &str| RichText::new(text).font(fonts::small()).color(look.faint);
        ui.label(small(&text::sources_of_2(&source.id, &source.date)));
        if let Some(url) = &source.url {
            ui.add(Hyperlink::from_label_and_url(
                RichText::new(url).font(fonts::small()).color(look.accent),
                url,
            ));
        }
    });
    ui.add_space(6.0);
}
